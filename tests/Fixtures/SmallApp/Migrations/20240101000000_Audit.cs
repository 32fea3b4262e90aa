using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmallApp.Migrations;

[DbContext(typeof(AuditContext))]
[Migration("20240101000000_Audit")]
public sealed class Audit : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.EnsureSchema(name: "audit");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropSchema(name: "audit");
}
