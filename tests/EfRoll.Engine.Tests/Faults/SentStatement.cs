namespace EfRoll.Engine.Tests.Faults;

/// <summary>A statement as the proxy saw it.</summary>
/// <param name="Sql">Its text; empty for what is none.</param>
/// <param name="IsInTransaction">Whether a transaction was open.</param>
sealed record SentStatement(string Sql, bool IsInTransaction)
{
    // In the database, that is; of what it means for the session, the next one knows nothing.
    static readonly string[] WithoutEffect = ["SELECT", "WITH sessions", "SET", "RESET", "LOCK", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK"];

    /// <summary>Whether it notes that a step is done which had no transaction to be noted in.</summary>
    public bool IsLateNote => !IsInTransaction && Sql.Contains("INSERT INTO efroll.steps (rollout_id, step_id, started_at, finished_at)", StringComparison.Ordinal);

    /// <summary>Whether there may be something in the database after it that was not there before it.</summary>
    public bool MayWrite => Sql.Length > 0 && !Array.Exists(WithoutEffect, verb => WithoutComment(Sql).StartsWith(verb, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it takes long enough, or writes enough, that a server may refuse it: to begin a transaction or to take it back does not.</summary>
    public static bool MayBeRefused(string sql) => sql.Length > 0 && !sql.StartsWith("BEGIN", StringComparison.Ordinal) && !sql.StartsWith("ROLLBACK", StringComparison.Ordinal);

    static string WithoutComment(string sql) => string.Join('\n', sql.Split('\n').SkipWhile(line => line.StartsWith("--", StringComparison.Ordinal))).TrimStart();
}
