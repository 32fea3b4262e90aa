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
    public Task Nobody_needs_to_undo_what_sql_did_to_a_table_of_the_rollout() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new CreateTable(new RelationName("made"), [new ColumnDefinition(new Identifier("flag"), "boolean")]),
            new RunSql("INSERT INTO made VALUES (true); UPDATE made SET flag = NOT flag") { Down = "UPDATE made SET flag = NOT flag" },
            new AlterColumn(new RelationName("made"), new Identifier("flag")) { Type = "text" },
        ],
        Sql = "CREATE TABLE made (flag text)",
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT flag FROM made", "false"),
    }.RunAsync();

    [Fact]
    public Task A_view_that_the_rollout_drops_again_is_not_made() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new AddColumn(ThingTable, new ColumnDefinition(new Identifier("passing"), "integer")),
            Chosen($"CREATE VIEW v AS SELECT passing FROM {TableSql}"),
            Chosen("COMMENT ON VIEW v IS 'not for long'"),
            Chosen("DROP VIEW v"),
            new DropColumn(ThingTable, new Identifier("passing")),
            Chosen($"CREATE VIEW v AS SELECT id FROM {TableSql}"),
        ],
        Sql = $"CREATE VIEW v AS SELECT id FROM {TableSql}",
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT count(*) > 0 FROM v", true),
    }.RunAsync();

    [Fact]
    public Task A_view_is_made_under_the_name_of_its_moment_which_is_anothers_by_then() => new OperationLife
    {
        Setup = Setup + "; CREATE SCHEMA sales",
        Operations =
        [
            new CreateTable(new RelationName("made"), [new ColumnDefinition(new Identifier("a"), "integer")]),
            Chosen("CREATE VIEW v AS SELECT a FROM made"),
            new RenameTable(new RelationName("made"), new RelationName(new Identifier("sales"), new Identifier("moved"))),
            new CreateTable(new RelationName("made"), [new ColumnDefinition(new Identifier("b"), "integer")]),
        ],
        Sql = "CREATE TABLE sales.moved (a integer); CREATE TABLE made (b integer); CREATE VIEW v AS SELECT a FROM sales.moved",
    }.RunAsync();

    static RunSql Chosen(string sql) => new(sql) { Moment = SqlMoment.Chosen };

    [Fact]
    public Task Sql_may_wait_for_complete() => new OperationLife
    {
        Setup = Setup,
        Operations = [new RunSql("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'") { Down = "", Moment = SqlMoment.Complete }],
        Sql = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    }.RunAsync();
}
