using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Everything.Migrations;

[DbContext(typeof(EverythingContext))]
[Migration("20240103000000_Rename customers to clients")]
public sealed class RenameCustomersToClients : Migration
{
    // As the differ writes it: keys, foreign keys and indexes are dropped and added around the rename; the name that is free is taken at once.
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropForeignKey(name: "FK_Customers_Customers_ParentId", table: "Customers");
        migrationBuilder.DropForeignKey(name: "FK_Customers_Kinds_KindId", table: "Customers");
        migrationBuilder.DropForeignKey(name: "FK_Orders_Customers_CustomerId", table: "Orders");
        migrationBuilder.DropUniqueConstraint(name: "AK_Customers_Number", table: "Customers");
        migrationBuilder.DropPrimaryKey(name: "PK_Customers", table: "Customers");
        migrationBuilder.RenameTable(name: "Customers", newName: "Clients");
        migrationBuilder.RenameColumn(name: "CustomerId", table: "Orders", newName: "ClientId");
        migrationBuilder.RenameIndex(name: "IX_Customers_ParentId", table: "Clients", newName: "IX_Clients_ParentId");
        migrationBuilder.RenameIndex(name: "IX_Customers_KindId", table: "Clients", newName: "IX_Clients_KindId");
        migrationBuilder.AddUniqueConstraint(name: "AK_Clients_Number", table: "Clients", column: "Number");
        migrationBuilder.AddPrimaryKey(name: "PK_Clients", table: "Clients", column: "Id");
        migrationBuilder.CreateTable(
            name: "Customers",
            columns: table => new { Id = table.Column<long>(type: "bigint", nullable: false), Email = table.Column<string>(type: "text", nullable: true) },
            constraints: table => table.PrimaryKey("PK_Customers", x => x.Id));
        migrationBuilder.AddForeignKey(name: "FK_Clients_Clients_ParentId", table: "Clients", column: "ParentId", principalTable: "Clients", principalColumn: "Id", onDelete: ReferentialAction.SetNull);
        migrationBuilder.AddForeignKey(name: "FK_Clients_Kinds_KindId", table: "Clients", column: "KindId", principalSchema: "Back Office", principalTable: "Kinds", principalColumn: "Id");
        migrationBuilder.AddForeignKey(name: "FK_Orders_Clients_ClientId", table: "Orders", column: "ClientId", principalTable: "Clients", principalColumn: "Id", onDelete: ReferentialAction.Cascade);
    }
}
