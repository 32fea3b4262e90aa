using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace Everything.Migrations;

[DbContext(typeof(EverythingContext))]
[Migration("20240101000000_Create")]
public sealed class Create : Migration
{
    static readonly string[] KindColumns = ["Id", "Name"];
    static readonly string[] KindTypes = ["integer", "text"];

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.EnsureSchema(name: "Back Office");
        migrationBuilder.CreateTable(
            name: "Kinds",
            schema: "Back Office",
            columns: table => new
            {
                Id = table.Column<int>(type: "integer", nullable: false).Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                Name = table.Column<string>(type: "text", nullable: false),
            },
            constraints: table => table.PrimaryKey("PK_Kinds", x => x.Id),
            comment: "It's what a customer may be.");
        migrationBuilder.CreateTable(
            name: "Customers",
            columns: table => new
            {
                Id = table.Column<int>(type: "integer", nullable: false)
                    .Annotation("Npgsql:IdentitySequenceOptions", "'100', '5', '', '', 'False', '1'")
                    .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                ParentId = table.Column<int>(type: "integer", nullable: true),
                KindId = table.Column<int>(type: "integer", nullable: true),
                Name = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false, collation: "C", comment: "As \"written\" by them."),
                Email = table.Column<string>(type: "text", nullable: true),
                Tags = table.Column<string[]>(type: "text[]", nullable: true),
                Notes = table.Column<string>(type: "jsonb", nullable: false, defaultValue: ""),
                Number = table.Column<int>(type: "integer", nullable: false).Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.SerialColumn),
                Twice = table.Column<int>(type: "integer", nullable: true, computedColumnSql: "\"Id\" * 2", stored: true),
                Body = table.Column<string>(type: "text", nullable: true).Annotation("Npgsql:Compression:", "pglz"),
                CreatedAt = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                Seen = table.Column<DateTime>(type: "timestamp without time zone", nullable: true),
                Period = table.Column<NpgsqlTypes.NpgsqlRange<int>>(type: "int4range", nullable: true),
                xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Customers", x => x.Id);
                table.UniqueConstraint("AK_Customers_Number", x => x.Number);
                table.CheckConstraint("CK_Customers_Name", "\"Name\" <> 'nobody'");
                table.ForeignKey("FK_Customers_Customers_ParentId", x => x.ParentId, "Customers", "Id", onDelete: ReferentialAction.SetNull);
                table.ForeignKey("FK_Customers_Kinds_KindId", x => x.KindId, principalSchema: "Back Office", principalTable: "Kinds", principalColumn: "Id");
            });
        migrationBuilder.CreateTable(
            name: "Orders",
            columns: table => new
            {
                CustomerId = table.Column<int>(type: "integer", nullable: false),
                Number = table.Column<int>(type: "integer", nullable: false),
                Total = table.Column<decimal>(type: "numeric(10,2)", precision: 10, scale: 2, nullable: false, defaultValue: 0m),
                Key = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "gen_random_uuid()"),
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_Orders", x => new { x.CustomerId, x.Number });
                table.ForeignKey("FK_Orders_Customers_CustomerId", x => x.CustomerId, "Customers", "Id", onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex(name: "IX_Customers_ParentId", table: "Customers", column: "ParentId");
        migrationBuilder.CreateIndex(name: "IX_Customers_KindId", table: "Customers", column: "KindId");
        migrationBuilder.InsertData(schema: "Back Office", table: "Kinds", columns: KindColumns, columnTypes: KindTypes, values: new object[,] { { 1, "private" }, { 2, "firm" } });
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(name: "Orders");
        migrationBuilder.DropTable(name: "Customers");
        migrationBuilder.DropTable(name: "Kinds", schema: "Back Office");
    }
}
