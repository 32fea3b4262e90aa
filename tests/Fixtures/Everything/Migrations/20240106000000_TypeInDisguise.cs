using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Everything.Migrations;

[DbContext(typeof(EverythingContext))]
[Migration("20240106000000_TypeInDisguise")]
public sealed class TypeInDisguise : Migration
{
    // A temporary column, the values, the old one dropped, the new one renamed: a change of type as it is written by hand.
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>(name: "TotalText", table: "Orders", type: "text", nullable: true);
        migrationBuilder.Sql("UPDATE \"Orders\" SET \"TotalText\" = \"Total\"::text");
        migrationBuilder.DropColumn(name: "Total", table: "Orders");
        migrationBuilder.RenameColumn(name: "TotalText", table: "Orders", newName: "Total");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<decimal>(name: "OldTotal", table: "Orders", type: "numeric(12,2)", nullable: true);
        migrationBuilder.Sql("UPDATE \"Orders\" SET \"OldTotal\" = \"Total\"::numeric");
        migrationBuilder.DropColumn(name: "Total", table: "Orders");
        migrationBuilder.RenameColumn(name: "OldTotal", table: "Orders", newName: "Total");
    }
}
