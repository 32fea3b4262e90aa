using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Everything.Migrations;

[DbContext(typeof(EverythingContext))]
[Migration("20240104000000_Statuses")]
public sealed class Statuses : Migration
{
    static readonly string[] StatusColumns = ["Id", "Name"];
    static readonly string[] StatusTypes = ["integer", "text"];

    // A required column with 0, then the values, then the foreign key to a table that is made and filled here.
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<int>(name: "StatusId", table: "Orders", type: "integer", nullable: false, defaultValue: 0)
            // What the old version inserts must have a status that there is.
            .Annotation("EfRoll:Up", "1");
        migrationBuilder.CreateTable(
            name: "Statuses",
            columns: table => new { Id = table.Column<int>(type: "integer", nullable: false), Name = table.Column<string>(type: "text", nullable: false) },
            constraints: table => table.PrimaryKey("PK_Statuses", x => x.Id));
        migrationBuilder.InsertData(table: "Statuses", columns: StatusColumns, columnTypes: StatusTypes, values: new object[,] { { 1, "open" }, { 2, "paid" } });
        migrationBuilder.Sql("UPDATE \"Orders\" SET \"StatusId\" = CASE WHEN \"Total\" > 50 THEN 2 ELSE 1 END");
        migrationBuilder.CreateIndex(name: "IX_Orders_StatusId", table: "Orders", column: "StatusId");
        migrationBuilder.AddForeignKey(name: "FK_Orders_Statuses_StatusId", table: "Orders", column: "StatusId", principalTable: "Statuses", principalColumn: "Id", onDelete: ReferentialAction.Cascade);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropForeignKey(name: "FK_Orders_Statuses_StatusId", table: "Orders");
        migrationBuilder.DropTable(name: "Statuses");
        migrationBuilder.DropColumn(name: "StatusId", table: "Orders");
    }
}
