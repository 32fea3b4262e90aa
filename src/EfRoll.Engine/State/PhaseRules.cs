namespace EfRoll.Engine.State;

/// <summary>Which phase may follow which, and how the state schema writes them.</summary>
static class PhaseRules
{
    /// <summary>Whether a rollout may go from one phase to the other.</summary>
    public static bool MayBecome(this Phase from, Phase to) => (from, to) switch
    {
        (Phase.Expanding, Phase.Expanded or Phase.RolledBack) => true,
        (Phase.Expanded, Phase.Contracting or Phase.RolledBack) => true,
        // Back as long as nothing of the old version is gone; whether that is so, the journal says.
        (Phase.Contracting, Phase.Completed or Phase.Expanded) => true,
        _ => false,
    };

    /// <summary>Whether a rollout in this phase is still to be ended.</summary>
    public static bool IsOpen(this Phase phase) => phase is Phase.Expanding or Phase.Expanded or Phase.Contracting;

    public static string ToText(this Phase phase) => phase switch
    {
        Phase.Expanding => "expanding",
        Phase.Expanded => "expanded",
        Phase.Contracting => "contracting",
        Phase.Completed => "completed",
        Phase.RolledBack => "rolled_back",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
    };

    public static Phase FromText(string text) => text switch
    {
        "expanding" => Phase.Expanding,
        "expanded" => Phase.Expanded,
        "contracting" => Phase.Contracting,
        "completed" => Phase.Completed,
        "rolled_back" => Phase.RolledBack,
        _ => throw new ArgumentOutOfRangeException(nameof(text), text, null),
    };
}
