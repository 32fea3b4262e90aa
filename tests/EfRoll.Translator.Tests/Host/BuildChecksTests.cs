using System.Reflection;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Review;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EfRoll.Translator.Tests.Host;

/// <summary>Which migrations a build looks at, and that it stands what it cannot make.</summary>
public sealed class BuildChecksTests
{
    const string First = "20260101000000_Add_Users";
    const string Second = "20260202000000_Users";
    const string Third = "20260303000000_Orders";

    [Theory]
    [InlineData(null)]
    [InlineData(Second)]
    [InlineData("Users")]
    [InlineData("users")]
    public void All_after_the_one_that_is_everywhere_are_looked_at_and_the_newest_else(string? from)
    {
        var checks = new BuildChecks(from);

        Assert.Equal([Third], Review(checks, Manifest(), typeof(DbContext), NotAsked).Select(finding => finding.Source!.Migration));
        checks.RequireFrom();
    }

    [Fact]
    public void One_that_no_context_has_is_refused()
    {
        var checks = new BuildChecks("Customers");

        Assert.Equal([Third], Review(checks, Manifest(), typeof(DbContext), NotAsked).Select(finding => finding.Source!.Migration));
        Assert.Equal(ErrorCode.MigrationNotFound, Assert.Throws<EfRollException>(checks.RequireFrom).Code);
    }

    [Fact]
    public void Of_a_newest_migration_that_cannot_be_made_only_that_is_said()
    {
        using var context = Translating.Context;
        Func<Migration> create = () => throw new TargetInvocationException(new InvalidOperationException("There is no such file."));
        var manifest = MigrationsAssemblyReader.Read(nameof(SnapshotContext), [(Third, create)], context, projectFolder: null);

        Assert.Equal([ErrorCode.MigrationNotCreated], Review(new BuildChecks(null), manifest, typeof(SnapshotContext), create).Select(finding => finding.Code));
    }

    static IReadOnlyList<Finding> Review(BuildChecks checks, ContextManifest manifest, Type contextType, Func<Migration> newest)
    {
        using var context = Translating.Context;
        return [.. checks.Of(manifest, context, typeof(BuildChecksTests).Assembly, contextType, newest)];
    }

    // Only where there is a snapshot to compare it with.
    static Migration NotAsked() => throw new InvalidOperationException("Nobody asked for the newest migration.");

    // Each has something that there is to say of it.
    static ContextManifest Manifest() => new("Shop", new[] { First, Second, Third }.Select(id => new MigrationManifest(new Engine.Migration(
        id, [new CreateTable(new RelationName(id), [new ColumnDefinition(new Identifier("value"), "json")])]))).ToEquatableList());
}

sealed class SnapshotContext : DbContext;

[DbContext(typeof(SnapshotContext))]
sealed class ShopSnapshot : ModelSnapshot
{
    protected override void BuildModel(ModelBuilder modelBuilder) => modelBuilder.Entity("Order", order => order.Property<int>("Id"));
}
