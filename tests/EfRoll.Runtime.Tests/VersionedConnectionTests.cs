using System.Transactions;
using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EfRoll.Runtime.Tests;

public sealed class VersionedConnectionTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [AllWays]
    public async Task Each_version_reads_and_writes_its_own(Way way, EfRollBinding binding)
    {
        await using var database = await People.CreateAsync(Token);
        await using var one = new Application<ContextOne>(way, database.ConnectionString, binding);
        await using var two = new Application<ContextTwo>(way, database.ConnectionString, binding);

        await one.AddAsync("Ada", Token);
        await two.AddAsync("Lovelace", Token);

        Assert.Equal(["Ada", null], await one.NamesAsync(Token));
        Assert.Equal([null, "Lovelace"], await two.NamesAsync(Token));
        Assert.Equal(
            [["Ada", null], [null, "Lovelace"]],
            await database.QueryAsync("SELECT first_name, last_name FROM people ORDER BY id", Token));
    }

    [Theory]
    [AllWays]
    public async Task A_session_that_was_reset_is_on_the_version_again(Way way, EfRollBinding binding)
    {
        await using var database = await People.CreateAsync(Token);
        await using var one = new Application<ContextOne>(way, database.ConnectionString, binding);

        await one.AddAsync("Ada", Token);
        var session = await one.ProcessIdAsync(Token);
        // What the application leaves on the session is gone after the reset, and must not be what decides.
        if (way is not (Way.MultiplexedString or Way.NoResetOnClose))
            await one.UseAsync(context => context.Database.ExecuteSqlRawAsync("SET search_path = pg_catalog", Token));

        Assert.Equal(session, await one.ProcessIdAsync(Token));
        Assert.Equal(["Ada"], await one.NamesAsync(Token));
    }

    [Theory]
    [AllWays]
    public async Task A_new_session_after_a_killed_one_is_on_the_version(Way way, EfRollBinding binding)
    {
        await using var database = await People.CreateAsync(Token);
        await using var two = new Application<ContextTwo>(way, database.ConnectionString, binding);

        await two.AddAsync("Lovelace", Token);
        var session = await two.ProcessIdAsync(Token);
        // The second argument waits until it has ended.
        Assert.True(await database.ScalarAsync<bool>($"SELECT pg_terminate_backend({session}, 10000)", Token));

        Assert.Equal(["Lovelace"], await two.NamesAsync(Token));
        Assert.NotEqual(session, await two.ProcessIdAsync(Token));
    }

    [Theory]
    [InlineData(Way.MappedEnum)]
    [InlineData(Way.ExternalDataSourceWithEnum)]
    public async Task Mapped_types_stay_mapped(Way way)
    {
        await using var database = await People.CreateAsync(Token);
        await using var one = new Application<ContextOne>(way, database.ConnectionString);

        var mood = await one.UseAsync(context => context.Database.SqlQueryRaw<Mood>("SELECT 'merry'::mood AS \"Value\"").SingleAsync(Token));

        Assert.Equal(Mood.Merry, mood);
    }

    [Theory]
    [AllWays]
    public async Task The_server_sees_who_is_on_which_version(Way way, EfRollBinding binding)
    {
        await using var database = await People.CreateAsync(Token);
        await using var one = new Application<ContextOne>(way, database.ConnectionString, binding);

        var name = await one.UseAsync(
            context => context.Database.SqlQueryRaw<string>("SELECT current_setting('application_name') AS \"Value\"").SingleAsync(Token));

        Assert.Equal($"{way} efroll:{Shared.VersionSchema.MarkOf(People.VersionOne)}", name);
    }

    [Fact]
    public async Task A_connection_that_the_application_opens_itself_is_on_the_version()
    {
        await using var database = await People.CreateAsync(Token);
        await using var one = new Application<ContextOne>(Way.ConnectionString, database.ConnectionString);

        var path = await one.UseAsync(async context =>
        {
            var connection = (NpgsqlConnection)context.Database.GetDbConnection();
            await connection.OpenAsync(Token);
            await using var command = new NpgsqlCommand("SELECT current_schemas(false)", connection);
            return (string[])(await command.ExecuteScalarAsync(Token))!;
        });

        Assert.Equal([$"public_{People.VersionOne}", "public"], path);
    }

    [Fact]
    public async Task A_string_that_is_set_late_is_put_on_the_version()
    {
        await using var database = await People.CreateAsync(Token);
        await database.ExecuteAsync("INSERT INTO people (first_name) VALUES ('Ada')", Token);
        await using var context = new ContextOne(new DbContextOptionsBuilder<ContextOne>().UseNpgsql().AllowManyProviders().UseEfRoll().Options);

        context.Database.SetConnectionString(database.ConnectionString);
        Assert.Equal("Ada", (await context.People.SingleAsync(Token)).Name);
        Assert.Equal(database.ConnectionString, context.Database.GetConnectionString());

        var other = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Timeout = 14 }.ConnectionString;
        context.Database.SetConnectionString(other);
        Assert.Equal("Ada", (await context.People.AsNoTracking().SingleAsync(Token)).Name);
    }

    [Fact]
    public async Task Schemas_that_were_on_the_path_stay_on_it()
    {
        await using var database = await People.CreateAsync(Token);
        await database.ExecuteAsync("CREATE SCHEMA \"Tools, old\"", Token);
        var text = new NpgsqlConnectionStringBuilder(database.ConnectionString) { SearchPath = "PUBLIC, \"Tools, old\"" }.ConnectionString;
        await using var one = new Application<ContextOne>(Way.ConnectionString, text);

        var path = await one.UseAsync(
            context => context.Database.SqlQueryRaw<string[]>("SELECT current_schemas(false)::text[] AS \"Value\"").SingleAsync(Token));

        Assert.Equal([$"public_{People.VersionOne}", "public", "Tools, old"], path);
    }

    [Fact]
    public async Task Before_its_rollout_and_after_it_a_version_uses_the_plain_tables()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync("CREATE TABLE people (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text)", Token);
        await using var one = new Application<ContextOne>(Way.ConnectionString, database.ConnectionString);

        await one.AddAsync("Ada", Token);

        Assert.Equal("Ada", await database.ScalarAsync<string>("SELECT name FROM public.people", Token));
    }

    [Fact]
    public async Task An_open_connection_that_is_not_on_the_version_is_refused()
    {
        await using var database = await People.CreateAsync(Token);
        await using var connection = await database.DataSource.OpenConnectionAsync(Token);
        await using var context = new ContextOne(new DbContextOptionsBuilder<ContextOne>().UseNpgsql(connection).AllowManyProviders().UseEfRoll().Options);

        var refused = await Assert.ThrowsAsync<EfRollRuntimeException>(() => context.People.ToListAsync(Token));
        Assert.Equal("EFR3001", refused.Code);
        Assert.Contains(People.VersionOne, refused.Message, StringComparison.Ordinal);
        context.Add(new Person { Name = "Ada" });
        Assert.Throws<EfRollRuntimeException>(() => context.SaveChanges());
        Assert.Throws<EfRollRuntimeException>(() => context.Database.BeginTransaction());

        await connection.CloseAsync();
        Assert.Equal(1, await context.SaveChangesAsync(Token));
        Assert.Equal(["Ada"], await context.People.Select(person => person.Name).ToListAsync(Token));
    }

    [Fact]
    public async Task An_open_connection_on_the_version_is_taken()
    {
        await using var database = await People.CreateAsync(Token);
        await database.ExecuteAsync("INSERT INTO people (first_name) VALUES ('Ada')", Token);
        var text = new NpgsqlConnectionStringBuilder(database.ConnectionString).UseEfRoll<ContextOne>().ConnectionString;
        await using var connection = new NpgsqlConnection(text);
        await connection.OpenAsync(Token);

        await using var context = new ContextOne(new DbContextOptionsBuilder<ContextOne>().UseNpgsql(connection).AllowManyProviders().UseEfRoll().Options);
        Assert.Equal("Ada", (await context.People.SingleAsync(Token)).Name);

        // It is on the wrong one for the other version.
        await using var other = new ContextTwo(new DbContextOptionsBuilder<ContextTwo>().UseNpgsql(connection).AllowManyProviders().UseEfRoll().Options);
        await Assert.ThrowsAsync<EfRollRuntimeException>(() => other.People.ToListAsync(Token));
    }

    [Fact]
    public async Task Two_contexts_share_a_connection_that_one_of_them_opened()
    {
        await using var database = await People.CreateAsync(Token);
        var options = new DbContextOptionsBuilder<ContextOne>().UseNpgsql(database.DataSource).AllowManyProviders().UseEfRoll().Options;
        await using var first = new ContextOne(options);
        await first.Database.OpenConnectionAsync(Token);
        first.Add(new Person { Name = "Ada" });
        await first.SaveChangesAsync(Token);

        await using var second = new ContextOne(new DbContextOptionsBuilder<ContextOne>()
            .UseNpgsql(first.Database.GetDbConnection()).AllowManyProviders().UseEfRoll().Options);
        Assert.Equal("Ada", (await second.People.SingleAsync(Token)).Name);

        // Closed and opened by hand it is on no version any more, and that must not go unnoticed.
        await first.Database.CloseConnectionAsync();
        await first.Database.GetDbConnection().OpenAsync(Token);
        await Assert.ThrowsAsync<EfRollRuntimeException>(() => second.People.ToListAsync(Token));
    }

    [Fact]
    public async Task A_data_source_that_multiplexes_is_refused_unless_it_is_on_the_version()
    {
        await using var database = await People.CreateAsync(Token);
        await database.ExecuteAsync("INSERT INTO people (first_name) VALUES ('Ada')", Token);
        var text = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Multiplexing = true }.ConnectionString;

        await using var plain = NpgsqlDataSource.Create(text);
        await using var refused = new ContextOne(new DbContextOptionsBuilder<ContextOne>().UseNpgsql(plain).AllowManyProviders().UseEfRoll().Options);
        var refusal = await Assert.ThrowsAsync<EfRollRuntimeException>(() => refused.People.ToListAsync(Token));
        Assert.Equal("EFR3002", refusal.Code);

        await using var bound = new NpgsqlDataSourceBuilder(text).UseEfRoll(People.VersionOne).Build();
        await using var context = new ContextOne(new DbContextOptionsBuilder<ContextOne>().UseNpgsql(bound).AllowManyProviders().UseEfRoll().Options);
        Assert.Equal("Ada", (await context.People.SingleAsync(Token)).Name);
    }

    [Theory]
    [InlineData(Way.ConnectionString)]
    [InlineData(Way.ExternalDataSource)]
    public async Task An_ambient_transaction_that_fails_changes_nothing_about_the_version(Way way)
    {
        await using var database = await People.CreateAsync(Token);
        await using var one = new Application<ContextOne>(way, database.ConnectionString);
        await one.UseAsync(context => context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            context.Add(new Person { Name = "gone" });
            return await context.SaveChangesAsync(Token);
        }));

        await one.AddAsync("Ada", Token);

        Assert.Equal(["Ada"], await one.NamesAsync(Token));
    }

    [Fact]
    public async Task The_synchronous_way_does_the_same()
    {
        await using var database = await People.CreateAsync(Token);
        await using var context = new ContextTwo(new DbContextOptionsBuilder<ContextTwo>().UseNpgsql(database.DataSource).AllowManyProviders().UseEfRoll().Options);

        context.Add(new Person { Name = "Lovelace" });
        Assert.Equal(1, Save(context));

        Assert.Equal("Lovelace", await database.ScalarAsync<string>("SELECT last_name FROM people", Token));
    }

    [Theory]
    [InlineData(Way.ConnectionString, EfRollBinding.SearchPath, false)]
    [InlineData(Way.MappedEnum, EfRollBinding.SearchPath, false)]
    [InlineData(Way.BoundDataSource, EfRollBinding.SearchPath, false)]
    [InlineData(Way.ContextPool, EfRollBinding.SearchPath, false)]
    [InlineData(Way.ExternalDataSource, EfRollBinding.SearchPath, true)]
    [InlineData(Way.ConnectionString, EfRollBinding.Qualified, false)]
    [InlineData(Way.BoundDataSource, EfRollBinding.Qualified, false)]
    [InlineData(Way.ExternalDataSource, EfRollBinding.Qualified, true)]
    public async Task Only_what_comes_from_outside_costs_a_round_trip(Way way, EfRollBinding binding, bool isSet)
    {
        await using var database = await People.CreateAsync(Token);
        await using var one = new Application<ContextOne>(way, database.ConnectionString, binding);
        // The first time, and after the first reset, it is looked whether the version has arrived.
        await one.NamesAsync(Token);
        await one.NamesAsync(Token);

        var last = await one.UseAsync(async context =>
        {
            await context.Database.OpenConnectionAsync(Token);
            return await database.ScalarAsync<string>(
                $"SELECT query FROM pg_stat_activity WHERE datname = current_database() AND application_name = '{way} efroll:{Shared.VersionSchema.MarkOf(People.VersionOne)}'", Token);
        });

        Assert.NotNull(last);
        Assert.Equal(isSet, last.Contains("set_config", StringComparison.Ordinal));
        Assert.DoesNotContain("current_setting", last, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Way.ConnectionString)]
    [InlineData(Way.MappedEnum)]
    [InlineData(Way.BoundDataSource)]
    [InlineData(Way.ContextPool)]
    public async Task Behind_a_pooler_that_drops_the_version_it_refuses_to_run(Way way)
    {
        await using var database = await People.CreateAsync(Token);
        await using var pooler = new DroppingPooler(database.ConnectionString);
        await using var one = new Application<ContextOne>(way, pooler.ConnectionString);

        for (var attempt = 0; attempt < 2; attempt++)
            Assert.Equal("EFR3009", (await Assert.ThrowsAsync<EfRollRuntimeException>(() => one.AddAsync("Ada", Token))).Code);
        await one.UseAsync(async context =>
        {
            Assert.Equal("EFR3009", Assert.Throws<EfRollRuntimeException>(() => context.People.ToList()).Code);
            return await Task.FromResult(true);
        });
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM public.people", Token));
    }

    [Theory]
    [InlineData(false, EfRollBinding.SearchPath)]
    [InlineData(true, EfRollBinding.SearchPath)]
    [InlineData(false, EfRollBinding.Qualified)]
    public async Task One_context_on_two_versions_in_one_process(bool withEnum, EfRollBinding binding)
    {
        await using var database = await People.CreateAsync(Token);
        await database.ExecuteAsync("INSERT INTO people (first_name, last_name) VALUES ('Ada', 'Lovelace')", Token);

        foreach (var (version, name) in new[] { (People.VersionOne, "Ada"), (People.VersionTwo, "Lovelace"), (People.VersionOne, "Ada") })
        {
            await using var context = new ContextOne(new DbContextOptionsBuilder<ContextOne>()
                .UseNpgsql(database.ConnectionString, npgsql => _ = withEnum ? npgsql.MapEnum<Mood>("mood") : npgsql)
                .AllowManyProviders().UseEfRoll(options => options with { Version = version, Binding = binding }).Options);
            Assert.Equal(name, (await context.People.SingleAsync(Token)).Name);
        }
    }

    [Theory]
    [InlineData(Way.ConnectionString)]
    [InlineData(Way.MappedEnum)]
    [InlineData(Way.ExternalDataSource)]
    public async Task Databases_are_made_and_dropped_as_ever(Way way)
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        var text = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = $"{database.Name}_other" }.ConnectionString;
        await using var one = new Application<ContextOne>(way, text);

        Assert.False(await one.UseAsync(context => context.Database.CanConnectAsync(Token)));
        Assert.True(await one.UseAsync(context => context.Database.EnsureCreatedAsync(Token)));
        await one.AddAsync("Ada", Token);
        Assert.Equal(["Ada"], await one.NamesAsync(Token));
        Assert.True(await one.UseAsync(context => context.Database.EnsureDeletedAsync(Token)));
        Assert.False(await one.UseAsync(context => context.Database.CanConnectAsync(Token)));
    }

    [Fact]
    public async Task Switched_off_it_does_nothing()
    {
        await using var database = await People.CreateAsync(Token);
        await using var context = new ContextOne(new DbContextOptionsBuilder<ContextOne>()
            .UseNpgsql(database.ConnectionString).AllowManyProviders().UseEfRoll(options => options with { Enabled = false }).Options);

        var failed = await Assert.ThrowsAsync<PostgresException>(() => context.People.ToListAsync(Token));
        Assert.Equal(PostgresErrorCodes.UndefinedColumn, failed.SqlState);
    }

    static int Save(ContextTwo context) => context.SaveChanges();
}
