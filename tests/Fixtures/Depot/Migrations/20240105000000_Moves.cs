using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Depot.Migrations;

[DbContext(typeof(DepotContext))]
[Migration("20240105000000_Moves")]
public sealed class Moves : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "Moves",
            columns: table => new
            {
                ItemId = table.Column<long>(type: "bigint", nullable: false),
                Number = table.Column<int>(type: "integer", nullable: false),
                RackCode = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Moves", move => new { move.ItemId, move.Number });
                table.ForeignKey("FK_Moves_Items_ItemId", move => move.ItemId, "Items", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.AlterColumn<string>(
            name: "Code",
            table: "Racks",
            type: "character varying(20)",
            maxLength: 20,
            nullable: false,
            comment: "As painted on it.",
            oldClrType: typeof(string),
            oldType: "character varying(10)",
            oldMaxLength: 10,
            oldComment: "As painted on it.");
        migrationBuilder.AddForeignKey(
            name: "FK_Moves_Racks_RackCode",
            table: "Moves",
            column: "RackCode",
            principalTable: "Racks",
            principalColumn: "Code",
            onDelete: ReferentialAction.Cascade);
        migrationBuilder.CreateIndex(name: "IX_Moves_RackCode", table: "Moves", column: "RackCode");
        migrationBuilder.AddUniqueConstraint(name: "AK_Items_Name", table: "Items", column: "Name");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropUniqueConstraint(name: "AK_Items_Name", table: "Items");
        migrationBuilder.DropTable(name: "Moves");
        migrationBuilder.AlterColumn<string>(
            name: "Code",
            table: "Racks",
            type: "character varying(10)",
            maxLength: 10,
            nullable: false,
            comment: "As painted on it.",
            oldClrType: typeof(string),
            oldType: "character varying(20)",
            oldMaxLength: 20,
            oldComment: "As painted on it.")
            .Up("left(\"Code\", 10)");
    }
}
