using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Planning;

/// <summary>Both versions write all the time, while start, complete and rollback run: nothing fails, and every row is right for both.</summary>
public sealed class LiveWritesTests
{
    const int Rows = 5000;

    const string MigrationId = "20260101000000_Live";

    static readonly RelationName Users = new("users");

    static RolloutRequest Request => new([new Migration(MigrationId,
    [
        new AlterColumn(Users, new Identifier("note")) { IsNullable = false, Up = new Expression("COALESCE(note, 'none of ' || name)") },
        new RenameColumn(Users, new Identifier("phone"), new Identifier("phone_number")),
        new AlterColumn(Users, new Identifier("credits")) { Type = "bigint" },
        new CreateIndex(Users, new Identifier("ix_users_phone"), [IndexKey.On(new Identifier("phone_number"))]),
        new CreateTable(new RelationName("logins"), [new ColumnDefinition(new Identifier("user_id"), "integer") { IsNullable = false }])
        {
            ForeignKeys = [new ForeignKeyDefinition(null, [new Identifier("user_id")], Users, []) { OnDelete = "CASCADE" }],
        },
    ])]);

    [Fact]
    public async Task No_statement_fails_and_no_row_differs()
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.CreateAsync(token);
        await database.ExecuteAsync($"""
            CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, note text, phone text, credits int NOT NULL DEFAULT 0);
            CREATE INDEX ix_users_note ON users (note);
            INSERT INTO users SELECT i, 'name ' || i, CASE WHEN i % 2 = 0 THEN 'note ' || i END, 'p' || i, i FROM generate_series(1, {Rows}) AS i;
            """, token);
        var versionSchema = HelperNames.VersionSchemaOf(new Identifier("public"), MigrationId).ToString();

        await using var old = Writer.Start(database, "public", "note", "phone", "credits", offset: 0);
        await RollAsync(database, engine => engine.ExpandAsync(Request, token));
        await using (var @new = Writer.Start(database, $"{versionSchema}, public", "note", "phone_number", "credits", offset: 1))
        {
            await @new.WaitForWritesAsync(200, token);
            await AssertRowsMatchAsync(database, versionSchema, token);
            await @new.StopAsync();
        }

        await RollAsync(database, engine => engine.RollbackAsync(token));
        await RollAsync(database, engine => engine.ExpandAsync(Request, token));
        await using var again = Writer.Start(database, $"{versionSchema}, public", "note", "phone_number", "credits", offset: 1);
        await again.WaitForWritesAsync(200, token);
        await old.WaitForWritesAsync(200, token);
        await AssertRowsMatchAsync(database, versionSchema, token);
        await old.StopAsync();
        await RollAsync(database, engine => engine.ContractAsync(token));
        await again.WaitForWritesAsync(200, token);
        await again.StopAsync();
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM users WHERE note IS NULL OR phone_number IS NULL", token));
    }

    static Task RollAsync(TestDatabase database, Func<RollEngine, Task> command) =>
        command(new RollEngine(database.DataSource, new RollOptions { LockDeadline = TimeSpan.FromMinutes(2) }));

    // One snapshot, so that the writers need not pause.
    static async Task AssertRowsMatchAsync(TestDatabase database, string versionSchema, CancellationToken token)
    {
        var differing = await database.QueryAsync($"""
            SELECT o.id, o.note, n.note, o.phone, n.phone_number, o.credits, n.credits
            FROM public.users AS o FULL JOIN {versionSchema}.users AS n USING (id)
            WHERE n.note IS DISTINCT FROM COALESCE(o.note, 'none of ' || o.name) OR o.phone IS DISTINCT FROM n.phone_number OR o.credits IS DISTINCT FROM n.credits
            """, token);
        Assert.Empty(differing.Select(row => string.Join(" | ", row)));
    }

    /// <summary>Inserts, updates and deletes as one version; keeps the first failure.</summary>
    sealed class Writer : IAsyncDisposable
    {
        readonly NpgsqlDataSource _dataSource;
        readonly CancellationTokenSource _stop = new();
        Task _work = Task.CompletedTask;
        long _writes;

        Writer(NpgsqlDataSource dataSource) => _dataSource = dataSource;

        public static Writer Start(TestDatabase database, string searchPath, string note, string phone, string credits, int offset)
        {
            var writer = new Writer(NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { SearchPath = searchPath, MaxAutoPrepare = 20, AutoPrepareMinUsages = 2 }));
            writer._work = Task.Run(() => writer.WriteAsync(note, phone, credits, offset));
            return writer;
        }

        public async Task WaitForWritesAsync(long count, CancellationToken token)
        {
            var goal = Interlocked.Read(ref _writes) + count;
            while (Interlocked.Read(ref _writes) < goal)
            {
                if (_work.IsCompleted)
                    await _work;
                await Task.Delay(10, token);
            }
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _work;
        }

        async Task WriteAsync(string note, string phone, string credits, int offset)
        {
            var random = new Random(offset);
            for (var i = 0; !_stop.IsCancellationRequested; i++)
            {
                var id = random.Next(1, Rows);
                var own = 1_000_000 + 2 * i + offset;
                await RunAsync($"UPDATE users SET {note} = $1 WHERE id = $2", $"n{i}", id);
                await RunAsync($"UPDATE users SET {phone} = $1, {credits} = {credits} + 1 WHERE id = $2", $"p{i}", id);
                await RunAsync($"INSERT INTO users (id, name, {note}, {phone}) VALUES ($2, $1, $1, $1) ON CONFLICT (id) DO UPDATE SET {note} = excluded.{note}", $"new{i}", own);
                if (i % 3 == 0)
                    await RunAsync($"DELETE FROM users WHERE id = $2 AND name = $1", $"new{i}", own);
                Interlocked.Add(ref _writes, 3);
            }
        }

        async Task RunAsync(string sql, string text, int id)
        {
            await using var command = _dataSource.CreateCommand(sql);
            command.Parameters.AddWithValue(text);
            command.Parameters.AddWithValue(id);
            await command.ExecuteNonQueryAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _work;
            await _dataSource.DisposeAsync();
            _stop.Dispose();
        }
    }
}
