namespace EfRoll.Engine;

/// <summary>What completing does while sessions of the old version are connected. It knows them by the mark that <c>UseEfRoll</c> puts into their names.</summary>
public enum OldSessions
{
    /// <summary>It fails, touches nothing, and says who they are.</summary>
    Refuse,

    /// <summary>It waits until the last of them has ended.</summary>
    Wait,

    /// <summary>It goes on: their statements will fail.</summary>
    Ignore,
}
