using EfRoll.Soak.Run;

namespace EfRoll.Soak.Tests;

/// <summary>A sample of what <c>tests/soak.sh</c> does for as long as one likes; its seeds are fixed, and a seed that fails there can be put here.</summary>
public sealed class SoakRunTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nothing_is_lost_while_random_rollouts_go_forth_and_back_under_load(int seed)
    {
        await using var run = new SoakRun(new SoakOptions { Seed = seed, Rollouts = 2, Items = 60, Workers = 4, Overlap = 200, Tell = output.WriteLine });

        await run.RunAsync();

        output.WriteLine(run.Details);
        output.WriteLine(run.Summary);
        Assert.Empty(run.Tally.Findings);
        Assert.Equal(2, run.Completed + run.RolledBack);
        Assert.True(run.Tally.Writes > 200);
    }

    [Fact]
    public async Task Nothing_is_lost_while_the_tool_and_connections_are_killed()
    {
        await using var run = new SoakRun(new SoakOptions { Seed = 5, Rollouts = 1, Items = 60, Workers = 4, Overlap = 200, Kills = true, Tell = output.WriteLine });

        await run.RunAsync();

        output.WriteLine(run.Details);
        output.WriteLine(run.Summary);
        Assert.Empty(run.Tally.Findings);
        Assert.Equal(1, run.Completed + run.RolledBack);
    }
}
