using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using Npgsql;

namespace EfRoll.Engine.Sessions;

/// <summary>Finds out who is in the way.</summary>
static class Blockers
{
    static readonly SqlText OfRelations = OtherSessions.Read("Blockers.OfRelations.sql");
    static readonly SqlText OfSession = OtherSessions.Read("Blockers.OfSession.sql");
    static readonly SqlText OfEngineLock = OtherSessions.Read("Blockers.OfEngineLock.sql");

    /// <summary>Who holds a lock on one of these relations that does not go together with ours; without any, whose tables cannot be read.</summary>
    public static Task<List<Blocker>> OfAsync(Session session, IReadOnlyList<RelationLock> locks, CancellationToken cancellationToken) =>
        OfAsync(session, [.. locks.Select(wanted => (wanted.Relation, wanted.Mode.ToString()))], cancellationToken);

    /// <summary>Who may have rows of a table locked: one sentence each.</summary>
    public static async Task<List<string>> OfRowsAsync(Session session, QualifiedName table, CancellationToken cancellationToken) =>
        [.. (await OfAsync(session, [(table, "Rows")], cancellationToken).ConfigureAwait(false)).Select(blocker => blocker.Description)];

    /// <summary>Who keeps a session waiting.</summary>
    public static Task<List<Blocker>> OfAsync(Session session, int waiting, CancellationToken cancellationToken) =>
        session.QueryAsync(OfSession, [waiting], Read, cancellationToken);

    /// <summary>Who holds an advisory lock.</summary>
    public static Task<List<string>> OfAsync(Session session, long key, CancellationToken cancellationToken) =>
        session.QueryAsync(OfEngineLock, [(int)(key >> 32), (int)(key & uint.MaxValue)], reader => reader.GetString(0), cancellationToken);

    static Blocker Read(NpgsqlDataReader reader) => new(reader.GetInt32(0), reader.GetString(1));

    static Task<List<Blocker>> OfAsync(Session session, IReadOnlyList<(QualifiedName Relation, string Mode)> wanted, CancellationToken cancellationToken) =>
        session.QueryAsync(
            OfRelations,
            [
                wanted.Select(one => one.Relation.Schema.Value).ToArray(),
                wanted.Select(one => one.Relation.Name.Value).ToArray(),
                wanted.Select(one => one.Mode).ToArray(),
            ],
            Read,
            cancellationToken);
}
