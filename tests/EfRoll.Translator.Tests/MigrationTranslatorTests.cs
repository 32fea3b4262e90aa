using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations.Operations;

namespace EfRoll.Translator.Tests;

public sealed class MigrationTranslatorTests
{
    // What EF Core and the provider can put into a migration and EfRoll refuses, each for its own reason.
    static readonly Type[] RefusedOnPurpose =
    [
        typeof(NpgsqlCreateDatabaseOperation), typeof(NpgsqlDropDatabaseOperation),
    ];

    public static TheoryData<Type> OperationTypes => [.. new[] { typeof(MigrationOperation).Assembly, typeof(NpgsqlCreateDatabaseOperation).Assembly }
        .SelectMany(assembly => assembly.GetExportedTypes())
        .Where(type => type is { IsAbstract: false } && typeof(MigrationOperation).IsAssignableFrom(type))];

    [Theory]
    [MemberData(nameof(OperationTypes))]
    public void Every_operation_of_EF_Core_is_translated_or_refused_on_purpose(Type type)
    {
        var manifest = Translating.Migration(Filled(type));

        if (RefusedOnPurpose.Contains(type))
        {
            Assert.Equal((int)ErrorCode.OperationNotSupported, Assert.Single(manifest.Refusals).Code);
        }
        else
        {
            Assert.Empty(manifest.Refusals);
            Assert.True(manifest.Migration.Operations.Count > 0 || type == typeof(AlterDatabaseOperation) || type == typeof(AlterTableOperation));
        }
    }

    [Fact]
    public void What_an_author_accepts_stands_at_the_operation()
    {
        var operation = Translating.One(up =>
        {
            var drop = up.DropColumn("note", "orders");
            drop.Hint("Accept:EFR4114", "moved");
            drop.Hint("Accept:EFR4121", "another");
        });

        Assert.Equal([new Acceptance("EFR4114", "moved"), new Acceptance("EFR4121", "another")], operation.Accepted);
        Assert.Contains("needs a reason", Translating.Refused(ErrorCode.InvalidHint, up => up.DropColumn("note", "orders").Hint("Accept:EFR4114", " ")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_of_operation_types_is_not_empty() => Assert.True(OperationTypes.Count > 30);

    [Fact]
    public void An_operation_of_somebody_else_is_refused()
    {
        var refusal = Assert.Single(Translating.Migration(new CreateViewOperation()).Refusals);

        Assert.Equal((int)ErrorCode.UnknownOperation, refusal.Code);
        Assert.Contains(nameof(CreateViewOperation), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_derived_operation_is_refused_as_the_provider_does() =>
        Assert.Equal((int)ErrorCode.UnknownOperation, Assert.Single(Translating.Migration(new DerivedSqlOperation { Sql = "SELECT 1" }).Refusals).Code);

    [Fact]
    public void Every_refusal_is_told_and_nothing_of_the_migration_is_left()
    {
        var manifest = Translating.Migration(up =>
        {
            up.DropTable("t");
            up.Operations.Add(new NpgsqlCreateDatabaseOperation { Name = "d1" });
            up.Operations.Add(new NpgsqlDropDatabaseOperation { Name = "d2" });
        });

        Assert.Equal(2, manifest.Refusals.Count);
        Assert.Empty(manifest.Migration.Operations);
    }

    [Fact]
    public void An_operation_knows_its_line_in_loops_lambdas_and_over_several_lines()
    {
        var manifest = MigrationTranslator.Translate(new MigrationSource("M", () => new LocatedMigration(), new Provider(Translating.Context)));

        var sources = manifest.Migration.Operations.Select(operation => operation.Source!).ToList();
        Assert.All(sources, source => Assert.Equal(("M", "MigrationTranslatorTests.cs"), (source.Migration, Path.GetFileName(source.File))));
        var first = sources[0].Line!.Value;
        Assert.Equal([first, first, first + 2, first + 3, first + 5], sources.Select(source => source.Line!.Value));
        Assert.All(sources, source => Assert.NotNull(source.Column));
    }

    [Fact]
    public void Up_is_run_once()
    {
        var runs = 0;
        var operations = Translating.All(up =>
        {
            runs++;
            up.AddColumn<Guid>("id", "t", "uuid", defaultValue: Guid.NewGuid());
        });

        Assert.Single(operations);
        Assert.Equal(1, runs);
    }

    [Fact]
    public void Down_is_not_run_when_nothing_needs_it() =>
        Assert.Single(Translating.All(up => up.DropTable("t"), down => Assert.Fail("Down was run.")));

    [Fact]
    public void An_Up_that_throws_is_refused() =>
        Assert.Contains("no luck", Translating.Refused(ErrorCode.MigrationThrows, up => throw new InvalidOperationException("no luck")).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_annotation_is_refused_by_name() =>
        Assert.Contains("Npgsql:Novelty", Translating.Refused(ErrorCode.UnknownAnnotation, up => up.DropTable("t").Annotation("Npgsql:Novelty", 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Annotations_of_other_providers_mean_nothing() =>
        Assert.Equal(new DropTable(new("t")), Translating.One(up => up.DropTable("t").Annotation("SqlServer:IsTemporal", true)));

    [Fact]
    public void A_hint_without_meaning_is_refused() =>
        Assert.Contains(".Up", Translating.Refused(ErrorCode.InvalidHint, up => up.DropTable("t").Hint("Up", "x")).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_hint_is_refused() => Translating.Refused(ErrorCode.InvalidHint, up => up.DropColumn("c", "t").Hint("Sideways", "x"));

    [Fact]
    public void An_empty_expression_is_refused() => Translating.Refused(ErrorCode.InvalidHint, up => up.DropColumn("c", "t").Hint("Down", " "));

    static MigrationOperation Filled(Type type)
    {
        var operation = (MigrationOperation)Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties().Where(property => property.CanWrite && property.GetIndexParameters().Length == 0))
        {
            object? value = property switch
            {
                { Name: "Sql" } => "id > 0",
                { Name: "NewName" } => "renamed",
                { Name: "Name" or "Table" or "PrincipalTable" } => $"some_{property.Name}",
                { Name: "ClrType" } => typeof(int),
                { Name: "Columns" or "KeyColumns" or "PrincipalColumns" } when property.PropertyType == typeof(string[]) => new[] { "id" },
                { Name: "ColumnTypes" or "KeyColumnTypes" } => new[] { "integer" },
                { Name: "Values" or "KeyValues" } => new object[,] { { 1 } },
                _ => null,
            };
            if (value is not null)
                property.SetValue(operation, value);
        }

        if (operation is AlterColumnOperation alter)
            alter.OldColumn.ClrType = typeof(long);
        return operation;
    }

    sealed class LocatedMigration : Microsoft.EntityFrameworkCore.Migrations.Migration
    {
        protected override void Up(Microsoft.EntityFrameworkCore.Migrations.MigrationBuilder migrationBuilder)
        {
            foreach (var table in Translating.Array("a", "b"))
                migrationBuilder.DropTable(table);

            Translating.Array("c").ToList().ForEach(table => migrationBuilder.DropTable(table));
            migrationBuilder.DropAudit();

            migrationBuilder.RenameColumn(
                name: "x",
                table: "c",
                newName: "y");
        }
    }

    sealed class CreateViewOperation : MigrationOperation;

    sealed class DerivedSqlOperation : SqlOperation;
}

static class MigrationExtensionsOfAnApplication
{
    public static void DropAudit(this Microsoft.EntityFrameworkCore.Migrations.MigrationBuilder migrationBuilder) => migrationBuilder.DropTable("audit");
}
