using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class RunSqlTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Sql_sees_the_table_of_its_moment() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new RenameColumn(ThingTable, new Identifier(Quotes), new Identifier("to")),
            new RunSql($"UPDATE {TableSql} SET \"to\" = 'by sql' WHERE id = 2; CREATE VIEW v AS SELECT 1 AS one;") { Down = $"UPDATE {TableSql} SET \"to\" = NULL WHERE id = 2; DROP VIEW v;" },
        ],
        Sql = $"ALTER TABLE {TableSql} RENAME COLUMN {QuotesSql} TO \"to\"; CREATE VIEW v AS SELECT 1 AS one;",
        WhileBothRun = (oldVersion, _) => oldVersion.ReadsAsync($"SELECT {QuotesSql} FROM {TableSql} WHERE id = 2", "by sql"),
        AfterComplete = newVersion => newVersion.ReadsAsync($"SELECT \"to\" FROM {TableSql} WHERE id = 2", "by sql"),
    }.RunAsync();

    [Fact]
    public Task Sql_may_wait_for_complete() => new OperationLife
    {
        Setup = Setup,
        Operations = [new RunSql("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'") { Down = "", Moment = SqlMoment.Complete }],
        Sql = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    }.RunAsync();
}
