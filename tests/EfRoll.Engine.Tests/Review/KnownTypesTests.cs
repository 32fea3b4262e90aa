using EfRoll.Engine.Catalog;
using EfRoll.Engine.Review;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Review;

/// <summary>What is taken to be known of types is what servers say.</summary>
public sealed class KnownTypesTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Types_are_what_the_server_says()
    {
        string[] texts =
        [
            "int", "INT8", "smallint", "varchar(20)", "character varying (20)", "text", "char", "char(3)", "bit", "varbit(7)", "decimal", "numeric(18,2)", "numeric(18, 2)", "float8", "real",
            "timestamp", "timestamptz", "timestamp(3)", "timestamp(3) with time zone", "timestamptz(3)", "timetz", "time(0)", "interval", "date", "bool", "uuid", "json", "jsonb", "bytea", "money", "inet",
            "tsvector", "int4range", "xml", "pg_catalog.int4",
        ];
        await using var database = await TestDatabase.CreateAsync(Token);
        await using var session = await Session.OpenAsync(database.DataSource, null, Token);

        var told = await ReadAsync(session, texts);

        Assert.Equal(
            texts.Select(text => (text, told[text].Name, told[text].Id, told[text].Category, told[text].Modifier < 0)),
            texts.Select(text => (text, KnownTypes.Of(text).Name, KnownTypes.Of(text).Id, KnownTypes.Of(text).Category, KnownTypes.Of(text).Modifier < 0)));
    }

    [Fact]
    public async Task Arrays_and_unknown_types_are_told_apart()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await using var session = await Session.OpenAsync(database.DataSource, null, Token);
        string[] texts = ["int[]", "varchar(20)[]", "text[3][4]", "timestamptz[]"];

        var told = await ReadAsync(session, texts);

        Assert.Equal(texts.Select(text => told[text].Name), texts.Select(text => KnownTypes.Of(text).Name));
        Assert.False(KnownTypes.IsOwn(KnownTypes.Of("citext")));
        Assert.Equal("geometry(Point,4326)", KnownTypes.Of("geometry(Point,4326)").Name);
        string[] different = ["int", "int[]", "citext", "citext[]", "\"Mood\""];
        Assert.Equal(different.Length, different.Select(text => KnownTypes.Of(text).Id).Distinct().Count());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("(3)")]
    public void A_text_that_is_no_type_is_an_unknown_one(string text) => Assert.False(KnownTypes.IsOwn(KnownTypes.Of(text)));

    [Fact]
    public async Task Casts_are_the_servers()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        await using var session = await Session.OpenAsync(database.DataSource, null, Token);

        var told = await new TypeReader(session).ReadCastsAsync(Token);

        Assert.Empty(KnownTypes.Casts.Except(told));
        Assert.NotEmpty(KnownTypes.Casts);
    }

    static async Task<IReadOnlyDictionary<string, TypeFacts>> ReadAsync(Session session, IEnumerable<string> texts)
    {
        IReadOnlyDictionary<string, TypeFacts>? told = null;
        await session.InTransactionAsync(async () => told = await new TypeReader(session).ReadAsync(texts, Token), Token);
        return told!;
    }
}
