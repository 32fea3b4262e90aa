using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace Everything.Migrations;

[DbContext(typeof(EverythingContext))]
[Migration("20240107000000_Wider")]
public sealed class Wider : Migration
{
    static readonly string[] KindColumns = ["Id", "Name"];
    static readonly string[] KindTypes = ["integer", "text"];

    // A whole family: a key with identity, a self reference, and part of a composite key that refers to it.
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterColumn<long>(name: "ParentId", table: "Clients", type: "bigint", nullable: true, oldClrType: typeof(int), oldType: "integer", oldNullable: true);
        migrationBuilder.AlterColumn<long>(name: "ClientId", table: "Orders", type: "bigint", nullable: false, oldClrType: typeof(int), oldType: "integer");
        migrationBuilder.AlterColumn<int>(name: "Id", table: "Statuses", type: "integer", nullable: false, oldClrType: typeof(int), oldType: "integer")
            .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);
        migrationBuilder.UpdateData(schema: "Back Office", table: "Kinds", keyColumns: ["Id"], keyColumnTypes: ["integer"], keyValues: [2], columns: ["Name"], columnTypes: ["text"], values: ["company"]);
        migrationBuilder.DeleteData(schema: "Back Office", table: "Kinds", keyColumns: ["Id"], keyColumnTypes: ["integer"], keyValues: [1]);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.UpdateData(schema: "Back Office", table: "Kinds", keyColumns: ["Id"], keyColumnTypes: ["integer"], keyValues: [2], columns: ["Name"], columnTypes: ["text"], values: ["firm"]);
        migrationBuilder.InsertData(schema: "Back Office", table: "Kinds", columns: KindColumns, columnTypes: KindTypes, values: [1, "private"]);
    }
}
