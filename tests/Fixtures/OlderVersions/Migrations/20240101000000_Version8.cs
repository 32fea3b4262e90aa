using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace OlderVersions.Migrations;

// 8 maps lists to arrays.
[DbContext(typeof(OlderContext))]
[Migration("20240101000000_Version8")]
public sealed class Version8 : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<List<string>>(name: "Labels", table: "Posts", type: "text[]", nullable: false, defaultValueSql: "'{}'::text[]");
        migrationBuilder.AlterColumn<string>(name: "Title", table: "Blogs", type: "character varying(200)", maxLength: 200, nullable: false, oldClrType: typeof(string), oldType: "character varying(100)", oldMaxLength: 100);
    }

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn(name: "Labels", table: "Posts");
}
