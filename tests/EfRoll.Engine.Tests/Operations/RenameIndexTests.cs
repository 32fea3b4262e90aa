using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class RenameIndexTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Index_is_renamed_at_contract() => new OperationLife
    {
        Setup = $"{Setup} CREATE INDEX {QuotesSql} ON {TableSql} ({QuotesSql});",
        Operations = [new RenameIndex(new RelationName(Quotes), new Identifier(Longest))],
        Ef = migration => migration.RenameIndex(Quotes, Longest, Table),
    }.RunAsync();

    [Fact]
    public Task The_index_of_a_key_is_renamed_with_the_key() => new OperationLife
    {
        Setup = "CREATE TABLE users (id int, CONSTRAINT \"PK_users\" PRIMARY KEY (id)); CREATE TABLE notes (user_id int REFERENCES users);",
        Operations = [new RenameIndex(new RelationName("PK_users"), new Identifier("PK_people"))],
        Ef = migration => migration.RenameIndex("PK_users", "PK_people", "users"),
    }.RunAsync();
}
