using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Everything.Migrations;

[DbContext(typeof(EverythingContext))]
[Migration("20240110000000_Types")]
public sealed class Types : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterDatabase()
            .Annotation("Npgsql:CollationDefinition:plain", "C,C,libc,True")
            .Annotation("Npgsql:Enum:mood", "sad,ok")
            .Annotation("Npgsql:PostgresExtension:citext", ",,");
        migrationBuilder.AddColumn<string>(name: "Nick", table: "Clients", type: "citext", nullable: true);
        migrationBuilder.AddColumn<string>(name: "Mood", table: "Clients", type: "mood", nullable: true);
    }
}
