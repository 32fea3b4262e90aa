using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Tool.Tests;

/// <summary>Whatever goes well or wrong, the password is in nothing that EfRoll says or keeps.</summary>
public sealed class PasswordTests : IDisposable
{
    const string Password = "s3cr3t'Kanari\"%25";

    readonly MigrationFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_command_says_it_and_no_state_holds_it()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        var role = $"keeper_{Guid.NewGuid():n}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD '{Password.Replace("'", "''", StringComparison.Ordinal)}'; CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL); INSERT INTO users VALUES (1, 'x')", Token);
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = Password }.ConnectionString;
            var wrong = new NpgsqlConnectionStringBuilder(connection) { Password = Password + "!" }.ConnectionString;
            _folder.Write("01_numbers.yaml", "operations:\n  - alter_column: {table: users, column: name, type: int, up: name::int, down: name::text}\n");

            // It may not make the state, does not own the table, meets a row that does not fit; then all goes well.
            var said = await RunAsync(connection, ExitCode.Failed, "init");
            said += await RunAsync(wrong, ExitCode.CannotConnect, "start", "01_numbers.yaml");
            said += await RunAsync(null, ExitCode.CannotConnect, "start", "01_numbers.yaml", "--connection", wrong);
            said += await RunAsync(null, ExitCode.Usage, "start", "01_numbers.yaml", "--connection", connection + ";Prt=1");
            await database.ExecuteAsync($"GRANT CREATE ON DATABASE \"{database.Name}\" TO {role}; GRANT USAGE, CREATE ON SCHEMA public TO {role}", Token);
            said += await RunAsync(connection, ExitCode.Failed, "start", "01_numbers.yaml");
            await database.ExecuteAsync($"ALTER TABLE users OWNER TO {role}", Token);
            said += await RunAsync(connection, ExitCode.Failed, "start", "01_numbers.yaml");
            await database.ExecuteAsync("UPDATE users SET name = '1'", Token);
            said += await RunAsync(connection, ExitCode.Success, "start", "01_numbers.yaml");
            said += await RunAsync(connection, ExitCode.Success, "status");
            said += await RunAsync(connection, ExitCode.Success, "status", "--json");
            said += await RunAsync(connection, ExitCode.Success, "doctor");
            said += await RunAsync(connection, ExitCode.Success, "complete");

            var kept = await database.ScalarAsync<string>(
                "SELECT string_agg(t::text, E'\\n') FROM (SELECT to_jsonb(r) FROM efroll.rollouts r UNION ALL SELECT to_jsonb(s) FROM efroll.steps s UNION ALL SELECT to_jsonb(a) FROM pg_stat_activity a) t", Token);
            Assert.Contains("name::int", kept, StringComparison.Ordinal);
            Assert.DoesNotContain("Kanari", kept, StringComparison.Ordinal);
            Assert.DoesNotContain("Kanari", said, StringComparison.Ordinal);
        }
        finally
        {
            await database.ExecuteAsync($"ALTER TABLE users OWNER TO CURRENT_USER; DROP OWNED BY {role} CASCADE; DROP ROLE {role}", Token);
        }
    }

    public void Dispose() => _folder.Dispose();

    async Task<string> RunAsync(string? connection, ExitCode expected, params string[] arguments)
    {
        var run = (await ToolProcess.RunInAsync(_folder.Path, connection, arguments)).Expect(expected);
        return run.Output + run.Errors;
    }
}
