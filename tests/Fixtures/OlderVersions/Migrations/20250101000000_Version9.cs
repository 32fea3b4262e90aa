using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace OlderVersions.Migrations;

// 9 writes sequences with the schema of the model, and enumerations without one.
[DbContext(typeof(OlderContext))]
[Migration("20250101000000_Version9")]
public sealed class Version9 : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.RenameColumn(name: "Url", table: "Blogs", newName: "Address");
        migrationBuilder.RenameIndex(name: "IX_Blogs_Url", table: "Blogs", newName: "IX_Blogs_Address");
        migrationBuilder.CreateSequence(name: "BlogSequence");
        migrationBuilder.DropColumn(name: "Price", table: "Blogs");
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.AddColumn<decimal>(name: "Price", table: "Blogs", type: "numeric", nullable: true);
}
