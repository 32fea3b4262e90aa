using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Depot.Migrations;

[DbContext(typeof(DepotContext))]
[Migration("20240104000000_DropWhatIsOld")]
public sealed class DropWhatIsOld : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex(name: "IX_Items_Former", table: "Items");
        migrationBuilder.DropColumn(name: "Old", table: "Items");
        migrationBuilder.DropForeignKey(name: "FK_Items_Shelves_ShelfId", table: "Items");
        migrationBuilder.RenameColumn(name: "ShelfId", table: "Items", newName: "RackId");
        migrationBuilder.RenameIndex(name: "IX_Items_ShelfId", table: "Items", newName: "IX_Items_RackId");
        migrationBuilder.AddForeignKey(
            name: "FK_Items_Racks_RackId",
            table: "Items",
            column: "RackId",
            principalTable: "Racks",
            principalColumn: "Id",
            onDelete: ReferentialAction.Restrict);
        migrationBuilder.DropCheckConstraint(name: "CK_Items_Amount", table: "Items");
        migrationBuilder.AlterColumn<long>(name: "Amount", table: "Items", type: "bigint", nullable: false, oldClrType: typeof(int), oldType: "integer");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterColumn<int>(name: "Amount", table: "Items", type: "integer", nullable: false, oldClrType: typeof(long), oldType: "bigint");
        migrationBuilder.AddCheckConstraint(name: "CK_Items_Amount", table: "Items", sql: "\"Amount\" >= 0");
        migrationBuilder.DropForeignKey(name: "FK_Items_Racks_RackId", table: "Items");
        migrationBuilder.RenameIndex(name: "IX_Items_RackId", table: "Items", newName: "IX_Items_ShelfId");
        migrationBuilder.RenameColumn(name: "RackId", table: "Items", newName: "ShelfId");
        migrationBuilder.AddForeignKey(
            name: "FK_Items_Shelves_ShelfId",
            table: "Items",
            column: "ShelfId",
            principalTable: "Racks",
            principalColumn: "Id",
            onDelete: ReferentialAction.SetNull);
        migrationBuilder.AddColumn<string>(name: "Old", table: "Items", type: "text", nullable: false, defaultValue: "");
        migrationBuilder.CreateIndex(name: "IX_Items_Former", table: "Items", column: "Old");
    }
}
