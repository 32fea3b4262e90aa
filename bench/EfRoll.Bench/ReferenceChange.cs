using EfRoll.Engine;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EfRoll.Bench;

/// <summary>The change that is measured: <c>bio</c> becomes required, and is filled by an expression.</summary>
static class ReferenceChange
{
    /// <summary>The new version's value of a row.</summary>
    public const string Up = "coalesce(bio, '')";

    const string Id = "20260101000000_RequireBio";

    /// <summary>How the new version finds its tables.</summary>
    public const string NewSearchPath = $"\"public_{Id}\", public";

    /// <summary>The migration, as EfRoll runs it.</summary>
    public static RolloutRequest Request { get; } = new(
    [
        new(Id, [new AlterColumn(new RelationName("users"), new Identifier("bio")) { IsNullable = false, Up = new Expression(Up) }]),
    ]);

    /// <summary>The same change as SQL of EF Core.</summary>
    public static IReadOnlyList<string> EfStatements()
    {
        using var context = new DbContext(new DbContextOptionsBuilder().UseNpgsql("Host=nowhere").Options);
        var builder = new MigrationBuilder("Npgsql.EntityFrameworkCore.PostgreSQL");
        builder.AlterColumn<string>("bio", "users", "text", nullable: false, defaultValue: "", oldClrType: typeof(string), oldType: "text", oldNullable: true);
        return [.. context.GetService<IMigrationsSqlGenerator>().Generate(builder.Operations).Select(command => command.CommandText)];
    }
}
