using EfRoll.Translator;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Rehearsal.Tests;

/// <summary>An operation of EF Core's with what may stand beside it.</summary>
/// <param name="Operation">The operation's type, without its ending.</param>
/// <param name="With">The annotation, or what else makes it another case.</param>
/// <param name="Up">Writes it as a migration does.</param>
public sealed record CoverageExample(string Operation, string With, Action<MigrationBuilder> Up)
{
    /// <summary>The migration's <c>Down</c>, where it matters.</summary>
    public Action<MigrationBuilder>? Down { get; init; }

    /// <summary>The model after it, where the provider asks for it.</summary>
    public Action<ModelBuilder>? Model { get; init; }

    /// <summary>EF Core's operations.</summary>
    public IReadOnlyList<MigrationOperation> Operations()
    {
        var builder = new MigrationBuilder("Npgsql.EntityFrameworkCore.PostgreSQL");
        Up(builder);
        return builder.Operations;
    }

    /// <summary>The migration as the engine gets it.</summary>
    public Engine.Manifests.MigrationManifest Translate()
    {
        using var context = new DbContext(new DbContextOptionsBuilder().UseNpgsql("Host=nowhere").Options);
        return MigrationTranslator.Translate(new MigrationSource("20240101000000_Example", () => new Written(this), new Provider(context)));
    }

    sealed class Written(CoverageExample example) : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) => example.Up(migrationBuilder);

        protected override void BuildTargetModel(ModelBuilder modelBuilder) => example.Model?.Invoke(modelBuilder);

        protected override void Down(MigrationBuilder migrationBuilder) => example.Down?.Invoke(migrationBuilder);
    }
}
