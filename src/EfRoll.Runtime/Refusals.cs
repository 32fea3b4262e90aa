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
    public static EfRollRuntimeException TableInOtherSchema(string entity, string schema, EfRollOptions settings) =>
        new("EFR3003",
            $"{entity} is mapped to a table of the schema \"{schema}\"; the application reaches versions of the schema \"{string.Join("\", \"", settings.OtherSchemas.Prepend(settings.BaseSchema))}\" only, so this table would be used without its version.",
            $"Set BaseSchema if \"{schema}\" is the schema of all tables, add it to OtherSchemas, or set Binding to Qualified.");

    /// <summary>Without their schemas they are the same.</summary>
    public static EfRollRuntimeException TablesOfOneName(string first, string second, string table) =>
        new("EFR3010",
            $"The model has a table \"{table}\" in the schema \"{first}\" and one in \"{second}\"; by the search path the second is never found.",
            "Set Binding to Qualified.");

    /// <summary>Something else of that name comes first.</summary>
    public static EfRollRuntimeException TableHidden(string table, string found) =>
        new("EFR3011",
            $"The table {table} cannot be reached by the search path: {found} comes first.",
            "Set Binding to Qualified, or give one of them another name.");

    /// <summary>Names are in the model, which is shared.</summary>
    public static EfRollRuntimeException ModelOfOtherVersion(VersionBinding binding, string version) =>
        new("EFR3012",
            $"The context is of the version {binding.Version}, but its compiled or shared model is in use with the names of {version}.",
            "Run one version in a process, or set Binding to SearchPath.");

    /// <summary>The version is there, but not all of its views.</summary>
    public static EfRollRuntimeException ViewsMissing(VersionBinding binding, string table) =>
        new("EFR3013",
            $"The version {binding.Version} has no view of {table}, which the application names, because its Binding is Qualified.",
            "Run `dotnet efroll start --views all` with this build's migrations; it also makes the views of a version that is complete.");

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

    /// <summary>What is missing did not come in time.</summary>
    public static EfRollRuntimeException NotReadyInTime(EfRollRuntimeException obstacle, TimeSpan waited) =>
        new(obstacle.Code, $"{obstacle.Problem} It was waited for {waited.TotalSeconds:0.#} s.", obstacle.Remedy, obstacle.InnerException);

    /// <summary>The version is not there.</summary>
    public static EfRollRuntimeException VersionMissing(VersionBinding binding, Exception? cause = null) =>
        new("EFR3005",
            $"The version {binding.Version} is not in the database: neither the schema \"{binding.Schema}\" nor a completed rollout.",
            "Run `dotnet efroll start` with this build's migrations.",
            cause);

    /// <summary>Migrating in place makes no views.</summary>
    public static EfRollRuntimeException MigratingMakesNoViews() =>
        new("EFR3014",
            "The application names its version's views, because its Binding is Qualified; migrating in place does not make them.",
            $"Run `dotnet efroll start --views all`; or, on a developer's database, set the environment variable {EfRollOptions.Switch} to false.");

    /// <summary>Nothing says which version the application is.</summary>
    public static EfRollRuntimeException VersionNotFound(Type context, Exception? cause = null) =>
        new("EFR3006",
            $"No migration of {context.FullName} was found, so its version is not known{(cause is null ? "" : $": {cause.Message}")}.",
            $"Deploy the assembly with the migrations, or name the version with EfRollOptions.Version or the environment variable {CompiledVersions.Variable}.",
            cause);

    /// <summary>Something between application and server takes settings out of connections.</summary>
    public static EfRollRuntimeException SettingWasDropped(VersionBinding binding) =>
        new("EFR3009",
            $"The connection asks for the version {binding.Version}, but the server did not get its {(binding.IsByPath ? "search_path" : "application_name")}: something in between took it away, a pooler mostly.",
            binding.IsByPath
                ? "Connect past it, set Binding to Qualified, or see docs/connections.md for what works behind PgBouncer."
                : "Set `No Reset On Close=true` in the connection string, since behind a pooler a reset takes it away; see docs/connections.md.");

    /// <summary>UseEfRoll works for one provider.</summary>
    public static EfRollRuntimeException NotNpgsql() =>
        new("EFR3007", "UseEfRoll was called on a context that does not use Npgsql.", "Call UseNpgsql on it, or leave UseEfRoll out.");

    /// <summary>An internal service provider made by hand lacks our services.</summary>
    public static EfRollRuntimeException ServicesNotRegistered() =>
        new("EFR3008",
            "The context uses an internal service provider in which EfRoll is not registered.",
            "Leave UseInternalServiceProvider out, so that EF Core makes it.");
}
