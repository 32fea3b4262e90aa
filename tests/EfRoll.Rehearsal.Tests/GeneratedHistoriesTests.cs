using System.Globalization;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Rehearsal.Generated;
using EfRoll.TestSupport;

namespace EfRoll.Rehearsal.Tests;

/// <summary>Histories that nobody wrote end as EF Core ends them; <c>./test.sh --histories 200</c> tries more of them.</summary>
public class GeneratedHistoriesTests
{
    const int Seed = 20261121;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Generated_histories_are_what_EF_Core_makes()
    {
        await PostgresServer.GetAsync();
        var output = TestContext.Current.TestOutputHelper!;
        var count = Environment.GetEnvironmentVariable("EFROLL_HISTORIES") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 10;

        // The runner asks for answers one by one, and blocks its thread for them.
        var result = await Task.Run(() => GeneratedHistories.Run(count, Seed, goesOn: false, output.WriteLine, Token), Token);

        output.WriteLine(result.ToString());
        Assert.True(result.Count(Verdict.Equal) > count);
    }

    // The oracle itself: what is left out of the operations must be seen.
    [Theory]
    [InlineData(nameof(AlterColumn))]
    [InlineData(nameof(CreateIndex))]
    public async Task What_differs_is_found(string left)
    {
        await PostgresServer.GetAsync();
        var history = GeneratedHistory.Parse("1:1,2,3,4,5,6,7,8,9/11,12,13,14,15,16,17,18,19,20,21,22").ToHistory();
        var leftOut = history.Operations(1).First(operation => operation.GetType().Name == left);
        var migrations = history.Manifest.Migrations.ToList();
        migrations[1] = migrations[1] with { Migration = migrations[1].Migration with { Operations = migrations[1].Migration.Operations.Where(operation => operation != leftOut).ToEquatableList() } };
        var tampered = history with { Manifest = history.Manifest with { Migrations = migrations.ToEquatableList() } };

        var report = await new Rehearsal(tampered, new RehearsalOptions(), TestContext.Current.TestOutputHelper!.WriteLine).RunAsync(Token);

        Assert.False(report.IsGood);
    }

    [Fact]
    public void A_history_is_the_same_each_time_it_is_made_of_its_numbers()
    {
        var history = new GeneratedHistory(5, [[1, 2, 3, 4], [5, 6, 7]]);
        var again = GeneratedHistory.Parse(history.ToString());

        Assert.Equal(history.ToString(), again.ToString());
        Assert.Equal(history.ToHistory().Manifest, again.ToHistory().Manifest);
    }
}
