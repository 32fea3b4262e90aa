using EfRoll.Engine;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Rehearsal;

/// <summary>One rollout on one database, through its whole life.</summary>
/// <param name="History">The migrations.</param>
/// <param name="First">The first migration rolled out.</param>
/// <param name="Last">The last one.</param>
/// <param name="Database">The database, at the migration before the first.</param>
/// <param name="Before">How EF Core left the database before; rows as there.</param>
/// <param name="After">How EF Core leaves it.</param>
sealed record Rollout(History History, int First, int Last, TestDatabase Database, TestDatabase Before, TestDatabase After)
{
    static readonly RollOptions Options = new() { LockTimeout = TimeSpan.FromSeconds(2), LockDeadline = TimeSpan.FromSeconds(20), BaseSchema = "public" };

    static readonly IReadOnlySet<(string, string)> Nothing = new HashSet<(string, string)>();

    // What says that a step went wrong, not that the request or the rows cannot be.
    static readonly ErrorCode[] Failures =
    [
        ErrorCode.StepFailed, ErrorCode.LockDeadlinePassed, ErrorCode.EngineBusy, ErrorCode.LockedRelationNotFound, ErrorCode.ConnectionLost, ErrorCode.ServerRefused,
        ErrorCode.BackfillRowFailed, ErrorCode.BackfillFailed, ErrorCode.BackfillBlocked,
    ];

    /// <summary>How it is called in a report.</summary>
    public string Name => First == Last ? History.Id(First) : $"{History.Id(First)} … {History.Id(Last)}";

    /// <summary>The operations, in order.</summary>
    public IReadOnlyList<Operation> Operations => [.. Enumerable.Range(First, Last - First + 1).SelectMany(History.Operations)];

    /// <summary>Starts, looks, takes back, looks, starts, completes, looks.</summary>
    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        if (FirstRefusal() is { } refusal)
            return refusal;
        var before = await Snapshot.ReadAsync(Database, cancellationToken);
        Plan plan;
        try
        {
            plan = await Engine.PlanAsync(Request, cancellationToken) ?? throw new InvalidOperationException($"Nothing of {Name} is pending.");
        }
        catch (EfRollException exception)
        {
            return await RefusedAsync(before, exception, null, cancellationToken);
        }

        await using var kept = await KeptAfterRollback.OfAsync(plan, Database, cancellationToken);
        var stage = "start";
        var note = "";
        try
        {
            await Engine.ExpandAsync(Request, cancellationToken);
            if (await VersionsDifferAsync(before, cancellationToken) is { } seen)
                return seen;
            stage = "rollback";
            await Engine.RollbackAsync(cancellationToken);
            var back = await Snapshot.ReadAsync(Database, cancellationToken);
            if (await kept.DifferenceAsync(before, back, cancellationToken) is { } schema)
                return Result(Verdict.Different, "the schema after rollback", schema);
            if (before.DataDifference(back) is { } rows)
            {
                if (!Operations.OfType<RunSql>().Any())
                    return Result(Verdict.Different, "the rows after rollback", rows);
                note = "the migration's own undo does not give back the rows from before";
            }

            stage = "second start";
            await Engine.ExpandAsync(Request, cancellationToken);
            stage = "complete";
            await Engine.ContractAsync(cancellationToken);
        }
        catch (EfRollException exception) when (stage == "start")
        {
            return await RefusedAsync(before, exception, kept, cancellationToken);
        }
        catch (EfRollException exception)
        {
            return Result(Verdict.Failed, $"{exception.CodeText} at {stage}", Text(exception));
        }

        return await EndAsync(note, cancellationToken);
    }

    /// <summary>Starts and completes where EF Core fails: EfRoll must refuse too, and leave everything as it was. Null if it does.</summary>
    public async Task<Finding?> MustRefuseAsync(string because, CancellationToken cancellationToken)
    {
        if (FirstRefusal() is not null)
            return null;
        var before = await Snapshot.ReadAsync(Database, cancellationToken);
        KeptAfterRollback? kept = null;
        try
        {
            if (await Engine.PlanAsync(Request, cancellationToken) is { } plan)
                kept = await KeptAfterRollback.OfAsync(plan, Database, cancellationToken);
            await Engine.ExpandAsync(Request, cancellationToken);
            await Engine.ContractAsync(cancellationToken);
        }
        catch (EfRollException exception)
        {
            var refused = await RefusedAsync(before, exception, kept, cancellationToken);
            return refused.Verdict == Verdict.Different ? refused : null;
        }
        finally
        {
            if (kept is not null)
                await kept.DisposeAsync();
        }

        return Result(Verdict.Noted, "EfRoll rolls out, over these rows, what EF Core cannot", because);
    }

    async Task<Finding> EndAsync(string note, CancellationToken cancellationToken)
    {
        var wanted = await Snapshot.ReadAsync(After, cancellationToken);
        var found = await Snapshot.ReadAsync(Database, cancellationToken);
        if (wanted.SchemaDifference(found) is { } schema)
            return Result(Verdict.Different, "the schema after complete", schema);
        if (wanted.DataDifference(found) is null)
            return Result(Verdict.Equal, note);

        // The rollback has used up numbers of sequences, which nothing gives back: without it they must be the same.
        await using var straight = await Before.CopyAsync(cancellationToken);
        var engine = EngineOf(straight);
        await engine.ExpandAsync(Request, cancellationToken);
        await engine.ContractAsync(cancellationToken);
        found = await Snapshot.ReadAsync(straight, cancellationToken);
        if (wanted.DataDifference(found) is null)
            return Result(Verdict.Equal, note.Length > 0 ? note : "the rollback used up numbers of a sequence");
        return wanted.DataDifference(found, await NotComparableAsync(Before, wanted.Data, cancellationToken)) is { } data
            ? Result(Verdict.Different, "the rows after complete", data)
            : Result(Verdict.Equal, "without columns whose values differ each time, or that the author derives");
    }

    /// <summary>
    /// What EF Core itself makes differently the next time: now(), random values, what the migrations' code makes up. And what it does not know: an
    /// author's up and down.
    /// </summary>
    public async Task<IReadOnlySet<(string Table, string Column)>> NotComparableAsync(TestDatabase before, Data wanted, CancellationToken cancellationToken)
    {
        await using var again = await before.CopyAsync(cancellationToken);
        if (await AdvanceAsync(again, await History.ReadAgain(cancellationToken), cancellationToken) is { } failure)
            throw new InvalidOperationException($"EF Core cannot apply {Name} a second time: {failure}");
        var derived = Operations.Select(DerivedColumn).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return wanted.VolatileColumns(await Data.ReadAsync(again, cancellationToken))
            .Concat(wanted.Tables.SelectMany(table => table.Value.Columns.Where(derived.Contains).Select(column => (table.Key, column))))
            .ToHashSet();
    }

    /// <summary>Applies the migrations by EF Core's statements.</summary>
    public async Task<EfFailure?> AdvanceAsync(TestDatabase database, ContextManifest manifest, CancellationToken cancellationToken)
    {
        for (var i = First; i <= Last; i++)
        {
            if (await EfDatabase.ApplyAsync(database, manifest.Migrations[i].Script!, cancellationToken) is { } failure)
                return failure;
        }

        return null;
    }

    static string? DerivedColumn(Operation operation) => operation switch
    {
        AddColumn { Up: not null } add => add.Column.Name.Value,
        // In which order rows are numbered, nobody promises.
        AddColumn { Column.Identity: not null } add => add.Column.Name.Value,
        AddColumn { Column.Default: { } value } add when value.Contains("nextval", StringComparison.Ordinal) => add.Column.Name.Value,
        AlterColumn alter when alter.Up is not null || alter.Down is not null => alter.Column.Value,
        DropColumn { Down: not null } drop => drop.Column.Value,
        _ => null,
    };

    async Task<Finding?> VersionsDifferAsync(Snapshot before, CancellationToken cancellationToken)
    {
        var sql = Operations.OfType<RunSql>().ToList();
        try
        {
            // The old version keeps its tables; what it reads changes only where the migration itself writes rows.
            var old = await before.Data.ReadSameAsync(Database, Physical, name => name != HistoryName, cancellationToken);
            if (sql.Count == 0 && before.Data.Difference(old, Nothing) is { } oldRows)
                return Result(Verdict.Different, "what the old version reads", oldRows);
        }
        catch (PostgresException exception)
        {
            return Result(Verdict.Different, "the old version cannot read", exception.MessageText);
        }

        try
        {
            var views = await ViewsAsync(Database, cancellationToken);
            var wanted = await Data.ReadAsync(After, cancellationToken);
            var found = await wanted.ReadSameAsync(
                Database, (schema, table) => Seen(views, schema, table), name => name != HistoryName, cancellationToken);
            if (sql.Count == 0 && wanted.Difference(found, Nothing) is not null
                && wanted.Difference(found, await NotComparableAsync(Before, wanted, cancellationToken)) is { } newRows)
                return Result(Verdict.Different, "what the new version reads", newRows);
        }
        catch (PostgresException exception)
        {
            return Result(Verdict.Different, "the new version cannot read", exception.MessageText);
        }

        return null;
    }

    /// <summary>All views of a database.</summary>
    public static async Task<HashSet<(string, string)>> ViewsAsync(TestDatabase database, CancellationToken cancellationToken) =>
        [.. (await database.QueryAsync("SELECT schemaname::text, viewname::text FROM pg_views", cancellationToken)).Select(row => ((string)row[0]!, (string)row[1]!))];

    /// <summary>Where the new version sees a table: through its version's view where there is one, else the table itself.</summary>
    public string Seen(HashSet<(string, string)> views, string schema, string table)
    {
        var version = HelperNames.VersionSchemaOf(new Identifier(schema), History.Id(Last)).Value;
        return Physical(views.Contains((version, table)) ? version : schema, table);
    }

    // A refusal leaves no trace, and a start that finds rows in the way takes itself back.
    async Task<Finding> RefusedAsync(Snapshot before, EfRollException exception, KeptAfterRollback? kept, CancellationToken cancellationToken)
    {
        if ((await Engine.StatusAsync(cancellationToken)).Open is not null)
            await Engine.RollbackAsync(cancellationToken);
        var now = await Snapshot.ReadAsync(Database, cancellationToken);
        var difference = (kept is null ? before.SchemaDifference(now) : await kept.DifferenceAsync(before, now, cancellationToken)) + before.DataDifference(now);
        return difference.Length > 0
            ? Result(Verdict.Different, $"after {exception.CodeText} and rollback", $"{Text(exception)}\n{difference}")
            : Result(Failures.Contains(exception.Code) ? Verdict.Failed : Verdict.Refused, exception.CodeText, Text(exception));
    }

    Finding? FirstRefusal()
    {
        for (var i = First; i <= Last; i++)
        {
            if (History.Refusals(i) is [var refusal, ..])
                return Result(Verdict.Refused, ((ErrorCode)refusal.Code).ToText(), string.Join('\n', History.Refusals(i).Select(each => $"{each.Source}: {each.Message} {each.Remedy}")));
        }

        return null;
    }

    RollEngine Engine => EngineOf(Database);

    /// <summary>An engine for any database.</summary>
    public static RollEngine EngineOf(TestDatabase database) => new(database.DataSource, Options);

    /// <summary>What is asked of it.</summary>
    public RolloutRequest Request => History.RequestTo(Last);

    /// <summary>The history table, as <see cref="Data"/> names it.</summary>
    public string HistoryName => $"{History.Manifest.History!.Table.Schema?.Value ?? "public"}.{History.Manifest.History.Table.Name.Value}";

    /// <summary>What came of it.</summary>
    public Finding Result(Verdict verdict, string title, string details = "") => new(verdict, Name, Operations.Count, title, details);

    /// <summary>A table's name as SQL.</summary>
    public static string Physical(string schema, string name) => new QualifiedName(new Identifier(schema), new Identifier(name)).ToString();

    /// <summary>What an error says.</summary>
    public static string Text(EfRollException exception) => $"{exception.Location}: {exception.Message} {exception.Remedy}{(exception.InnerException is { } cause ? $"\n{cause.Message}" : "")}";
}
