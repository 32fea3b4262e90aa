using EfRoll.Engine;
using EfRoll.TestSupport;

namespace EfRoll.Bench.Backfill;

/// <summary>A rollout's start; of it, the step that fills existing rows.</summary>
sealed class EfRollWay(string name, RollOptions options) : IWay
{
    public string Name => name;

    public Task RunAsync(TestDatabase database, Meter meter, CancellationToken cancellationToken) =>
        new RollEngine(database.DataSource, options, new BackfillStep(meter)).ExpandAsync(ReferenceChange.Request, cancellationToken);

    /// <summary>Measures the step in which a backfill tells of itself.</summary>
    sealed class BackfillStep(Meter meter) : IProgress<RollProgress>
    {
        bool _isBackfill;

        public void Report(RollProgress value)
        {
            switch (value)
            {
                case StepProgress { State: StepState.Started }:
                    meter.Begin();
                    break;
                case BackfillProgress:
                    _isBackfill = true;
                    break;
                case StepProgress { State: StepState.Done } when _isBackfill:
                    meter.End();
                    _isBackfill = false;
                    break;
            }
        }
    }
}
