using EfRoll.Engine.Errors;

namespace EfRoll.Translator.Errors;

/// <summary>One method for each way in which reading a user's build can fail.</summary>
static class HostMistakes
{
    public static EfRollException Arguments(string problem) =>
        new(ErrorCode.InvalidHostArguments, $"The design host was started wrongly: {problem}.", "Start it through dotnet efroll or the build package.");

    public static EfRollException AssemblyNotLoaded(string path, Exception cause) =>
        new(ErrorCode.AssemblyNotLoaded, $"{path} cannot be loaded: {cause.Message}", "Build it, and check that everything it refers to lies beside it.", cause: cause);

    public static EfRollException NoContext(string assembly) =>
        new(ErrorCode.ContextNotFound, $"There is no DbContext in {assembly}.", "Name the project or assembly that holds it.");

    public static EfRollException ContextNotFound(string name, IEnumerable<string> others) =>
        new(ErrorCode.ContextNotFound, $"There is no DbContext called {name}; there are: {string.Join(", ", others)}.", "Name one of these with --context.");

    public static EfRollException SeveralContexts(IEnumerable<string> names) =>
        new(ErrorCode.ContextNotNamed, $"There are several DbContexts: {string.Join(", ", names)}.", "Name one with --context.");

    public static EfRollException ContextNotCreated(string name, Exception cause) =>
        new(ErrorCode.ContextNotCreated, $"The DbContext {name} cannot be created: {cause.Message}",
            "Register it in the application's services, give it a constructor without parameters, or write an IDesignTimeDbContextFactory.", cause: cause);

    public static EfRollException ContextNotPostgres(string name, string? provider) =>
        new(ErrorCode.ContextNotPostgres, $"The DbContext {name} uses {provider ?? "no database provider"}.", "EfRoll works with Npgsql.EntityFrameworkCore.PostgreSQL.");

    public static EfRollException ConnectionNotKnown(string context, string why) =>
        new(ErrorCode.ConnectionNotKnown, $"The DbContext {context} tells no connection string: {why}.", "Give one with --connection.");

    public static EfRollException FreshScriptNotMade(string migration, Exception cause) =>
        new(ErrorCode.FreshScriptNotMade, $"EF Core cannot write its own SQL of migration {migration}: {cause.Message}",
            "On an empty database the operations are run instead.", cause: cause);

    public static EfRollException HistoryNotUnderstood(string script) =>
        new(ErrorCode.HistoryNotUnderstood, $"The history repository writes SQL that EfRoll does not understand: {script}", "Use EF Core's own history repository.");

    public static EfRollException Unexpected(Exception cause) =>
        new(ErrorCode.DesignHostFailed, $"The design host failed: {cause}", "Please report this.", cause: cause);
}
