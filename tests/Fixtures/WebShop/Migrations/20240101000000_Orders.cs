using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace WebShop.Migrations;

[DbContext(typeof(OrdersContext))]
[Migration("20240101000000_Orders")]
sealed class Orders : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateTable("orders", table => new { Total = table.Column<decimal>(precision: 12, scale: 2, nullable: false) });

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("orders");
}
