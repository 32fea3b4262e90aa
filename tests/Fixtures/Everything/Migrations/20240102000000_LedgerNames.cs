using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Everything.Migrations;

[DbContext(typeof(LedgerContext))]
[Migration("20240102000000_Ledger.names-of-things")]
public sealed class LedgerNames : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.RenameColumn(name: "amount", table: "entries", newName: "value");
        migrationBuilder.AddColumn<string>(name: "text", table: "entries", type: "text", nullable: false, defaultValue: "");
    }
}
