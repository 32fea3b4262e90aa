using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Depot.Migrations;

[DbContext(typeof(DepotContext))]
[Migration("20240103000000_PricesInUnits")]
public sealed class PricesInUnits : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterColumn<decimal>(
            name: "Price",
            table: "Items",
            type: "numeric(12,2)",
            nullable: false,
            defaultValue: 0m,
            oldClrType: typeof(int),
            oldType: "integer",
            oldDefaultValue: 0)
            .Up("\"Price\" / 100.0")
            .Down("round(\"Price\" * 100)::integer");
        migrationBuilder.AlterColumn<string>(
            name: "Name",
            table: "Items",
            type: "text",
            nullable: false,
            defaultValue: "",
            oldClrType: typeof(string),
            oldType: "text",
            oldNullable: true);
        migrationBuilder.RenameTable(name: "Shelves", newName: "Racks");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.RenameTable(name: "Racks", newName: "Shelves");
        migrationBuilder.AlterColumn<string>(
            name: "Name",
            table: "Items",
            type: "text",
            nullable: true,
            oldClrType: typeof(string),
            oldType: "text");
        migrationBuilder.AlterColumn<int>(
            name: "Price",
            table: "Items",
            type: "integer",
            nullable: false,
            defaultValue: 0,
            oldClrType: typeof(decimal),
            oldType: "numeric(12,2)");
    }
}
