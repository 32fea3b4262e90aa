#pragma warning disable EF1001 // Services of the provider are replaced, and whether it is Npgsql at all is known by its options only.

using System.Globalization;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;

namespace EfRoll.Runtime;

/// <summary>Carries the settings of a context into EF Core's own service provider, before or after UseNpgsql.</summary>
sealed class OptionsExtension(EfRollOptions settings) : IDbContextOptionsExtension
{
    ExtensionInfo? _info;

    public EfRollOptions Settings { get; } = settings;

    public DbContextOptionsExtensionInfo Info => _info ??= new ExtensionInfo(this);

    public void ApplyServices(IServiceCollection services)
    {
        if (!Settings.Enabled)
            return;

        services.AddSingleton(Settings);
        services.AddSingleton<CompiledVersions>();
        services.AddScoped<CurrentVersion>();
        services.AddScoped<Seeding>();
        // Replace also adds, and Npgsql leaves alone what is there: so it does not matter which of the two comes first.
        services.Replace(ServiceDescriptor.Scoped<INpgsqlRelationalConnection, VersionedConnection>());
        services.Replace(ServiceDescriptor.Scoped<IHistoryRepository, VersionedHistory>());
        services.Replace(ServiceDescriptor.Scoped<IMigrator, GuardedMigrator>());
        services.Replace(ServiceDescriptor.Scoped<IModelRuntimeInitializer, VersionedModel>());
    }

    public void Validate(IDbContextOptions options)
    {
        if (!Settings.Enabled)
            return;

        // A context without a provider is being put together; UseNpgsql may still come in OnConfiguring.
        if (options.Extensions.Any(extension => extension.Info.IsDatabaseProvider) && options.FindExtension<NpgsqlOptionsExtension>() is null)
            throw Refusals.NotNpgsql();
        if (options.FindExtension<CoreOptionsExtension>()?.InternalServiceProvider is { } provider && provider.GetService<CompiledVersions>() is null)
            throw Refusals.ServicesNotRegistered();
    }

    sealed class ExtensionInfo(OptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        EfRollOptions Settings => extension.Settings;

        public override bool IsDatabaseProvider => false;

        public override string LogFragment => Settings.Enabled ? $"using EfRoll ({Settings.Version ?? "compiled version"}) " : "with EfRoll switched off ";

        // Services keep what belongs to the settings, so contexts with other settings need a service provider of their own.
        public override int GetServiceProviderHashCode() => Settings.GetHashCode();

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) =>
            other is ExtensionInfo { Settings: var others } && others == Settings;

        // The tool reads what views the context needs, too.
        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo)
        {
            debugInfo["EfRoll"] = Settings.GetHashCode().ToString(CultureInfo.InvariantCulture);
            debugInfo["EfRoll:Views"] = Settings is { Enabled: true, Binding: EfRollBinding.Qualified } ? "all" : "changed";
        }
    }
}
