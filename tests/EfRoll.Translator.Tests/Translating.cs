using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Migration = Microsoft.EntityFrameworkCore.Migrations.Migration;

namespace EfRoll.Translator.Tests;

/// <summary>Translates what a test writes as it would stand in a migration.</summary>
static class Translating
{
    public const string Id = "20240101000000_Test";

    static readonly DbContextOptions Options = new DbContextOptionsBuilder().UseNpgsql("Host=x").Options;

    /// <summary>One for each caller: tests run in parallel, and a context is for one thread.</summary>
    public static DbContext Context => new(Options);

    /// <summary>All operations, which must have a translation.</summary>
    public static IReadOnlyList<Operation> All(Action<MigrationBuilder> up, Action<MigrationBuilder>? down = null, Action<ModelBuilder>? model = null)
    {
        var manifest = Migration(up, down, model);
        Assert.Empty(manifest.Refusals);
        return [.. manifest.Migration.Operations.Select(operation => operation with { Source = null })];
    }

    /// <summary>The only operation, without its place.</summary>
    public static Operation One(Action<MigrationBuilder> up, Action<MigrationBuilder>? down = null, Action<ModelBuilder>? model = null) =>
        Assert.Single(All(up, down, model));

    /// <summary>The only refusal, which must have a code.</summary>
    public static Refusal Refused(ErrorCode code, Action<MigrationBuilder> up, Action<MigrationBuilder>? down = null, Action<ModelBuilder>? model = null)
    {
        var manifest = Migration(up, down, model);
        var refusal = Assert.Single(manifest.Refusals);
        Assert.Equal(code, (ErrorCode)refusal.Code);
        Assert.NotEmpty(refusal.Remedy);
        Assert.Equal(Id, refusal.Source?.Migration);
        Assert.Empty(manifest.Migration.Operations);
        return refusal;
    }

    public static MigrationManifest Migration(Action<MigrationBuilder> up, Action<MigrationBuilder>? down = null, Action<ModelBuilder>? model = null) =>
        MigrationTranslator.Translate(new MigrationSource(Id, () => new WrittenMigration(up, down, model), new Provider(Context)));

    public static MigrationManifest Migration(MigrationOperation operation) => Migration(builder => builder.Operations.Add(operation));

    /// <summary>An array, as annotations hold them.</summary>
    public static T[] Array<T>(params T[] values) => values;

    /// <summary>What the provider itself would run.</summary>
    public static string ProviderSql(Action<MigrationBuilder> up, Action<ModelBuilder>? model = null)
    {
        var migration = new WrittenMigration(up, null, model);
        using var context = Context;
        var target = context.GetService<IModelRuntimeInitializer>().Initialize(migration.TargetModel, designTime: true, validationLogger: null);
        return string.Join('\n', context.GetService<IMigrationsSqlGenerator>().Generate(migration.UpOperations, target).Select(command => command.CommandText));
    }
}

sealed class WrittenMigration(Action<MigrationBuilder> up, Action<MigrationBuilder>? down, Action<ModelBuilder>? model) : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => up(migrationBuilder);

    protected override void Down(MigrationBuilder migrationBuilder) => down?.Invoke(migrationBuilder);

    protected override void BuildTargetModel(ModelBuilder modelBuilder) => model?.Invoke(modelBuilder);
}

/// <summary>The same annotations as the Runtime package's hints.</summary>
static class HintsInTests
{
    public static void Hint<T>(this Microsoft.EntityFrameworkCore.Migrations.Operations.Builders.OperationBuilder<T> operation, string name, string value)
        where T : MigrationOperation => operation.Annotation($"EfRoll:{name}", value);
}
