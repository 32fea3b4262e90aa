using EfRoll.TestSupport;

namespace EfRoll.Rehearsal;

/// <summary>
/// Brings databases forward through a history: one by EF Core's own statements, one by EfRoll migration by migration, and others by EfRoll over
/// stretches of it; all with the same rows. Where EfRoll refuses or differs, its database is made anew from EF Core's, and the rehearsal goes on.
/// </summary>
public sealed class Rehearsal(History history, RehearsalOptions options, Action<string> say)
{
    const int LongestStretch = 10;

    readonly List<Finding> _findings = [];
    readonly Seeder _seeder = new(options.Seed, options.Rows);
    readonly Random _random = new(options.Seed);
    readonly Random _writes = new(options.Seed);
    int _written;
    Stretch? _stretch;
    string _historyTable = "";

    /// <summary>Runs to the end, or to where EF Core itself fails.</summary>
    public async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        var first = options.From is { } from ? history.Find(from) : 0;
        var last = options.To is { } to ? history.Find(to) : history.Count - 1;
        var bare = await EfDatabase.CreateAsync(history, cancellationToken);
        _historyTable = await HistoryTableAsync(bare, cancellationToken);
        var current = first;
        if (await AdvanceAsync(bare, 0, first, cancellationToken) is { } failure)
        {
            Add(new Finding(Verdict.Skipped, history.Id(first), 0, "EF Core itself fails before it", failure.ToString()));
        }
        else
        {
            var state = new State(bare, await bare.CopyAsync(cancellationToken), await bare.CopyAsync(cancellationToken));
            while (current <= last && await StepAsync(state, current, cancellationToken))
                current++;
            await EndStretchAsync(current - 1, cancellationToken);
            await state.DisposeAsync();
        }

        return new Report(_findings, current - first, _seeder.Made, _seeder.NotMade) { Written = _written };
    }

    // The three databases that go on: never any rows but the migrations' own; by EF Core; by EfRoll.
    sealed class State(TestDatabase bare, TestDatabase plain, TestDatabase rolled) : IAsyncDisposable
    {
        public TestDatabase Bare { get; } = bare;

        public TestDatabase Plain { get; private set; } = plain;

        public TestDatabase Rolled { get; private set; } = rolled;

        public async Task SetPlainAsync(TestDatabase database)
        {
            await Plain.DisposeAsync();
            Plain = database;
        }

        public async Task SetRolledAsync(TestDatabase database, bool keep = false)
        {
            if (!keep)
                await Rolled.DisposeAsync();
            Rolled = database;
        }

        public async ValueTask DisposeAsync()
        {
            await Bare.DisposeAsync();
            await Plain.DisposeAsync();
            await Rolled.DisposeAsync();
        }
    }

    async Task<bool> StepAsync(State state, int index, CancellationToken cancellationToken)
    {
        if (history.Script(index) is not { } script)
        {
            Add(new Finding(Verdict.Skipped, history.Id(index), 0, "the migration's own code throws", string.Join('\n', history.Refusals(index).Select(refusal => refusal.Message))));
            return false;
        }

        await SeedAsync(state, SeedStyle.Wild, _ => false, cancellationToken);
        if (await AfterAsync(state, index, script, cancellationToken) is not { } after)
            return false;
        await EfDatabase.ApplyAsync(state.Bare, script, cancellationToken);

        var isRolledOut = true;
        if (options.OneByOne)
        {
            var finding = await GuardedAsync(new Rollout(history, index, index, state.Rolled, state.Plain, after), cancellationToken);
            Add(finding);
            isRolledOut = finding.Verdict == Verdict.Equal;
            if (!isRolledOut || finding.Title.Length > 0)
                await state.SetRolledAsync(await after.CopyAsync(cancellationToken), Keeps(finding, state.Rolled));
        }

        if (options.Together)
            await StretchAsync(state.Plain, index, script, mayTakePart: isRolledOut && history.Refusals(index).Count == 0, cancellationToken);
        await state.SetPlainAsync(after);
        return true;
    }

    /// <summary>What EF Core makes of the rows; where it cannot take them, with fewer, which both databases then have. Null if it cannot at all.</summary>
    async Task<TestDatabase?> AfterAsync(State state, int index, IReadOnlyList<string> script, CancellationToken cancellationToken)
    {
        var (after, failure) = await TryAsync(state.Plain, script, cancellationToken);
        if (failure is null)
            return after;
        var (alone, own) = await TryAsync(state.Bare, script, cancellationToken);
        if (own is not null)
        {
            var title = own.IsMissingExtension ? $"an extension is not installed: {own.Exception.MessageText}" : "EF Core itself fails";
            Add(new Finding(Verdict.Skipped, history.Id(index), 0, title, own.ToString()));
            return null;
        }

        await alone!.DisposeAsync();
        if (options.OneByOne)
        {
            var mustRefuse = new Rollout(history, index, index, state.Rolled, state.Plain, state.Plain);
            if (await mustRefuse.MustRefuseAsync(failure.ToString(), cancellationToken) is { } finding)
                Add(finding);
        }

        Add(new Finding(Verdict.Noted, history.Id(index), 0, $"EF Core fails over rows like these: {failure.Exception.MessageText}", failure.ToString()));
        var table = failure.Exception.TableName;
        (SeedStyle Style, Func<string, bool> Without)[] gentler =
        [
            (SeedStyle.Tame, _ => false),
            (SeedStyle.Tame, name => table is not null && (name.EndsWith($".{table}", StringComparison.Ordinal) || name.EndsWith($".\"{table}\"", StringComparison.Ordinal))),
            (SeedStyle.Tame, _ => true),
        ];
        foreach (var (style, without) in gentler)
        {
            await state.SetPlainAsync(await state.Bare.CopyAsync(cancellationToken));
            await state.SetRolledAsync(await state.Bare.CopyAsync(cancellationToken));
            await SeedAsync(state, style, without, cancellationToken);
            (after, failure) = await TryAsync(state.Plain, script, cancellationToken);
            if (failure is null)
                return after;
        }

        throw new InvalidOperationException($"EF Core applied {history.Id(index)} without rows a moment ago, and now fails: {failure}");
    }

    static async Task<(TestDatabase?, EfFailure?)> TryAsync(TestDatabase database, IReadOnlyList<string> script, CancellationToken cancellationToken)
    {
        var copy = await database.CopyAsync(cancellationToken);
        if (await EfDatabase.ApplyAsync(copy, script, cancellationToken) is not { } failure)
            return (copy, null);
        await copy.DisposeAsync();
        return (null, failure);
    }

    async Task SeedAsync(State state, SeedStyle style, Func<string, bool> without, CancellationToken cancellationToken)
    {
        var statements = await _seeder.SeedAsync(state.Plain, _historyTable, style, without, cancellationToken);

        // Without rollouts of single migrations, that database does not go on.
        foreach (var statement in options.OneByOne ? statements : [])
            await state.Rolled.ExecuteAsync(statement, cancellationToken);
    }

    // Several migrations at once: from where it begins, without rows in between, for EF Core's own would not see them either.
    sealed record Stretch(int First, int Length, TestDatabase Before, TestDatabase After);

    async Task StretchAsync(TestDatabase before, int index, IReadOnlyList<string> script, bool mayTakePart, CancellationToken cancellationToken)
    {
        if (!mayTakePart)
        {
            await EndStretchAsync(index - 1, cancellationToken);
            return;
        }

        _stretch ??= new Stretch(index, _random.Next(2, LongestStretch + 1), await before.CopyAsync(cancellationToken), await before.CopyAsync(cancellationToken));
        if (await EfDatabase.ApplyAsync(_stretch.After, script, cancellationToken) is not null)
        {
            // The rows that the stretch began with do not bear this migration.
            await EndStretchAsync(index - 1, cancellationToken);
        }
        else if (index - _stretch.First + 1 == _stretch.Length)
        {
            await EndStretchAsync(index, cancellationToken);
        }
    }

    async Task EndStretchAsync(int last, CancellationToken cancellationToken)
    {
        if (_stretch is not { } stretch)
            return;
        _stretch = null;
        await using var before = stretch.Before;
        await using var after = stretch.After;
        // One alone has been rolled out already, if that is wanted at all.
        if (last < stretch.First || (last == stretch.First && options.OneByOne))
            return;
        var database = await before.CopyAsync(cancellationToken);
        var finding = await GuardedAsync(new Rollout(history, stretch.First, last, database, before, after), cancellationToken);
        Add(finding);
        if (!Keeps(finding, database))
            await database.DisposeAsync();
    }

    bool Keeps(Finding finding, TestDatabase database)
    {
        var keeps = options.Keep && finding.Verdict is Verdict.Different or Verdict.Failed;
        if (keeps)
            say($"  kept: {database.Name}");
        return keeps;
    }

    // Whatever the engine throws that is no refusal is a finding too, and the history goes on.
    async Task<Finding> GuardedAsync(Rollout rollout, CancellationToken cancellationToken)
    {
        try
        {
            var finding = await rollout.RunAsync(cancellationToken);
            if (finding.Verdict != Verdict.Equal || _writes.NextDouble() >= options.Writes)
                return finding;
            var written = new WrittenRollout(rollout, options.Seed, _historyTable);
            var found = await written.RunAsync(cancellationToken);
            _written += written.IsWhole ? 1 : 0;
            return found ?? finding;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or OutOfMemoryException))
        {
            return new Finding(Verdict.Failed, rollout.Name, rollout.Operations.Count, exception.GetType().Name, exception.ToString());
        }
    }

    async Task<EfFailure?> AdvanceAsync(TestDatabase database, int from, int end, CancellationToken cancellationToken)
    {
        for (var i = from; i < end; i++)
        {
            if (await EfDatabase.ApplyAsync(database, history.Script(i) ?? [], cancellationToken) is { } failure)
                return failure;
        }

        return null;
    }

    async Task<string> HistoryTableAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        var table = history.Manifest.History!.Table;
        return (await database.ScalarAsync<string>(
            $"SELECT format('%I.%I', $q${table.Schema?.Value ?? "public"}$q$::text, $q${table.Name.Value}$q$::text)", cancellationToken))!;
    }

    void Add(Finding finding)
    {
        _findings.Add(finding);
        var text = $"{finding.Verdict.ToString().ToLowerInvariant(),-9} {finding.Migrations}{(finding.Title.Length > 0 ? $": {finding.Title}" : "")}";
        say(finding.Verdict is Verdict.Equal || finding.Details.Length == 0 ? text : $"{text}\n    {finding.Details.TrimEnd().Replace("\n", "\n    ", StringComparison.Ordinal)}");
    }
}
