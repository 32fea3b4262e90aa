using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Sessions;

/// <summary>How sessions are told to people, wherever they are.</summary>
static class OtherSessions
{
    static readonly SqlText Sessions = EmbeddedSql.Read("OtherSessions.sql");

    /// <summary>
    /// A query of ours over <c>sessions</c>: <c>pg_stat_activity</c> and two columns more, <c>who</c> (process, application, role) and
    /// <c>description</c> (the same, and what it does).
    /// </summary>
    public static SqlText Read(string fileName) => $"WITH sessions AS (\n{Sessions}) (\n{EmbeddedSql.Read(fileName)})";
}
