using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace PlainLibrary.Migrations;

[DbContext(typeof(NotesContext))]
[Migration("20240101000000_Notes")]
public sealed class Notes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.CreateTable("notes", table => new { Text = table.Column<string>(nullable: false) });

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("notes");
}
