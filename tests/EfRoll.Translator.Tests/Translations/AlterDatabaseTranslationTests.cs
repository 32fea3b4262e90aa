using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore;

namespace EfRoll.Translator.Tests.Translations;

public sealed class AlterDatabaseTranslationTests
{
    [Theory]
    [InlineData("citext", ",,", null, null)]
    [InlineData("uuid-ossp", "'uuid-ossp', '', ''", null, null)]
    [InlineData("s.hstore", ",,1.4", "s", "1.4")]
    public void An_extension_is_installed(string name, string value, string? schema, string? version)
    {
        var operations = Translating.All(up => up.AlterDatabase().Annotation($"Npgsql:PostgresExtension:{name}", value));

        Assert.Equal(
            new CreateExtension(new Identifier(name.Split('.')[^1])) { Schema = schema is null ? null : new Identifier(schema), Version = version },
            operations[^1]);
        Assert.Equal(schema is null ? [] : [new CreateSchema(new Identifier(schema))], operations.SkipLast(1));
    }

    [Fact]
    public void An_extension_that_is_left_out_stays_as_with_the_provider()
    {
        Assert.DoesNotContain("EXTENSION", Translating.ProviderSql(up => up.AlterDatabase().OldAnnotation("Npgsql:PostgresExtension:citext", ",,")), StringComparison.Ordinal);
        Assert.Empty(Translating.All(up => up.AlterDatabase().OldAnnotation("Npgsql:PostgresExtension:citext", ",,")));
    }

    [Fact]
    public void What_only_a_new_database_takes_is_nothing() => Assert.Empty(Translating.All(up => up.AlterDatabase()
        .Annotation("Npgsql:Tablespace", "fast").OldAnnotation("Npgsql:DatabaseTemplate", "template0")));

    [Fact]
    public void Enums_are_made_changed_and_dropped_in_the_provider_s_order() => Assert.Equal<Operation>(
        [
            new CreateSchema(new Identifier("S")),
            new CreateEnumType(new RelationName("S", "New"), ["a", "b"]),
            new AlterEnumType(new RelationName("grown"), ["x", "y"]),
            new DropType(new RelationName("gone")),
        ],
        Translating.All(up => up.AlterDatabase()
            .OldAnnotation("Npgsql:Enum:gone", "g").OldAnnotation("Npgsql:Enum:grown", "x").OldAnnotation("Npgsql:Enum:same", "s")
            .Annotation("Npgsql:Enum:S.New", "a,b").Annotation("Npgsql:Enum:grown", "x,y").Annotation("Npgsql:Enum:same", "s")));

    [Fact]
    public void What_has_no_schema_goes_to_the_model_s() => Assert.Equal<Operation>(
        [new CreateSchema(new Identifier("own")), new CreateEnumType(new RelationName("own", "e"), ["a"])],
        Translating.All(up => up.AlterDatabase().Annotation("Npgsql:Enum:e", "a"), model: model => model.HasDefaultSchema("own")));

    [Fact]
    public void A_range_type_is_made_and_dropped()
    {
        Assert.Equal(
            new CreateRange(new RelationName("r"), "text") { OperatorClass = "text_ops", Difference = "f" },
            Translating.One(up => up.AlterDatabase().Annotation("Npgsql:Range:r", "text,,text_ops,\"C\",f")));
        Assert.Equal(
            new CreateRange(new RelationName("r"), "text") { Canonical = "c", Collation = "\"C\"" },
            Translating.One(up => up.AlterDatabase().Annotation("Npgsql:Range:r", "text,c,,\"C\",")));
        Assert.Equal(new DropType(new RelationName("s", "r")), Translating.One(up => up.AlterDatabase().OldAnnotation("Npgsql:Range:s.r", "text,,,,")));
    }

    [Fact]
    public void A_range_type_that_stays_is_nothing() => Assert.Empty(Translating.All(up => up.AlterDatabase()
        .OldAnnotation("Npgsql:Range:r", "text,,,,").Annotation("Npgsql:Range:r", "text,,,,")));

    [Fact]
    public void A_collation_is_made_and_dropped()
    {
        Assert.Equal(
            new CreateCollation(new RelationName("c"), "en-u-ks-primary", "en-u-ks-primary") { Provider = "icu", IsDeterministic = false },
            Translating.One(up => up.AlterDatabase().Annotation("Npgsql:CollationDefinition:c", "en-u-ks-primary,en-u-ks-primary,icu,False")));
        Assert.Equal(
            new CreateCollation(new RelationName("c"), "C", "POSIX"),
            Translating.One(up => up.AlterDatabase().Annotation("Npgsql:CollationDefinition:c", "C,POSIX,,")));
        Assert.Equal(new DropCollation(new RelationName("c")), Translating.One(up => up.AlterDatabase().OldAnnotation("Npgsql:CollationDefinition:c", "C,C,,")));
    }
}
