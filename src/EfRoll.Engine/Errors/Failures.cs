using System.Globalization;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Errors;

/// <summary>One method for each thing that goes wrong while a rollout runs: what it was, and how to go on.</summary>
public static class Failures
{
    // More of a kind are counted, not named.
    const int Named = 5;
    const string ResumeOrRollBack = "Run the same command again to go on from here, or roll back.";

    /// <summary>There is no server, or it does not answer.</summary>
    public static EfRollException CannotConnect(string target, string reason, Exception cause) =>
        new(ErrorCode.CannotConnect, $"Cannot connect to {target}: {reason}", "Check host, port and network, and that the server runs.", cause: cause);

    /// <summary>The server does not let the role in.</summary>
    public static EfRollException AuthenticationFailed(string target, string reason, Exception cause) =>
        new(ErrorCode.AuthenticationFailed, $"{target} refuses the login: {reason}", "Check the user name, the password and pg_hba.conf.", cause: cause);

    /// <summary>There is no such database.</summary>
    public static EfRollException DatabaseNotFound(string target, string reason, Exception cause) =>
        new(ErrorCode.DatabaseNotFound, $"{target}: {reason}", "Check the database's name, or create the database first.", cause: cause);

    /// <summary>The server is older than what is supported.</summary>
    public static EfRollException ServerTooOld(string version) =>
        new(ErrorCode.ServerTooOld, $"The server is PostgreSQL {version}; EfRoll needs 14.4 or later.", "Upgrade the server: before 14, it lacks what EfRoll uses; 14.0 to 14.3 may break indexes that are built concurrently.");

    /// <summary>The connection broke.</summary>
    public static EfRollException ConnectionLost(string reason, Exception cause) =>
        new(ErrorCode.ConnectionLost, $"The connection to the server was lost: {reason}", ResumeOrRollBack, cause: cause);

    /// <summary>No schema of the search path exists.</summary>
    public static EfRollException NoBaseSchema(string? name) =>
        new(ErrorCode.NoBaseSchema, name is null ? "None of the schemas on the connection's search_path exists." : $"There is no schema {name}.",
            "Create the schema, or name another base schema.");

    /// <summary>PostgreSQL refuses something that is not a step.</summary>
    public static EfRollException ServerRefused(string serverMessage, Exception cause) =>
        new(ErrorCode.ServerRefused, $"The server refuses: {serverMessage}", "Check the rights of the connection's role.", cause: cause);

    /// <summary>A later version of the tool wrote the state.</summary>
    public static EfRollException StateIsNewer(int found, int known) =>
        new(ErrorCode.StateIsNewer, string.Create(CultureInfo.InvariantCulture, $"The state schema efroll has version {found}; this EfRoll knows {known}."),
            "Use the version of EfRoll that was last used on this database, or a later one.");

    /// <summary>An earlier version of the tool wrote the state, and this command does not change it.</summary>
    public static EfRollException StateIsOlder(int found, int known) =>
        new(ErrorCode.StateIsOlder, string.Create(CultureInfo.InvariantCulture, $"The state schema efroll has version {found}; this EfRoll needs {known}."),
            "Run 'init' with this version of EfRoll, which brings it up to date.");

    /// <summary>Another version of the tool began the open rollout, and did so in a way that this one does not know.</summary>
    public static EfRollException RolloutNotUnderstood(IEnumerable<string> migrations, string toolVersion, string known, Exception cause) =>
        new(ErrorCode.RolloutNotUnderstood, $"The rollout of {string.Join(", ", migrations)} was begun by EfRoll {toolVersion}; EfRoll {known} does not know all of its steps.",
            $"Go on with EfRoll {toolVersion}.", cause: cause);

    /// <summary>The role may not make the state schema.</summary>
    public static EfRollException StateNotPermitted(string serverMessage, Exception cause) =>
        new(ErrorCode.StateNotPermitted, $"The state schema efroll cannot be used: {serverMessage}",
            "Connect as the role that made it, or let the owner of the database run 'init' once and grant the rights on schema efroll.", cause: cause);

    /// <summary>Another rollout is open.</summary>
    public static EfRollException OtherRolloutOpen(IEnumerable<string> open) =>
        new(ErrorCode.OtherRolloutOpen, $"A rollout of other migrations is open: {string.Join(", ", open)}.", "Complete it or roll it back first; 'status' shows it.");

    /// <summary>The migrations were changed after their rollout began.</summary>
    public static EfRollException OpenRolloutChanged(IEnumerable<string> open, IReadOnlyList<Migration> changed) =>
        new(ErrorCode.OpenRolloutChanged, $"The rollout of {string.Join(", ", open)} is open, but {string.Join(", ", changed.Select(migration => migration.Id))} "
                + $"{(changed.Count == 1 ? "has" : "have")} changed since it began.",
            "Roll back and start again, or go on with the migrations as they were.", changed[0].Place);

    /// <summary>There is nothing to complete or to roll back.</summary>
    public static EfRollException NoOpenRollout() => new(ErrorCode.NoOpenRollout, "No rollout is open.", "Begin one with 'start'.");

    /// <summary>There is nothing to complete or to roll back any more.</summary>
    public static EfRollException NoOpenRollout(string last, bool isCompleted) => isCompleted
        ? new(ErrorCode.NoOpenRollout, $"No rollout is open; {last} is complete already.", "Begin one with 'start'. What is complete, 'start --to' an earlier migration takes back, or a new migration.")
        : new(ErrorCode.NoOpenRollout, $"No rollout is open; {last} is rolled back already.", "Begin one with 'start'.");

    /// <summary>The rollout is not so far yet.</summary>
    public static EfRollException NotExpandedYet(IEnumerable<string> open) =>
        new(ErrorCode.NotExpandedYet, $"The rollout of {string.Join(", ", open)} has not finished 'start' yet.", "Run 'start' again to finish it, or roll back.");

    /// <summary>Applications are at work that completing would break.</summary>
    public static EfRollException OldVersionConnected(string sessions) =>
        new(ErrorCode.OldVersionConnected, $"The old version is still connected: {sessions}.",
            "Stop it first, or let 'complete --wait' wait for its last session; 'complete --force' goes on, and its statements fail.");

    /// <summary>Somebody has changed what the rollout is about to change.</summary>
    public static EfRollException Drifted(IEnumerable<string> drift) =>
        new(ErrorCode.Drifted, $"Since 'start', others have changed tables of the rollout: {string.Join("; ", drift)}.",
            "Take these changes back and run the same command again, or roll back; --accept-drift goes on all the same.");

    /// <summary>Something that start made is missing, or does not hold any more.</summary>
    public static EfRollException NotInPlace(string violation, long count, IReadOnlyList<string> names) =>
        new(ErrorCode.NotInPlace, string.Create(CultureInfo.InvariantCulture, $"{violation}, {count} in all: {string.Join(", ", names)}{(count > names.Count ? ", …" : "")}."),
            "Nothing was touched. Put it back as 'start' made it and run 'complete --verify full', which names the rows that were missed meanwhile; or roll back and start anew.");

    /// <summary>Values are not what the authors' expressions demand.</summary>
    public static EfRollException RowsDiffer(IReadOnlyList<string> columns) =>
        new(ErrorCode.RowsDiffer, $"Rows are not what the migrations demand: {string.Join(". ", columns)}.",
            "Nothing was touched. Write these rows anew from the version whose values are right, and run the same command again; or roll back and start anew.");

    /// <summary>The old version may be gone.</summary>
    public static EfRollException ContractBegan(IEnumerable<string> open) =>
        new(ErrorCode.ContractBegan, $"'complete' has begun for the rollout of {string.Join(", ", open)}: there is no way back.", "Run 'complete' again to finish it.");

    /// <summary>There is no such migration.</summary>
    public static EfRollException MigrationNotFound(string name, IEnumerable<string> known) =>
        new(ErrorCode.MigrationNotFound, $"There is no migration {name}; there are {string.Join(", ", known)}.", "Name one of them.");

    /// <summary>The target lies behind the database, and nothing says how to go back.</summary>
    public static EfRollException NoWayBack(string migration) =>
        new(ErrorCode.NoWayBack, $"Going back means to undo {migration}, and nothing says how: a hand-written file, or a manifest of an earlier EfRoll, has no way back.",
            "Write a new migration that takes the change back.");

    /// <summary>Applied migrations have another content than they had when they were applied.</summary>
    public static EfRollException MigrationsEdited(IReadOnlyList<(Migration Migration, DateTimeOffset AppliedAt)> edited) =>
        new(ErrorCode.MigrationEdited,
            $"{string.Join("; ", edited.Take(Named).Select(each => $"{each.Migration.Id} was applied on {each.AppliedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC"))}"
                + (edited.Count > Named ? string.Create(CultureInfo.InvariantCulture, $"; and {edited.Count - Named} more") : "")
                + ": the content was another then than it is now.",
            "Take the edit back, and make a new migration for what the database shall have. If the edit is of no consequence, "
                + $"'start' with {string.Join(" ", edited.Take(Named).Select(each => $"--accept-edited {each.Migration.Id}"))} goes by the content of now from then on.",
            edited[0].Migration.Place);

    /// <summary>All that is pending sorts before what the database has.</summary>
    public static EfRollException MigrationsOutOfOrder(IReadOnlyList<Migration> late, string last) =>
        new(ErrorCode.MigrationsOutOfOrder,
            $"{string.Join(", ", late.Select(migration => migration.Id))} sorts before {last}, which the database has: an application compiled with both is of version {last}, "
                + "as the one that runs is, and nobody could tell them apart.",
            "Remove it ('dotnet ef migrations remove'), and add it again so that it comes last; or go back to the migration before it first with 'start --to'.",
            late[0].Place);

    /// <summary>The target lies behind the database, which lacks some migrations before it.</summary>
    public static EfRollException MigrationsMissingBefore(string target, IEnumerable<string> missing, string current) =>
        new(ErrorCode.MigrationsMissingBefore,
            $"The database is at {current}, after {target}, but lacks {string.Join(", ", missing)}: forward and back at once is not one rollout.",
            "Run 'start' and 'complete' without --to first, then go back.");

    /// <summary>The source does not say how to record a migration.</summary>
    public static EfRollException NoHistoryStatement(string migration) =>
        new(ErrorCode.NoHistoryStatement, $"The source has no statements for the history row of {migration}.", "Build the migrations again with this version of EfRoll.");

    /// <summary>Somebody else is at work.</summary>
    public static EfRollException EngineBusy(IReadOnlyList<string> holders) =>
        new(ErrorCode.EngineBusy, $"Another EfRoll is at work on this database: {Join(holders)}.", "Wait until it is done, then run the command again.");

    /// <summary>A table that a step is about to lock is gone.</summary>
    public static EfRollException LockedRelationNotFound(string title, QualifiedName relation) =>
        new(ErrorCode.LockedRelationNotFound, $"'{title}' needs {relation.Display}, which does not exist.",
            "Something else dropped or renamed it while the rollout was open. Bring it back, then run the same command again, or roll back.");

    /// <summary>Somebody holds a lock for too long.</summary>
    public static EfRollException LockDeadlinePassed(string title, TimeSpan waited, IReadOnlyList<string> blockers, Exception cause) =>
        new(ErrorCode.LockDeadlinePassed, string.Create(CultureInfo.InvariantCulture, $"'{title}' got no lock within {waited.TotalSeconds:0.#} s. In the way: {Join(blockers)}."),
            "End that transaction (pg_terminate_backend), then run the same command again, or roll back.", cause: cause);

    /// <summary>PostgreSQL refuses a step.</summary>
    public static EfRollException StepFailed(string title, string serverMessage, Exception cause) =>
        new(ErrorCode.StepFailed, $"'{title}' failed: {serverMessage}", ResumeOrRollBack, cause: cause);

    /// <summary>PostgreSQL refuses SQL outside a transaction in which an earlier run was stopped.</summary>
    public static EfRollException StepFailedAgain(string title, string serverMessage, Exception cause) =>
        new(ErrorCode.StepFailed, $"'{title}' failed: {serverMessage}. It runs outside a transaction, and an earlier run was stopped in it: a part of it may have been done then.",
            "Take that back by hand, or make it so that the SQL can run, then run the same command again; or roll back.", cause: cause);

    /// <summary>An index to be built is there already, made by somebody else.</summary>
    public static EfRollException IndexNameTaken(QualifiedName index) =>
        new(ErrorCode.IndexNameTaken, $"{index.Display} exists already, and this rollout has not made it.", "Rename or drop it, then run the same command again.");

    /// <summary>Rows are equal where an index demands that none are.</summary>
    public static EfRollException IndexNotUnique(QualifiedName table, Identifier index, string detail, Exception cause) =>
        new(ErrorCode.IndexNotUnique, $"The unique index {index.Value} on {table.Display} cannot be built: {detail}",
            "Correct the rows and run the same command again, or roll back.", cause: cause);

    /// <summary>Rows violate a constraint.</summary>
    public static EfRollException ConstraintViolated(QualifiedName table, Identifier constraint, string serverMessage, Exception cause) =>
        new(ErrorCode.ConstraintViolated, $"Rows of {table.Display} violate {constraint.Value}: {serverMessage}",
            "Correct the rows and run the same command again, or roll back.", cause: cause);

    /// <summary>Rows violate what is about to be demanded.</summary>
    public static EfRollException RowsViolate(string violation, long count, IReadOnlyList<string> keys) =>
        new(ErrorCode.RowsViolate, string.Create(CultureInfo.InvariantCulture, $"{violation}, {count} in all: {string.Join(", ", keys)}{(count > keys.Count ? ", …" : "")}."),
            "Correct the rows and run the same command again, or roll back.");

    /// <summary>What a new column holds in rows that the old version inserts violates a foreign key.</summary>
    public static EfRollException OldInsertsViolate(string constraint, string value) =>
        new(ErrorCode.OldInsertsViolate, $"Rows that the old version inserts would violate {constraint}: they get the default {value}, which is no key of the table that it refers to.",
            "Say in the migration with .Up(\"…\") on the new column which key they get, or let the column take NULL; or add that key. If the rollout is open, roll it back first.");

    /// <summary>A row cannot be given its value for the new version.</summary>
    public static EfRollException BackfillRowFailed(QualifiedName table, string row, string serverMessage, Exception? cause) =>
        new(ErrorCode.BackfillRowFailed, $"The row of {table.Display} with {row} cannot be given its value: {serverMessage}",
            "Correct the row and run the same command again; or roll back, correct the migration's expression and start anew.", cause: cause);

    /// <summary>A backfill fails, but no single row does.</summary>
    public static EfRollException BackfillFailed(QualifiedName table, string serverMessage, Exception? cause) =>
        new(ErrorCode.BackfillFailed, $"The backfill of {table.Display} failed: {serverMessage}", ResumeOrRollBack, cause: cause);

    /// <summary>Somebody keeps rows locked for too long.</summary>
    public static EfRollException BackfillBlocked(QualifiedName table, long rows, IReadOnlyList<string> blockers) =>
        new(ErrorCode.BackfillBlocked, string.Create(CultureInfo.InvariantCulture, $"{rows} rows of {table.Display} stay locked by other transactions. In the way: {Join(blockers)}."),
            "End those transactions, then run the same command again, or roll back.");

    /// <summary>There is no backfill to pause or to tune.</summary>
    public static EfRollException NothingToTune(string target) =>
        new(ErrorCode.NothingToTune, $"'start' of {target} has finished: no backfill is left to pause, to go on with or to tune.", "Nothing is to be done.");

    /// <summary>The query that is to say whether a backfill has to hold does not say it.</summary>
    public static EfRollException BrakeQueryFailed(string serverMessage, Exception cause) =>
        new(ErrorCode.BrakeQueryFailed, $"The brake query failed: {serverMessage}",
            "It has to be one SELECT of one column: a text that says why the backfill has to hold, or NULL. Correct it and run the same command again.", cause: cause);

    static string Join(IReadOnlyList<string> people) => people.Count == 0 ? "nobody any more when it was looked up" : string.Join("; ", people);
}
