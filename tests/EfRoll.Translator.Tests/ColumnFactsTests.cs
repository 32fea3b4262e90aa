using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace EfRoll.Translator.Tests;

public sealed class ColumnFactsTests
{
    public static TheoryData<string, object> Defaults => new()
    {
        { "text", "" },
        { "text", "it's \\ \"quoted\"" },
        { "character varying(20)", "x" },
        { "integer", -1 },
        { "smallint", (short)3 },
        { "bigint", 5_000_000_000 },
        { "boolean", true },
        { "numeric(10,2)", 1.50m },
        { "double precision", 0.1 },
        { "uuid", Guid.Parse("00000000-0000-0000-0000-000000000000") },
        { "timestamp with time zone", new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc) },
        { "timestamp without time zone", new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Unspecified) },
        { "timestamp with time zone", DateTime.MinValue },
        { "date", new DateOnly(2024, 2, 29) },
        { "interval", TimeSpan.FromMinutes(90) },
        { "bytea", Translating.Array<byte>(1, 255) },
        { "text[]", Translating.Array("a", "b") },
        { "jsonb", "" },
        { "jsonb", "{\"a\": 1}" },
        { "json", "" },
    };

    [Theory]
    [MemberData(nameof(Defaults))]
    public void Defaults_are_written_as_the_provider_writes_them(string type, object value)
    {
        var operation = (AddColumn)Translating.One(up => up.AddColumn<object>("c", "t", type, defaultValue: value));

        Assert.Equal(type, operation.Column.Type);
        Assert.Equal($"ALTER TABLE t ADD c {type} NOT NULL DEFAULT {operation.Column.Default};", Translating.ProviderSql(up => up.AddColumn<object>("c", "t", type, defaultValue: value)).Trim());
    }

    [Fact]
    public void A_default_that_is_SQL_stands_in_parentheses_as_with_the_provider()
    {
        var operation = (AddColumn)Translating.One(up => up.AddColumn<DateTime>("c", "t", "timestamp without time zone", defaultValueSql: "now() AT TIME ZONE 'utc'"));

        Assert.Equal("(now() AT TIME ZONE 'utc')", operation.Column.Default);
    }

    [Fact]
    public void A_default_that_the_provider_cannot_write_is_refused() =>
        Translating.Refused(ErrorCode.ProviderRefuses, up => up.AddColumn<Version>("c", "t", "nonsense", defaultValue: new System.Text.StringBuilder()));

    [Theory]
    [InlineData(typeof(int), "integer")]
    [InlineData(typeof(string), "text")]
    [InlineData(typeof(DateTime), "timestamp with time zone")]
    [InlineData(typeof(Dictionary<string, string>), "hstore")]
    public void A_type_that_the_migration_leaves_out_is_the_provider_s(Type type, string storeType)
    {
        var operation = new Microsoft.EntityFrameworkCore.Migrations.Operations.AddColumnOperation { Table = "t", Name = "c", ClrType = type };

        Assert.Equal(storeType, ((AddColumn)Assert.Single(Translating.Migration(operation).Migration.Operations)).Column.Type);
    }

    [Fact]
    public void Length_and_precision_shape_a_type_that_is_left_out()
    {
        Assert.Equal("character varying(40)", Column(up => up.AddColumn<string>("c", "t", maxLength: 40)).Type);
        Assert.Equal("numeric(12,3)", Column(up => up.AddColumn<decimal>("c", "t", precision: 12, scale: 3)).Type);
        Assert.Equal("character(3)", Column(up => up.AddColumn<string>("c", "t", maxLength: 3, fixedLength: true)).Type);
    }

    [Fact]
    public void The_model_knows_a_type_that_the_migration_leaves_out() =>
        Assert.Equal("citext", ((AddColumn)Translating.One(up => up.AddColumn<string>("c", "t"), model: model => model.Entity("E", entity =>
        {
            Microsoft.EntityFrameworkCore.RelationalPropertyBuilderExtensions.HasColumnType(entity.Property<string>("c"), "citext");
            entity.HasKey("c");
            Microsoft.EntityFrameworkCore.RelationalEntityTypeBuilderExtensions.ToTable(entity, "t");
        }))).Column.Type);

    [Fact]
    public void A_type_without_mapping_is_refused() => Translating.Refused(ErrorCode.ProviderRefuses, up => up.AddColumn<Version>("c", "t"));

    [Fact]
    public void Identity_has_its_kind_and_no_default()
    {
        var column = Column(up => up.AddColumn<int>("c", "t", "integer", defaultValue: 0)
            .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn));

        Assert.Equal((IdentityKind.Always, null, false), (column.Identity, column.Default, column.IsNullable));
    }

    [Theory]
    [InlineData("integer", "serial")]
    [InlineData("bigint", "bigserial")]
    [InlineData("smallint", "smallserial")]
    public void Serial_is_a_type(string type, string serial) =>
        Assert.Equal(serial, Column(up => up.AddColumn<int>("c", "t", type).Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.SerialColumn)).Type);

    [Theory]
    [InlineData("'10', '5', '', '', 'False', '1'")]
    [InlineData("'1', '1', '', '', 'False', '1'")]
    [InlineData("'100', '-1', '-1000', '100', 'True', '20'")]
    [InlineData("'', '1', '1', '2147483647', 'False', '7'")]
    [InlineData("'7', '1', '7', '', 'False', '1'")]
    public void Identity_options_are_those_of_the_provider(string annotation)
    {
        void Up(Microsoft.EntityFrameworkCore.Migrations.MigrationBuilder up) => up.AddColumn<int>("c", "t", "integer")
            .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn)
            .Annotation("Npgsql:IdentitySequenceOptions", annotation);

        var options = Column(Up).IdentityOptions is { } text ? $" ({text})" : "";
        Assert.Equal($"ALTER TABLE t ADD c integer GENERATED BY DEFAULT AS IDENTITY{options};", Translating.ProviderSql(Up).Trim());
    }

    [Fact]
    public void Identity_options_that_cannot_be_read_are_refused() => Translating.Refused(ErrorCode.ColumnChangeNotSupported, up => up.AddColumn<int>("c", "t", "integer")
        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn)
        .Annotation("Npgsql:IdentitySequenceOptions", "from here on"));

    [Fact]
    public void Generated_columns_have_their_expression_and_no_default()
    {
        var stored = Column(up => up.AddColumn<int>("c", "t", "integer", computedColumnSql: "a + b", stored: true));
        var virtualColumn = Column(up => up.AddColumn<int>("c", "t", "integer", computedColumnSql: "a + b"));

        Assert.Equal((GeneratedKind.Stored, "a + b", null), (stored.Generated, stored.GenerationExpression, stored.Default));
        Assert.Equal(GeneratedKind.Virtual, virtualColumn.Generated);
    }

    [Fact]
    public void A_text_search_column_is_generated_by_the_provider_s_expression()
    {
        var column = Column(up => up.AddColumn<NpgsqlTypes.NpgsqlTsVector>("c", "t", "tsvector")
            .Annotation("Npgsql:TsVectorConfig", "english")
            .Annotation("Npgsql:TsVectorProperties", Translating.Array("title", "body")), TextSearchModel);

        Assert.Equal(GeneratedKind.Stored, column.Generated);
        Assert.Contains("to_tsvector('english', ", column.GenerationExpression, StringComparison.Ordinal);
    }

    [Fact]
    public void Comment_collation_and_compression_are_kept()
    {
        var column = Column(up => up.AddColumn<string>("c", "t", "text", nullable: true, comment: "what it is", collation: "de-x-icu").Annotation("Npgsql:Compression:", "pglz"));

        Assert.Equal(("what it is", new Engine.Sql.RelationName("de-x-icu"), "pglz", true), (column.Comment, column.Collation, column.Compression, column.IsNullable));
    }

    static ColumnDefinition Column(Action<Microsoft.EntityFrameworkCore.Migrations.MigrationBuilder> up, Action<Microsoft.EntityFrameworkCore.ModelBuilder>? model = null) =>
        ((AddColumn)Translating.One(up, model: model)).Column;

    static void TextSearchModel(Microsoft.EntityFrameworkCore.ModelBuilder model) => model.Entity("E", entity =>
    {
        entity.Property<string>("title");
        entity.Property<string>("body");
        entity.HasKey("title");
        Microsoft.EntityFrameworkCore.RelationalEntityTypeBuilderExtensions.ToTable(entity, "t");
    });
}
