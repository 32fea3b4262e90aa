using EfRoll.Bench.Backfill;
using EfRoll.Engine;
using EfRoll.TestSupport;

namespace EfRoll.Bench.Load;

/// <summary>What writes cost while a rollout is open: how many a second, through either version, against the same table without one.</summary>
sealed class ThroughputPart : IPart
{
    const int Clients = 4;

    // Many short slices of each: what else the machine does then hits them alike.
    const int SlicesOfARun = 3;

    static readonly IReadOnlyList<(Deed Deed, string Ratio)> Measured =
        [(Deed.UpdateOther, "unrelated_update_tps"), (Deed.UpdateChanged, "changed_column_update_tps"), (Deed.Insert, "insert_tps")];

    public string Name => "tps";

    public async Task RunAsync(BenchOptions options, Findings findings, CancellationToken cancellationToken)
    {
        var rows = BackfillPart.Reference.Rows(options);
        await using var open = await BackfillPart.Reference.CreateAsync(rows, cancellationToken);
        await new RollEngine(open.DataSource, new RollOptions()).ExpandAsync(ReferenceChange.Request, cancellationToken);

        // A backfill leaves room in the pages, where later updates are cheaper: so the table without a rollout is one that had it, and gave it back.
        await using var bare = await open.CopyAsync(cancellationToken);
        await new RollEngine(bare.DataSource, new RollOptions()).RollbackAsync(cancellationToken);
        await open.ExecuteAsync("VACUUM ANALYZE users", cancellationToken);
        await bare.ExecuteAsync("VACUUM ANALYZE users", cancellationToken);
        await bare.ExecuteAsync("CHECKPOINT", cancellationToken);

        foreach (var wait in new[] { true, false })
        {
            await using var none = await GatherAsync(bare, null);
            await using var oldVersion = await GatherAsync(open, null);
            await using var newVersion = await GatherAsync(open, ReferenceChange.NewSearchPath);
            var table = new TextTable("statement", "without a rollout, 1/s", "old version", "share", "new version", "share");
            foreach (var (deed, ratio) in Measured)
            {
                var slices = new List<(double None, double Old, double New)>();
                while (slices.Count < SlicesOfARun * options.Runs)
                    slices.Add((await MeasureAsync(none, deed), await MeasureAsync(oldVersion, deed), await MeasureAsync(newVersion, deed)));
                var (old, @new) = (slices.Select(slice => slice.Old / slice.None), slices.Select(slice => slice.New / slice.None));
                table.Add(deed.Name, slices.Select(slice => slice.None).Median(), slices.Select(slice => slice.Old).Median(), old.Median(), slices.Select(slice => slice.New).Median(), @new.Median());
                findings.Tell(wait ? ratio : $"{ratio}_without_flush", old);
                findings.Tell(wait ? $"{ratio}_new_version" : $"{ratio}_new_version_without_flush", @new);
            }

            findings.Tell($"{rows:#,0} rows, {Clients} clients, {(wait ? "each commit waits for the disk" : "`synchronous_commit = off`, so that the disk hides nothing")}\n\n{table}");

            Task<Crowd> GatherAsync(TestDatabase database, string? searchPath) =>
                Crowd.GatherAsync(wait ? database.ConnectionString : $"{database.ConnectionString};Options=-c synchronous_commit=off", searchPath, Clients, rows, cancellationToken);
        }

        Task<double> MeasureAsync(Crowd crowd, Deed deed) => crowd.RunAsync([deed], options.Slice / SlicesOfARun, cancellationToken);
    }
}
