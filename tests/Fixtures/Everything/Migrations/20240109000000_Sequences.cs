using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Everything.Migrations;

[DbContext(typeof(EverythingContext))]
[Migration("20240109000000_Sequences")]
public sealed class Sequences : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterSequence(name: "hilo", incrementBy: 5, oldIncrementBy: 10);
        migrationBuilder.RestartSequence(name: "hilo", startValue: 1000);
        migrationBuilder.RenameSequence(name: "hilo", newName: "low_high", newSchema: "archive");
        migrationBuilder.DropTable(name: "Customers", schema: "archive");
        migrationBuilder.DropColumn(name: "Ticket", table: "Orders");
        migrationBuilder.DropSequence(name: "Tickets", schema: "Back Office");
    }
}
