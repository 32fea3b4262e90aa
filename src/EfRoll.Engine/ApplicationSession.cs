namespace EfRoll.Engine;

/// <summary>On which version of an application a session is.</summary>
public enum SessionVersion
{
    /// <summary>The version that the open rollout ends, or one that lies between it and the new one.</summary>
    Old,

    /// <summary>The version that the open rollout brings; with none open, the one that the database is at.</summary>
    Current,

    /// <summary>A version that has nothing to do with the open rollout: a much older one, a later one, or another context's.</summary>
    Other,

    /// <summary>It does not say: the application does not use <c>UseEfRoll</c>, or something between it and the server took the name away.</summary>
    Unknown,
}

/// <summary>A session of an application.</summary>
/// <param name="ProcessId">The server's process.</param>
/// <param name="Application">Its <c>application_name</c>, without the mark of the version.</param>
/// <param name="Role">The role that it connected as.</param>
/// <param name="Version">On which version it is.</param>
/// <param name="Migration">The migration that this version ends with, where it is known.</param>
public sealed record ApplicationSession(int ProcessId, string Application, string Role, SessionVersion Version, string? Migration)
{
    /// <summary>Whether it is doing something, a transaction counted; null where the role may not see that.</summary>
    public bool? IsActive { get; init; }

    /// <summary>When it connected; null where the role may not see that.</summary>
    public DateTimeOffset? Since { get; init; }
}
