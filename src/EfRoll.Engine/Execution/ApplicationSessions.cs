using System.Text.RegularExpressions;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.Engine.State;
using EfRoll.Shared;

namespace EfRoll.Engine.Execution;

/// <summary>Who is connected, on which version: <c>UseEfRoll</c> puts a mark of it behind the <c>application_name</c>.</summary>
static partial class ApplicationSessions
{
    static readonly SqlText Query = EmbeddedSql.Read("ApplicationSessions.sql");

    /// <summary>The sessions of the database as an open rollout sees them.</summary>
    public static Task<EquatableList<ApplicationSession>> OfAsync(Session session, StoredRollout open, CancellationToken cancellationToken)
    {
        var target = open.Plan.TargetMigration;
        var old = open.Migrations.Append(open.BaseMigration).OfType<string>().Where(id => id != target).Distinct().Select(id => (id, SessionVersion.Old));
        return OfAsync(session, old.Append((target, SessionVersion.Current)), cancellationToken);
    }

    /// <summary>The sessions of the database, where no rollout is open.</summary>
    public static Task<EquatableList<ApplicationSession>> OfAsync(Session session, string? currentMigration, CancellationToken cancellationToken) =>
        OfAsync(session, currentMigration is null ? [] : [(currentMigration, SessionVersion.Current)], cancellationToken);

    /// <summary>Names them in a few words: how many of which application and role.</summary>
    public static string Summary(IEnumerable<ApplicationSession> sessions) => string.Join(", ", sessions
        .GroupBy(session => (session.Application, session.Role)).OrderByDescending(group => group.Count()).ThenBy(group => group.Key.Application, StringComparer.Ordinal)
        .Select(group => $"{group.Count()} of {(group.Key.Application.Length > 0 ? group.Key.Application : "an application without a name")} (role {group.Key.Role}, pid {string.Join(", ", group.Take(3).Select(session => session.ProcessId))}{(group.Count() > 3 ? ", …" : "")})"));

    static async Task<EquatableList<ApplicationSession>> OfAsync(Session session, IEnumerable<(string Migration, SessionVersion Version)> versions, CancellationToken cancellationToken)
    {
        var known = versions.ToDictionary(version => VersionSchema.MarkOf(version.Migration));
        var sessions = await session.QueryAsync(
            Query, [Session.ApplicationName],
            reader =>
            {
                var marked = Mark().Match(reader.GetString(2));
                var (migration, version) = !marked.Success ? (null, SessionVersion.Unknown)
                    : known.TryGetValue(marked.Groups["mark"].Value, out var found) ? found : (null, SessionVersion.Other);
                return new ApplicationSession(reader.GetInt32(0), marked.Success ? reader.GetString(2)[..marked.Index] : reader.GetString(2), reader.GetString(1), version, migration)
                {
                    IsActive = reader.IsDBNull(3) ? null : reader.GetString(3) != "idle",
                    Since = reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
                };
            },
            cancellationToken).ConfigureAwait(false);
        return sessions.ToEquatableList();
    }

    [GeneratedRegex(@"(^| )efroll:(?<mark>[0-9a-f]+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Mark();
}
