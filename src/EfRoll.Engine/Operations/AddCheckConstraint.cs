using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Adds a check. It binds both versions' new rows at once; existing rows are checked without a strong lock.</summary>
public sealed record AddCheckConstraint(RelationName Table, CheckDefinition Check) : Operation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Table, this);
        if (table.Original is { } original)
            Supported.RequireOwnTable(original, this);
        var name = Check.Name ?? schema.ChooseName(table, [], "check");
        table.RefuseTakenConstraintName(name, this);
        return schema.With(table with
        {
            Constraints = table.Constraints.Add(new LogicalConstraint(name, ConstraintKind.Check)
            {
                // Which columns it reads is asked of the database before steps are made.
                Slots = [],
                Check = new NewCheck(Check.Condition, table.ScopeNow) { IsNoInherit = Check.IsNoInherit },
                Source = Source,
            }),
        });
    }
}
