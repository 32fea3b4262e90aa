namespace EfRoll.Engine.Sessions;

/// <summary>A session that is in the way.</summary>
/// <param name="ProcessId">The server's process.</param>
/// <param name="Description">Who it is and what it does, for people.</param>
sealed record Blocker(int ProcessId, string Description);
