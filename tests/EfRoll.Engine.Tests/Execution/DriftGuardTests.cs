using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Tests.Sessions;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Execution;

/// <summary>What others change on the tables of an open rollout is named; complete goes on over nothing that it would lose.</summary>
public sealed class DriftGuardTests
{
    const string Schema = """
        CREATE TABLE people (id int PRIMARY KEY, name text, age int, email text DEFAULT 'none', CONSTRAINT grown CHECK (age > 0));
        CREATE INDEX people_age ON people (age);
        CREATE TABLE "Notes" (id int PRIMARY KEY, person int REFERENCES people, line text);
        CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.age := coalesce(NEW.age, 0) + 1; RETURN NEW; END $$;
        INSERT INTO people SELECT n, 'n' || n, n FROM generate_series(1, 50) AS n;
        """;

    static readonly RelationName People = new("people");

    // The age gets a shadow, the name is renamed, the address goes.
    static readonly RolloutRequest Request = new([new Migration("20260101000000_Drift",
    [
        new AlterColumn(People, new Identifier("age")) { Type = "bigint" },
        new RenameColumn(People, new Identifier("name"), new Identifier("full name")),
        new DropColumn(People, new Identifier("email")),
        new CreateIndex(People, new Identifier("people_name"), [new IndexKey { Column = new Identifier("full name") }]),
    ])]);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("CREATE TRIGGER shout BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION shout()", "trigger shout of public.people was added (what it changes in a row does not reach the other version)")]
    [InlineData("CREATE INDEX by_hand ON people ((age + 1))", "index by_hand of public.people was added (complete puts another column in the place of the one that it is of, without it)")]
    [InlineData("ALTER TABLE people ADD CONSTRAINT old_age CHECK (age < 200)", "constraint old_age of public.people was added (complete puts another column")]
    [InlineData("ALTER TABLE people ADD COLUMN \"full name\" text", "column public.people.full name was added (complete gives another column that name)")]
    [InlineData("DROP INDEX people_age", "index people_age of public.people was removed")]
    [InlineData("ALTER INDEX people_age RENAME TO elsewhere", "index people_age of public.people was removed")]
    [InlineData("ALTER TABLE people ALTER COLUMN age SET DEFAULT 1", "column public.people.age was changed (complete puts its own in its place)")]
    [InlineData("ALTER TABLE people ENABLE ROW LEVEL SECURITY", "row security of public.people was changed (the views that the new version reads were made for what it was)")]
    [InlineData("GRANT SELECT (age) ON people TO PUBLIC", "right SELECT (age) of PUBLIC on public.people was added")]
    [InlineData("ALTER TABLE people DROP COLUMN email CASCADE", "column public.people.email was removed (complete counts on it)")]
    [InlineData("ALTER TABLE people DROP CONSTRAINT grown", "constraint grown of public.people was removed")]
    [InlineData("CREATE STATISTICS pair ON name, email FROM people", "statistics public.pair of public.people was added (complete drops a column that it reads)")]
    [InlineData("CREATE RULE keep AS ON DELETE TO people WHERE OLD.email = '' DO INSTEAD NOTHING", "rule keep of public.people was added (complete drops a column that it reads)")]
    [InlineData("CREATE POLICY own ON people USING (email <> '')", "policy own of public.people was added (complete drops a column that it reads)")]
    [InlineData("CREATE TRIGGER mailed AFTER UPDATE OF email ON people FOR EACH ROW EXECUTE FUNCTION shout()", "trigger mailed of public.people was added (complete drops a column that it reads)")]
    [InlineData("ALTER TABLE people ALTER COLUMN age SET STATISTICS 500", "statistics target of column age of public.people was set (complete puts another column in the place of the one that it is of, without it)")]
    [InlineData("ALTER TABLE people ALTER COLUMN age SET (n_distinct = 5)", "parameter n_distinct of column age of public.people was set")]
    [InlineData("COMMENT ON COLUMN people.age IS 'in years'", "comment of column age of public.people was set")]
    [InlineData("COMMENT ON INDEX people_age IS 'by age'", "index people_age of public.people was changed")]
    [InlineData("COMMENT ON CONSTRAINT grown ON people IS 'of age'", "constraint grown of public.people was changed")]
    [InlineData("ALTER TABLE people CLUSTER ON people_age", "order of CLUSTER of public.people was set (complete puts another column")]
    public async Task What_complete_would_lose_is_refused_by_name(string change, string named)
    {
        await using var database = await StartedAsync();
        await database.ExecuteAsync(change, Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(() => Engine(database).ContractAsync(Cancelled));

        Assert.Equal(ErrorCode.Drifted, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        var open = (await Engine(database).StatusAsync(Cancelled)).Open!;
        Assert.Equal(Phase.Expanded, open.Phase);
        Assert.Contains(open.Drift, drift => drift.Consequence is not null && named.StartsWith(drift.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("CREATE INDEX by_hand ON people (name) WHERE id > 3", "index by_hand of public.people was added", "SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%by_hand%\"full name\"%'")]
    [InlineData("ALTER TABLE people ADD COLUMN nick text DEFAULT 'x'", "column public.people.nick was added", "SELECT count(nick) / 50 FROM people")]
    [InlineData("GRANT SELECT ON people TO PUBLIC", "right SELECT of PUBLIC on public.people was added", "SELECT count(*) FROM information_schema.table_privileges WHERE table_name = 'people' AND grantee = 'PUBLIC'")]
    [InlineData("CREATE TRIGGER \"after\" AFTER UPDATE OF age ON people FOR EACH ROW EXECUTE FUNCTION shout()", "trigger after of public.people was added", "SELECT count(*) FROM pg_trigger WHERE tgname = 'after' AND tgenabled = 'O'")]
    [InlineData("CREATE TABLE child (person int REFERENCES people)", "foreign key child_person_fkey of public.child to public.people was added", "SELECT count(*) FROM pg_constraint WHERE conname = 'child_person_fkey' AND convalidated")]
    [InlineData("CREATE STATISTICS pair (mcv) ON name, age FROM people; ALTER STATISTICS pair SET STATISTICS 55", "statistics public.pair of public.people was added", "SELECT count(*) FROM pg_statistic_ext WHERE stxname = 'pair' AND stxstattarget = 55 AND array_length(stxkeys::int2[], 1) = 2")]
    [InlineData("CREATE PUBLICATION sent FOR TABLE people", "publication sent of public.people was added", "SELECT count(*) FROM pg_publication_tables WHERE pubname = 'sent' AND tablename = 'people'")]
    [InlineData("CREATE RULE keep AS ON DELETE TO people WHERE OLD.age > 1000 DO INSTEAD NOTHING", "rule keep of public.people was added", "SELECT count(*) FROM pg_rules WHERE tablename = 'people' AND definition LIKE '%old.age > 1000%'")]
    [InlineData("ALTER TABLE people SET (fillfactor = 70, toast.autovacuum_enabled = off)", "storage parameter fillfactor of public.people was set", "SELECT count(*) FROM pg_class AS c JOIN pg_class AS t ON t.oid = c.reltoastrelid WHERE c.relname = 'people' AND c.reloptions = '{fillfactor=70}' AND t.reloptions = '{autovacuum_enabled=off}'")]
    [InlineData("ALTER TABLE people REPLICA IDENTITY FULL", "replica identity of public.people was changed", "SELECT count(*) FROM pg_class WHERE relname = 'people' AND relreplident = 'f'")]
    [InlineData("ALTER TABLE people CLUSTER ON people_pkey", "order of CLUSTER of public.people was set", "SELECT count(*) FROM pg_index WHERE indexrelid = 'people_pkey'::regclass AND indisclustered")]
    [InlineData("ALTER TABLE people ALTER COLUMN name SET STATISTICS 7, ALTER COLUMN name SET STORAGE EXTERNAL, ALTER COLUMN name SET (n_distinct = 9)", "storage of column name of public.people was set", "SELECT count(*) FROM pg_attribute WHERE attrelid = 'people'::regclass AND attnum = 2 AND attstattarget = 7 AND attstorage = 'e' AND attoptions = '{n_distinct=9}'")]
    [InlineData("COMMENT ON TABLE people IS 'all of them'; COMMENT ON COLUMN people.name IS 'as called'", "comment of public.people was set", "SELECT count(*) FROM pg_class WHERE relname = 'people' AND obj_description(oid) = 'all of them' AND col_description(oid, 2) = 'as called'")]
    [InlineData("ALTER TABLE people ADD CONSTRAINT named CHECK (name <> '')", "constraint named of public.people was added", "SELECT count(*) FROM pg_constraint WHERE conname = 'named'")]
    public async Task What_complete_leaves_alone_is_told_and_survives_complete_and_rollback(string change, string told, string survives)
    {
        await using var database = await StartedAsync();
        await database.ExecuteAsync(change, Cancelled);
        await using var other = await database.CopyAsync(Cancelled);

        var reported = new Reported();
        await new RollEngine(database.DataSource, new RollOptions(), reported).ContractAsync(Cancelled);
        Assert.Contains(reported.All.OfType<NoticeProgress>(), notice => notice.Text.Contains(told, StringComparison.Ordinal));
        Assert.Equal(1L, await database.ScalarAsync<long>(survives, Cancelled));

        var undone = new Reported();
        await new RollEngine(other.DataSource, new RollOptions(), undone).RollbackAsync(Cancelled);
        Assert.Contains(undone.All.OfType<NoticeProgress>(), notice => notice.Text.Contains(told, StringComparison.Ordinal));
        Assert.Equal(1L, await other.ScalarAsync<long>(survives.Replace("\"full name\"", "name", StringComparison.Ordinal), Cancelled));
    }

    [Fact]
    public async Task What_is_made_on_a_table_that_goes_is_refused_by_name_and_what_is_taken_away_is_told()
    {
        await using var database = await DatabaseAsync("CREATE STATISTICS gone ON id, person FROM \"Notes\"");
        await Engine(database).ExpandAsync(new RolloutRequest([new Migration("20260101000000_Drop", [new DropTable(new RelationName("Notes"))])]), Cancelled);
        await database.ExecuteAsync("DROP STATISTICS gone; CREATE PUBLICATION sent FOR TABLE \"Notes\"; CREATE RULE keep AS ON DELETE TO \"Notes\" DO INSTEAD NOTHING; ALTER TABLE \"Notes\" SET (fillfactor = 70)", Cancelled);

        var error = await Assert.ThrowsAsync<EfRollException>(() => Engine(database).ContractAsync(Cancelled));

        Assert.Contains("publication sent of public.Notes was added (complete drops the table)", error.Message, StringComparison.Ordinal);
        Assert.Contains("rule keep of public.Notes was added (complete drops the table)", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["statistics public.gone of public.Notes was removed", "storage parameter fillfactor of public.Notes was set"],
            (await Engine(database).StatusAsync(Cancelled)).Open!.Drift.Where(drift => drift.Consequence is null).Select(drift => drift.Text));
    }

    [Fact]
    public async Task Publication_of_columns_is_carried_over_or_refused_by_name()
    {
        await using var database = await StartedAsync();
        Assert.SkipWhen(database.ServerMajorVersion < 15, "Column lists and filters of publications came with PostgreSQL 15.");
        await database.ExecuteAsync("CREATE PUBLICATION sent FOR TABLE people (id, age) WHERE (age > 5)", Cancelled);
        await using var other = await database.CopyAsync(Cancelled);
        await other.ExecuteAsync("ALTER PUBLICATION sent SET TABLE people (id, email)", Cancelled);

        await Engine(database).ContractAsync(Cancelled);
        Assert.Equal("{id,age} (age > 5)", await database.ScalarAsync<string>("SELECT attnames::text || ' ' || rowfilter FROM pg_publication_tables WHERE pubname = 'sent'", Cancelled));
        Assert.Contains(
            "publication sent of public.people was added (complete drops a column that it reads)",
            (await Assert.ThrowsAsync<EfRollException>(() => Engine(other).ContractAsync(Cancelled))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_accepted_is_gone_on_over()
    {
        await using var database = await StartedAsync();
        await database.ExecuteAsync("CREATE INDEX by_hand ON people (age); CREATE TRIGGER shout BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION shout()", Cancelled);
        var reported = new Reported();

        await new RollEngine(database.DataSource, new RollOptions { AcceptsDrift = true }, reported).ContractAsync(Cancelled);

        Assert.Equal(2, reported.All.OfType<NoticeProgress>().Count(notice => notice.Text.Contains("accepted, although", StringComparison.Ordinal)));
        Assert.Equal("bigint", await database.ScalarAsync<string>("SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'people'::regclass AND attname = 'age'", Cancelled));
    }

    [Fact]
    public async Task Start_that_goes_on_refuses_what_came_between()
    {
        await using var database = await DatabaseAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var stopping = new Reported(report =>
        {
            if (report is StepProgress { State: StepState.Done, Title: "Make room in public.people" })
                stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new RollEngine(database.DataSource, new RollOptions(), stopping).ExpandAsync(Request, stop.Token));
        await database.ExecuteAsync("CREATE TRIGGER shout BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION shout()", Cancelled);

        Assert.Equal(ErrorCode.Drifted, (await Assert.ThrowsAsync<EfRollException>(() => Engine(database).ExpandAsync(Request, Cancelled))).Code);

        await database.ExecuteAsync("DROP TRIGGER shout ON people", Cancelled);
        Assert.Equal(Phase.Expanded, (await Engine(database).ExpandAsync(Request, Cancelled))?.Phase);
        Assert.Empty((await Engine(database).StatusAsync(Cancelled)).Open!.Drift);
        await Engine(database).ContractAsync(Cancelled);
    }

    [Fact]
    public async Task What_an_authors_sql_makes_at_start_is_no_drift()
    {
        await using var database = await DatabaseAsync();
        var request = With(new RunSql("DO $$ BEGIN EXECUTE 'CREATE TRIGGER sh' || 'out BEFORE UPDATE ON public.people FOR EACH ROW EXECUTE FUNCTION public.shout()'; EXECUTE 'GRANT DELETE ON public.people TO PUBLIC'; END $$") { Moment = SqlMoment.Start, Down = "DROP TRIGGER shout ON people; REVOKE DELETE ON people FROM PUBLIC" });

        await Engine(database).ExpandAsync(request, Cancelled);

        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM pg_trigger WHERE tgname = 'shout'", Cancelled));
        Assert.Empty((await Engine(database).StatusAsync(Cancelled)).Open!.Drift);
        await Engine(database).ContractAsync(Cancelled);
    }

    [Fact]
    public async Task What_an_authors_sql_made_outside_a_transaction_before_the_tool_was_killed_is_no_drift()
    {
        await using var database = await DatabaseAsync();
        // The first time, the tool loses its connection as soon as the trigger is there.
        var request = With(new RunSql("""
            DO $$
            BEGIN
                IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'shout') THEN
                    EXECUTE 'CREATE TRIGGER shout BEFORE UPDATE ON public.people FOR EACH ROW EXECUTE FUNCTION public.shout()';
                    COMMIT;
                    PERFORM pg_terminate_backend(pg_backend_pid());
                END IF;
            END $$
            """)
        {
            Moment = SqlMoment.Start,
            IsTransactionSuppressed = true,
            Down = "DROP TRIGGER IF EXISTS shout ON people",
        });
        await Assert.ThrowsAsync<EfRollException>(() => Engine(database).ExpandAsync(request, Cancelled));

        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM pg_trigger WHERE tgname = 'shout'", Cancelled));
        Assert.Empty((await Engine(database).StatusAsync(Cancelled)).Open!.Drift);
        Assert.Equal(Phase.Expanded, (await Engine(database).ExpandAsync(request, Cancelled))?.Phase);
        Assert.Empty((await Engine(database).StatusAsync(Cancelled)).Open!.Drift);
        await Engine(database).ContractAsync(Cancelled);
    }

    [Fact]
    public async Task Rollback_tells_only_of_what_others_made_and_what_stays()
    {
        await using var database = await DatabaseAsync();
        await Engine(database).ExpandAsync(With(new RunSql("DO $$ BEGIN EXECUTE 'GRANT DELETE ON public.people TO PUBLIC'; END $$") { Moment = SqlMoment.Start, Down = "DO $$ BEGIN EXECUTE 'REVOKE DELETE ON public.people FROM PUBLIC'; END $$" }), Cancelled);
        await database.ExecuteAsync($"CREATE INDEX by_hand ON people (age); CREATE INDEX of_ours ON people ({await ShadowOfAgeAsync(database)})", Cancelled);
        var reported = new Reported();

        await new RollEngine(database.DataSource, new RollOptions(), reported).RollbackAsync(Cancelled);

        Assert.Equal(["since 'start', index by_hand of public.people was added; it stays as it is"], reported.All.OfType<NoticeProgress>().Select(notice => notice.Text));
    }

    [Fact]
    public async Task Who_has_a_table_for_himself_is_named()
    {
        await using var database = await DatabaseAsync("CREATE RULE keep AS ON DELETE TO people WHERE OLD.id < 0 DO INSTEAD NOTHING");
        await Engine(database).ExpandAsync(Request, Cancelled);
        await using var holder = await database.DataSource.OpenConnectionAsync(Cancelled);
        await using var transaction = await holder.BeginTransactionAsync(Cancelled);
        await using (var locking = new NpgsqlCommand("LOCK people", holder, transaction))
            await locking.ExecuteNonQueryAsync(Cancelled);
        var reported = new Reported();
        var impatient = new RollEngine(database.DataSource, new RollOptions { LockTimeout = TimeSpan.FromMilliseconds(50), LockDeadline = TimeSpan.FromMilliseconds(100) }, reported);

        Assert.Equal(ErrorCode.LockDeadlinePassed, (await Assert.ThrowsAsync<EfRollException>(() => impatient.RollbackAsync(Cancelled))).Code);

        Assert.Equal("Look for what others have changed", reported.All.OfType<LockProgress>().First().Title);
    }

    [Fact]
    public async Task Things_that_people_would_give_one_name_are_looked_at_together()
    {
        await using var database = await DatabaseAsync("CREATE SCHEMA a; CREATE SCHEMA \"a.b\"; CREATE STATISTICS \"a.b\".c ON id, name FROM people; CREATE STATISTICS a.\"b.c\" ON id, age FROM people");
        await Engine(database).ExpandAsync(Request, Cancelled);
        Assert.Empty((await Engine(database).StatusAsync(Cancelled)).Open!.Drift);

        await database.ExecuteAsync("DROP STATISTICS \"a.b\".c", Cancelled);

        Assert.Equal("statistics a.b.c of public.people was changed", Assert.Single((await Engine(database).StatusAsync(Cancelled)).Open!.Drift).Text);
    }

    static async Task<string> ShadowOfAgeAsync(TestDatabase database) =>
        (await database.ScalarAsync<string>("SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = 'people'::regclass AND atttypid = 'bigint'::regtype AND attnum > 0", Cancelled))!;

    static RolloutRequest With(RunSql sql) => new([Request.Migrations[0] with { Operations = [.. Request.Migrations[0].Operations, sql] }]);

    static RollEngine Engine(TestDatabase database) => new(database.DataSource, new RollOptions());

    static async Task<TestDatabase> DatabaseAsync(string more = "")
    {
        var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync($"{Schema} {more}", Cancelled);
        return database;
    }

    static async Task<TestDatabase> StartedAsync()
    {
        var database = await DatabaseAsync();
        await Engine(database).ExpandAsync(Request, Cancelled);
        Assert.Empty((await Engine(database).StatusAsync(Cancelled)).Open!.Drift);
        return database;
    }
}
