using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
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

        Assert.Equal(new AlterColumn(Table, Column) { Type = "integer", IsNullable = false, Default = new Setting("0"), UpFill = new Expression("0") }, operation);
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

        Assert.Equal(new AlterColumn(Table, Column) { Type = "text", IsNullable = true, DownFill = new Expression("''") }, operation);
    }

    [Fact]
    public void A_changed_type_says_only_what_changes()
    {
        var operation = Translating.One(up => up.AlterColumn<long>("c", "t", "bigint", schema: "s", nullable: false, oldClrType: typeof(int), oldType: "integer"), down => Assert.Fail("Down was run."));

        Assert.Equal(new AlterColumn(Table, Column) { Type = "bigint", IsNullable = false }, operation);
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

    public static TheoryData<string, Action<MigrationBuilder>> RefusedChanges => new()
    {
        { "value generation from none to IdentityAlwaysColumn", up => up.AlterColumn<int>("c", "t", "integer", oldClrType: typeof(int)).Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn) },
        { "value generation from SerialColumn", up => up.AlterColumn<int>("c", "t", "integer", oldClrType: typeof(int)).OldAnnotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.SerialColumn) },
        { "collation from none to C", up => up.AlterColumn<string>("c", "t", "text", collation: "C", oldClrType: typeof(string), oldType: "text") },
        { "type, with collation C", up => up.AlterColumn<string>("c", "t", "text", collation: "C", oldClrType: typeof(string), oldType: "varchar(5)", oldCollation: "C") },
        { "compression", up => up.AlterColumn<string>("c", "t", "text", oldClrType: typeof(string), oldType: "text").Annotation("Npgsql:Compression:", "pglz") },
        { "computed expression", up => up.AlterColumn<int>("c", "t", "integer", computedColumnSql: "1", stored: true, oldClrType: typeof(int)) },
        { "is stored", up => up.AlterColumn<int>("c", "t", "integer", computedColumnSql: "1", stored: true, oldClrType: typeof(int), oldComputedColumnSql: "1") },
        { "text search configuration", up => up.AlterColumn<string>("c", "t", "tsvector", oldClrType: typeof(string)).Annotation("Npgsql:TsVectorConfig", "english") },
        { "options of the identity", up => up.AlterColumn<int>("c", "t", "integer", oldClrType: typeof(int))
            .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn)
            .OldAnnotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn)
            .Annotation("Npgsql:IdentitySequenceOptions", "'10', '1', '', '', 'False', '1'") },
        { "NULL in the serial column", up => up.AddColumn<int>("c", "t", "integer", nullable: true).Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.SerialColumn) },
        { "value generation SequenceHiLo", up => up.AddColumn<int>("c", "t", "integer").Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.SequenceHiLo) },
    };

    [Theory]
    [MemberData(nameof(RefusedChanges), DisableDiscoveryEnumeration = true)]
    public void What_no_rollout_can_do_to_a_column_is_refused(string what, Action<MigrationBuilder> up) =>
        Assert.Contains(what, Translating.Refused(ErrorCode.ColumnChangeNotSupported, up).Message, StringComparison.Ordinal);
}
