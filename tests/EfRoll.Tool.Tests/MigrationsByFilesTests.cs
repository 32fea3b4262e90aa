using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Tool.Tests;

/// <summary>What users of pgroll try first: a table, a column made required while two versions work, a mistake taken back.</summary>
public sealed class MigrationsByFilesTests : IDisposable
{
    const string CreateUsers = """
        operations:
          - create_table:
              name: users
              columns:
                - name: id
                  type: serial
                  pk: true
                - name: name
                  type: varchar(255)
                  unique: true
                - name: description
                  type: text
                  nullable: true
        """;

    const string RequireDescription = """
        operations:
          - alter_column:
              table: users
              column: description
              nullable: false
              up: "SELECT CASE WHEN description IS NULL THEN 'description for ' || name ELSE description END"
              down: description
        """;

    const string Misspelt = """
        operations:
          - add_column:
              table: users
              column:
                name: is_atcive
                type: boolean
                nullable: true
                default: "true"
        """;

    readonly MigrationFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_column_becomes_required_while_both_versions_work()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        _folder.Write("01_create_users_table.yaml", CreateUsers);
        _folder.Write("02_user_description_set_nullable.yaml", RequireDescription);
        _folder.Write("03_add_is_active_column.yaml", Misspelt);

        (await RunAsync(database, "start", "01_create_users_table.yaml", "--complete")).Expect(ExitCode.Success);
        await database.ExecuteAsync(
            "INSERT INTO users (name, description) SELECT 'user ' || i, CASE WHEN i % 2 = 0 THEN 'about ' || i END FROM generate_series(1, 100000) i", Token);
        var before = await SchemaDump.ReadAsync(database, Token);

        var start = (await RunAsync(database, "start", "02_user_description_set_nullable.yaml")).Expect(ExitCode.Success);
        Assert.Empty(start.Output);
        Assert.Contains("public_02_user_description_set_nullable", start.Errors, StringComparison.Ordinal);

        await using (var old = await SessionAsync(database, "public_01_create_users_table"))
        await using (var @new = await SessionAsync(database, "public_02_user_description_set_nullable"))
        {
            await ExecuteAsync(old, "INSERT INTO users (name, description) VALUES ('Alice', 'this is Alice'), ('Bob', NULL)");
            Assert.Equal("description for Bob", await ScalarAsync(@new, "SELECT description FROM users WHERE name = 'Bob'"));
            Assert.Equal("this is Alice", await ScalarAsync(@new, "SELECT description FROM users WHERE name = 'Alice'"));
            Assert.Equal(0L, await ScalarAsync(@new, "SELECT count(*) FROM users WHERE description IS DISTINCT FROM CASE WHEN name LIKE 'user %' THEN CASE WHEN substr(name, 6)::int % 2 = 0 THEN 'about ' || substr(name, 6) ELSE 'description for ' || name END ELSE description END"));
            Assert.Null(await ScalarAsync(old, "SELECT description FROM users WHERE name = 'user 1'"));

            await ExecuteAsync(@new, "INSERT INTO users (name, description) VALUES ('Carol', 'hello')");
            await ExecuteAsync(@new, "UPDATE users SET description = 'changed' WHERE name = 'Alice'");
            Assert.Equal("hello", await ScalarAsync(old, "SELECT description FROM users WHERE name = 'Carol'"));
            Assert.Equal("changed", await ScalarAsync(old, "SELECT description FROM users WHERE name = 'Alice'"));
            var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(@new, "INSERT INTO users (name, description) VALUES ('Dave', NULL)"));
            Assert.Equal(PostgresErrorCodes.CheckViolation, refused.SqlState);
        }

        var status = (await RunAsync(database, "status", "--json")).Expect(ExitCode.Success);
        Assert.Contains("\"phase\": \"expanded\"", status.Output, StringComparison.Ordinal);
        (await RunAsync(database, "complete")).Expect(ExitCode.Success);

        Assert.Equal(
            [["description", "NO"], ["id", "NO"], ["name", "NO"]],
            await database.QueryAsync("SELECT column_name::text, is_nullable::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'users' ORDER BY 1", Token));
        Assert.Equal(
            [["users_name_key"], ["users_pkey"]],
            await database.QueryAsync("SELECT conname::text FROM pg_constraint WHERE conrelid = 'public.users'::regclass AND contype IN ('p', 'u', 'c', 'f') ORDER BY 1", Token));
        Assert.Equal(
            [["public_02_user_description_set_nullable"]],
            await database.QueryAsync("SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'public\\_%' ORDER BY 1", Token));
        Assert.Equal(100003L, await database.ScalarAsync<long>("SELECT count(*) FROM users WHERE description IS NOT NULL", Token));

        var completed = await SchemaDump.ReadAsync(database, Token);
        (await RunAsync(database, "start", "03_add_is_active_column.yaml")).Expect(ExitCode.Success);
        (await RunAsync(database, "rollback")).Expect(ExitCode.Success);
        SchemaDump.AssertSame(completed, await SchemaDump.ReadAsync(database, Token), "after rollback", columnOrderMatters: true);
        Assert.NotEqual(before.Text, completed.Text);
        (await RunAsync(database, "status")).Expect(ExitCode.Success);
    }

    [Fact]
    public async Task Rollback_of_the_required_column_leaves_everything_as_it_was()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        _folder.Write("01_create_users_table.yaml", CreateUsers);
        _folder.Write("02_user_description_set_nullable.yaml", RequireDescription);
        (await RunAsync(database, "start", "01_create_users_table.yaml", "--complete")).Expect(ExitCode.Success);
        await database.ExecuteAsync("INSERT INTO users (name) SELECT 'user ' || i FROM generate_series(1, 1000) i", Token);
        var before = await SchemaDump.ReadAsync(database, Token);

        (await RunAsync(database, "start", ".")).Expect(ExitCode.Success);
        (await RunAsync(database, "start", ".")).Expect(ExitCode.Success);
        (await RunAsync(database, "rollback")).Expect(ExitCode.Success);

        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after rollback", columnOrderMatters: true);
        Assert.Equal(1000L, await database.ScalarAsync<long>("SELECT count(*) FROM users WHERE description IS NULL", Token));
        Assert.Contains("Nothing to do", (await RunAsync(database, "start", "01_create_users_table.yaml")).Expect(ExitCode.Success).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_is_shown_and_nothing_is_touched()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        _folder.Write("01_create_users_table.yaml", CreateUsers);
        _folder.Write("02_user_description_set_nullable.yaml", RequireDescription);
        (await RunAsync(database, "start", "01_create_users_table.yaml", "--complete")).Expect(ExitCode.Success);
        var before = await SchemaDump.ReadAsync(database, Token);

        var plan = (await RunAsync(database, "plan", "02_user_description_set_nullable.yaml", "--sql")).Expect(ExitCode.Success);

        Assert.Empty(plan.Errors);
        // The plan says what the server's version cannot do; one of them is approved.
        if (database.ServerMajorVersion is 15 or 16)
            Approval.Text("plan", plan.Output);
        Assert.All(plan.Output.Split('\n'), line => Assert.True(line.Length <= 80 || line.Contains('\'', StringComparison.Ordinal), line));
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after plan", columnOrderMatters: true);
        Assert.Contains("\"open\": null", (await RunAsync(database, "status", "--json")).Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    Task<ToolProcess> RunAsync(TestDatabase database, params string[] arguments) => ToolProcess.RunInAsync(_folder.Path, database.ConnectionString, arguments);

    static async Task<NpgsqlConnection> SessionAsync(TestDatabase database, string schema)
    {
        var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Token);
        await ExecuteAsync(connection, $"SET search_path = {schema}");
        return connection;
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Token) is var value and not DBNull ? value : null;
    }
}
