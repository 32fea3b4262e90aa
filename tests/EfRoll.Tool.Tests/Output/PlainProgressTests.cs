using EfRoll.Engine;
using EfRoll.Tool.Output;

namespace EfRoll.Tool.Tests.Output;

public class PlainProgressTests
{
    [Fact]
    public void Steps_are_one_line_each_and_a_backfill_speaks_every_few_seconds()
    {
        var lines = new List<string>();
        var clock = new Clock();
        var progress = new PlainProgress(lines.Add, clock);

        progress.Report(new StepProgress(1, 12, "Prepare users", StepState.Skipped));
        progress.Report(new StepProgress(2, 12, "Backfill users", StepState.Started));
        for (var i = 0; i <= 40; i++)
        {
            progress.Report(new BackfillProgress("public.users", i * 10, 400, i * 2500, TimeSpan.FromSeconds(i * 0.1))
            {
                RowsPerSecond = i == 0 ? 0 : 25_000,
                Remaining = i == 0 ? null : TimeSpan.FromSeconds(4 - i * 0.1),
                HeldBy = i < 30 ? [] : ["a replica is 12.0 s behind, more than 10 s"],
            });
            clock.Now += TimeSpan.FromSeconds(0.1);
        }

        progress.Report(new StepProgress(2, 12, "Backfill users", StepState.Done) { Elapsed = TimeSpan.FromSeconds(4.1) });

        Assert.Equal(
            [
                "[ 1/12] Prepare users (done before)",
                "        public.users: 0 % of pages, 0 rows, 0 rows/s",
                "        public.users: 75 % of pages, 75,000 rows, 25,000 rows/s, 1 s left; held: a replica is 12.0 s behind, more than 10 s",
                "[ 2/12] Backfill users (4.10 s)",
            ],
            lines);
    }

    [Fact]
    public void A_lock_that_is_waited_for_is_named_now_and_then()
    {
        var lines = new List<string>();
        var progress = new PlainProgress(lines.Add, new Clock());
        for (var attempt = 1; attempt <= 40; attempt++)
            progress.Report(new LockProgress("Swap columns", attempt, ["pid 7 (app), for 3 s: SELECT 1"]));

        Assert.Equal(2, lines.Count);
        Assert.Equal("        waiting for a lock: Swap columns; in the way: pid 7 (app), for 3 s: SELECT 1", lines[0]);
    }

    sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
