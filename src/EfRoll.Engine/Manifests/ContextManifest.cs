using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Manifests;

/// <summary>What a build says of the migrations of one source: a DbContext, or a folder of hand-written files.</summary>
/// <param name="Name">The context's full type name.</param>
/// <param name="Migrations">Its migrations in order.</param>
public sealed record ContextManifest(string Name, EquatableList<MigrationManifest> Migrations)
{
    /// <summary>EF Core's history table; null for hand-written files.</summary>
    public HistoryManifest? History { get; init; }

    /// <summary>The schemas of the tables in the context's model, where the model names them.</summary>
    public EquatableList<Identifier> Schemas { get; init; } = [];

    /// <summary>Whether the application names its version's views, so that all tables need one; known at run time only, from the context's options.</summary>
    public bool NeedsAllViews { get; init; }

    /// <summary>The connection string that the context itself uses; asked for at run time only and never written to a file.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>EF Core's own script from nothing to the last migration; null unless every migration has its part of it.</summary>
    public string? FreshScript => History is { } history && Migrations.All(migration => migration.Script is not null)
        ? string.Concat(Migrations.SelectMany(migration => migration.Script!).Prepend(history.CreateIfNotExists.ToString()).Select(Ended))
        : null;

    /// <summary>The id that a user means, who may leave out the timestamp, as with <c>dotnet ef</c>; the text itself where no single one is meant.</summary>
    public string Find(string text)
    {
        var ids = Migrations.Select(migration => migration.Migration.Id).ToList();
        return ids.Find(id => IsSame(id, text)) is { } exact ? exact
            : ids.FindAll(id => WithoutTimestamp(id) is { } name && IsSame(name, text)) is [var only] ? only
            : text;
    }

    static string? WithoutTimestamp(string id) => id.Length > 15 && id[14] == '_' && id.AsSpan(0, 14).IndexOfAnyExceptInRange('0', '9') < 0 ? id[15..] : null;

    static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    // The line break ends a comment that the author left open.
    static string Ended(string statement) => statement.Length == 0 || statement.EndsWith(';') ? $"{statement}\n" : $"{statement}\n;\n";
}

/// <summary>One migration as a build leaves it.</summary>
/// <param name="Migration">Its id and its operations, forth and back; empty where <see cref="Refusals"/> say why.</param>
public sealed record MigrationManifest(Migration Migration)
{
    /// <summary>The statement that says it was applied; null for hand-written files.</summary>
    public SqlText? InsertHistory { get; init; }

    /// <summary>The statement that says it was not.</summary>
    public SqlText? DeleteHistory { get; init; }

    /// <summary>
    /// EF Core's own statements for it, its row of the history included, each to be sent by itself; asked for at run time only. Null where they
    /// cannot be written.
    /// </summary>
    public EquatableList<string>? Script { get; init; }

    /// <summary>What of it cannot be translated; the migration can then not be rolled out, but may have been applied long ago.</summary>
    public EquatableList<Refusal> Refusals { get; init; } = [];

    /// <summary>What of its way back cannot be translated.</summary>
    public EquatableList<Refusal> DownRefusals { get; init; } = [];
}

/// <summary>Something that cannot be translated: as an error would say it, but kept until somebody wants to roll it out.</summary>
public sealed record Refusal(int Code, string Message, string Remedy, SourceLocation? Source);

/// <summary>EF Core's history table.</summary>
/// <param name="Table">The table.</param>
/// <param name="IdColumn">The column of the migration's id.</param>
/// <param name="CreateIfNotExists">Makes the table.</param>
public sealed record HistoryManifest(RelationName Table, Identifier IdColumn, SqlText CreateIfNotExists);
