using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EfRoll.Runtime;

/// <summary>The version of one context instance, looked up when it is first needed.</summary>
sealed class CurrentVersion(
    ICurrentDbContext currentContext, IDbContextOptions options, EfRollOptions settings, CompiledVersions versions, IServiceProvider services)
{
    readonly Lazy<VersionBinding?> _binding = new(
        () => versions.Find(
            currentContext.Context, options, services.GetRequiredService<IMigrationsAssembly>, services.GetRequiredService<ILoggerFactory>),
        LazyThreadSafetyMode.None);

    /// <summary>What puts connections on the version; null for a context without migrations.</summary>
    public VersionBinding? Binding => _binding.Value;

    /// <summary>Refuses a model with tables that the version's search path does not reach.</summary>
    public void CheckModel()
    {
        // The tools work on the real schemas, so they may go on.
        if (EF.IsDesignTime || Binding is null)
            return;
        if (VersionedModel.FindOtherSchema(currentContext.Context.Model) is { } other)
            throw Refusals.TableInOtherSchema(other.Entity, other.Schema, settings.BaseSchema);
    }
}
