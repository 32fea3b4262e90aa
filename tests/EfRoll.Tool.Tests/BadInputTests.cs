using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Tool.Tests;

/// <summary>What goes wrong says what it is and what to do, and leaves the database as it was, or a rollout that can go on or back.</summary>
public sealed class BadInputTests : IDisposable
{
    readonly MigrationFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("drop_table: {name: usrs}", "EFR1101", "did you mean public.users")]
    [InlineData("rename_column: {table: users, from: nam, to: x}", "EFR1102", "did you mean name")]
    [InlineData("rename_column: {table: users, from: name, to: id}", "EFR1108", "has a column id already")]
    [InlineData("create_table: {name: users, columns: [{name: id, type: int, pk: true}]}", "EFR1107", "public.users exists already")]
    [InlineData("add_column: {table: users, column: {name: a, type: integr}}", "EFR1105", "integr")]
    [InlineData("add_column: {table: users, column: {name: a, type: int}}", "EFR1201", "NOT NULL")]
    [InlineData("add_column: {table: users, column: {name: a, type: int}, up: 'length(nme)'}", "EFR1003", "nme")]
    [InlineData("alter_column: {table: users, column: name, nullable: false, up: 'upper(name) ||'}", "EFR1003", "syntax error")]
    [InlineData("alter_column: {table: users, column: name, type: integer}", "EFR1204", "name")]
    public async Task A_migration_that_cannot_be_is_refused_before_anything_is_touched(string operation, string code, string word)
    {
        await using var database = await UsersAsync(rows: 10);
        _folder.Write("01_bad.yaml", $"operations:\n  - {operation}\n");
        var before = await SchemaDump.ReadAsync(database, Token);

        foreach (var command in (string[])["plan", "start"])
        {
            var run = (await RunAsync(database.ConnectionString, command, "01_bad.yaml")).Expect(ExitCode.Failed);
            Assert.Empty(run.Output);
            Assert.StartsWith($"01_bad.yaml(2,5): error {code}: ", run.Errors, StringComparison.Ordinal);
            Assert.Contains(word, run.Errors, StringComparison.Ordinal);
            Assert.True(run.Errors.Split("\n    ").Length > 1, "There is no way out.");
        }

        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after a refusal", columnOrderMatters: true);
    }

    [Fact]
    public async Task An_up_that_fails_on_a_late_row_names_it_and_leaves_no_rollout_behind()
    {
        await using var database = await UsersAsync(rows: 100_000);
        await database.ExecuteAsync("UPDATE users SET name = 'not a number' WHERE id = 70000", Token);
        _folder.Write("01_numbers.yaml", "operations: [{alter_column: {table: users, column: name, type: integer, up: 'name::integer', down: 'name::text'}}]");
        var before = await SchemaDump.ReadAsync(database, Token);

        var start = (await RunAsync(database.ConnectionString, "start", "01_numbers.yaml")).Expect(ExitCode.Failed);
        Assert.Contains("error EFR1601: ", start.Errors, StringComparison.Ordinal);
        Assert.Contains("70000", start.Errors, StringComparison.Ordinal);
        Assert.Contains("not a number", start.Errors, StringComparison.Ordinal);
        Assert.Matches("open rollout +none", (await RunAsync(database.ConnectionString, "status")).Expect(ExitCode.Success).Output);
        SchemaDump.AssertSame(before, await SchemaDump.ReadAsync(database, Token), "after the refusal", columnOrderMatters: true);

        (await RunAsync(database.ConnectionString, "start", "01_numbers.yaml")).Expect(ExitCode.Failed);
        await database.ExecuteAsync("UPDATE users SET name = '70000' WHERE id = 70000", Token);
        (await RunAsync(database.ConnectionString, "start", "01_numbers.yaml", "--complete")).Expect(ExitCode.Success);
        Assert.Equal(100_000L, await database.ScalarAsync<long>("SELECT count(*) FROM users WHERE name = id", Token));
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_has_its_own_exit_code_and_no_password_is_shown()
    {
        var server = await PostgresServer.GetAsync();
        var password = "";
        string At(Action<NpgsqlConnectionStringBuilder> change)
        {
            var builder = new NpgsqlConnectionStringBuilder(server.ConnectionString);
            builder.Password ??= "topsecret";
            password = builder.Password;
            change(builder);
            return builder.ConnectionString;
        }

        var cases = new Dictionary<string, string>
        {
            ["EFR1301"] = At(builder => (builder.Host, builder.Port) = ("127.0.0.1", 1)),
            ["EFR1302"] = At(builder => builder.Username = "nobody_of_this_name"),
            ["EFR1303"] = At(builder => builder.Database = "no_such_database"),
        };
        foreach (var (code, connection) in cases)
        {
            var run = (await RunAsync(connection, "status")).Expect(ExitCode.CannotConnect);
            Assert.StartsWith($"error {code}: ", run.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain(password, run.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Complete_and_rollback_without_a_rollout_say_so()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        (await RunAsync(database.ConnectionString, "init")).Expect(ExitCode.Success);
        foreach (var command in (string[])["complete", "rollback"])
            Assert.Contains("EFR1405", (await RunAsync(database.ConnectionString, command)).Expect(ExitCode.Failed).Errors, StringComparison.Ordinal);
        Assert.Contains("open rollout    none", (await RunAsync(database.ConnectionString, "status")).Expect(ExitCode.Success).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_holds_a_lock_past_the_deadline_is_named()
    {
        await using var database = await UsersAsync(rows: 10);
        _folder.Write("01_add.yaml", "operations: [{add_column: {table: users, column: {name: a, type: int, nullable: true}}}]");
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Application Name=bystander");
        await connection.OpenAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using (var command = new NpgsqlCommand("SELECT count(*) FROM users", connection, transaction))
            await command.ExecuteScalarAsync(Token);

        var run = (await RunAsync(database.ConnectionString, "start", "01_add.yaml", "--lock-timeout", "50ms", "--lock-deadline", "1s")).Expect(ExitCode.Locked);

        Assert.Contains("EFR1503", run.Errors, StringComparison.Ordinal);
        Assert.Contains("bystander", run.Errors, StringComparison.Ordinal);
        await transaction.RollbackAsync(Token);
        (await RunAsync(database.ConnectionString, "start", "01_add.yaml")).Expect(ExitCode.Success);
    }

    [Fact]
    public async Task A_signal_stops_it_and_the_same_command_goes_on()
    {
        await using var database = await UsersAsync(rows: 10);
        _folder.Write("01_add.yaml", "operations: [{add_column: {table: users, column: {name: a, type: int, nullable: true}}}]");
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using (var command = new NpgsqlCommand("SELECT count(*) FROM users", connection, transaction))
            await command.ExecuteScalarAsync(Token);

        using var process = ToolProcess.Start(_folder.Path, database.ConnectionString, "start", "01_add.yaml", "--lock-timeout", "50ms");
        // It tells that it waits for the lock: only then is it at work.
        var line = await process.StandardError.ReadLineAsync(Token);
        while (line is not null && !line.Contains("waiting for a lock", StringComparison.Ordinal))
            line = await process.StandardError.ReadLineAsync(Token);
        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{process.Id}"]))
            await kill.WaitForExitAsync(Token);
        var rest = await process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);

        Assert.Equal(ExitCode.Cancelled, (ExitCode)process.ExitCode);
        Assert.Contains("goes on from here", rest, StringComparison.Ordinal);
        await transaction.RollbackAsync(Token);
        (await RunAsync(database.ConnectionString, "start", "01_add.yaml", "--complete")).Expect(ExitCode.Success);
    }

    public void Dispose() => _folder.Dispose();

    static async Task<TestDatabase> UsersAsync(int rows)
    {
        var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync($"CREATE TABLE users (id int PRIMARY KEY, name text); INSERT INTO users SELECT i, i::text FROM generate_series(1, {rows}) i; ANALYZE users", Token);
        return database;
    }

    Task<ToolProcess> RunAsync(string connection, params string[] arguments) => ToolProcess.RunInAsync(_folder.Path, connection, arguments);
}
