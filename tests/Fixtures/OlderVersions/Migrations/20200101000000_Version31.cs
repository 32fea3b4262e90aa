using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace OlderVersions.Migrations;

// 3.1 wrote no types where they were the provider's own, and serial columns for models that came from 2.x.
[DbContext(typeof(OlderContext))]
[Migration("20200101000000_Version31")]
public sealed class Version31 : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "Blogs",
            columns: table => new
            {
                BlogId = table.Column<int>(nullable: false).Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.SerialColumn),
                Url = table.Column<string>(nullable: true),
                Rating = table.Column<int>(nullable: false, defaultValue: 3),
                Title = table.Column<string>(maxLength: 100, nullable: false),
                Created = table.Column<DateTime>(nullable: false),
                Price = table.Column<decimal>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_Blogs", x => x.BlogId));
        migrationBuilder.CreateTable(
            name: "Posts",
            columns: table => new
            {
                PostId = table.Column<int>(nullable: false).Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                BlogId = table.Column<int>(nullable: true),
                Content = table.Column<string>(nullable: true),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Posts", x => x.PostId);
                table.ForeignKey(name: "FK_Posts_Blogs_BlogId", column: x => x.BlogId, principalTable: "Blogs", principalColumn: "BlogId", onDelete: ReferentialAction.Restrict);
            });
        migrationBuilder.CreateIndex(name: "IX_Posts_BlogId", table: "Posts", column: "BlogId");
        migrationBuilder.InsertData(table: "Blogs", columns: ["BlogId", "Created", "Title", "Url"], values: [1, new DateTime(2020, 1, 1), "First", "http://example.com"]);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(name: "Posts");
        migrationBuilder.DropTable(name: "Blogs");
    }

    protected override void BuildTargetModel(ModelBuilder modelBuilder)
    {
        modelBuilder
            .HasAnnotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn)
            .HasAnnotation("ProductVersion", "3.1.32")
            .HasAnnotation("Relational:MaxIdentifierLength", 63);
        modelBuilder.Entity("OlderVersions.Blog", b =>
        {
            b.Property<int>("BlogId").ValueGeneratedOnAdd().HasColumnType("integer").HasAnnotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.SerialColumn);
            b.Property<string>("Url").HasColumnType("text");
            b.Property<int>("Rating").ValueGeneratedOnAdd().HasColumnType("integer").HasDefaultValue(3);
            b.Property<string>("Title").IsRequired().HasColumnType("character varying(100)").HasMaxLength(100);
            b.Property<DateTime>("Created").HasColumnType("timestamp without time zone");
            b.Property<decimal?>("Price").HasColumnType("numeric");
            b.HasKey("BlogId");
            b.ToTable("Blogs");
        });
        modelBuilder.Entity("OlderVersions.Post", b =>
        {
            b.Property<int>("PostId").ValueGeneratedOnAdd().HasColumnType("integer").HasAnnotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);
            b.Property<int?>("BlogId").HasColumnType("integer");
            b.Property<string>("Content").HasColumnType("text");
            b.HasKey("PostId");
            b.HasIndex("BlogId");
            b.ToTable("Posts");
        });
    }
}
