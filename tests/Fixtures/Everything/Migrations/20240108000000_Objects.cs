using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Everything.Migrations;

[DbContext(typeof(EverythingContext))]
[Migration("20240108000000_Objects")]
public sealed class Objects : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.EnsureSchema(name: "archive");
        migrationBuilder.CreateSequence<int>(name: "Tickets", schema: "Back Office", startValue: 10, incrementBy: 10, cyclic: true);
        migrationBuilder.CreateSequence(name: "hilo", incrementBy: 10);
        migrationBuilder.AddColumn<long>(name: "Ticket", table: "Orders", type: "bigint", nullable: false, defaultValueSql: "nextval('\"Back Office\".\"Tickets\"')");
        migrationBuilder.AlterTable(name: "Statuses").Annotation("Npgsql:StorageParameter:fillfactor", 80);
        migrationBuilder.RenameTable(name: "Customers", newName: "Customers", newSchema: "archive");
        migrationBuilder.DropIndex(name: "IX_Customers_Tags", table: "Clients");
        migrationBuilder.DropCheckConstraint(name: "CK_Customers_Name", table: "Clients");
        migrationBuilder.DropUniqueConstraint(name: "AK_Clients_Number", table: "Clients");
        migrationBuilder.Sql("CREATE VIEW \"OpenOrders\" AS SELECT \"ClientId\", \"Number\" FROM \"Orders\" WHERE \"StatusId\" = 1");
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP VIEW \"OpenOrders\"");
}
