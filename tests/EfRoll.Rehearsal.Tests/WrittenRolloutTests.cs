using EfRoll.Rehearsal.Generated;

namespace EfRoll.Rehearsal.Tests;

/// <summary>Both versions write while a rollout is open, and what is lost, or changed for one of them only, is found.</summary>
public class WrittenRolloutTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("DELETE FROM \"Users\"")]
    [InlineData("UPDATE \"Users\" SET \"Name\" = 'other'")]
    public async Task What_is_lost_is_found(string? meddling)
    {
        var history = GeneratedHistory.Parse("1:1,2,3,4,5,6,7,8,9/11,12,13,14,15,16,17,18,19,20,21,22").ToHistory();
        await using var before = await EfDatabase.CreateAsync(history, Token);
        await EfDatabase.ApplyAsync(before, history.Script(0)!, Token);
        await new Seeder(1, 4).SeedAsync(before, "", SeedStyle.Tame, name => name.Contains("__EF", StringComparison.Ordinal), Token);
        await using var after = await before.CopyAsync(Token);
        await EfDatabase.ApplyAsync(after, history.Script(1)!, Token);

        var rollout = new WrittenRollout(new Rollout(history, 1, 1, before, before, after), 1, "public.\"__EFMigrationsHistory\"")
        {
            Meddle = database => meddling is null ? Task.CompletedTask : database.ExecuteAsync(meddling, Token),
        };
        var finding = await rollout.RunAsync(Token);

        TestContext.Current.TestOutputHelper!.WriteLine($"{finding}");
        Assert.Equal(meddling is null, finding is null);
    }
}
