using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Everything.Migrations;

[DbContext(typeof(EverythingContext))]
[Migration("20240105000000_Columns")]
public sealed class Columns : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterColumn<string>(name: "Name", table: "Clients", type: "character varying(100)", maxLength: 100, nullable: false, collation: "C", comment: "As written.", oldClrType: typeof(string), oldType: "character varying(50)", oldMaxLength: 50, oldCollation: "C", oldComment: "As \"written\" by them.");
        migrationBuilder.AlterColumn<string>(name: "Email", table: "Clients", type: "text", nullable: false, defaultValue: "", oldClrType: typeof(string), oldType: "text", oldNullable: true);
        migrationBuilder.AlterColumn<decimal>(name: "Total", table: "Orders", type: "numeric(12,2)", precision: 12, scale: 2, nullable: true, oldClrType: typeof(decimal), oldType: "numeric(10,2)", oldPrecision: 10, oldScale: 2, oldDefaultValue: 0m);
        migrationBuilder.AlterColumn<DateTime>(name: "Seen", table: "Clients", type: "timestamp with time zone", nullable: true, oldClrType: typeof(DateTime), oldType: "timestamp without time zone", oldNullable: true);
        migrationBuilder.AlterColumn<string>(name: "Body", table: "Clients", type: "text", nullable: true, oldClrType: typeof(string), oldType: "text", oldNullable: true).OldAnnotation("Npgsql:Compression:", "pglz");
        migrationBuilder.AddColumn<string>(name: "Phone", table: "Clients", type: "text", nullable: true, comment: "With the country's code.");
        migrationBuilder.AddColumn<DateTime>(name: "PlacedAt", table: "Orders", type: "timestamp with time zone", nullable: false, defaultValueSql: "now()");
        migrationBuilder.DropColumn(name: "Period", table: "Clients");
        migrationBuilder.DropColumn(name: "xmin", table: "Clients");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropColumn(name: "Phone", table: "Clients");
        migrationBuilder.DropColumn(name: "PlacedAt", table: "Orders");
        migrationBuilder.AlterColumn<decimal>(name: "Total", table: "Orders", type: "numeric(10,2)", precision: 10, scale: 2, nullable: false, defaultValue: 0m, oldClrType: typeof(decimal), oldType: "numeric(12,2)", oldPrecision: 12, oldScale: 2, oldNullable: true);
        migrationBuilder.AddColumn<NpgsqlTypes.NpgsqlRange<int>>(name: "Period", table: "Clients", type: "int4range", nullable: true);
        migrationBuilder.AlterColumn<string>(name: "Email", table: "Clients", type: "text", nullable: true, oldClrType: typeof(string), oldType: "text");
    }
}
