using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace EfRoll.Rehearsal.Generated;

/// <summary>Rehearses generated histories until one differs, which is made as small as it can be.</summary>
public static class GeneratedHistories
{
    static readonly Gen<int> Number = Gen.Choose(0, int.MaxValue - 1);

    static readonly Gen<GeneratedHistory> Any =
        from seed in Number
        from migrations in Gen.Choose(2, 5).SelectMany(count => Gen.Choose(2, 8).SelectMany(changes => Number.ArrayOf(changes)).ArrayOf(count))
        select new GeneratedHistory(seed, [.. migrations]);

    /// <summary>Runs some; throws with the smallest history that differs, by which it can be run again.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Where the generator begins.</param>
    /// <param name="goesOn">Whether it goes on after one that differs, and makes none smaller: for a first look at what there is.</param>
    /// <param name="say">Takes a line for each, and what was found in those that differ.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public static HistoriesResult Run(int count, int seed, bool goesOn, Action<string> say, CancellationToken cancellationToken) => Run(Any, count, seed, goesOn, say, cancellationToken);

    /// <summary>Makes one smaller for as long as it differs; throws with what is left.</summary>
    public static void Shrink(GeneratedHistory history, Action<string> say, CancellationToken cancellationToken) => Run(Gen.Constant(history), 1, 1, goesOn: false, say, cancellationToken);

    static HistoriesResult Run(Gen<GeneratedHistory> histories, int count, int seed, bool goesOn, Action<string> say, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var result = new HistoriesResult(seed);
        var config = Config.QuickThrowOnFailure.WithMaxTest(count).WithQuietOnSuccess(true).WithReplay(new FSharpOption<Replay>(new Replay(new Rnd((ulong)seed, 1), FSharpOption<int>.None)));
        Check.One(config, Prop.ForAll(Arb.From(histories, history => history.Smaller()), history =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var lines = new List<string>();
            // FsCheck asks for an answer; there is nobody on this thread who could be kept waiting.
            var report = RunAsync(history, lines.Add, cancellationToken).GetAwaiter().GetResult();
            result.Add(report);
            say($"{(report.IsGood ? "equal" : "different"),-9} {history}  ({report.Migrations} migrations, {report.Count(Verdict.Refused)} refused, {report.Count(Verdict.Skipped)} skipped, {clock.Elapsed.TotalSeconds:0} s)");
            if (!report.IsGood)
                lines.ForEach(say);
            return report.IsGood || goesOn;
        }));
        return result with { Elapsed = clock.Elapsed };
    }

    /// <summary>Runs one.</summary>
    public static Task<Report> RunAsync(GeneratedHistory history, Action<string> say, CancellationToken cancellationToken) =>
        new Rehearsal(history.ToHistory(), new RehearsalOptions { Seed = history.Seed, Rows = 4, Writes = 0.4 }, say).RunAsync(cancellationToken);
}
