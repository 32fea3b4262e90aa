using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class CreateRangeTests
{
    [Fact]
    public Task Range_type_and_columns_of_it_are_there_at_once() => new OperationLife
    {
        Setup = $"CREATE SCHEMA {QuotesSql}; CREATE TABLE t (id int)",
        Operations =
        [
            new CreateRange(new RelationName(Quotes, Longest), "float8") { Difference = "float8mi" },
            new CreateRange(new RelationName("texts"), "text") { OperatorClass = "text_pattern_ops" },
            new AddColumn(new RelationName("t"), new ColumnDefinition(new Identifier("span"), $"{QuotesSql}.{LongestSql}") { Default = $"'[1,2)'::{QuotesSql}.{LongestSql}" }),
        ],
        Ef = migration =>
        {
            migration.AlterDatabase()
                .Annotation($"Npgsql:Range:{Quotes}.{Longest}", "float8,,,,float8mi")
                .Annotation("Npgsql:Range:texts", "text,,text_pattern_ops,,");
            migration.AddColumn<string>("span", "t", $"{QuotesSql}.{LongestSql}", nullable: true, defaultValueSql: $"'[1,2)'::{QuotesSql}.{LongestSql}");
        },
        WhileBothRun = async (_, newVersion) =>
        {
            await newVersion.ExecuteAsync("INSERT INTO t (id) VALUES (1)");
            await newVersion.ReadsAsync("SELECT span @> 1.5::float8 FROM t", true);
            await newVersion.ExecuteAsync("DELETE FROM t");
        },
    }.RunAsync();
}
