using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace Depot.Migrations;

[DbContext(typeof(DepotContext))]
[Migration("20240101000000_Create")]
public sealed class Create : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "Shelves",
            columns: table => new
            {
                Id = table.Column<int>(type: "integer", nullable: false)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                Code = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false, comment: "As painted on it."),
                Row = table.Column<int>(type: "integer", nullable: false, defaultValue: 1),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Shelves", shelf => shelf.Id);
                table.UniqueConstraint("AK_Shelves_Code", shelf => shelf.Code);
            },
            comment: "Where things lie.");

        migrationBuilder.CreateTable(
            name: "Items",
            columns: table => new
            {
                Id = table.Column<long>(type: "bigint", nullable: false)
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                Name = table.Column<string>(type: "text", nullable: true),
                Amount = table.Column<int>(type: "integer", nullable: false),
                Price = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                Old = table.Column<string>(type: "text", nullable: false, defaultValue: ""),
                ShelfId = table.Column<int>(type: "integer", nullable: true),
                SeenAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Items", item => item.Id);
                table.CheckConstraint("CK_Items_Amount", "\"Amount\" >= 0");
                table.ForeignKey("FK_Items_Shelves_ShelfId", item => item.ShelfId, "Shelves", "Id", onDelete: ReferentialAction.SetNull);
            });

        migrationBuilder.CreateIndex(name: "IX_Items_ShelfId", table: "Items", column: "ShelfId");
        migrationBuilder.CreateIndex(name: "IX_Items_Name", table: "Items", column: "Name", filter: "\"Name\" IS NOT NULL");
        migrationBuilder.CreateIndex(name: "IX_Items_Price_Amount", table: "Items", columns: ["Price", "Amount"], descending: [false, true]);
        migrationBuilder.CreateIndex(name: "IX_Items_Old", table: "Items", column: "Old");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(name: "Items");
        migrationBuilder.DropTable(name: "Shelves");
    }
}
