using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace EfRoll.Translator.Tests.Translations;

public sealed class TableTranslationTests
{
    [Fact]
    public void A_table_is_made_with_all_its_parts()
    {
        var operation = Translating.One(up => up.CreateTable(
            name: "Order Lines",
            schema: "sales",
            columns: table => new
            {
                Id = table.Column<long>("bigint", nullable: false).Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                OrderId = table.Column<int>("integer", nullable: false, comment: "of the order"),
                Price = table.Column<decimal>("numeric(10,2)", nullable: false, defaultValue: 0m),
                Note = table.Column<string>("text", nullable: true),
                xmin = table.Column<uint>("xid", rowVersion: true, nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Lines", line => line.Id);
                table.UniqueConstraint("AK_Lines", line => new { line.OrderId, line.Price });
                table.CheckConstraint("CK_Price", "\"Price\" >= 0");
                table.ForeignKey("FK_Lines_Orders", line => line.OrderId, principalTable: "Orders", principalColumn: "Id", principalSchema: "sales", onDelete: ReferentialAction.Cascade, onUpdate: ReferentialAction.SetNull);
            },
            comment: "what was ordered"));

        Assert.Equal(
            new CreateTable(new RelationName("sales", "Order Lines"),
            [
                new ColumnDefinition(new Identifier("Id"), "bigint") { IsNullable = false, Identity = IdentityKind.ByDefault },
                new ColumnDefinition(new Identifier("OrderId"), "integer") { IsNullable = false, Comment = "of the order" },
                new ColumnDefinition(new Identifier("Price"), "numeric(10,2)") { IsNullable = false, Default = "0.0" },
                new ColumnDefinition(new Identifier("Note"), "text"),
            ])
            {
                PrimaryKey = new KeyDefinition(new Identifier("PK_Lines"), [new Identifier("Id")]),
                UniqueConstraints = [new KeyDefinition(new Identifier("AK_Lines"), [new Identifier("OrderId"), new Identifier("Price")])],
                Checks = [new CheckDefinition(new Identifier("CK_Price"), new Expression("\"Price\" >= 0"))],
                ForeignKeys =
                [
                    new ForeignKeyDefinition(new Identifier("FK_Lines_Orders"), [new Identifier("OrderId")], new RelationName("sales", "Orders"), [new Identifier("Id")])
                    {
                        OnDelete = "CASCADE",
                        OnUpdate = "SET NULL",
                    },
                ],
                Comment = "what was ordered",
            },
            operation);
    }

    [Fact]
    public void Without_a_schema_a_table_is_in_the_base_schema() =>
        Assert.Null(((DropTable)Translating.One(up => up.DropTable("t"))).Name.Schema);

    [Fact]
    public void A_table_is_dropped() => Assert.Equal(new DropTable(new RelationName("s", "t")), Translating.One(up => up.DropTable("t", "s")));

    [Fact]
    public void A_table_is_renamed_and_stays_in_its_schema() =>
        Assert.Equal(new RenameTable(new RelationName("s", "t"), new RelationName("u")), Translating.One(up => up.RenameTable("t", "s", "u")));

    [Fact]
    public void A_table_moves_to_another_schema() =>
        Assert.Equal(new RenameTable(new RelationName("s", "t"), new RelationName("r", "t")), Translating.One(up => up.RenameTable("t", "s", newSchema: "r")));

    [Fact]
    public void A_table_s_comment_is_set_and_taken_away()
    {
        Assert.Equal(new CommentTable(new RelationName("t"), "new"), Translating.One(up => up.AlterTable("t", comment: "new", oldComment: "old")));
        Assert.Equal(new CommentTable(new RelationName("t"), null), Translating.One(up => up.AlterTable("t", oldComment: "old")));
    }

    [Fact]
    public void A_table_that_does_not_change_is_nothing() => Assert.Empty(Translating.All(up => up.AlterTable("t", comment: "same", oldComment: "same")
        .Annotation("Npgsql:StorageParameter:fillfactor", 70).OldAnnotation("Npgsql:StorageParameter:fillfactor", 70)));

    [Fact]
    public void A_table_is_stored_as_the_provider_would()
    {
        var table = (CreateTable)Translating.One(up => up.CreateTable("t", table => new { Id = table.Column<int>("integer") })
            .Annotation("Npgsql:UnloggedTable", true).Annotation("Npgsql:StorageParameter:fillfactor", 70).Annotation("Npgsql:StorageParameter:x.y", "it's"));

        Assert.True(table.IsUnlogged);
        Assert.Equal([new("fillfactor", "70"), new("x.y", "'it''s'")], table.StorageParameters);
    }

    [Fact]
    public void A_table_is_stored_in_another_way()
    {
        var operation = Translating.One(up => up.AlterTable("t")
            .Annotation("Npgsql:UnloggedTable", true).Annotation("Npgsql:StorageParameter:a", true).Annotation("Npgsql:StorageParameter:b", 1)
            .OldAnnotation("Npgsql:StorageParameter:b", 1).OldAnnotation("Npgsql:StorageParameter:c", 2).Annotation("EfRoll:InPlace", "true"));

        Assert.Equal(new AlterTable(new RelationName("t")) { IsUnlogged = true, StorageParameters = [new("a", "true"), new("c", null)], IsInPlace = true }, operation);
    }

    [Fact]
    public void What_stays_is_no_change() =>
        Assert.Empty(Translating.All(up => up.AlterTable("t").Annotation("Npgsql:StorageParameter:b", 1).OldAnnotation("Npgsql:StorageParameter:b", 1).OldAnnotation("Npgsql:UnloggedTable", false)));

    [Fact]
    public void A_schema_is_made_but_not_public()
    {
        Assert.Equal(new CreateSchema(new Identifier("s")), Translating.One(up => up.EnsureSchema("s")));
        Assert.Empty(Translating.All(up => up.EnsureSchema("public")));
    }

    [Fact]
    public void A_database_that_does_not_change_is_nothing() => Assert.Empty(Translating.All(up => up.AlterDatabase(collation: "C", oldCollation: "C")
        .Annotation("Npgsql:PostgresExtension:citext", ",,").OldAnnotation("Npgsql:PostgresExtension:citext", ",,")));

    public static TheoryData<string, Action<MigrationBuilder>> RefusedDatabaseChanges => new()
    {
        { "Changing the range type r", up => up.AlterDatabase().Annotation("Npgsql:Range:r", "integer,,,,").OldAnnotation("Npgsql:Range:r", "bigint,,,,") },
        { "Changing the collation c", up => up.AlterDatabase().Annotation("Npgsql:CollationDefinition:c", "x,x,,").OldAnnotation("Npgsql:CollationDefinition:c", "y,y,,") },
        { "Npgsql:Range:r", up => up.AlterDatabase().Annotation("Npgsql:Range:r", "integer") },
        { "Npgsql:CollationDefinition:c", up => up.AlterDatabase().Annotation("Npgsql:CollationDefinition:c", "x,x,,maybe") },
        { "Npgsql:Enum:a.b.c", up => up.AlterDatabase().Annotation("Npgsql:Enum:a.b.c", "x") },
        { "the database's collation", up => up.AlterDatabase(collation: "C") },
    };

    [Theory]
    [MemberData(nameof(RefusedDatabaseChanges), DisableDiscoveryEnumeration = true)]
    public void Changes_of_the_database_are_refused(string what, Action<MigrationBuilder> up) =>
        Assert.Contains(what, Translating.Refused(ErrorCode.DatabaseChangeNotSupported, up).Message, StringComparison.Ordinal);

    [Fact]
    public void A_schema_is_dropped() => Assert.Equal(new DropSchema(new Identifier("s")), Translating.One(up => up.DropSchema("s")));
}
