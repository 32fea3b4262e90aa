using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace EfRoll.Translator.Tests.Translations;

public sealed class ColumnTranslationTests
{
    static readonly RelationName Table = new("s", "t");
    static readonly Identifier Column = new("c");

    [Fact]
    public void A_column_is_added_with_its_default_and_the_author_s_up()
    {
        var operation = Translating.One(up => up.AddColumn<string>("c", "t", "text", schema: "s", nullable: false, defaultValue: "").Hint("Up", "a || b"));

        Assert.Equal(new AddColumn(Table, new ColumnDefinition(Column, "text") { IsNullable = false, Default = "''" }) { Up = new Expression("a || b") }, operation);
    }

    [Fact]
    public void System_columns_are_PostgreSQL_s_own() => Assert.Empty(Translating.All(up =>
    {
        up.AddColumn<uint>("xmin", "t", "xid", rowVersion: true, nullable: false, defaultValue: 0u);
        up.AlterColumn<uint>("xmin", "t", "xid", rowVersion: true, oldClrType: typeof(uint));
        up.DropColumn("xmin", "t");
    }));

    [Fact]
    public void A_dropped_column_s_rows_get_what_Down_would_give_them()
    {
        var operation = Translating.One(
            up => up.DropColumn("c", "t", "s"),
            down =>
            {
                down.AddColumn<string>("c", "other", "text", defaultValue: "wrong");
                down.AddColumn<string>("c", "t", "text", schema: "s", nullable: false, defaultValue: "none");
            });

        Assert.Equal(new DropColumn(Table, Column) { DownFill = new Expression("'none'") }, operation);
    }

    [Fact]
    public void A_dropped_column_without_a_word_in_Down_has_no_fill() =>
        Assert.Equal(new DropColumn(Table, Column), Translating.One(up => up.DropColumn("c", "t", "s")));

    [Fact]
    public void A_Down_that_throws_does_no_harm_to_a_dropped_column() =>
        Assert.Equal(new DropColumn(Table, Column), Translating.One(up => up.DropColumn("c", "t", "s"), down => throw new NotSupportedException()));

    [Fact]
    public void The_author_s_down_comes_before_Down() =>
        Assert.Equal(
            new DropColumn(Table, Column) { Down = new Expression("x + 1") },
            Translating.One(up => up.DropColumn("c", "t", "s").Hint("Down", "x + 1"), down => Assert.Fail("Down was run.")));

    [Fact]
    public void A_column_is_renamed() =>
        Assert.Equal(new RenameColumn(Table, Column, new Identifier("d")), Translating.One(up => up.RenameColumn("c", "t", "d", "s")));

    [Fact]
    public void NULL_becomes_EF_Core_s_default_where_a_column_becomes_required()
    {
        var operation = Translating.One(up => up.AlterColumn<int>("c", "t", "integer", schema: "s", nullable: false, defaultValue: 0, oldClrType: typeof(int), oldType: "integer", oldNullable: true));

        Assert.Equal(new AlterColumn(Table, Column) { IsNullable = false, Default = new Setting("0"), UpFill = new Expression("0") }, operation);
    }

    [Fact]
    public void The_author_s_up_and_down_are_kept()
    {
        static void Up(MigrationBuilder up)
        {
            var operation = up.AlterColumn<int>("c", "t", "integer", schema: "s", nullable: false, defaultValue: 0, oldClrType: typeof(int), oldType: "integer", oldNullable: true);
            operation.Hint("Up", "coalesce(c, 5)");
            operation.Hint("Down", "c");
        }

        var altered = (AlterColumn)Translating.One(Up);
        Assert.Equal((new Expression("coalesce(c, 5)"), new Expression("c"), null), (altered.Up, altered.Down, altered.UpFill));
    }

    [Fact]
    public void A_column_that_takes_NULL_again_gets_the_old_version_s_default_from_Down()
    {
        var operation = Translating.One(
            up => up.AlterColumn<string>("c", "t", "text", schema: "s", nullable: true, oldClrType: typeof(string), oldType: "text"),
            down => down.AlterColumn<string>("c", "t", "text", schema: "s", nullable: false, defaultValue: "", oldClrType: typeof(string), oldType: "text", oldNullable: true));

        Assert.Equal(new AlterColumn(Table, Column) { IsNullable = true, DownFill = new Expression("''") }, operation);
    }

    [Fact]
    public void A_changed_type_says_only_what_changes()
    {
        var operation = Translating.One(up => up.AlterColumn<long>("c", "t", "bigint", schema: "s", nullable: false, oldClrType: typeof(int), oldType: "integer"), down => Assert.Fail("Down was run."));

        Assert.Equal(new AlterColumn(Table, Column) { Type = "bigint" }, operation);
    }

    [Fact]
    public void A_default_goes_away_only_if_there_was_one()
    {
        var dropped = (AlterColumn)Translating.One(up => up.AlterColumn<int>("c", "t", "integer", nullable: true, oldClrType: typeof(int), oldType: "integer", oldNullable: true, oldDefaultValue: 3));
        var kept = (AlterColumn)Translating.One(up => up.AlterColumn<int>("c", "t", "integer", nullable: true, defaultValue: 3, oldClrType: typeof(int), oldType: "integer", oldNullable: true, oldDefaultValue: 3));

        Assert.Equal(new Setting(null), dropped.Default);
        Assert.Null(kept.Default);
    }

    [Fact]
    public void A_comment_is_set_and_taken_away()
    {
        var set = (AlterColumn)Translating.One(up => up.AlterColumn<int>("c", "t", "integer", comment: "new", oldClrType: typeof(int), oldType: "integer"));
        var taken = (AlterColumn)Translating.One(up => up.AlterColumn<int>("c", "t", "integer", oldClrType: typeof(int), oldType: "integer", oldComment: "old"));

        Assert.Equal((new Setting("new"), new Setting(null)), (set.Comment, taken.Comment));
    }

    [Fact]
    public void An_identity_that_stays_is_no_default()
    {
        var operation = (AlterColumn)Translating.One(up => up.AlterColumn<long>("c", "t", "bigint", nullable: false, oldClrType: typeof(int), oldType: "integer")
            .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn)
            .OldAnnotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn));

        Assert.Equal(("bigint", null), (operation.Type, operation.Default));
    }

    [Theory]
    [InlineData(null, NpgsqlValueGenerationStrategy.IdentityAlwaysColumn, Numbering.Always)]
    [InlineData(NpgsqlValueGenerationStrategy.SerialColumn, null, Numbering.None)]
    [InlineData(NpgsqlValueGenerationStrategy.SerialColumn, NpgsqlValueGenerationStrategy.IdentityByDefaultColumn, Numbering.ByDefault)]
    [InlineData(null, NpgsqlValueGenerationStrategy.SerialColumn, Numbering.Serial)]
    public void Another_value_generation_is_another_numbering(NpgsqlValueGenerationStrategy? before, NpgsqlValueGenerationStrategy? after, Numbering numbering) =>
        Assert.Equal(new AlterColumn(Table, Column) { ValueSource = new ValueSource { Numbering = numbering } }, Translating.One(up => Strategies(up, before, after)));

    [Fact]
    public void Options_of_an_identity_are_those_of_the_new_one_or_changes_of_the_one_that_is_there()
    {
        const string Options = "'10', '5', '', '900', 'True', '3'";
        var made = (AlterColumn)Translating.One(up => Strategies(up, null, NpgsqlValueGenerationStrategy.IdentityByDefaultColumn).Annotation("Npgsql:IdentitySequenceOptions", Options));
        var changed = (AlterColumn)Translating.One(up => Strategies(up, NpgsqlValueGenerationStrategy.IdentityByDefaultColumn, NpgsqlValueGenerationStrategy.IdentityAlwaysColumn)
            .Annotation("Npgsql:IdentitySequenceOptions", Options).OldAnnotation("Npgsql:IdentitySequenceOptions", "'', '1', '7', '', 'False', '3'"));
        var fromSerial = (AlterColumn)Translating.One(up => Strategies(up, NpgsqlValueGenerationStrategy.SerialColumn, NpgsqlValueGenerationStrategy.IdentityAlwaysColumn)
            .Annotation("Npgsql:IdentitySequenceOptions", Options));

        Assert.Equal((Numbering.ByDefault, "START WITH 10 INCREMENT BY 5 MAXVALUE 900 CYCLE CACHE 3"), (made.ValueSource!.Numbering, made.ValueSource.SequenceOptions));
        Assert.Equal("RESTART WITH 10 SET INCREMENT BY 5 SET NO MINVALUE SET MAXVALUE 900 SET CYCLE", changed.SequenceChanges);
        Assert.Equal((null, null), (fromSerial.ValueSource!.SequenceOptions, fromSerial.SequenceChanges));
    }

    [Fact]
    public void Collation_and_compression_change_and_go_away()
    {
        var set = Translating.One(up => up.AlterColumn<string>("c", "t", "text", schema: "s", nullable: true, collation: "C", oldClrType: typeof(string), oldType: "text", oldNullable: true)
            .Annotation("Npgsql:Compression:", "pglz"));
        var taken = Translating.One(up => up.AlterColumn<string>("c", "t", "text", schema: "s", nullable: true, oldClrType: typeof(string), oldType: "text", oldNullable: true)
            .OldAnnotation("Npgsql:Compression:", "pglz").OldAnnotation("Npgsql:DefaultColumnCollation", "C"));
        var kept = Translating.One(up => up.AlterColumn<string>("c", "t", "text", schema: "s", nullable: true, collation: "C", oldClrType: typeof(string), oldType: "varchar(5)", oldNullable: true, oldCollation: "C"));

        Assert.Equal(new AlterColumn(Table, Column) { Collation = new RelationName("C"), Compression = new Setting("pglz") }, set);
        Assert.Equal(new AlterColumn(Table, Column) { Collation = new RelationName("default"), Compression = new Setting(null) }, taken);
        Assert.Equal(new AlterColumn(Table, Column) { Type = "text", Collation = new RelationName("C") }, kept);
    }

    [Fact]
    public void Nothing_changes_where_older_versions_wrote_no_type() =>
        Assert.Equal(new AlterColumn(Table, Column), Translating.One(up => up.AlterColumn<string>("c", "t", schema: "s", nullable: true, oldClrType: typeof(string), oldNullable: true)));

    [Fact]
    public void A_computed_column_changes_its_expression_and_becomes_plain()
    {
        var changed = (AlterColumn)Translating.One(up => up.AlterColumn<int>("c", "t", "integer", computedColumnSql: "a + 1", stored: true, oldClrType: typeof(int), oldType: "integer", oldComputedColumnSql: "a", oldStored: true));
        var plain = (AlterColumn)Translating.One(up => up.AlterColumn<int>("c", "t", "integer", defaultValue: 3, oldClrType: typeof(int), oldType: "integer", oldComputedColumnSql: "a", oldStored: true));

        Assert.Equal(new ValueSource { Generated = GeneratedKind.Stored, Expression = "a + 1" }, changed.ValueSource);
        Assert.Equal((new ValueSource(), new Setting("3")), (plain.ValueSource, plain.Default));
    }

    [Fact]
    public void A_change_in_place_is_one()
    {
        var altered = (AlterColumn)Translating.One(up => up.AlterColumn<int>("c", "t", "integer", oldClrType: typeof(int), oldType: "integer", oldNullable: true).Hint("InPlace", "true"));
        var added = (AddColumn)Translating.One(up => up.AddColumn<int>("c", "t", "integer", computedColumnSql: "1", stored: true).Hint("InPlace", "true"));

        Assert.True(altered.IsInPlace && added.IsInPlace);
        Translating.Refused(ErrorCode.InvalidHint, up => up.AddColumn<int>("c", "t", "integer").Hint("InPlace", "perhaps"));
    }

    [Theory]
    [InlineData("NULL in the serial column", true, NpgsqlValueGenerationStrategy.SerialColumn)]
    [InlineData("value generation SequenceHiLo", false, NpgsqlValueGenerationStrategy.SequenceHiLo)]
    public void What_the_provider_cannot_do_to_a_column_is_refused(string what, bool isNullable, NpgsqlValueGenerationStrategy strategy) =>
        Assert.Contains(what, Translating.Refused(ErrorCode.ColumnChangeNotSupported,
            up => up.AddColumn<int>("c", "t", "integer", nullable: isNullable).Annotation("Npgsql:ValueGenerationStrategy", strategy)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_annotation_of_the_first_provider_is_refused_as_the_provider_does() =>
        Translating.Refused(ErrorCode.ProviderRefuses, up => up.AddColumn<int>("c", "t", "integer").Annotation("Npgsql:ValueGeneratedOnAdd", true));

    static Microsoft.EntityFrameworkCore.Migrations.Operations.Builders.AlterOperationBuilder<Microsoft.EntityFrameworkCore.Migrations.Operations.AlterColumnOperation> Strategies(
        MigrationBuilder up, NpgsqlValueGenerationStrategy? before, NpgsqlValueGenerationStrategy? after)
    {
        var builder = up.AlterColumn<int>("c", "t", "integer", schema: "s", oldClrType: typeof(int), oldType: "integer");
        if (after is not null)
            builder.Annotation("Npgsql:ValueGenerationStrategy", after);
        return before is null ? builder : builder.OldAnnotation("Npgsql:ValueGenerationStrategy", before);
    }
}
