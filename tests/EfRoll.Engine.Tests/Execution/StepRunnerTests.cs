using EfRoll.Engine.Errors;
using EfRoll.Engine.Execution;
using EfRoll.Engine.Sql;
using EfRoll.Engine.State;
using EfRoll.Engine.Steps;
using EfRoll.Engine.Tests.Sessions;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Execution;

public sealed class StepRunnerTests
{
    static readonly QualifiedName Table = new("public", "We\"ird");

    static readonly Identifier Index = new("in dex");

    static readonly CreateIndexConcurrently Build = new("index", "Build", Table, Index, true, $"USING btree (id)") { Undo = [$"DROP INDEX {Index}"] };

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_step_and_its_tick_are_one_transaction_and_done_steps_are_skipped()
    {
        await using var database = await DatabaseAsync();
        Step good = new TransactionStep("good", "Good", [new(Table, LockMode.AccessExclusive)], [$"ALTER TABLE {Table} ADD COLUMN a integer"]);
        Step bad = new TransactionStep("bad", "Bad", [], [$"ALTER TABLE {Table} ADD COLUMN b integer", $"SELECT 1 / 0"]);
        await using var work = await Work.BeginAsync(database, Cancelled, good, bad);

        var error = await Assert.ThrowsAsync<EfRollException>(() => Runner(work).RunAsync(work.Rollout.Id, [good, bad], Cancelled));

        Assert.Equal(ErrorCode.StepFailed, error.Code);
        Assert.Contains("'Bad'", error.Message, StringComparison.Ordinal);
        Assert.Equal(StepMark.Finished, Assert.Single(await work.Store.JournalAsync(work.Rollout.Id, Cancelled)).Value);
        Assert.Equal(["id", "a"], await ColumnsAsync(database));

        // The second run would fail if it ran the first step again.
        Step mended = new TransactionStep("bad", "Bad", [], [$"ALTER TABLE {Table} ADD COLUMN b integer"]);
        var reported = new Reported();
        await Runner(work, reported).RunAsync(work.Rollout.Id, [good, mended], Cancelled);
        Assert.Equal(["id", "a", "b"], await ColumnsAsync(database));
        Assert.Equal([StepState.Skipped, StepState.Started, StepState.Done], reported.All.Cast<StepProgress>().Select(report => report.State));
    }

    [Fact]
    public async Task An_index_that_a_stopped_run_left_invalid_is_built_again()
    {
        await using var database = await DatabaseAsync();
        await database.ExecuteAsync($"INSERT INTO {Table} VALUES (1), (1)", Cancelled);
        await using var work = await Work.BeginAsync(database, Cancelled, Build);

        var error = await Assert.ThrowsAsync<EfRollException>(() => Runner(work).RunAsync(work.Rollout.Id, [Build], Cancelled));
        Assert.Equal(ErrorCode.IndexNotUnique, error.Code);
        Assert.Contains("(id)=(1)", error.Message, StringComparison.Ordinal);
        Assert.False(await IsValidAsync(database));

        await database.ExecuteAsync($"DELETE FROM {Table} WHERE ctid = '(0,1)'", Cancelled);
        await Runner(work).RunAsync(work.Rollout.Id, [Build], Cancelled);
        Assert.True(await IsValidAsync(database));
    }

    [Fact]
    public async Task An_index_that_was_finished_before_the_tick_is_done()
    {
        await using var database = await DatabaseAsync();
        await using var work = await Work.BeginAsync(database, Cancelled, Build);
        await work.Store.MarkStartedAsync(work.Rollout.Id, Build.Id, Cancelled);
        await database.ExecuteAsync($"CREATE UNIQUE INDEX {Index} ON {Table} (id)", Cancelled);
        var before = await database.ScalarAsync<uint>($"SELECT '{Index}'::regclass::oid", Cancelled);

        await Runner(work).RunAsync(work.Rollout.Id, [Build], Cancelled);

        Assert.Equal(before, await database.ScalarAsync<uint>($"SELECT '{Index}'::regclass::oid", Cancelled));
        Assert.Equal(StepMark.Finished, (await work.Store.JournalAsync(work.Rollout.Id, Cancelled))[Build.Id]);
    }

    [Fact]
    public async Task An_index_that_somebody_else_made_is_left_alone()
    {
        await using var database = await DatabaseAsync();
        await database.ExecuteAsync($"CREATE INDEX {Index} ON {Table} (id)", Cancelled);
        await using var work = await Work.BeginAsync(database, Cancelled, Build);

        Assert.Equal(ErrorCode.IndexNameTaken, await CodeOfAsync(() => Runner(work).RunAsync(work.Rollout.Id, [Build], Cancelled)));

        // Nor does rollback drop it.
        await Runner(work).UndoAsync(work.Rollout, Cancelled);
        Assert.True(await IsValidAsync(database));
    }

    [Fact]
    public async Task Dropping_an_index_that_is_gone_is_done()
    {
        await using var database = await DatabaseAsync();
        await database.ExecuteAsync($"CREATE INDEX {Index} ON {Table} (id)", Cancelled);
        Step first = new DropIndexConcurrently("d1", "Drop", new QualifiedName(Table.Schema, Index));
        Step second = new DropIndexConcurrently("d2", "Drop", new QualifiedName(Table.Schema, Index));
        await using var work = await Work.BeginAsync(database, Cancelled, first, second);

        await Runner(work).RunAsync(work.Rollout.Id, [first, second], Cancelled);

        Assert.Null(await IsValidAsync(database));
    }

    [Fact]
    public async Task Violations_are_named_with_number_and_keys()
    {
        await using var database = await DatabaseAsync();
        await database.ExecuteAsync($"INSERT INTO {Table} SELECT n FROM generate_series(1, 9) AS n; ALTER TABLE {Table} ADD CONSTRAINT low CHECK (id < 3) NOT VALID", Cancelled);
        Step count = new CountViolations("count", "Count", $"SELECT id::text AS key FROM {Table} WHERE id >= 3 -- to the end", "id is not below 3");
        Step validate = new ValidateConstraint("validate", "Validate", Table, new Identifier("low"));
        await using var work = await Work.BeginAsync(database, Cancelled, count, validate);

        var counted = await Assert.ThrowsAsync<EfRollException>(() => Runner(work).RunAsync(work.Rollout.Id, [count], Cancelled));
        Assert.Equal((ErrorCode.RowsViolate, "id is not below 3, 7 in all: 3, 4, 5, 6, 7, …."), (counted.Code, counted.Message));
        Assert.Equal(ErrorCode.ConstraintViolated, await CodeOfAsync(() => Runner(work).RunAsync(work.Rollout.Id, [validate], Cancelled)));

        await database.ExecuteAsync($"DELETE FROM {Table} WHERE id >= 3", Cancelled);
        await Runner(work).RunAsync(work.Rollout.Id, [count, validate], Cancelled);
        Assert.True(await database.ScalarAsync<bool>("SELECT convalidated FROM pg_constraint WHERE conname = 'low'", Cancelled));
    }

    [Fact]
    public async Task Statements_that_forbid_a_transaction_get_none()
    {
        await using var database = await DatabaseAsync();
        Step vacuum = new RunOutsideTransaction("vacuum", "Vacuum", $"VACUUM {Table}");
        await using var work = await Work.BeginAsync(database, Cancelled, vacuum);

        await Runner(work).RunAsync(work.Rollout.Id, [vacuum], Cancelled);

        Assert.Equal(StepMark.Finished, (await work.Store.JournalAsync(work.Rollout.Id, Cancelled))["vacuum"]);
    }

    [Fact]
    public async Task Statements_outside_a_transaction_that_were_stopped_are_taken_back_as_far_as_they_came()
    {
        await using var database = await DatabaseAsync();
        Step run = new RunOutsideTransaction("run", "Run", SqlText.Verbatim("CREATE TABLE first (); CREATE TABLE second ()")) { Undo = [SqlText.Verbatim("DROP TABLE second; DROP TABLE first")] };
        await using var work = await Work.BeginAsync(database, Cancelled, run);
        await work.Store.MarkStartedAsync(work.Rollout.Id, run.Id, Cancelled);
        await database.ExecuteAsync("CREATE TABLE first ()", Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(() => Runner(work).RunAsync(work.Rollout.Id, [run], Cancelled));
        Assert.Equal(
            (ErrorCode.StepFailed, "'Run' failed: relation \"first\" already exists. It runs outside a transaction, and an earlier run was stopped in it: a part of it may have been done then."),
            (error.Code, error.Message));

        var reported = new Reported();
        await Runner(work, reported).UndoAsync(work.Rollout, Cancelled);
        Assert.Equal("'start' was stopped before it came to what this would take back: DROP TABLE second", Assert.Single(reported.All.OfType<NoticeProgress>()).Text);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE relname IN ('first', 'second')", Cancelled));
        Assert.Equal(Phase.RolledBack, (await work.Store.GetAsync(work.Rollout.Id, Cancelled)).Phase);
    }

    [Fact]
    public async Task Statements_that_forbid_a_transaction_hold_nobody_up_for_long()
    {
        await using var database = await DatabaseAsync();
        Step alter = new RunOutsideTransaction("alter", "Alter", $"ALTER TABLE {Table} ADD COLUMN a integer");
        await using var work = await Work.BeginAsync(database, Cancelled, alter);
        await using var reader = await database.DataSource.OpenConnectionAsync(Cancelled);
        await using var transaction = await reader.BeginTransactionAsync(Cancelled);
        await using var read = new NpgsqlCommand($"SELECT count(*) FROM {Table}", reader, transaction);
        await read.ExecuteScalarAsync(Cancelled);
        // Lets go when it is told that somebody had to give up waiting.
        var reported = new Reported(report =>
        {
            if (report is LockProgress)
                transaction.Rollback();
        });

        await Runner(work, reported).RunAsync(work.Rollout.Id, [alter], Cancelled);

        Assert.NotEmpty(reported.All.OfType<LockProgress>());
        Assert.Equal(["id", "a"], await ColumnsAsync(database));
    }

    [Fact]
    public async Task An_index_build_that_waits_for_older_transactions_says_for_whom()
    {
        await using var database = await DatabaseAsync();
        Step create = new CreateIndexConcurrently("ix", "Build index", Table, new Identifier("ix"), false, $"USING btree (id)");
        await using var work = await Work.BeginAsync(database, Cancelled, create);
        await using var reader = await database.DataSource.OpenConnectionAsync(Cancelled);
        await using var transaction = await reader.BeginTransactionAsync(Cancelled);
        await using var read = new NpgsqlCommand($"SELECT count(*) FROM {Table}", reader, transaction);
        await read.ExecuteScalarAsync(Cancelled);
        // Ends when it is told that it is waited for.
        var reported = new Reported(report =>
        {
            if (report is LockProgress)
                transaction.Rollback();
        });

        await Runner(work, reported).RunAsync(work.Rollout.Id, [create], Cancelled);

        Assert.StartsWith($"pid {reader.ProcessID}", Assert.Single(reported.All.OfType<LockProgress>().First().Blockers), StringComparison.Ordinal);
        Assert.True(await database.ScalarAsync<bool>("SELECT indisvalid FROM pg_index WHERE indexrelid = 'public.ix'::regclass", Cancelled));
    }

    [Fact]
    public async Task Functions_with_an_SQL_body_are_one_statement()
    {
        await using var database = await DatabaseAsync();
        Step create = new TransactionStep("create", "Create", [], [$"CREATE FUNCTION f() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;"]);
        await using var work = await Work.BeginAsync(database, Cancelled, create);

        await Runner(work).RunAsync(work.Rollout.Id, [create], Cancelled);

        Assert.Equal(2L, await database.ScalarAsync<long>("SELECT f()", Cancelled));
    }

    [Fact]
    public async Task Rollback_takes_back_what_the_journal_has_and_nothing_else()
    {
        await using var database = await DatabaseAsync();
        Step first = new TransactionStep("first", "First", [], [$"CREATE TABLE made (id integer)"]) { Undo = [$"DROP TABLE made"] };
        Step second = new TransactionStep("second", "Second", [new(Table, LockMode.ShareRowExclusive)], [$"ALTER TABLE {Table} ADD COLUMN a integer"])
        {
            // Would fail if the first were undone before.
            Undo = [$"INSERT INTO made VALUES (1)", $"ALTER TABLE {Table} DROP COLUMN a"],
            UndoLocks = [new(Table, LockMode.AccessExclusive)],
        };
        Step never = new TransactionStep("never", "Never", [], [$"SELECT 1 / 0"]) { Undo = [$"DROP TABLE not_made"] };
        await using var work = await Work.BeginAsync(database, Cancelled, first, second, Build, never);
        await Assert.ThrowsAsync<EfRollException>(() => Runner(work).RunAsync(work.Rollout.Id, work.Rollout.Plan.Expand, Cancelled));

        await Runner(work).UndoAsync(work.Rollout, Cancelled);

        Assert.Equal(["id"], await ColumnsAsync(database));
        Assert.Null(await IsValidAsync(database));
        Assert.Equal(Phase.RolledBack, (await work.Store.GetAsync(work.Rollout.Id, Cancelled)).Phase);
    }

    [Fact]
    public async Task Rollback_does_not_mind_an_index_whose_build_never_began()
    {
        await using var database = await DatabaseAsync();
        await using var work = await Work.BeginAsync(database, Cancelled, Build);
        await work.Store.MarkStartedAsync(work.Rollout.Id, Build.Id, Cancelled);

        await Runner(work).UndoAsync(work.Rollout, Cancelled);

        Assert.Equal(Phase.RolledBack, (await work.Store.GetAsync(work.Rollout.Id, Cancelled)).Phase);
    }

    [Fact]
    public void Locks_of_a_rollback_are_taken_once_each_and_as_strong_as_needed()
    {
        var (view, parent, child) = (new QualifiedName("v", "a"), new QualifiedName("public", "parent"), new QualifiedName("public", "child"));
        Step[] lastFirst =
        [
            new TransactionStep("3", "", [], []) { UndoLocks = [new(view, LockMode.AccessExclusive), new(child, LockMode.ShareRowExclusive)] },
            new TransactionStep("2", "", [new(parent, LockMode.ShareRowExclusive)], []),
            new TransactionStep("1", "", [new(child, LockMode.AccessExclusive)], []),
        ];

        Assert.Equal(
            [new(view, LockMode.AccessExclusive), new(child, LockMode.AccessExclusive), new RelationLock(parent, LockMode.ShareRowExclusive)],
            StepRunner.LocksOf(lastFirst));
    }

    static StepRunner Runner(Work work, IProgress<RollProgress>? progress = null) => new(work.Lock, work.Store, new RollOptions(), TimeProvider.System, progress, null);

    static async Task<ErrorCode> CodeOfAsync(Func<Task> act) => (await Assert.ThrowsAsync<EfRollException>(act)).Code;

    static async Task<TestDatabase> DatabaseAsync()
    {
        var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync($"CREATE TABLE {Table} (id integer)", Cancelled);
        return database;
    }

    static async Task<IEnumerable<object?>> ColumnsAsync(TestDatabase database) => (await database.QueryAsync(
        $"SELECT attname::text FROM pg_attribute WHERE attrelid = '{Table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum", Cancelled)).Select(row => row[0]);

    static async Task<bool?> IsValidAsync(TestDatabase database) =>
        (bool?)(await database.QueryAsync($"SELECT indisvalid FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE c.relname = '{Index.Value}'", Cancelled)).SingleOrDefault()?[0];
}
