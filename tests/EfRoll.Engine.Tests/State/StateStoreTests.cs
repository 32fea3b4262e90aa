using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.State;
using EfRoll.Engine.Tests.Sessions;
using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Engine.Tests.State;

public sealed class StateStoreTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_rollouts_cannot_be_open()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await using var work = await Work.BeginAsync(database, Cancelled);

        var error = await Assert.ThrowsAsync<PostgresException>(
            () => work.Store.AddAsync(new Plan { Migrations = ["2_b"], VersionSchemas = [], Expand = [], Contract = [] }, [], Phase.Expanding, null, Cancelled));

        Assert.Equal("rollouts_open", error.ConstraintName);
    }

    [Fact]
    public async Task A_rollout_cannot_skip_a_phase()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await using var work = await Work.BeginAsync(database, Cancelled);

        await Assert.ThrowsAsync<InvalidOperationException>(() => work.Store.MoveAsync(work.Rollout, Phase.Contracting, Cancelled));
        var expanded = await work.Store.MoveAsync(work.Rollout, Phase.Expanded, Cancelled);
        // Somebody who still believes that it is expanding cannot move it.
        await Assert.ThrowsAsync<InvalidOperationException>(() => work.Store.MoveAsync(work.Rollout, Phase.RolledBack, Cancelled));
        Assert.Equal(Phase.Expanded, expanded.Phase);
    }

    [Fact]
    public async Task State_of_a_later_version_is_refused()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);
        var store = new StateStore(session);
        Assert.False(await store.ExistsAsync(Cancelled));
        await store.EnsureAsync(Cancelled);
        Assert.True(await store.ExistsAsync(Cancelled));
        await database.ExecuteAsync("UPDATE efroll.meta SET version = 99", Cancelled);

        Assert.Equal(ErrorCode.StateIsNewer, (await Assert.ThrowsAsync<EfRollException>(() => store.EnsureAsync(Cancelled))).Code);
        Assert.Equal(ErrorCode.StateIsNewer, (await Assert.ThrowsAsync<EfRollException>(() => store.ExistsAsync(Cancelled))).Code);
    }

    [Fact]
    public async Task State_of_an_earlier_version_is_brought_up_to_date_with_all_that_it_holds()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await using (await Work.BeginAsync(database, Cancelled))
        {
            // Now an earlier version has a rollout open.
        }

        await using var session = await Session.OpenAsync(database.DataSource, null, Cancelled);
        var next = StateStore.AllUpgrades[^1].Version + 1;
        var later = new StateStore(session) { Upgrades = [.. StateStore.AllUpgrades, (next, $"ALTER TABLE efroll.rollouts ADD COLUMN note text DEFAULT 'made'")] };

        // Who only looks changes nothing.
        Assert.Equal(ErrorCode.StateIsOlder, (await Assert.ThrowsAsync<EfRollException>(() => later.ExistsAsync(Cancelled))).Code);
        await later.EnsureAsync(Cancelled);
        await later.EnsureAsync(Cancelled);

        Assert.True(await later.ExistsAsync(Cancelled));
        Assert.Equal(["1_Made_by_hand"], (await later.FindOpenAsync(Cancelled))?.Migrations);
        Assert.Equal($"{next} made", await database.ScalarAsync<string>("SELECT version || ' ' || note FROM efroll.meta, efroll.rollouts", Cancelled));
        Assert.Equal(ErrorCode.StateIsNewer, (await Assert.ThrowsAsync<EfRollException>(() => new StateStore(session).EnsureAsync(Cancelled))).Code);
    }

    [Theory]
    [InlineData("[{\"kind\": \"of_later_versions\", \"Id\": \"1\"}]")]
    [InlineData("[{\"kind\": \"transaction\", \"Id\": \"1\", \"Title\": \"t\", \"Locks\": [], \"Statements\": [], \"Undo\": [], \"OfLaterVersions\": true}]")]
    public async Task A_rollout_with_steps_of_a_later_version_is_refused_while_it_is_open(string steps)
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        await using (await Work.BeginAsync(database, Cancelled))
        {
            // A later version has it open.
        }

        await database.ExecuteAsync($"UPDATE efroll.rollouts SET tool_version = '77.1', plan = jsonb_set(plan, '{{Expand}}', '{steps}')", Cancelled);
        var engine = new RollEngine(database.DataSource, new RollOptions());

        foreach (var command in new Func<Task>[] { () => engine.ContractAsync(Cancelled), () => engine.RollbackAsync(Cancelled), () => engine.ExpandAsync(new RolloutRequest([]), Cancelled) })
        {
            var error = await Assert.ThrowsAsync<EfRollException>(command);
            Assert.Equal(ErrorCode.RolloutNotUnderstood, error.Code);
            Assert.Contains("begun by EfRoll 77.1", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_role_without_rights_is_told_what_to_do()
    {
        await using var database = await TestDatabase.CreateAsync(Cancelled);
        var role = $"r_{database.Name}";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'p'", Cancelled);
        try
        {
            await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "p" }.ConnectionString);
            var engine = new RollEngine(source, new RollOptions());

            Assert.Equal(ErrorCode.StateNotPermitted, (await Assert.ThrowsAsync<EfRollException>(() => engine.InitializeAsync(Cancelled))).Code);
            // Planning needs no such right.
            Assert.Null(await engine.PlanAsync(new RolloutRequest([]), Cancelled));
        }
        finally
        {
            await database.ExecuteAsync($"DROP ROLE {role}", CancellationToken.None);
        }
    }
}
