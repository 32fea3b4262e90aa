using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace OlderVersions.Migrations;

// 6 made every DateTime a timestamp with time zone.
[DbContext(typeof(OlderContext))]
[Migration("20220101000000_Version6")]
public sealed class Version6 : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterColumn<DateTime>(name: "Created", table: "Blogs", type: "timestamp with time zone", nullable: false, oldClrType: typeof(DateTime), oldType: "timestamp without time zone");
        migrationBuilder.CreateTable(
            name: "BlogTag",
            columns: table => new { BlogsBlogId = table.Column<int>(type: "integer", nullable: false), Tag = table.Column<string>(type: "text", nullable: false) },
            constraints: table =>
            {
                table.PrimaryKey("PK_BlogTag", x => new { x.BlogsBlogId, x.Tag });
                table.ForeignKey(name: "FK_BlogTag_Blogs_BlogsBlogId", column: x => x.BlogsBlogId, principalTable: "Blogs", principalColumn: "BlogId", onDelete: ReferentialAction.Cascade);
            });
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(name: "BlogTag");
        migrationBuilder.AlterColumn<DateTime>(name: "Created", table: "Blogs", type: "timestamp without time zone", nullable: false, oldClrType: typeof(DateTime), oldType: "timestamp with time zone");
    }
}
