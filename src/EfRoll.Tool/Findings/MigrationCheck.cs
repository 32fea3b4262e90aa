using System.Globalization;
using EfRoll.Engine;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Review;
using EfRoll.Tool.Sources;

namespace EfRoll.Tool.Findings;

/// <summary>Gathers what there is to say of migrations before anybody starts them: without a database, or of what is pending on one.</summary>
sealed class MigrationCheck(MigrationSource source, RolloutRequest request)
{
    readonly List<Finding> _findings = [];

    /// <summary>What is known from the migrations alone.</summary>
    /// <param name="from">The last migration that every database has; null for none.</param>
    public CheckReport WithoutDatabase(string? from)
    {
        var all = source.Manifest.Migrations;
        var migrations = all
            .Take(request.To is { } to ? PositionOf(to) + 1 : all.Count)
            .Skip(from is null ? 0 : PositionOf(source.Manifest.Find(from)) + 1).ToList();
        foreach (var migration in migrations)
        {
            Add(migration.Refusals, Severity.Error);
            Add(migration.DownRefusals, Severity.Note);
        }

        var ids = migrations.Select(migration => migration.Migration.Id).ToList();
        _findings.AddRange(HistoryReview.Of([.. all.Select(migration => migration.Migration)], ids.Contains));
        return Report(ids);
    }

    /// <summary>What is known of the migrations that a database lacks. Touches nothing.</summary>
    /// <exception cref="EfRollException">The database cannot be asked.</exception>
    public async Task<CheckReport> OnAsync(RollEngine engine, CancellationToken cancellationToken)
    {
        Plan? outline = null, plan = null;
        try
        {
            outline = await PendingOutline.ReadAsync(engine, request, cancellationToken).ConfigureAwait(false);
            if (outline is null || MayBePlanned(outline))
                plan = await engine.PlanAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (EfRollException exception) when (ExitCodes.Of(exception) == ExitCode.Failed)
        {
            _findings.Add(Finding.Of(exception, PlaceOf(outline)));
        }

        if (plan is not null)
            await DescribeAsync(engine, plan, cancellationToken).ConfigureAwait(false);
        return Report((plan ?? outline)?.Migrations ?? []);
    }

    // What cannot be translated cannot be planned either, but for an empty database, on which EF Core's own script runs.
    bool MayBePlanned(Plan outline)
    {
        var isFresh = PendingOutline.IsFresh(outline, request);
        var pending = outline.Migrations.Select(id => source.Manifest.Migrations.First(migration => migration.Migration.Id == id)).ToList();
        foreach (var migration in pending)
        {
            if (outline.BackTo is null)
                Add(migration.Refusals, isFresh ? Severity.Warning : Severity.Error);
            Add(migration.DownRefusals, outline.BackTo is null ? Severity.Note : Severity.Error);
        }

        return _findings.TrueForAll(finding => finding.Severity != Severity.Error);
    }

    async Task DescribeAsync(RollEngine engine, Plan plan, CancellationToken cancellationToken)
    {
        var place = PlaceOf(plan);
        // What it refuses, the plan has looked at with the database.
        if (plan.BackTo is null)
            _findings.AddRange(HistoryReview.Of([.. source.Manifest.Migrations.Select(migration => migration.Migration)], plan.Migrations.Contains).Where(finding => finding.Severity != Severity.Error));
        foreach (var step in plan.Expand.Concat(plan.Contract))
            _findings.AddRange(step.Hazards.Select(hazard => new Finding(Severity.Warning, ErrorCode.StepHazard, hazard, Remedy: null, step.Source ?? place)));
        _findings.AddRange(plan.Notes.Select(note => new Finding(Severity.Note, ErrorCode.PlanNote, note, Remedy: null, place)));
        foreach (var size in await engine.MeasureAsync(plan, cancellationToken).ConfigureAwait(false))
            _findings.Add(new Finding(Severity.Note, ErrorCode.TableSizes, Sentence(size), Remedy: null, place));
        foreach (var warning in await engine.ForewarnAsync(plan, cancellationToken).ConfigureAwait(false))
            _findings.Add(new Finding(Severity.Note, ErrorCode.InTheWay, $"{char.ToUpperInvariant(warning[0])}{warning[1..]}.", Remedy: null, place));
    }

    static string Sentence(TableSize size)
    {
        var work = new List<string>();
        if (size.IsFilled)
        {
            var wal = Megabytes(size.FillWalBytes);
            work.Add($"all of it is written once, {(size.FillTime is { } time ? $"which on a machine like that of docs/benchmarks.md takes one worker about {Rounded(time)} and {wal}" : $"with about {wal}")} of WAL");
        }

        if (size.IndexesBuilt > 0)
            work.Add($"it is read twice for each of {size.IndexesBuilt} new {(size.IndexesBuilt == 1 ? "index" : "indexes")}");
        if (size.ConstraintsValidated > 0)
            work.Add($"it is read once for each of {size.ConstraintsValidated} {(size.ConstraintsValidated == 1 ? "constraint" : "constraints")}");
        return string.Create(CultureInfo.InvariantCulture, $"{size.Table.Display} has {(size.Rows is { } rows ? string.Create(CultureInfo.InvariantCulture, $"about {rows:N0} rows") : "rows that ANALYZE has never counted,")} in {Megabytes(size.TableBytes)}, and {Megabytes(size.IndexBytes)} of indexes: {string.Join("; ", work)}.");
    }

    static string Rounded(TimeSpan time) => string.Create(CultureInfo.InvariantCulture,
        $"{(time.TotalHours >= 2 ? $"{time.TotalHours:N0} hours" : time.TotalMinutes >= 2 ? $"{time.TotalMinutes:N0} minutes" : $"{Math.Max(1, time.TotalSeconds):N0} s")}");

    static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, bytes / 1_000_000):N0} MB");

    // What a plan does as a whole is said of the migration to which it goes.
    static SourceLocation? PlaceOf(Plan? plan) => plan switch
    {
        { Migrations: [.., var last] } => new SourceLocation(last),
        { ViewsOf: { } current } => new SourceLocation(current),
        _ => null,
    };

    void Add(IEnumerable<Refusal> refusals, Severity severity) =>
        _findings.AddRange(refusals.Select(refusal => Finding.Of(ToolMistakes.Refused(refusal)) with { Severity = severity }));

    int PositionOf(string migration)
    {
        var ids = source.Manifest.Migrations.Select(candidate => candidate.Migration.Id).ToList();
        return ids.IndexOf(migration) is >= 0 and var position ? position : throw Failures.MigrationNotFound(migration, ids);
    }

    CheckReport Report(IReadOnlyList<string> migrations)
    {
        // Within a migration they stay as they were found: sorting is stable.
        var order = migrations.ToList();
        return new CheckReport(source.Manifest.Name, migrations,
            [.. _findings.OrderBy(finding => finding.Source is { } place && order.IndexOf(place.Migration) is >= 0 and var position ? position : int.MaxValue)]);
    }
}
