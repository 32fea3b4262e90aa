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
}
