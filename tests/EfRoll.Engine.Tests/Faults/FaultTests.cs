using System.Collections.Immutable;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Faults;

/// <summary>
/// The tool is gone at any statement, before the server has seen it or before the tool has heard of its end: the same command again ends as if nothing
/// had happened, and <c>rollback</c> gives the database from before. By default at a few statements of each command, with <c>EFROLL_FAULTS=all</c> at all.
/// </summary>
public sealed class FaultTests
{
    const int Few = 5;

    static readonly RollOptions Options = new() { LockTimeout = TimeSpan.FromSeconds(2), LockDeadline = TimeSpan.FromSeconds(30) };

    static readonly Dictionary<string, Change> Changes = new()
    {
        ["columns"] = new(
            """
            CREATE TABLE people (id int PRIMARY KEY, age int NOT NULL DEFAULT 1, name text, gone text);
            CREATE INDEX people_age ON people (age);
            CREATE VIEW adults AS SELECT id, age FROM people WHERE age > 17;
            INSERT INTO people SELECT n, n, 'name ' || n, 'x' FROM generate_series(1, 200) AS n;
            """,
            [
                new AlterColumn(People, Id("age")) { Type = "bigint" },
                new RenameColumn(People, Id("name"), Id("full_name")),
                new AddColumn(People, new ColumnDefinition(Id("initial"), "text") { IsNullable = false }) { Up = new Expression("substr(name, 1, 1)") },
                new DropColumn(People, Id("gone")),
            ],
            """
            DROP VIEW adults; ALTER TABLE people ALTER COLUMN age TYPE bigint; CREATE VIEW adults AS SELECT id, age FROM people WHERE age > 17;
            ALTER TABLE people RENAME COLUMN name TO full_name; ALTER TABLE people ADD COLUMN initial text NOT NULL DEFAULT 'n'; ALTER TABLE people ALTER COLUMN initial DROP DEFAULT;
            ALTER TABLE people DROP COLUMN gone
            """,
            "SELECT sum(age)::text || min(full_name) || max(initial) FROM people"),
        ["tables"] = new(
            """
            CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL);
            CREATE TABLE pets (id int PRIMARY KEY, owner int);
            CREATE TABLE gone (id int PRIMARY KEY, person int REFERENCES people);
            INSERT INTO people SELECT n, 'name ' || n FROM generate_series(1, 200) AS n;
            INSERT INTO pets SELECT n, n FROM generate_series(1, 200) AS n;
            """,
            [
                new CreateIndex(People, Id("people_name"), [IndexKey.On(Id("name"))]) { IsUnique = true },
                new AddForeignKey(new RelationName("pets"), new ForeignKeyDefinition(Id("pets_owner"), [Id("owner")], People, [Id("id")])),
                new CreateTable(new RelationName("notes"), [new ColumnDefinition(Id("id"), "integer") { IsNullable = false }, new ColumnDefinition(Id("pet"), "integer")]),
                new AddForeignKey(new RelationName("notes"), new ForeignKeyDefinition(Id("notes_pet"), [Id("pet")], new RelationName("pets"), [Id("id")])),
                new DropTable(new RelationName("gone")),
                new RunSql("INSERT INTO notes SELECT id, id FROM pets"),
            ],
            """
            CREATE UNIQUE INDEX people_name ON people (name); ALTER TABLE pets ADD CONSTRAINT pets_owner FOREIGN KEY (owner) REFERENCES people (id);
            CREATE TABLE notes (id integer NOT NULL, pet integer); ALTER TABLE notes ADD CONSTRAINT notes_pet FOREIGN KEY (pet) REFERENCES pets (id); DROP TABLE gone;
            INSERT INTO notes SELECT id, id FROM pets
            """,
            "SELECT (SELECT count(*) FROM notes) || ' ' || (SELECT count(*) FROM pets)"),
    };

    static RelationName People => new("people");

    public static TheoryData<string, Cut> Cases =>
        [.. Changes.Keys.SelectMany(change => Enum.GetValues<Cut>().Select(cut => new TheoryDataRow<string, Cut>(change, cut)))];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static Identifier Id(string name) => new(name);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Start_goes_on_or_is_taken_back(string name, Cut cut)
    {
        var change = Changes[name];
        await using var first = await change.CreateAsync(Token);
        var before = await SchemaDump.ReadAsync(first, Token);
        var (wanted, value) = await change.WantedAsync(first, Token);

        await AtStatementsAsync(first, cut, engine => engine.ExpandAsync(change.Request, Token), async (database, at) =>
        {
            await using var again = await database.CopyAsync(Token);
            await RollBackAsync(database);
            SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), $"after rollback of a start that was cut at {at}", columnOrderMatters: true);

            var engine = new RollEngine(again.DataSource, Options);
            await engine.ExpandAsync(change.Request, Token);
            if ((await engine.StatusAsync(Token)).Open is not null)
                await engine.ContractAsync(Token);
            await change.IsCompleteAsync(again, wanted, value, $"after a start that was cut at {at}", Token);
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Complete_goes_on_or_is_taken_back(string name, Cut cut)
    {
        var change = Changes[name];
        await using var first = await change.CreateAsync(Token);
        var before = await SchemaDump.ReadAsync(first, Token);
        var (wanted, value) = await change.WantedAsync(first, Token);
        await new RollEngine(first.DataSource, Options).ExpandAsync(change.Request, Token);

        await AtStatementsAsync(first, cut, engine => engine.ContractAsync(Token), async (database, at) =>
        {
            await using var again = await database.CopyAsync(Token);
            var engine = new RollEngine(again.DataSource, Options);
            if ((await engine.StatusAsync(Token)).Open is not null)
                await engine.ContractAsync(Token);
            await change.IsCompleteAsync(again, wanted, value, $"after a complete that was cut at {at}", Token);

            // It is one transaction: either it is taken back, or it has happened, and then nobody says that it was.
            try
            {
                await RollBackAsync(database);
                SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), $"after rollback of a complete that was cut at {at}", columnOrderMatters: true);
            }
            catch (EfRollException refused) when (refused.Code is ErrorCode.ContractBegan or ErrorCode.NoOpenRollout)
            {
                if (refused.Code == ErrorCode.ContractBegan)
                    await new RollEngine(database.DataSource, Options).ContractAsync(Token);
                await change.IsCompleteAsync(database, wanted, value, $"after a refused rollback of a complete that was cut at {at}", Token);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Rollback_goes_on(string name, Cut cut)
    {
        var change = Changes[name];
        await using var first = await change.CreateAsync(Token);
        var before = await SchemaDump.ReadAsync(first, Token);
        await new RollEngine(first.DataSource, Options).ExpandAsync(change.Request, Token);

        await AtStatementsAsync(first, cut, engine => engine.RollbackAsync(Token), async (database, at) =>
        {
            await RollBackAsync(database);
            SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), $"after a rollback that was cut at {at}", columnOrderMatters: true);
        });
    }

    static async Task AtStatementsAsync(TestDatabase first, Cut cut, Func<RollEngine, Task> command, Func<TestDatabase, int, Task> check)
    {
        int statements;
        await using (var whole = await first.CopyAsync(Token))
        await using (var proxy = new CuttingProxy(whole.ConnectionString, cutAt: 0, cut))
        {
            await RunAsync(proxy, command);
            statements = proxy.Sent;
        }

        foreach (var at in Chosen(statements))
        {
            await using var database = await first.CopyAsync(Token);
            await using (var proxy = new CuttingProxy(database.ConnectionString, at, cut))
            {
                // Later than the last statement of a run that took a way with fewer of them, there is nothing to cut.
                var error = await Record.ExceptionAsync(() => RunAsync(proxy, command));
                Assert.True(error is null ? !proxy.HasCut || at >= statements - 1 : error is EfRollException or NpgsqlException, $"cut at {at} of {statements}: {error}");
            }

            await EndedAsync(database);
            await check(database, at);
        }
    }

    static async Task RunAsync(CuttingProxy proxy, Func<RollEngine, Task> command)
    {
        await using var dataSource = NpgsqlDataSource.Create(proxy.ConnectionString);
        await command(new RollEngine(dataSource, Options));
    }

    // The first and the last, and some between.
    static ImmutableArray<int> Chosen(int statements) => Environment.GetEnvironmentVariable("EFROLL_FAULTS") == "all"
        ? [.. Enumerable.Range(1, statements)]
        : [.. Enumerable.Range(0, Few).Select(part => 1 + (statements - 1) * part / (Few - 1)).Distinct()];

    // The server notices that its client is gone; a copy can only be made when nobody is connected.
    static async Task EndedAsync(TestDatabase database)
    {
        while (await database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'", Token) > 0)
            await Task.Delay(10, Token);
    }

    static async Task RollBackAsync(TestDatabase database)
    {
        var engine = new RollEngine(database.DataSource, Options);
        // Cut before the rollout was written down, or after its end, there is none.
        var status = await engine.StatusAsync(Token);
        if (status.Open is not null || status.Last?.Phase == Phase.Completed)
            await engine.RollbackAsync(Token);
    }

    sealed record Change(string Setup, EquatableList<Operation> Operations, string Sql, string Value)
    {
        public RolloutRequest Request => new([new Migration("m", Operations)]);

        public async Task<TestDatabase> CreateAsync(CancellationToken cancellationToken)
        {
            var database = await TestDatabase.CreateAsync(cancellationToken);
            await database.ExecuteAsync(Setup, cancellationToken);
            return database;
        }

        public async Task<(SchemaDump Schema, string Value)> WantedAsync(TestDatabase database, CancellationToken cancellationToken)
        {
            await using var oracle = await database.CopyAsync(cancellationToken);
            await oracle.ExecuteAsync(Sql, cancellationToken);
            return (await SchemaDump.ReadAsync(oracle, cancellationToken), (await oracle.ScalarAsync<string>(Value, cancellationToken))!);
        }

        public async Task IsCompleteAsync(TestDatabase database, SchemaDump wanted, string value, string when, CancellationToken cancellationToken)
        {
            SchemaDump.AssertSame(wanted, await SchemaDump.ReadAsync(database, cancellationToken), when);
            Assert.Equal(value, await database.ScalarAsync<string>(Value, cancellationToken));
        }
    }
}
