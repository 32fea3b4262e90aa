using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmallApp.Migrations;

[DbContext(typeof(ShopContext))]
[Migration("20240103000000_NoWayBack")]
public sealed class NoWayBack : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropColumn(name: "Legacy", table: "Customers");
        migrationBuilder.Sql("DELETE FROM \"Customers\" WHERE false").Annotation("EfRoll:RunAt", "noon");
    }

    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("There is no way back.");
}
