using EfRoll.Engine;
using EfRoll.Engine.Planning;
using EfRoll.Tool.Output;
using EfRoll.Tool.Sources;
using McMaster.Extensions.CommandLineUtils;

namespace EfRoll.Tool.Commands;

/// <summary>What is rolled out, and how the new version sees it: the options of <c>start</c> and <c>plan</c>.</summary>
sealed class RolloutOptions(CommandLineApplication command)
{
    readonly CommandOption _to = command.Option("--to <MIGRATION>", "The migration to go to, forward or back, with or without its timestamp. Default: the last one.", CommandOptionType.SingleValue);

    readonly CommandOption _views = command.Option("--views <POLICY>",
        "Which tables the new version sees through views: changed, or all, which stay after complete. Default: all for applications with Binding = Qualified, for databases that have them already, and for files, as pgroll does; else changed.", CommandOptionType.SingleValue);

    readonly CommandOption _accepted = command.Option("--accept-edited <MIGRATION>",
        "An applied migration that may do something else now than when it was applied; 'start' keeps that. May be given several times; all for all of them.", CommandOptionType.MultipleValue);

    public WantedRollout Read() => new(_to.HasValue() ? _to.Value() : null, Views, [.. _accepted.Values.OfType<string>()]);

    /// <summary>Refuses what cannot be translated, before anything is touched; migrations that were applied long ago do not matter.</summary>
    public static async Task RefuseUntranslatedAsync(
        RollEngine engine, MigrationSource source, RolloutRequest request, Reporter reporter, CancellationToken cancellationToken)
    {
        if (source.Manifest.Migrations.All(migration => migration is { Refusals.Count: 0, DownRefusals.Count: 0 }))
            return;

        var outline = await PendingOutline.ReadAsync(engine, request, cancellationToken).ConfigureAwait(false);

        // On an empty database EF Core's own script runs, which needs no translation.
        if (outline is null || PendingOutline.IsFresh(outline, request))
            return;
        foreach (var id in outline.Migrations)
        {
            var refusals = source.Refusals(id, isBack: outline.BackTo is not null);
            foreach (var refusal in refusals)
                reporter.Error(refusal);
            if (refusals.Count > 0)
                throw ToolMistakes.MigrationNotTranslated(id, refusals.Count);
        }
    }

    ViewPolicy? Views => !_views.HasValue() ? null : _views.Value() switch
    {
        "all" => ViewPolicy.All,
        "changed" => ViewPolicy.Changed,
        var other => throw ToolMistakes.InvalidArgument("--views", other!, "all or changed"),
    };
}
