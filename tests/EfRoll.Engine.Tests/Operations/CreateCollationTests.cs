using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class CreateCollationTests
{
    [Fact]
    public Task Collation_and_columns_with_it_are_there_at_once() => new OperationLife
    {
        Setup = $"CREATE SCHEMA {QuotesSql}; CREATE TABLE t (id int)",
        Operations =
        [
            new CreateCollation(new RelationName(Quotes, Longest), "C", "C"),
            new CreateCollation(new RelationName("posix"), "C", "POSIX") { Provider = "libc", IsDeterministic = true },
            new AddColumn(new RelationName("t"), new ColumnDefinition(new Identifier("name"), "text") { Collation = new RelationName(Quotes, Longest) }),
        ],
        Sql = $"""
            CREATE COLLATION {QuotesSql}.{LongestSql} (LOCALE = 'C');
            CREATE COLLATION posix (LC_COLLATE = 'C', LC_CTYPE = 'POSIX', PROVIDER = libc, DETERMINISTIC = true);
            ALTER TABLE t ADD name text COLLATE {QuotesSql}.{LongestSql}
            """,
        WhileBothRun = (_, newVersion) => newVersion.ReadsAsync("SELECT 'a' < 'B' COLLATE posix", false),
    }.RunAsync();

    [Fact]
    public Task Columns_may_name_one_that_raw_sql_makes() => new OperationLife
    {
        Setup = "CREATE TABLE t (id int)",
        Operations =
        [
            new RunSql("create collation if not exists ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false); CREATE COLLATION IF NOT EXISTS ci (LOCALE = 'C');") { Moment = SqlMoment.Chosen },
            new AddColumn(new RelationName("t"), new ColumnDefinition(new Identifier("name"), "text") { Collation = new RelationName("ci") }),
        ],
        Sql = "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ALTER TABLE t ADD name text COLLATE ci",
        WhileBothRun = (_, newVersion) => newVersion.ReadsAsync("SELECT 'a' = 'A' COLLATE ci", true),
    }.RunAsync();
}
