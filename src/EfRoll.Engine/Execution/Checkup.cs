using System.Globalization;
using EfRoll.Engine.Catalog;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Execution;

/// <summary>Looks at what rollouts need of the server and of the role, and says what is missing and what it costs. Leaves nothing behind.</summary>
sealed class Checkup(Session session)
{
    const int TablesShown = 5;

    static readonly SqlText Query = EmbeddedSql.Read("Checkup.sql");

    public async Task<List<CheckupResult>> RunAsync(CancellationToken cancellationToken)
    {
        var found = (await session.QueryAsync(Query, [session.BaseSchema.Value], row => new
        {
            Version = row.GetString(0),
            MayCreateSchemas = row.GetBoolean(1),
            MayCreate = row.GetBoolean(2),
            MayAnybodyCreate = row.GetBoolean(3),
            Foreign = row.GetFieldValue<string[]>(4),
            SeesOthers = row.GetBoolean(5),
            MaySignal = row.GetBoolean(6),
            ApplicationName = row.GetString(7),
            Locks = row.GetInt64(8),
            Relations = row.GetInt64(9),
            IsSuperuser = row.GetBoolean(10),
            HasState = row.GetBoolean(11),
        }, cancellationToken).ConfigureAwait(false)).Single();
        var maySilence = false;
        await session.InPassingAsync(async () => maySilence = await TriggerSilence.IsPermittedAsync(session, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var processes = new HashSet<int>();
        for (var time = 0; time < 3; time++)
            processes.Add(await session.ScalarAsync<int>($"SELECT pg_catalog.pg_backend_pid()", [], cancellationToken).ConfigureAwait(false));

        var schema = session.BaseSchema.Value;
        var shown = string.Join(", ", found.Foreign.Take(TablesShown)) + (found.Foreign.Length > TablesShown ? ", …" : "");
        return
        [
            Broken("server", true, $"PostgreSQL {found.Version}", "", ""),
            Broken("connection", processes.Count == 1, "one session of the server's own",
                "each statement goes to another session, as behind a pooler in transaction mode: locks and settings of a session do not hold", "Connect the tool to the server itself, or to the pooler's session mode."),
            Costly("application_name", found.ApplicationName == Session.ApplicationName, "reaches the server",
                "does not reach the server: it cannot be told which sessions are the tool's, and which application runs which version", "Let the pooler pass application_name on."),
            Broken("state", found.HasState, "schema efroll may be used, or is not there yet", "schema efroll belongs to another role", "Connect as the role that made it, or grant the rights on it."),
            Broken("schemas", found.MayCreateSchemas, "may be made in this database", "may not be made in this database: neither the state nor a version's views have a place", "GRANT CREATE ON DATABASE, as 'init --print-roles' writes it."),
            Broken("new tables", found.MayCreate, $"may be made in {schema}", $"may not be made in {schema}, nor indexes", $"GRANT CREATE ON SCHEMA to the role, or make it a member of the schema's owner."),
            Broken("ownership", found.Foreign.Length == 0, $"of all tables in {schema}",
                string.Create(CultureInfo.InvariantCulture, $"missing for {found.Foreign.Length} tables in {schema}, which cannot be changed: {shown}"), "Make the role a member of the role that owns them."),
            Costly("users' triggers", maySilence, "may be kept silent while rows are filled",
                "may not be kept silent: a backfill fires them for each row, an audit or an updated_at among them", "From 15 on: GRANT SET ON PARAMETER session_replication_role; managed servers have roles of their own for it."),
            Costly("other sessions", found.SeesOthers, "are seen: who blocks, who runs which version, how far replicas are behind",
                "are not seen in full: blockers have no query, replica lag does not brake a backfill", "GRANT pg_read_all_stats (or pg_monitor)."),
            Costly("blockers", found.MaySignal, "may be cancelled", "may not be cancelled: --cancel-blockers does nothing about other roles' sessions", "GRANT pg_signal_backend, if you want that."),
            Costly("locks", found.Relations < found.Locks, "have room in the server's lock table",
                string.Create(CultureInfo.InvariantCulture, $"may not have room: {found.Relations} tables and indexes in {schema}, {found.Locks} places in all"), "Raise max_locks_per_transaction if rollouts touch many partitions at once."),
            Costly("who may plant", !found.MayAnybodyCreate, $"a function or an operator in {schema}: its owner and those it trusts",
                $"everybody who may connect can make functions and operators in {schema}, where migrations' expressions look for theirs", $"REVOKE CREATE ON SCHEMA {session.BaseSchema} FROM PUBLIC."),
            Costly("rights", !found.IsSuperuser, "are no more than needed: no superuser", "are a superuser's, which no command needs", "Connect as a role such as 'init --print-roles' makes."),
        ];
    }

    static CheckupResult Broken(string name, bool isFine, string fine, string missing, string remedy) => Result(CheckupSeverity.Broken, name, isFine, fine, missing, remedy);

    static CheckupResult Costly(string name, bool isFine, string fine, string missing, string remedy) => Result(CheckupSeverity.Costly, name, isFine, fine, missing, remedy);

    static CheckupResult Result(CheckupSeverity severity, string name, bool isFine, string fine, string missing, string remedy) =>
        isFine ? new CheckupResult(name, CheckupSeverity.Fine, fine, "") : new CheckupResult(name, severity, missing, remedy);
}
