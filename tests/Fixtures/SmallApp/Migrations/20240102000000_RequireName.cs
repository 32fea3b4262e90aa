using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmallApp.Migrations;

[DbContext(typeof(ShopContext))]
[Migration("20240102000000_RequireName")]
public sealed class RequireName : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterColumn<string>(
            name: "Name",
            table: "Customers",
            type: "text",
            nullable: false,
            defaultValue: "",
            oldClrType: typeof(string),
            oldType: "text",
            oldNullable: true);

        migrationBuilder.Sql("UPDATE \"Customers\" SET \"Name\" = upper(\"Name\")");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("UPDATE \"Customers\" SET \"Name\" = lower(\"Name\")");
        migrationBuilder.AlterColumn<string>(name: "Name", table: "Customers", type: "text", nullable: true, oldClrType: typeof(string), oldType: "text");
    }
}
