using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EfRoll.Runtime;

/// <summary>The version of one context instance, looked up when it is first needed.</summary>
sealed class CurrentVersion(
    ICurrentDbContext currentContext, IDbContextOptions options, CompiledVersions versions, IServiceProvider services)
{
    readonly Lazy<VersionBinding?> _binding = new(
        () => versions.Find(
            currentContext.Context, options, services.GetRequiredService<IMigrationsAssembly>, services.GetRequiredService<ILoggerFactory>),
        LazyThreadSafetyMode.None);

    /// <summary>What puts connections on the version; null for a context without migrations.</summary>
    public VersionBinding? Binding => _binding.Value;

    /// <summary>Refuses a model with tables that the version does not reach.</summary>
    public void CheckModel()
    {
        // The tools work on the real schemas, so they may go on.
        if (EF.IsDesignTime || Binding is not { } binding || VersionedModel.FindReach(currentContext.Context.Model) is not { } reach)
            return;
        reach.Check();
        // A compiled model is one object for all contexts of the process, and so is one in a memory cache that they share.
        if (reach.Version is { } version && version != binding.Version)
            throw Refusals.ModelOfOtherVersion(binding, version);
    }

    /// <summary>The tables of the model, with their own schemas; null where there is no version.</summary>
    public IEnumerable<(string Schema, string Table)>? Tables => Binding is null ? null : VersionedModel.FindReach(currentContext.Context.Model)?.Tables.Keys;
}
