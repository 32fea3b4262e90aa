using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class RenameConstraintTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Constraint_is_renamed_at_contract() => new OperationLife
    {
        Setup = Setup,
        Operations = [new RenameConstraint(ThingTable, new Identifier($"PK_{Longest}"), new Identifier(Quotes))],
        Sql = $"ALTER TABLE {TableSql} RENAME CONSTRAINT \"PK_{Longest[..60]}\" TO {QuotesSql}".Replace($"PK_{Longest[..60]}", new Identifier($"PK_{Longest}").Value, StringComparison.Ordinal),
    }.RunAsync();
}
