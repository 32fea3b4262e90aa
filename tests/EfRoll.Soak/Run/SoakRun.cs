using System.Diagnostics;
using EfRoll.Shared;
using EfRoll.Soak.Load;
using EfRoll.Soak.Model;
using EfRoll.TestSupport;

namespace EfRoll.Soak.Run;

/// <summary>Rolls random migrations out and back under load, and proves after each phase that nothing is lost.</summary>
sealed class SoakRun(SoakOptions options) : IAsyncDisposable
{
    const int MostFindings = 10;

    const int MostKills = 4;

    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    readonly Random _random = new(options.Seed);
    readonly Dictionary<string, TimeSpan> _durations = [];
    readonly string _folder = Directory.CreateTempSubdirectory("efroll-soak-").FullName;
    TestDatabase _database = null!;
    TestDatabase _oracle = null!;
    Crew _crew = null!;
    Kills? _kills;
    IRoller _roller = null!;
    IReadOnlyDictionary<Slot, Shape> _shapes = Catalogue.All.ToDictionary(slot => slot, slot => slot.First);

    public Tally Tally { get; } = new();

    public int Completed { get; private set; }

    public int RolledBack { get; private set; }

    /// <summary>What it survived, as one line.</summary>
    public string Summary =>
        $"soak: {Completed + RolledBack} rollouts ({Completed} completed, {RolledBack} rolled back), "
        + $"{(_kills?.Tools + _kills?.Backends + _kills?.Servers) ?? 0} kills (tool {_kills?.Tools ?? 0}, backend {_kills?.Backends ?? 0}, server {_kills?.Servers ?? 0}), "
        + $"{Tally.Writes} writes acknowledged, {Tally.Rows} rows checked, {Tally.Lost} lost, {Tally.Failed} failed statements, {Tally.Leftovers} leftovers";

    /// <summary>What a plain table would have asked of the applications as well.</summary>
    public string Details =>
        $"seed {options.Seed}; {Tally.Retries} transactions repeated that could not be serialized (repeatable read and serializable only), {Tally.Races} upserts that met, {Tally.Broken} connections lost, "
        + $"{_kills?.Pauses ?? 0} backfills paused, longest transaction {Tally.Longest:0.00} s";

    /// <summary>Runs until its time is over or too much is wrong.</summary>
    public async Task RunAsync()
    {
        var began = Stopwatch.GetTimestamp();
        _database = await TestDatabase.CreateAsync();
        _oracle = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync(Catalogue.Setup);
        await _oracle.ExecuteAsync(Catalogue.Setup);
        _roller = options.Kills ? new ToolRoller(_database.ConnectionString) : new EngineRoller(_database.ConnectionString);
        _crew = new Crew(options, new Side(_database.ConnectionString, "public", "", _shapes, isNew: false), Tally);
        await _crew.StartAsync(options.Items);
        if (options.Kills)
        {
            _kills = new Kills(_database.ConnectionString, options.ServerFolder, options.Seed);
            _kills.Start();
        }

        for (var number = 1; number <= options.Rollouts && Stopwatch.GetElapsedTime(began) < options.Time && Tally.Lost + Tally.Failed + Tally.Leftovers < MostFindings; number++)
        {
            if (!await RollAsync(number, RandomRollout.Of(_random, number, _shapes)))
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_kills is not null)
            await _kills.DisposeAsync();
        if (_crew is not null)
            await _crew.DisposeAsync();
        foreach (var database in new[] { _database, _oracle }.OfType<TestDatabase>())
        {
            await SteadilyAsync(async () =>
            {
                await database.DisposeAsync();
                return true;
            });
        }

        Directory.Delete(_folder, recursive: true);
    }

    // False if it cannot go on.
    async Task<bool> RollAsync(int number, RandomRollout rollout)
    {
        Tally.Place = $"seed {options.Seed}, rollout {number}: {rollout}";
        var files = new List<string>();
        foreach (var (id, text) in rollout.Migrations)
        {
            files.Add(Path.Combine(_folder, $"{id}.json"));
            await File.WriteAllTextAsync(files[^1], text);
        }

        options.Tell($"rollout {number}: {rollout}");
        Tally.MayRace = rollout.Changes.ContainsKey(Catalogue.TallyKey);
        var before = await DumpAsync(_database);
        if (options.Kills && _random.Next(6) == 0)
            return await AbandonAsync(files, before);
        if (!await UntilAsync("start", files, "expanded"))
            return false;
        var target = rollout.Migrations[^1].Id;
        var path = $"{VersionSchema.NameOf("public", target)}, public";
        await BetweenAsync("after start", () =>
        {
            _crew.Begin(new Side(_database.ConnectionString, path, Mark(target), rollout.After(_shapes), isNew: true), new Versions(rollout.Changes));
            return Task.CompletedTask;
        });
        _kills?.Renew();
        await _crew.WaitAsync(options.Overlap);
        var isComplete = _random.Next(3) > 0;
        await BetweenAsync("of both versions", () => Task.CompletedTask);
        await _crew.BetweenAsync(() => _crew.LeaveAsync(isNew: !isComplete));
        if (!await UntilAsync(isComplete ? "complete" : "rollback", [], isComplete ? "completed" : "rolled_back"))
            return false;
        await BetweenAsync(isComplete ? "after complete" : "after rollback", () =>
        {
            _crew.End(isComplete);
            return Task.CompletedTask;
        });
        if (isComplete)
        {
            foreach (var statement in rollout.Sql)
                await SteadilyAsync(() => _oracle.ExecuteAsync(statement));
            _shapes = rollout.After(_shapes);
            Completed++;
            await CompareAsync(await DumpAsync(_oracle), columnOrderMatters: false, "after complete");
        }
        else
        {
            RolledBack++;
            await CompareAsync(before, columnOrderMatters: true, "after rollback");
        }

        return true;
    }

    /// <summary>Starts, is killed at any time, and takes back what there is.</summary>
    async Task<bool> AbandonAsync(List<string> files, SchemaDump before)
    {
        var last = await LastAsync();
        if ((await _roller.RunAsync("start", files, Delay("start"))).IsKilled)
            _kills!.Tools++;
        if ((await LastAsync()).Id != last.Id && (await LastAsync()).Phase != "rolled_back" && !await UntilAsync("rollback", [], "rolled_back"))
            return false;
        await BetweenAsync("after an abandoned start", () => Task.CompletedTask);
        RolledBack++;
        await CompareAsync(before, columnOrderMatters: true, "after rollback of an abandoned start");
        return true;
    }

    async Task BetweenAsync(string moment, Func<Task> change)
    {
        using var held = _kills is null ? null : await _kills.HoldAsync();
        await _crew.BetweenAsync(async () =>
        {
            await change();
            var place = Tally.Place;
            Tally.Place = $"{place}; {moment}";
            await _crew.CheckAsync();
            await SteadilyAsync(() => _database.ExecuteAsync("TRUNCATE audit"));
            Tally.Place = place;
        });
    }

    /// <summary>Runs a command, killed or not, as often as it takes.</summary>
    async Task<bool> UntilAsync(string command, List<string> files, string phase)
    {
        _kills?.Renew();
        for (var attempt = 1; ; attempt++)
        {
            var mayBeKilled = _kills is not null && attempt <= MostKills && _random.Next(2) == 0;
            var disturbances = _kills?.Disturbances;
            var isAway = _kills is { IsServerAway: true };
            var last = await LastAsync();
            var began = Stopwatch.GetTimestamp();
            var (error, isKilled) = await _roller.RunAsync(command, files, mayBeKilled ? Delay(command) : null);
            if (isKilled)
                _kills!.Tools++;
            options.Tell($"  {command}{(isKilled ? ", killed" : "")}: {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s{(error is null ? "" : $", {error.ReplaceLineEndings(" ")}")}");
            if (error is null)
                _durations[command] = Stopwatch.GetElapsedTime(began);
            else if (isKilled && (await LastAsync()) == last)
                _durations[command] = Typical(command) * 1.5;
            if ((await LastAsync()).Phase == phase)
                return true;
            if (isKilled || _kills is not null && (isAway || disturbances != _kills.Disturbances) && attempt < 50)
                continue;
            Tally.Fail($"{command}: {error}");
            foreach (var file in files)
                await Console.Error.WriteLineAsync(await File.ReadAllTextAsync(file));
            return false;
        }
    }

    // Long enough that it gets as far as the database more often than not.
    TimeSpan Delay(string command) => Typical(command) * (0.3 + 0.7 * _random.NextDouble());

    TimeSpan Typical(string command) => _durations.GetValueOrDefault(command, TimeSpan.FromSeconds(2));

    async Task<(long Id, string Phase)> LastAsync() => await SteadilyAsync(async () =>
    {
        if (await _database.ScalarAsync<string>("SELECT to_regclass('efroll.rollouts')::text") is null)
            return (0, "");
        var rows = await _database.QueryAsync("SELECT id, phase FROM efroll.rollouts ORDER BY id DESC LIMIT 1");
        return rows.Count == 0 ? (0, "") : ((long)rows[0][0]!, (string)rows[0][1]!);
    });

    async Task CompareAsync(SchemaDump wanted, bool columnOrderMatters, string moment)
    {
        if (SchemaDump.Difference(wanted, await DumpAsync(_database), columnOrderMatters) is { } difference)
            Tally.Leave($"the schema differs {moment} (- expected, + actual):\n{difference}");
        foreach (var row in await SteadilyAsync(() => _database.QueryAsync("""
            SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = to_regnamespace('efroll') AND prorettype = 'trigger'::regtype
            UNION ALL SELECT 'column ' || attname FROM pg_attribute WHERE attname LIKE '\_efroll%' AND NOT attisdropped
            UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgname LIKE '~efroll%' OR tgname LIKE '!efroll%'
            UNION ALL SELECT 'relation ' || relname FROM pg_class WHERE relname LIKE '\_efroll%'
            UNION ALL SELECT 'constraint ' || conname FROM pg_constraint WHERE conname LIKE '\_efroll%'
            UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname LIKE 'public\_%'
            """)))
            Tally.Leave($"{moment}: {row[0]}");
    }

    Task<SchemaDump> DumpAsync(TestDatabase database) => SteadilyAsync(async () =>
    {
        using var held = _kills is null ? null : await _kills.HoldAsync();
        return await SchemaDump.ReadAsync(database);
    });

    /// <summary>What the run itself asks of the database is asked again while that is not there.</summary>
    static async Task<T> SteadilyAsync<T>(Func<Task<T>> ask)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception error) when (Breaks.IsBroken(error) && Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        }
    }

    static string Mark(string migration) => $"efroll:{VersionSchema.MarkOf(migration)}";
}
