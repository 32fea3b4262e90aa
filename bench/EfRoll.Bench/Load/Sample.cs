namespace EfRoll.Bench.Load;

/// <summary>One thing that a client did.</summary>
/// <param name="Due">When it was to be done, in seconds since the load began.</param>
/// <param name="Sent">When its statement was sent.</param>
/// <param name="Done">When it was answered.</param>
/// <param name="IsNew">Whether by the new version.</param>
/// <param name="Failure">What went wrong; null if nothing did.</param>
readonly record struct Sample(double Due, double Sent, double Done, bool IsNew, string? Failure)
{
    /// <summary>How long whoever wanted it had to wait, in milliseconds: also for a client to be free.</summary>
    public double Latency => 1000 * (Done - Due);

    /// <summary>How long the statement itself took, in milliseconds.</summary>
    public double Statement => 1000 * (Done - Sent);
}
