using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Everything.Migrations;

[DbContext(typeof(EverythingContext))]
[Migration("20240111000000_MoreTypes")]
public sealed class MoreTypes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterDatabase()
            .Annotation("Npgsql:CollationDefinition:plain", "C,C,libc,True")
            .Annotation("Npgsql:Enum:mood", "sad,ok,happy")
            .Annotation("Npgsql:PostgresExtension:citext", ",,")
            .OldAnnotation("Npgsql:CollationDefinition:plain", "C,C,libc,True")
            .OldAnnotation("Npgsql:Enum:mood", "sad,ok")
            .OldAnnotation("Npgsql:PostgresExtension:citext", ",,");
        migrationBuilder.AlterColumn<int>(name: "Twice", table: "Clients", type: "integer", nullable: true, computedColumnSql: "\"Id\" * 3", stored: true, oldClrType: typeof(int), oldType: "integer", oldNullable: true, oldComputedColumnSql: "\"Id\" * 2", oldStored: true);
    }
}
