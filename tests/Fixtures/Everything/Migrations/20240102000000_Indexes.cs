using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace Everything.Migrations;

[DbContext(typeof(EverythingContext))]
[Migration("20240102000000_Indexes")]
public sealed class Indexes : Migration
{
    static readonly string[] NameAndEmail = ["Name", "Email"];
    static readonly string[] Includes = ["CreatedAt"];
    static readonly string[] PatternOperators = ["text_pattern_ops", ""];
    static readonly string[] Collations = ["C"];
    static readonly NullSortOrder[] NullsFirst = [NullSortOrder.NullsFirst, NullSortOrder.Unspecified];

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateIndex(name: "IX_Customers_Name_Email", table: "Customers", columns: NameAndEmail, descending: [true, false], filter: "\"Email\" IS NOT NULL")
            .Annotation("Npgsql:IndexInclude", Includes)
            .Annotation("Npgsql:IndexNullSortOrder", NullsFirst);
        migrationBuilder.CreateIndex(name: "IX_Customers_Email_Name", table: "Customers", columns: ["Email", "Name"]).Annotation("Npgsql:IndexOperators", PatternOperators);
        migrationBuilder.CreateIndex(name: "IX_Customers_Tags", table: "Customers", column: "Tags").Annotation("Npgsql:IndexMethod", "gin");
        migrationBuilder.CreateIndex(name: "IX_Customers_Body", table: "Customers", column: "Body").Annotation("Relational:Collation", Collations);
        migrationBuilder.CreateIndex(name: "IX_Orders_Key", table: "Orders", column: "Key", unique: true).Annotation("Npgsql:CreatedConcurrently", true);
        migrationBuilder.CreateIndex(name: "IX_Orders_Total", table: "Orders", column: "Total", descending: []).Annotation("Npgsql:StorageParameter:fillfactor", 70);
        migrationBuilder.AddCheckConstraint(name: "CK_Orders_Total", table: "Orders", sql: "\"Total\" >= 0");
        migrationBuilder.AlterTable(name: "Orders", comment: "What they want.");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AlterTable(name: "Orders", oldComment: "What they want.");
        migrationBuilder.DropCheckConstraint(name: "CK_Orders_Total", table: "Orders");
        migrationBuilder.DropIndex(name: "IX_Orders_Total", table: "Orders");
        migrationBuilder.DropIndex(name: "IX_Orders_Key", table: "Orders");
        migrationBuilder.DropIndex(name: "IX_Customers_Body", table: "Customers");
        migrationBuilder.DropIndex(name: "IX_Customers_Tags", table: "Customers");
        migrationBuilder.DropIndex(name: "IX_Customers_Email_Name", table: "Customers");
        migrationBuilder.DropIndex(name: "IX_Customers_Name_Email", table: "Customers");
    }
}
