using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.Shared;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.Execution;

/// <summary>A rollout is not completed under the feet of the old version.</summary>
public sealed class OldVersionGuardTests
{
    static readonly Migration First = Adding("1_First");
    static readonly Migration Second = Adding("2_Second");
    static readonly Migration Third = Adding("3_Third");

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Completing_is_refused_while_the_old_version_is_connected()
    {
        await using var database = await StartedAsync();
        await using var web = await ConnectAsync(database, "web", First);
        await using var between = await ConnectAsync(database, null, Second);
        await using var fresh = await ConnectAsync(database, "web", Third);
        var engine = new RollEngine(database.DataSource, new RollOptions());

        var error = await Assert.ThrowsAsync<EfRollException>(() => engine.ContractAsync(Cancelled));

        Assert.Equal(ErrorCode.OldVersionConnected, error.Code);
        Assert.Contains($"1 of web (role {Role(web)}, pid {web.ProcessID})", error.Message, StringComparison.Ordinal);
        Assert.Contains($"1 of an application without a name (role {Role(web)}, pid {between.ProcessID})", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain($"{fresh.ProcessID}", error.Message, StringComparison.Ordinal);
        Assert.Equal(Phase.Expanded, (await engine.StatusAsync(Cancelled)).Open?.Phase);
        await web.CloseAsync();
        await between.CloseAsync();
        // The server takes a moment to see that they are gone.
        var patient = new RollEngine(database.DataSource, new RollOptions { OldSessions = OldSessions.Wait });
        Assert.Equal(Phase.Completed, (await patient.ContractAsync(Cancelled)).Phase);
    }

    [Fact]
    public async Task Completing_waits_for_the_last_of_them()
    {
        await using var database = await StartedAsync();
        await using var web = await ConnectAsync(database, "web", First);
        await using var worker = await ConnectAsync(database, "worker", First);
        var notices = new Notices();

        var completing = new RollEngine(database.DataSource, new RollOptions { OldSessions = OldSessions.Wait }, notices).ContractAsync(Cancelled);

        Assert.Equal($"waiting for the old version to end: 1 of web (role {Role(web)}, pid {web.ProcessID}), 1 of worker (role {Role(web)}, pid {worker.ProcessID})", await notices.NextAsync());
        await web.CloseAsync();
        Assert.Equal($"waiting for the old version to end: 1 of worker (role {Role(web)}, pid {worker.ProcessID})", await notices.NextAsync());
        Assert.False(completing.IsCompleted);
        await worker.CloseAsync();
        Assert.Equal(Phase.Completed, (await completing).Phase);
    }

    [Fact]
    public async Task What_others_change_while_it_waits_is_refused()
    {
        await using var database = await StartedAsync(new AlterColumn(new RelationName("users"), new Identifier("id")) { Type = "bigint" });
        await using var web = await ConnectAsync(database, "web", First);
        var notices = new Notices();

        var completing = new RollEngine(database.DataSource, new RollOptions { OldSessions = OldSessions.Wait }, notices).ContractAsync(Cancelled);

        Assert.StartsWith("waiting for the old version to end", await notices.NextAsync(), StringComparison.Ordinal);
        await database.ExecuteAsync("CREATE INDEX by_hand ON users ((id % 2))", Cancelled);
        await web.CloseAsync();
        Assert.Equal(ErrorCode.Drifted, (await Assert.ThrowsAsync<EfRollException>(() => completing)).Code);
    }

    [Fact]
    public async Task Waiting_ends_at_the_deadline()
    {
        await using var database = await StartedAsync();
        await using var web = await ConnectAsync(database, "web", First);
        var engine = new RollEngine(database.DataSource, new RollOptions { OldSessions = OldSessions.Wait, OldSessionsDeadline = TimeSpan.FromMilliseconds(1) });

        var error = await Assert.ThrowsAsync<EfRollException>(() => engine.ContractAsync(Cancelled));

        Assert.Equal(ErrorCode.OldVersionConnected, error.Code);
        Assert.Equal(Phase.RolledBack, (await engine.RollbackAsync(Cancelled)).Phase);
    }

    [Fact]
    public async Task Told_to_it_goes_on_and_says_whose_statements_fail()
    {
        await using var database = await StartedAsync();
        await using var web = await ConnectAsync(database, "web", First);
        var notices = new Notices();

        var status = await new RollEngine(database.DataSource, new RollOptions { OldSessions = OldSessions.Ignore }, notices).ContractAsync(Cancelled);

        Assert.Equal(Phase.Completed, status.Phase);
        Assert.Equal($"the old version is still connected, and its statements will fail: 1 of web (role {Role(web)}, pid {web.ProcessID})", await notices.NextAsync());
    }

    [Fact]
    public async Task Who_carries_no_version_is_named_and_does_not_stop_it()
    {
        await using var database = await StartedAsync();
        await using var psql = await ConnectAsync(database, "psql", null);
        var notices = new Notices();

        var status = await new RollEngine(database.DataSource, new RollOptions(), notices).ContractAsync(Cancelled);

        Assert.Equal(Phase.Completed, status.Phase);
        Assert.Equal($"these sessions do not say on which version they are: 1 of psql (role {Role(psql)}, pid {psql.ProcessID})", await notices.NextAsync());
    }

    [Fact]
    public async Task Status_says_who_is_on_which_version()
    {
        await using var database = await StartedAsync();
        await using var old = await ConnectAsync(database, "web", First);
        await using var fresh = await ConnectAsync(database, "web", Third);
        await using var stranger = await ConnectAsync(database, "other", Adding("9_Other"));
        await using var psql = await ConnectAsync(database, "psql", null);
        await using (var busy = new NpgsqlCommand("BEGIN", fresh))
            await busy.ExecuteNonQueryAsync(Cancelled);

        var status = await new RollEngine(database.DataSource, new RollOptions()).StatusAsync(Cancelled);

        Assert.Equal(
            new (int, string, SessionVersion, string?, bool?)[]
            {
                (old.ProcessID, "web", SessionVersion.Old, "1_First", false),
                (fresh.ProcessID, "web", SessionVersion.Current, "3_Third", true),
                (stranger.ProcessID, "other", SessionVersion.Other, null, false),
                (psql.ProcessID, "psql", SessionVersion.Unknown, null, false),
            }.Order(),
            status.Sessions.Select(session => (session.ProcessId, session.Application, session.Version, session.Migration, session.IsActive)).Order());
        Assert.All(status.Sessions, session => Assert.NotNull(session.Since));
    }

    // Completed at the first migration; a rollout of the second and third is open.
    static async Task<TestDatabase> StartedAsync(params Operation[] more)
    {
        var database = await TestDatabase.CreateAsync(Cancelled);
        await database.ExecuteAsync("CREATE TABLE users (id int PRIMARY KEY); INSERT INTO users VALUES (1)", Cancelled);
        var engine = new RollEngine(database.DataSource, new RollOptions());
        await engine.ExpandAsync(new RolloutRequest([First]), Cancelled);
        await engine.ContractAsync(Cancelled);
        await engine.ExpandAsync(new RolloutRequest([First, Second, Third with { Operations = [.. Third.Operations, .. more] }]), Cancelled);
        database.DataSource.Clear();
        return database;
    }

    static Migration Adding(string id) => new(id, [new AddColumn(new RelationName("users"), new ColumnDefinition(new Identifier($"of {id}"), "text"))]);

    static async Task<NpgsqlConnection> ConnectAsync(TestDatabase database, string? application, Migration? version)
    {
        var mark = version is null ? null : $"efroll:{VersionSchema.MarkOf(version.Id)}";
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Pooling = false,
            ApplicationName = string.Join(' ', new[] { application, mark }.OfType<string>()),
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(Cancelled);
        return connection;
    }

    static string? Role(NpgsqlConnection connection) => new NpgsqlConnectionStringBuilder(connection.ConnectionString).Username;

    sealed class Notices : IProgress<RollProgress>
    {
        readonly System.Threading.Channels.Channel<string> _texts = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public void Report(RollProgress value)
        {
            if (value is NoticeProgress notice)
                _texts.Writer.TryWrite(notice.Text);
        }

        public async Task<string> NextAsync() => await _texts.Reader.ReadAsync(Cancelled);
    }
}
