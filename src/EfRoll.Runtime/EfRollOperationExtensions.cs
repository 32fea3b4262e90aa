using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;

namespace Microsoft.EntityFrameworkCore.Migrations;

/// <summary>When raw SQL of a migration runs in a rollout.</summary>
public enum EfRollMoment
{
    /// <summary>When the rollout starts, before the new version runs.</summary>
    Start,

    /// <summary>When the rollout completes, after the old version has ended.</summary>
    Complete,
}

/// <summary>What a migration's author adds to an operation so that two versions can share its table. EF Core itself takes no notice.</summary>
public static class EfRollOperationExtensions
{
    /// <summary>Says how the new version's value follows from the row as the old version sees it, as an SQL expression.</summary>
    public static OperationBuilder<T> Up<T>(this OperationBuilder<T> operation, string sql)
        where T : MigrationOperation => Annotate(operation, "EfRoll:Up", sql);

    /// <summary>
    /// Says how the old version's value follows from the row as the new version sees it, as an SQL expression; on raw SQL, the statements that undo
    /// it, empty where there is nothing to undo.
    /// </summary>
    public static OperationBuilder<T> Down<T>(this OperationBuilder<T> operation, string sql)
        where T : MigrationOperation => Annotate(operation, "EfRoll:Down", sql);

    /// <summary>Says when an operation, usually raw SQL, runs in a rollout.</summary>
    public static OperationBuilder<T> RunAt<T>(this OperationBuilder<T> operation, EfRollMoment moment)
        where T : MigrationOperation =>
        Annotate(operation, "EfRoll:RunAt", moment switch
        {
            EfRollMoment.Start => "start",
            EfRollMoment.Complete => "complete",
            _ => throw new ArgumentOutOfRangeException(nameof(moment), moment, null),
        });

    /// <summary>
    /// Says that a change needs no second column. Where a column becomes required, both versions must give it values from the start on; where it stops
    /// being required, or compares in another way, the new version sees that only after complete. On a stored computed column, or on switching
    /// UNLOGGED, it accepts that the table is rewritten while nobody can use it.
    /// </summary>
    public static OperationBuilder<T> InPlace<T>(this OperationBuilder<T> operation)
        where T : MigrationOperation => Annotate(operation, "EfRoll:InPlace", "true");

    /// <summary>
    /// Says that a finding of the build or of <c>dotnet efroll check</c> is known and wanted: it is reported no more. What cannot be rolled out at all
    /// cannot be accepted.
    /// </summary>
    /// <param name="operation">The operation at which it is found.</param>
    /// <param name="code">What is found: <c>EFR4111</c>.</param>
    /// <param name="why">Why it is right here; whoever reads the migration, and <c>check</c>, see it.</param>
    public static OperationBuilder<T> Accept<T>(this OperationBuilder<T> operation, string code, string why)
        where T : MigrationOperation
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(code);
        ArgumentException.ThrowIfNullOrWhiteSpace(why);
        return Annotate(operation, $"EfRoll:Accept:{code}", why);
    }

    // Values are plain strings: the design host may load another copy of this assembly than the one it was compiled with.
    static OperationBuilder<T> Annotate<T>(OperationBuilder<T> operation, string name, string value)
        where T : MigrationOperation
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(value);
        return operation.Annotation(name, value);
    }
}
