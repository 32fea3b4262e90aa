namespace EfRoll.Runtime;

/// <summary>One method for each thing that the runtime refuses.</summary>
static class Refusals
{
    /// <summary>A connection that was opened elsewhere is not on the version, and may be in the middle of something.</summary>
    public static EfRollRuntimeException ConnectionIsOpen(VersionBinding binding) =>
        new("EFR3001",
            $"The context was given an open connection that is not on the version {binding.Version}.",
            "Hand it over closed, or make it from a connection string or a data source on which UseEfRoll was called.");

    /// <summary>With multiplexing, a setting made on one connection belongs to whoever comes next.</summary>
    public static EfRollRuntimeException DataSourceMultiplexes(VersionBinding binding) =>
        new("EFR3002",
            $"The data source multiplexes, so its connections cannot be put on the version {binding.Version} one by one.",
            "Call UseEfRoll on the NpgsqlDataSourceBuilder that makes it.");

    /// <summary>A table with an explicit schema is always named with it, and no search path helps.</summary>
    public static EfRollRuntimeException TableInOtherSchema(string entity, string schema, string baseSchema) =>
        new("EFR3003",
            $"{entity} is mapped to a table of the schema \"{schema}\"; EfRoll serves versions of the schema \"{baseSchema}\" only, so this table would be used without its version.",
            $"Map it without a schema, or set BaseSchema if \"{schema}\" is the schema of all tables.");

    /// <summary>Migrating in place would break the versions that run.</summary>
    public static EfRollRuntimeException MigrationsPending(IReadOnlyCollection<string> pending) =>
        new("EFR3004",
            $"This database is rolled out by EfRoll, and its version is not there yet; not applied: {string.Join(", ", pending)}.",
            "Run `dotnet efroll start` instead of migrating in place.");

    /// <summary>Somebody asks for an earlier state.</summary>
    public static EfRollRuntimeException MigrationsToRevert(IReadOnlyCollection<string> applied) =>
        new("EFR3004",
            $"This database is rolled out by EfRoll, and going back in place would break what runs on it; applied: {string.Join(", ", applied)}.",
            "Run `dotnet efroll rollback`, or `dotnet efroll start --to` the migration you want.");

    /// <summary>The version did not come in time.</summary>
    public static EfRollRuntimeException VersionNotReady(VersionBinding binding, TimeSpan waited, Exception? cause) =>
        VersionMissing(binding, $" after {waited.TotalSeconds:0.#} s", cause);

    /// <summary>The version is not there.</summary>
    public static EfRollRuntimeException VersionMissing(VersionBinding binding) => VersionMissing(binding, "", null);

    static EfRollRuntimeException VersionMissing(VersionBinding binding, string since, Exception? cause) =>
        new("EFR3005",
            $"The version {binding.Version} is not in the database{since}: neither the schema \"{binding.Schema}\" nor a completed rollout.",
            "Run `dotnet efroll start` with this build's migrations.",
            cause);

    /// <summary>Nothing says which version the application is.</summary>
    public static EfRollRuntimeException VersionNotFound(Type context, Exception? cause = null) =>
        new("EFR3006",
            $"No migration of {context.FullName} was found, so its version is not known{(cause is null ? "" : $": {cause.Message}")}.",
            $"Deploy the assembly with the migrations, or name the version with EfRollOptions.Version or the environment variable {CompiledVersions.Variable}.",
            cause);

    /// <summary>Something between application and server takes settings out of connections.</summary>
    public static EfRollRuntimeException PathWasDropped(VersionBinding binding) =>
        new("EFR3009",
            $"The connection asks for the version {binding.Version}, but the server did not get its search_path: something in between took it away, a pooler mostly.",
            "Connect past it, or see docs/connections.md for what works behind PgBouncer.");

    /// <summary>UseEfRoll works for one provider.</summary>
    public static EfRollRuntimeException NotNpgsql() =>
        new("EFR3007", "UseEfRoll was called on a context that does not use Npgsql.", "Call UseNpgsql on it, or leave UseEfRoll out.");

    /// <summary>An internal service provider made by hand lacks our services.</summary>
    public static EfRollRuntimeException ServicesNotRegistered() =>
        new("EFR3008",
            "The context uses an internal service provider in which EfRoll is not registered.",
            "Leave UseInternalServiceProvider out, so that EF Core makes it.");
}
