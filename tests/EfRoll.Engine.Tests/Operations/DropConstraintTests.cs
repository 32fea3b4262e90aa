using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class DropConstraintTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Old_version_relies_on_it_until_contract() => new OperationLife
    {
        Setup = $"""
            {Setup}
            CREATE TABLE child (thing int, CONSTRAINT {QuotesSql} FOREIGN KEY (thing) REFERENCES {TableSql} (id));
            ALTER TABLE {TableSql} ADD CONSTRAINT "CK" CHECK ("{Keyword}" > 0), ADD CONSTRAINT "UQ" UNIQUE ({LongestSql});
            """,
        Operations =
        [
            new DropConstraint(new RelationName("child"), new Identifier(Quotes)),
            new DropConstraint(ThingTable, new Identifier("CK")),
            new DropConstraint(ThingTable, new Identifier("UQ")),
            new DropConstraint(ThingTable, new Identifier($"PK_{Longest}")),
        ],
        Ef = migration =>
        {
            migration.DropForeignKey(Quotes, "child");
            migration.DropCheckConstraint("CK", Table);
            migration.DropUniqueConstraint("UQ", Table);
            migration.DropPrimaryKey($"PK_{Longest}", Table);
        },
        WhileBothRun = (oldVersion, _) => oldVersion.FailsAsync($"INSERT INTO {TableSql} ({LongestSql}) VALUES ('one')", "23505"),
    }.RunAsync();
}
