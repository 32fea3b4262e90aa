using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Runtime.Tests;

public sealed class EfRollOperationExtensionsTests
{
    const string AnyString = "Host=nowhere";

    [Fact]
    public void Hints_are_found_on_the_operations()
    {
        var operations = new TitleRequired().UpOperations;

        var alter = Assert.IsType<AlterColumnOperation>(operations[0]);
        Assert.Equal("COALESCE(\"Title\", 'untitled')", alter["EfRoll:Up"]);
        Assert.Equal("\"Title\"", alter["EfRoll:Down"]);
        Assert.Equal("complete", Assert.IsType<SqlOperation>(operations[1])["EfRoll:RunAt"]);
        Assert.Equal("start", new MigrationBuilder(null).Sql("SELECT 1").RunAt(EfRollMoment.Start).GetInfrastructure()["EfRoll:RunAt"]);
    }

    [Fact]
    public void A_column_of_a_new_table_takes_a_hint()
    {
        var builder = new MigrationBuilder(null);

        builder.CreateTable("t", table => new { Id = table.Column<int>("integer").Up("1") });

        Assert.Equal("1", Assert.IsType<CreateTableOperation>(builder.Operations[0]).Columns[0]["EfRoll:Up"]);
    }

    [Fact]
    public void The_sql_of_EF_Core_is_the_same_with_and_without_hints()
    {
        using var context = new LibraryContext(new DbContextOptionsBuilder<LibraryContext>().UseNpgsql(AnyString).Options);
        var bare = new TitleRequired().UpOperations;
        foreach (var operation in bare)
        {
            foreach (var name in operation.GetAnnotations().Select(annotation => annotation.Name).Where(name => name.StartsWith("EfRoll:", StringComparison.Ordinal)).ToList())
                operation.RemoveAnnotation(name);
        }

        var generator = context.GetService<IMigrationsSqlGenerator>();
        Assert.Equal(
            generator.Generate(bare).Select(command => command.CommandText),
            generator.Generate(new TitleRequired().UpOperations).Select(command => command.CommandText));
    }

    [Fact]
    public void The_tools_do_not_notice()
    {
        using var plain = new LibraryContext(new DbContextOptionsBuilder<LibraryContext>().UseNpgsql(AnyString).Options);
        using var bound = new LibraryContext(new DbContextOptionsBuilder<LibraryContext>().UseNpgsql(AnyString).AllowManyProviders().UseEfRoll().Options);

        Assert.False(plain.Database.HasPendingModelChanges());
        Assert.False(bound.Database.HasPendingModelChanges());
        Assert.Equal(plain.Database.GenerateCreateScript(), bound.Database.GenerateCreateScript());
        Assert.Empty(Differences(plain, bound));
        Assert.Empty(Differences(bound, plain));
    }

    static IReadOnlyList<MigrationOperation> Differences(LibraryContext from, LibraryContext to) =>
        from.GetService<IMigrationsModelDiffer>().GetDifferences(
            from.GetService<IDesignTimeModel>().Model.GetRelationalModel(), to.GetService<IDesignTimeModel>().Model.GetRelationalModel());
}
