using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using static EfRoll.Engine.Tests.Operations.UglyNames;

namespace EfRoll.Engine.Tests.Operations;

public sealed class CreateSchemaTests
{
    [Fact]
    public Task Schema_is_there_at_once() => new OperationLife
    {
        Setup = Setup,
        Operations = [new CreateSchema(new Identifier(Quotes)), new CreateTable(new RelationName(Quotes, Keyword), [new ColumnDefinition(new Identifier("id"), "integer")])],
        Sql = $"CREATE SCHEMA {QuotesSql}; CREATE TABLE {QuotesSql}.\"{Keyword}\" (id int)",
        WhileBothRun = (_, newVersion) => newVersion.ExecuteAsync($"INSERT INTO {QuotesSql}.\"{Keyword}\" VALUES (1)"),
    }.RunAsync();
}
