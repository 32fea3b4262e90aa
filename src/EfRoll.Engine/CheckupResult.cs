namespace EfRoll.Engine;

/// <summary>How much something that is missing matters.</summary>
public enum CheckupSeverity
{
    /// <summary>Nothing is missing.</summary>
    Fine,

    /// <summary>Rollouts work, at some cost.</summary>
    Costly,

    /// <summary>Rollouts do not work.</summary>
    Broken,
}

/// <summary>One thing that rollouts need of the server or of the role, and whether it is there.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Severity">Whether it is there, and how much it matters if not.</param>
/// <param name="Detail">What was found, and what it costs if it is missing.</param>
/// <param name="Remedy">What to do about it; empty where nothing is missing.</param>
public sealed record CheckupResult(string Name, CheckupSeverity Severity, string Detail, string Remedy);
