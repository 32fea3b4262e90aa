using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EfRoll.Runtime.Tests;

/// <summary>What docs/connections.md says of PgBouncer.</summary>
public sealed class PgBouncerTests
{
    static readonly IReadOnlyDictionary<string, string> NoAliases = new Dictionary<string, string>();

    static readonly IReadOnlyDictionary<string, string> OneForEachVersion = new Dictionary<string, string>
    {
        ["one"] = $"\"public_{People.VersionOne}\", public",
        ["two"] = $"\"public_{People.VersionTwo}\", public",
    };

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task It_refuses_connections_that_ask_for_a_path(string mode)
    {
        await using var database = await People.CreateAsync(Token);
        await using var bouncer = await PgBouncer.StartAsync(database.ConnectionString, mode, ignoresPath: false, NoAliases, Token);
        await using var one = new Application<ContextOne>(Way.NoResetOnClose, bouncer.ConnectionString());

        var error = await Assert.ThrowsAsync<PostgresException>(() => one.AddAsync("Ada", Token));

        Assert.Equal("08P01", error.SqlState);
        Assert.Contains("search_path", error.MessageText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task Where_it_drops_the_path_the_application_refuses_to_run(string mode)
    {
        await using var database = await People.CreateAsync(Token);
        await using var bouncer = await PgBouncer.StartAsync(database.ConnectionString, mode, ignoresPath: true, NoAliases, Token);
        await using var one = new Application<ContextOne>(Way.NoResetOnClose, bouncer.ConnectionString());

        Assert.Equal("EFR3009", (await Assert.ThrowsAsync<EfRollRuntimeException>(() => one.AddAsync("Ada", Token))).Code);
    }

    [Fact]
    public async Task In_session_mode_a_data_source_from_outside_works()
    {
        await using var database = await People.CreateAsync(Token);
        await using var bouncer = await PgBouncer.StartAsync(database.ConnectionString, "session", ignoresPath: false, NoAliases, Token);

        await BothVersionsWorkAsync(database, Way.ExternalDataSource, bouncer.ConnectionString(), bouncer.ConnectionString());
    }

    [Fact]
    public async Task In_transaction_mode_an_alias_for_each_version_works()
    {
        await using var database = await People.CreateAsync(Token);
        await using var bouncer = await PgBouncer.StartAsync(database.ConnectionString, "transaction", ignoresPath: true, OneForEachVersion, Token);

        await BothVersionsWorkAsync(database, Way.NoResetOnClose, bouncer.ConnectionString("one"), bouncer.ConnectionString("two"));
    }

    [Theory]
    [InlineData(Way.ConnectionString)]
    [InlineData(Way.BoundDataSource)]
    public async Task Where_the_path_of_an_alias_does_not_outlive_a_reset_the_application_refuses_to_go_on(Way way)
    {
        await using var database = await People.CreateAsync(Token);
        await using var bouncer = await PgBouncer.StartAsync(database.ConnectionString, "transaction", ignoresPath: true, OneForEachVersion, Token);
        await using var one = new Application<ContextOne>(way, bouncer.ConnectionString("one"));

        await one.AddAsync("Ada", Token);

        Assert.Equal("EFR3009", (await Assert.ThrowsAsync<EfRollRuntimeException>(() => one.AddAsync("Ada", Token))).Code);
    }

    [Theory]
    [InlineData("session", Way.NoResetOnClose)]
    [InlineData("session", Way.ExternalDataSource)]
    [InlineData("transaction", Way.NoResetOnClose)]
    [InlineData("transaction", Way.ExternalDataSource)]
    public async Task An_application_that_names_its_views_works(string mode, Way way)
    {
        await using var database = await People.CreateAsync(Token);
        await using var bouncer = await PgBouncer.StartAsync(database.ConnectionString, mode, ignoresPath: false, NoAliases, Token);

        await BothVersionsWorkAsync(database, way, bouncer.ConnectionString(), bouncer.ConnectionString(), EfRollBinding.Qualified);
    }

    [Theory]
    [InlineData(Way.NoResetOnClose)]
    [InlineData(Way.ExternalDataSource)]
    public async Task Who_is_on_which_version_is_seen_through_it(Way way)
    {
        await using var database = await People.CreateAsync(Token);
        await using var bouncer = await PgBouncer.StartAsync(database.ConnectionString, "transaction", ignoresPath: false, NoAliases, Token);
        await using var one = new Application<ContextOne>(way, bouncer.ConnectionString(), EfRollBinding.Qualified);
        await using var two = new Application<ContextTwo>(way, bouncer.ConnectionString(), EfRollBinding.Qualified);

        // One session of the server for both in turn.
        Assert.Equal($"{way} efroll:{Shared.VersionSchema.MarkOf(People.VersionOne)}", await NameAsync(one));
        Assert.Equal($"{way} efroll:{Shared.VersionSchema.MarkOf(People.VersionTwo)}", await NameAsync(two));
        Assert.Equal($"{way} efroll:{Shared.VersionSchema.MarkOf(People.VersionOne)}", await NameAsync(one));

        static Task<string> NameAsync<TContext>(Application<TContext> application)
            where TContext : PeopleContext =>
            application.UseAsync(context => context.Database.SqlQueryRaw<string>("SELECT current_setting('application_name') AS \"Value\"").SingleAsync(Token));
    }

    [Theory]
    [InlineData("session", Way.ConnectionString)]
    [InlineData("transaction", Way.ConnectionString)]
    [InlineData("transaction", Way.BoundDataSource)]
    public async Task Where_a_reset_takes_the_mark_away_the_application_refuses_to_go_on(string mode, Way way)
    {
        await using var database = await People.CreateAsync(Token);
        await using var bouncer = await PgBouncer.StartAsync(database.ConnectionString, mode, ignoresPath: false, NoAliases, Token);
        await using var one = new Application<ContextOne>(way, bouncer.ConnectionString(), EfRollBinding.Qualified);

        await one.AddAsync("Ada", Token);

        var refused = await Assert.ThrowsAsync<EfRollRuntimeException>(() => one.AddAsync("Ada", Token));
        Assert.Equal("EFR3009", refused.Code);
        Assert.Contains("No Reset On Close=true", refused.Message, StringComparison.Ordinal);
    }

    // Many at once, so that sessions go from hand to hand.
    static async Task BothVersionsWorkAsync(TestDatabase database, Way way, string toOne, string toTwo, EfRollBinding binding = EfRollBinding.SearchPath)
    {
        const int Writers = 4;
        const int Writes = 25;
        await Task.WhenAll(Enumerable.Range(0, Writers).SelectMany(_ => new[] { WriteAsync<ContextOne>(toOne, "Ada"), WriteAsync<ContextTwo>(toTwo, "Lovelace") }));

        Assert.Equal([[Writers * Writes, Writers * Writes, 0]], (await database.QueryAsync(
            "SELECT count(*) FILTER (WHERE first_name = 'Ada')::int, count(*) FILTER (WHERE last_name = 'Lovelace')::int, count(*) FILTER (WHERE first_name = 'Lovelace' OR last_name = 'Ada')::int FROM people", Token))
            .Select(row => row.Select(value => (int)value!)));

        async Task WriteAsync<TContext>(string connectionString, string name)
            where TContext : PeopleContext
        {
            await using var application = new Application<TContext>(way, connectionString, binding);
            for (var write = 0; write < Writes; write++)
            {
                await application.AddAsync(name, Token);
                Assert.Contains(name, await application.NamesAsync(Token));
            }
        }
    }
}
