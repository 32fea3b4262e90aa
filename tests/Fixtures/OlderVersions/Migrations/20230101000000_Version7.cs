using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace OlderVersions.Migrations;

// 7 drops a foreign key and adds it again where only the delete behaviour changed, and writes descending columns itself.
[DbContext(typeof(OlderContext))]
[Migration("20230101000000_Version7")]
public sealed class Version7 : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropForeignKey(name: "FK_Posts_Blogs_BlogId", table: "Posts");
        migrationBuilder.AlterColumn<int>(name: "BlogId", table: "Posts", type: "integer", nullable: false, defaultValue: 0, oldClrType: typeof(int), oldType: "integer", oldNullable: true);
        migrationBuilder.CreateIndex(name: "IX_Posts_Content", table: "Posts", column: "Content", descending: []);
        migrationBuilder.AddForeignKey(name: "FK_Posts_Blogs_BlogId", table: "Posts", column: "BlogId", principalTable: "Blogs", principalColumn: "BlogId", onDelete: ReferentialAction.Cascade);
    }

    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AlterColumn<int>(name: "BlogId", table: "Posts", type: "integer", nullable: true, oldClrType: typeof(int), oldType: "integer");
}
