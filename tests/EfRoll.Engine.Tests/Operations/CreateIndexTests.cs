using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class CreateIndexTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Index_with_everything_is_as_asked() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new RenameColumn(ThingTable, new Identifier(Quotes), new Identifier("to")),
            new CreateIndex(ThingTable, new Identifier(Longest),
            [
                new IndexKey { Column = new Identifier("to"), Collation = new RelationName("C"), OperatorClass = "text_pattern_ops", IsDescending = true, AreNullsFirst = false },
                new IndexKey { Expression = new Expression($"lower({LongestSql})") },
            ])
            {
                IsUnique = true,
                Include = [new Identifier(Keyword)],
                Filter = new Expression("\"to\" <> 'x' -- never"),
                StorageParameters = [KeyValuePair.Create(new Identifier("fillfactor"), "70")],
            },
        ],
        Sql = $"""
            ALTER TABLE {TableSql} RENAME COLUMN {QuotesSql} TO "to";
            CREATE UNIQUE INDEX {LongestSql} ON {TableSql} ("to" COLLATE "C" text_pattern_ops DESC NULLS LAST, lower({LongestSql})) INCLUDE ("{Keyword}") WITH (fillfactor = 70) WHERE "to" <> 'x'
            """,
        WhileBothRun = async (_, newVersion) =>
        {
            await newVersion.ExecuteAsync($"INSERT INTO {TableSql} (\"to\", {LongestSql}) VALUES ('a', 'A')");
            await newVersion.FailsAsync($"INSERT INTO {TableSql} (\"to\", {LongestSql}) VALUES ('a', 'a')", "23505");
            await newVersion.ExecuteAsync($"DELETE FROM {TableSql} WHERE \"to\" = 'a'");
        },
    }.RunAsync();
}
