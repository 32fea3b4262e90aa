using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Depot.Migrations;

[DbContext(typeof(DepotContext))]
[Migration("20240102000000_CountAndRename")]
public sealed class CountAndRename : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<int>(name: "Reserved", table: "Items", type: "integer", nullable: false, defaultValue: 0);
        migrationBuilder.AddCheckConstraint(name: "CK_Items_Reserved", table: "Items", sql: "\"Reserved\" <= \"Amount\"");
        migrationBuilder.RenameColumn(name: "SeenAt", table: "Items", newName: "CountedAt");
        migrationBuilder.CreateIndex(name: "IX_Items_CountedAt", table: "Items", column: "CountedAt");
        migrationBuilder.RenameIndex(name: "IX_Items_Old", table: "Items", newName: "IX_Items_Former");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.RenameIndex(name: "IX_Items_Former", table: "Items", newName: "IX_Items_Old");
        migrationBuilder.DropIndex(name: "IX_Items_CountedAt", table: "Items");
        migrationBuilder.RenameColumn(name: "CountedAt", table: "Items", newName: "SeenAt");
        migrationBuilder.DropCheckConstraint(name: "CK_Items_Reserved", table: "Items");
        migrationBuilder.DropColumn(name: "Reserved", table: "Items");
    }
}
