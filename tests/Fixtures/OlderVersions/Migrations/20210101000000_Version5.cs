using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace OlderVersions.Migrations;

// 5 wrote what had changed in the provider's defaults as changes of columns that change nothing, often without the old type.
[DbContext(typeof(OlderContext))]
[Migration("20210101000000_Version5")]
public sealed class Version5 : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterColumn<string>(name: "Url", table: "Blogs", type: "text", nullable: true, oldClrType: typeof(string), oldNullable: true);
        migrationBuilder.AlterColumn<int>(name: "Rating", table: "Blogs", type: "integer", nullable: false, defaultValue: 3, oldClrType: typeof(int), oldDefaultValue: 3);
        migrationBuilder.AlterColumn<string>(name: "Content", table: "Posts", nullable: false, defaultValue: "", oldClrType: typeof(string), oldNullable: true);
        migrationBuilder.AlterColumn<int>(name: "BlogId", table: "Blogs", type: "integer", nullable: false, oldClrType: typeof(int), oldType: "integer")
            .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn)
            .OldAnnotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.SerialColumn);
        migrationBuilder.CreateIndex(name: "IX_Blogs_Url", table: "Blogs", column: "Url", unique: true, filter: "\"Url\" IS NOT NULL");
    }

    protected override void Down(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AlterColumn<string>(name: "Content", table: "Posts", nullable: true, oldClrType: typeof(string));
}
