using System.Reflection;
using System.Text.Json;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using Npgsql;

namespace EfRoll.Engine.State;

/// <summary>Remembers in the database which rollouts there were, how far the open one is, and which of its steps are done.</summary>
sealed class StateStore(Session session)
{
    // By the version they lead to; a new one is added here, an old one never changed.
    internal static readonly IReadOnlyList<(int Version, SqlText Script)> AllUpgrades =
        [(1, EmbeddedSql.Read("StateStore.sql")), (2, EmbeddedSql.Read("StateStore.Version2.sql")), (3, EmbeddedSql.Read("StateStore.Version3.sql"))];

    static readonly string ToolVersion =
        typeof(StateStore).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>How the state schema came to be what it is.</summary>
    internal IReadOnlyList<(int Version, SqlText Script)> Upgrades { get; init; } = AllUpgrades;

    int Version => Upgrades[^1].Version;

    /// <summary>Makes the state schema or brings it up to date.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await FoundVersionAsync(cancellationToken).ConfigureAwait(false);
            if (found >= Version)
                return;
            await session.InTransactionAsync(
                async () =>
                {
                    foreach (var (_, script) in Upgrades.Where(upgrade => upgrade.Version > found))
                        await session.ExecuteAsync(script, cancellationToken).ConfigureAwait(false);
                    await session.ExecuteAsync(
                        $"INSERT INTO efroll.meta (version) VALUES ({Version}) ON CONFLICT (is_only) DO UPDATE SET version = excluded.version",
                        cancellationToken).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (error.SqlState == SqlStates.InsufficientPrivilege)
        {
            throw Failures.StateNotPermitted(error.MessageText, error);
        }
    }

    /// <summary>Whether the state schema is there, in the version that this one knows.</summary>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        var found = await FoundVersionAsync(cancellationToken).ConfigureAwait(false);
        return found == 0 || found == Version ? found > 0 : throw Failures.StateIsOlder(found, Version);
    }

    /// <summary>The rollout that is open.</summary>
    public async Task<StoredRollout?> FindOpenAsync(CancellationToken cancellationToken) =>
        (await ReadAsync($"WHERE phase IN ('expanding', 'expanded', 'contracting')", cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>A rollout by its number, as it is now.</summary>
    public async Task<StoredRollout> GetAsync(long id, CancellationToken cancellationToken) =>
        (await ReadAsync($"WHERE id = {id}", cancellationToken).ConfigureAwait(false)).Single();

    /// <summary>The rollout that ended last.</summary>
    public async Task<StoredRollout?> FindLastEndedAsync(CancellationToken cancellationToken) =>
        (await ReadAsync($"WHERE phase IN ('completed', 'rolled_back') ORDER BY id DESC LIMIT 1", cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>The rollout that was completed last.</summary>
    public async Task<StoredRollout?> FindLastCompletedAsync(CancellationToken cancellationToken) =>
        (await ReadAsync($"WHERE phase = 'completed' ORDER BY id DESC LIMIT 1", cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <summary>The migrations of all completed rollouts.</summary>
    public Task<List<string>> CompletedMigrationsAsync(CancellationToken cancellationToken) => session.QueryAsync(
        $"SELECT unnest(migrations) FROM efroll.rollouts WHERE phase = 'completed' ORDER BY id", [], reader => reader.GetString(0), cancellationToken);

    /// <summary>The version schemas that may be there.</summary>
    public Task<List<string>> VersionSchemasAsync(CancellationToken cancellationToken) => session.QueryAsync(
        $"SELECT DISTINCT unnest(version_schemas) FROM efroll.rollouts WHERE phase <> 'rolled_back'", [], reader => reader.GetString(0), cancellationToken);

    /// <summary>Opens a rollout, or files one that is done already.</summary>
    /// <param name="plan">Its plan.</param>
    /// <param name="migrations">Its migrations, with what it does of them.</param>
    /// <param name="phase">Where it begins.</param>
    /// <param name="historyTable">Where EF Core keeps what was applied; null for hand-written files.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<StoredRollout> AddAsync(Plan plan, IReadOnlyList<Migration> migrations, Phase phase, string? historyTable, CancellationToken cancellationToken)
    {
        var checksums = migrations.ToDictionary(migration => migration.Id, MigrationChecksum.Of);
        var id = await session.ScalarAsync<long>(
            $"""
            INSERT INTO efroll.rollouts (base_migration, migrations, phase, version_schemas, manifest, checksums, plan, tool_version, history_table)
            VALUES ($1::text, $2::text[], $3, $4::text[], $5::jsonb, $6::text[], $7::jsonb, $8, $9::text)
            RETURNING id
            """,
            [
                plan.BaseMigration,
                plan.Migrations.ToArray(),
                phase.ToText(),
                plan.VersionSchemas.Select(pair => pair.Value.Value).ToArray(),
                PlanJson.Write(migrations),
                plan.Migrations.Select(migration => checksums.GetValueOrDefault(migration)).ToArray(),
                PlanJson.Write(plan),
                ToolVersion,
                historyTable,
            ],
            cancellationToken).ConfigureAwait(false);
        return await GetAsync(id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes what a rollout's tables are like, but for what it does to them itself.</summary>
    public async Task SetWatchedAsync(long rollout, EquatableList<WatchedTable> tables, CancellationToken cancellationToken) => await session.ExecuteAsync(
        $"UPDATE efroll.rollouts SET plan = jsonb_set(plan, ARRAY[$2], $3::jsonb) WHERE id = $1", [rollout, nameof(Plan.Watched), PlanJson.Write(tables)], cancellationToken).ConfigureAwait(false);

    /// <summary>The checksums of a rollout's migrations by their ids, of what it does of them; null where an earlier version of EfRoll began it.</summary>
    public async Task<IReadOnlyDictionary<string, string?>> ChecksumsAsync(long rollout, CancellationToken cancellationToken) =>
        (await session.QueryAsync(
            $"SELECT each.migration, each.checksum FROM efroll.rollouts AS r, unnest(r.migrations, r.checksums) AS each (migration, checksum) WHERE r.id = $1",
            [rollout],
            reader => (Migration: reader.GetString(0), Checksum: reader.IsDBNull(1) ? null : reader.GetString(1)),
            cancellationToken).ConfigureAwait(false)).ToDictionary(row => row.Migration, row => row.Checksum);

    /// <summary>What completed rollouts have applied, the latest first.</summary>
    /// <param name="historyTable">Where EF Core keeps what was applied; null for hand-written files.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<AppliedContent>> AppliedContentsAsync(string? historyTable, CancellationToken cancellationToken)
    {
        if (!await ExistsAsync(cancellationToken).ConfigureAwait(false))
            return [];
        // Where the way back comes first, the migration was applied again by somebody else, if it was: nobody knows with what content.
        return await session.QueryAsync(
            $"""
            SELECT r.id, each.migration, CASE WHEN r.plan ->> 'BackTo' IS NULL THEN each.checksum END, r.updated_at
            FROM efroll.rollouts AS r, unnest(r.migrations, r.checksums) AS each (migration, checksum)
            WHERE r.phase = 'completed' AND r.history_table IS NOT DISTINCT FROM $1::text
            ORDER BY r.id DESC
            """,
            [historyTable],
            reader => new AppliedContent(reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3)),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Goes by another content of a migration from now on than the one that was applied.</summary>
    public async Task AcceptAsync(AppliedContent content, CancellationToken cancellationToken) => await session.ExecuteAsync(
        $"UPDATE efroll.rollouts SET checksums[array_position(migrations, $2)] = $3 WHERE id = $1",
        [content.Rollout, content.Migration, content.Checksum], cancellationToken).ConfigureAwait(false);

    /// <summary>Moves a rollout to another phase.</summary>
    public async Task<StoredRollout> MoveAsync(StoredRollout rollout, Phase to, CancellationToken cancellationToken)
    {
        if (!rollout.Phase.MayBecome(to))
            throw new InvalidOperationException($"A rollout cannot go from {rollout.Phase} to {to}.");
        var moved = await session.ExecuteAsync(
            $"UPDATE efroll.rollouts SET phase = $1, updated_at = clock_timestamp() WHERE id = $2 AND phase = $3",
            [to.ToText(), rollout.Id, rollout.Phase.ToText()],
            cancellationToken).ConfigureAwait(false);
        if (moved != 1)
            throw new InvalidOperationException($"Rollout {rollout.Id} is not {rollout.Phase} any more.");
        return await GetAsync(rollout.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The journal: by step id.</summary>
    public async Task<IReadOnlyDictionary<string, StepMark>> JournalAsync(long rollout, CancellationToken cancellationToken)
    {
        var rows = await session.QueryAsync(
            $"SELECT step_id, finished_at IS NOT NULL FROM efroll.steps WHERE rollout_id = $1",
            [rollout],
            reader => (Step: reader.GetString(0), Mark: reader.GetBoolean(1) ? StepMark.Finished : StepMark.Started),
            cancellationToken).ConfigureAwait(false);
        return rows.ToDictionary(row => row.Step, row => row.Mark);
    }

    /// <summary>Notes that a step begins.</summary>
    public async Task MarkStartedAsync(long rollout, string step, CancellationToken cancellationToken) => await session.ExecuteAsync(
        $"INSERT INTO efroll.steps (rollout_id, step_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", [rollout, step], cancellationToken).ConfigureAwait(false);

    /// <summary>Notes that an author's SQL begins for which no transaction vouches, and what the tables are like; if it began before, what they were like then.</summary>
    public async Task<EquatableList<WatchedTable>> MarkStartedAsync(long rollout, string step, EquatableList<WatchedTable> tables, CancellationToken cancellationToken) =>
        PlanJson.ReadTables((await session.ScalarAsync<string>(
            $"""
            INSERT INTO efroll.steps AS s (rollout_id, step_id, tables_before) VALUES ($1, $2, $3::jsonb)
            ON CONFLICT (rollout_id, step_id) DO UPDATE SET tables_before = coalesce(s.tables_before, excluded.tables_before)
            RETURNING tables_before::text
            """,
            [rollout, step, PlanJson.Write(tables)],
            cancellationToken).ConfigureAwait(false))!);

    /// <summary>What the tables were like when an author's SQL began that has not ended, as far as the journal knows; null if there is none.</summary>
    public async Task<EquatableList<WatchedTable>?> TablesBeforeAsync(long rollout, CancellationToken cancellationToken) =>
        await session.ScalarAsync<string>(
            $"SELECT tables_before::text FROM efroll.steps WHERE rollout_id = $1 AND tables_before IS NOT NULL AND finished_at IS NULL",
            [rollout],
            cancellationToken).ConfigureAwait(false) is { } json
            ? PlanJson.ReadTables(json)
            : null;

    /// <summary>Notes that a step is done; belongs into its transaction where it has one.</summary>
    public async Task MarkFinishedAsync(long rollout, string step, CancellationToken cancellationToken) => await session.ExecuteAsync(
        $"""
        WITH touched AS (UPDATE efroll.rollouts SET updated_at = clock_timestamp() WHERE id = $1)
        INSERT INTO efroll.steps (rollout_id, step_id, started_at, finished_at) VALUES ($1, $2, now(), clock_timestamp())
        ON CONFLICT (rollout_id, step_id) DO UPDATE SET finished_at = excluded.finished_at
        """, [rollout, step], cancellationToken).ConfigureAwait(false);

    /// <summary>How far a backfill is; from the first page where it has not begun.</summary>
    public async Task<BackfillCursor> BackfillAsync(long rollout, string step, CancellationToken cancellationToken)
    {
        var rows = await session.QueryAsync(
            $"SELECT next_page, pages, rows, left_behind FROM efroll.backfills WHERE rollout_id = $1 AND step_id = $2",
            [rollout, step],
            reader => new BackfillCursor(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2),
                reader.GetFieldValue<long[]>(3).Chunk(2).Select(pair => new PageRange(pair[0], pair[1])).ToEquatableList()),
            cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? new BackfillCursor(0, 0, 0, []) : rows[0];
    }

    /// <summary>Notes how far a backfill is, after it has written: what is lost with a crash in between is looked at once more.</summary>
    public async Task SaveBackfillAsync(long rollout, string step, QualifiedName table, BackfillNote note, bool isDone, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(
            $"""
            INSERT INTO efroll.backfills (rollout_id, step_id, table_name, next_page, pages, rows, left_behind, rows_per_second, seconds_left, held_by, is_done)
            VALUES ($1, $2, $3, $4, $5, $6, $7::bigint[], $8, $9::double precision, $10::text[], $11)
            ON CONFLICT (rollout_id, step_id) DO UPDATE SET
                next_page = excluded.next_page, pages = excluded.pages, rows = excluded.rows, left_behind = excluded.left_behind,
                rows_per_second = excluded.rows_per_second, seconds_left = excluded.seconds_left, held_by = excluded.held_by,
                is_done = excluded.is_done, updated_at = clock_timestamp()
            """,
            [
                rollout, step, table.Display, note.Cursor.NextPage, note.Cursor.Pages, note.Cursor.Rows,
                note.Cursor.LeftBehind.SelectMany(range => new[] { range.First, range.End }).ToArray(),
                note.RowsPerSecond, note.Remaining?.TotalSeconds, note.HeldBy.ToArray(), isDone,
            ],
            cancellationToken).ConfigureAwait(false);

    /// <summary>What the user wants of a rollout's backfills.</summary>
    public async Task<Tuning> TuningAsync(long rollout, CancellationToken cancellationToken) => (await session.QueryAsync(
        $"SELECT backfill_options::text, paused_at FROM efroll.rollouts WHERE id = $1",
        [rollout],
        reader => new Tuning(reader.IsDBNull(0) ? null : PlanJson.ReadOptions(reader.GetString(0)), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1)),
        cancellationToken).ConfigureAwait(false)).Single();

    /// <summary>Has a rollout's backfills work so, from the next second on.</summary>
    public async Task TuneAsync(long rollout, BackfillOptions options, CancellationToken cancellationToken) => await session.ExecuteAsync(
        $"UPDATE efroll.rollouts SET backfill_options = $2::jsonb WHERE id = $1", [rollout, PlanJson.Write(options)], cancellationToken).ConfigureAwait(false);

    /// <summary>Has a rollout's backfills pause, also those of a later run, or go on.</summary>
    public async Task PauseAsync(long rollout, bool isPaused, CancellationToken cancellationToken) => await session.ExecuteAsync(
        $"UPDATE efroll.rollouts SET paused_at = CASE WHEN $2 THEN coalesce(paused_at, clock_timestamp()) END WHERE id = $1", [rollout, isPaused], cancellationToken).ConfigureAwait(false);

    /// <summary>Notes strong locks that were held.</summary>
    public async Task AddLocksAsync(long rollout, IReadOnlyList<LockUse> uses, CancellationToken cancellationToken)
    {
        if (uses.Count == 0)
            return;
        await session.ExecuteAsync(
            $"""
            INSERT INTO efroll.locks (rollout_id, title, relation, mode, waited_ms, held_ms, attempts)
            SELECT $1, title, relation, mode, waited, held, attempts
            FROM unnest($2::text[], $3::text[], $4::text[], $5::double precision[], $6::double precision[], $7::integer[])
                AS used (title, relation, mode, waited, held, attempts)
            """,
            [
                rollout,
                uses.Select(use => use.Title).ToArray(),
                uses.Select(use => use.Relation.Display).ToArray(),
                uses.Select(use => use.Mode == LockMode.AccessExclusive ? "ACCESS EXCLUSIVE" : "SHARE ROW EXCLUSIVE").ToArray(),
                uses.Select(use => use.Waited.TotalMilliseconds).ToArray(),
                uses.Select(use => use.Held.TotalMilliseconds).ToArray(),
                uses.Select(use => use.Attempts).ToArray(),
            ],
            cancellationToken).ConfigureAwait(false);
    }

    Task<List<LockStatus>> LocksAsync(long rollout, CancellationToken cancellationToken) => session.QueryAsync(
        $"SELECT title, relation, mode, waited_ms, held_ms, attempts FROM efroll.locks WHERE rollout_id = $1 ORDER BY at, relation",
        [rollout],
        reader => new LockStatus(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), TimeSpan.FromMilliseconds(reader.GetDouble(3)), TimeSpan.FromMilliseconds(reader.GetDouble(4)),
            reader.GetInt32(5)),
        cancellationToken);

    /// <summary>A rollout as users see it.</summary>
    public async Task<RolloutStatus> StatusAsync(StoredRollout rollout, CancellationToken cancellationToken)
    {
        var journal = await JournalAsync(rollout.Id, cancellationToken).ConfigureAwait(false);
        var steps = rollout.Phase is Phase.Contracting or Phase.Completed ? rollout.Plan.Contract : rollout.Plan.Expand;
        var backfills = await session.QueryAsync(
            $"""
            SELECT table_name, next_page, pages, rows, is_done, rows_per_second, seconds_left, held_by, current_setting('block_size')::bigint
            FROM efroll.backfills WHERE rollout_id = $1 ORDER BY step_id
            """,
            [rollout.Id],
            reader => new BackfillStatus(reader.GetString(0), Math.Min(reader.GetInt64(1), reader.GetInt64(2)), reader.GetInt64(2), reader.GetInt64(3), reader.GetBoolean(4))
            {
                RowsPerSecond = reader.GetDouble(5),
                Remaining = reader.IsDBNull(6) ? null : TimeSpan.FromSeconds(reader.GetDouble(6)),
                HeldBy = reader.GetFieldValue<string[]>(7).ToEquatableList(),
                PageSize = reader.GetInt64(8),
            },
            cancellationToken).ConfigureAwait(false);
        var tuning = await TuningAsync(rollout.Id, cancellationToken).ConfigureAwait(false);

        return new RolloutStatus(rollout.Id, rollout.BaseMigration, rollout.Migrations, rollout.Phase, rollout.VersionSchemas, rollout.StartedAt, rollout.UpdatedAt)
        {
            BackTo = rollout.Plan.BackTo,
            ViewsOf = rollout.Plan.ViewsOf,
            Steps = steps.Count,
            StepsDone = steps.Count(step => journal.TryGetValue(step.Id, out var mark) && mark == StepMark.Finished),
            Backfills = backfills.ToEquatableList(),
            PausedAt = tuning.PausedAt,
            Locks = (await LocksAsync(rollout.Id, cancellationToken).ConfigureAwait(false)).ToEquatableList(),
        };
    }

    async Task<int> FoundVersionAsync(CancellationToken cancellationToken)
    {
        // Both questions cannot be one statement: it would not parse without the table.
        var exists = await session.ScalarAsync<bool>(
            $"""
            SELECT EXISTS (
                SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = 'efroll' AND c.relname = 'meta')
            """, [], cancellationToken).ConfigureAwait(false);
        if (!exists)
            return 0;
        var found = await session.ScalarAsync<int>($"SELECT version FROM efroll.meta", [], cancellationToken).ConfigureAwait(false);
        return found <= Version ? found : throw Failures.StateIsNewer(found, Version);
    }

    Task<List<StoredRollout>> ReadAsync(SqlText filter, CancellationToken cancellationToken) => session.QueryAsync(
        $"SELECT id, base_migration, migrations, phase, version_schemas, plan::text, started_at, updated_at, tool_version FROM efroll.rollouts {filter}",
        [],
        reader => new StoredRollout(
            reader.GetInt64(0),
            reader.IsDBNull(1) ? null : reader.GetString(1),
            reader.GetFieldValue<string[]>(2).ToEquatableList(),
            PhaseRules.FromText(reader.GetString(3)),
            reader.GetFieldValue<string[]>(4).ToEquatableList(),
            ReadPlan(reader.GetString(5), PhaseRules.FromText(reader.GetString(3)), reader.GetFieldValue<string[]>(2), reader.GetString(8)),
            reader.GetFieldValue<DateTimeOffset>(6),
            reader.GetFieldValue<DateTimeOffset>(7)),
        cancellationToken);

    // What has ended is only told; what is open will be run, so nothing of it may be passed over.
    static Plan ReadPlan(string json, Phase phase, string[] migrations, string toolVersion)
    {
        try
        {
            return PlanJson.ReadPlan(json, isWhole: phase is not (Phase.Completed or Phase.RolledBack));
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw Failures.RolloutNotUnderstood(migrations, toolVersion, ToolVersion, error);
        }
    }
}
