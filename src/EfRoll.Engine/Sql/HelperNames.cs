using EfRoll.Shared;

namespace EfRoll.Engine.Sql;

/// <summary>The only place that names what EfRoll makes. All of it is gone after complete and after rollback.</summary>
public static class HelperNames
{
    /// <summary>The schema of our state and of our trigger functions.</summary>
    public static Identifier StateSchema { get; } = new("efroll");

    /// <summary>The hidden column that says who wrote a row last: <c>b</c> nobody since the rollout began, <c>o</c> the old version, <c>n</c> the new one.</summary>
    public static Identifier Marker { get; } = new("_efroll_origin");

    /// <summary>The check that proves that no row was left out by the backfill, and that required columns have a value.</summary>
    public static Identifier FilledCheck { get; } = new("_efroll_filled");

    /// <summary>The check that stands for NOT NULL on a column that becomes required in place, until contract.</summary>
    public static Identifier NotNullCheck(Identifier column) => Fit("_efroll_not_null_", column.Value);

    /// <summary>The name under which something is built whose own name is still taken by what it replaces.</summary>
    public static Identifier New(Identifier final) => Fit("_efroll_new_", final.Value);

    /// <summary>The name of something that only raw SQL in the middle of a rollout sees.</summary>
    public static Identifier Kept(int id, Identifier name) => Fit(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"_efroll_kept_{id}_"), name.Value);

    /// <summary>The name that something gets which makes room and is dropped a moment later.</summary>
    public static Identifier Old(Identifier former) => Fit("_efroll_old_", former.Value);

    /// <summary>The name of an index that is being built on a partition, by the partition's object id.</summary>
    public static Identifier OnPartition(long partition) => new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{OnPartitionPrefix}{partition}"));

    /// <summary>With what these names begin.</summary>
    public static string OnPartitionPrefix => "_efroll_on_";

    /// <summary>A name that something has between two others, when names are exchanged.</summary>
    public static Identifier Passing(int number) => new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"_efroll_passing_{number}"));

    /// <summary>The function that runs when somebody wrote a row of a table.</summary>
    public static QualifiedName Function(QualifiedName table) => new(StateSchema, Fit("wrote_", table.Display));

    /// <summary>The function that runs before users' triggers.</summary>
    public static QualifiedName EarlyFunction(QualifiedName table) => new(StateSchema, Fit("writes_", table.Display));

    /// <summary>The rows that raw SQL changed, as they were before.</summary>
    public static QualifiedName KeptRows { get; } = new(StateSchema, new Identifier("kept_rows"));

    /// <summary>The function that keeps them.</summary>
    public static QualifiedName KeepRow { get; } = new(StateSchema, new Identifier("keep_row"));

    /// <summary>The trigger that calls it, and the setting that says for which SQL it does.</summary>
    public static Identifier KeepTrigger { get; } = new("~efroll_keep");

    /// <summary>A trigger that runs <see cref="Function"/>; the tilde makes it sort, and so fire, after users' own.</summary>
    /// <param name="isInsert">For inserts or for updates.</param>
    /// <param name="isNewVersion">Whose sessions it is for; null for everybody's.</param>
    public static Identifier Trigger(bool isInsert, bool? isNewVersion = null) => new($"~efroll_{What(isInsert, isNewVersion)}");

    /// <summary>A trigger that runs <see cref="EarlyFunction"/>, before users' own, so that they find what the old version would have written.</summary>
    /// <param name="isInsert">For inserts or for updates.</param>
    /// <param name="isNewVersion">Whose sessions it is for; null for everybody's.</param>
    public static Identifier EarlyTrigger(bool isInsert, bool? isNewVersion = null) => new($"!efroll_{What(isInsert, isNewVersion)}");

    /// <summary>The function that keeps a column's sequence ahead of the values that a version gives the column itself.</summary>
    public static QualifiedName SequenceFunction(QualifiedName table, Identifier column) =>
        new(StateSchema, Fit("numbered_", $"{table.Display}.{column.Value}"));

    /// <summary>The trigger that runs <see cref="SequenceFunction"/>.</summary>
    public static Identifier SequenceTrigger(Identifier column) => Fit("~efroll_number_", column.Value);

    /// <summary>Whether a column, an index, a constraint or a trigger has a name that only EfRoll gives.</summary>
    internal static bool IsOurs(string name) => name is ['_' or '~' or '!', ..] && name.AsSpan(1).StartsWith("efroll_", StringComparison.Ordinal);

    /// <summary>The version schema that stands before a base schema.</summary>
    public static Identifier VersionSchemaOf(Identifier baseSchema, string migrationId) =>
        new(VersionSchema.NameOf(baseSchema.Value, migrationId));

    static string What(bool isInsert, bool? isNewVersion) => (isInsert ? "insert" : "update") + isNewVersion switch { null => "", true => "_new", false => "_old" };

    static Identifier Fit(string prefix, string stem) => new(VersionSchema.Fit(prefix + stem));
}
