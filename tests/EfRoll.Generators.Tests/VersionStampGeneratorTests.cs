using EfRoll.Runtime;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using PlainLibrary;

namespace EfRoll.Generators.Tests;

public sealed class VersionStampGeneratorTests
{
    const string Contexts = """
        public class Shop : DbContext { }
        class Inner : DbContext { }

        namespace @class.@event
        {
            class @new : DbContext { }
            class Outer { internal class Nested : DbContext { } }
        }

        """;

    // What this process runs with, EF Core among it.
    static readonly IReadOnlyList<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
    ];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Each_context_gets_its_last_migration() => Assert.Equal(
        ["@class.@event.@new 20260101000000_Quoted\"\\", "@class.@event.Outer.Nested 20260101000000_Nested", "Inner 20260101000000_Inner", "Shop 20260303000000_B0"],
        StampsOf(
            Contexts
            + MigrationOf("Shop", "20260303000000_b") + MigrationOf("Shop", "20260303000000_B0") + MigrationOf("Shop", "20260303000000_A")
            + MigrationOf("Inner", "20260101000000_Inner")
            + MigrationOf("@class.@event.@new", """20260101000000_Quoted\"\\""")
            + MigrationOf("@class.@event.Outer.Nested", "20260101000000_Nested")));

    [Fact]
    public void A_migration_is_read_as_EF_Core_reads_it() => Assert.Equal(
        ["Shop 20260202000000_Two"],
        StampsOf($$"""
            {{Contexts}}
            static class Ids { public const string Two = "2026020" + "2000000_Two"; }

            [DbContext(typeof(Shop))]
            abstract class OfShop : Migration { }
            [Migration(Ids.Two)]
            partial class Two { }
            partial class Two : OfShop { protected override void Up(MigrationBuilder migrationBuilder) { } }

            [Migration("20260909000000_OfNobody")]
            class OfNobody : Migration { protected override void Up(MigrationBuilder migrationBuilder) { } }
            [DbContext(typeof(Shop)), Migration("20260909000000_Abstract")]
            abstract class Abstract : Migration { }
            [DbContext(typeof(Shop)), Migration("20260909000000_Generic")]
            class Generic<T> : Migration { protected override void Up(MigrationBuilder migrationBuilder) { } }
            [DbContext(typeof(Shop)), Migration("20260909000000_NoMigration")]
            class NoMigration { }
            """));

    [Fact]
    public void What_the_author_stamped_stays() => Assert.Equal(
        ["Inner 20260101000000_Inner", "Shop 20251231000000_ByHand"],
        StampsOf(
            """
            [assembly: EfRoll.Runtime.EfRollVersion(typeof(Shop), "20251231000000_ByHand")]

            """
            + Contexts + MigrationOf("Shop", "20260303000000_Shop") + MigrationOf("Inner", "20260101000000_Inner")));

    [Fact]
    public void A_context_that_only_its_own_type_or_file_can_name_is_left_out() => Assert.Equal(
        ["Shop 20260101000000_Shop"],
        StampsOf($$"""
            {{Contexts}}{{MigrationOf("Shop", "20260101000000_Shop")}}
            file class OfFile : DbContext { internal class InFile : DbContext { } }
            {{MigrationOf("OfFile", "20260101000000_File").Replace("class", "file class", StringComparison.Ordinal)}}
            {{MigrationOf("OfFile.InFile", "20260101000000_InFile").Replace("class", "file class", StringComparison.Ordinal)}}
            class Tests
            {
                class Secret : DbContext { }
                {{MigrationOf("Secret", "20260101000000_Secret")}}
            }
            """));

    [Fact]
    public void Without_the_runtime_nothing_is_written()
    {
        var source = Contexts + MigrationOf("Shop", "20260101000000_Shop");

        Assert.Empty(StampsOf(source, References.Where(reference => Path.GetFileName(reference.Display) != "EfRoll.Runtime.dll")));
        Assert.NotEmpty(StampsOf(source));
    }

    [Fact]
    public void Nothing_is_done_again_until_a_last_migration_changes()
    {
        var compilation = Compile(
            """
            [assembly: EfRoll.Runtime.EfRollVersion(typeof(Inner), "20260101000000_ByHand")]

            """
            + Contexts + MigrationOf("Shop", "20260202000000_Second"), References);
        var driver = Driver(track: true).RunGenerators(compilation, Token);

        compilation = compilation.AddSyntaxTrees(Parse("class Unrelated { }"));
        driver = driver.RunGenerators(compilation, Token);
        Assert.Equal((IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached), Reasons(driver));

        compilation = compilation.AddSyntaxTrees(Parse(MigrationOf("Shop", "20260101000000_First")));
        driver = driver.RunGenerators(compilation, Token);
        Assert.Equal((IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Cached), Reasons(driver));

        compilation = compilation.AddSyntaxTrees(Parse(MigrationOf("Shop", "20260303000000_Third")));
        driver = driver.RunGenerators(compilation, Token);
        Assert.Equal((IncrementalStepRunReason.Modified, IncrementalStepRunReason.Modified), Reasons(driver));
    }

    // The library of the context has a migration of its own, and it is the only place where anything is looked for.
    [Fact]
    public void An_assembly_that_was_compiled_with_it_tells_its_version()
    {
        var stamp = Assert.Single(GetType().Assembly.GetCustomAttributes(typeof(EfRollVersionAttribute), inherit: false).Cast<EfRollVersionAttribute>());
        Assert.Equal((typeof(NotesContext), KeptApart.Id), (stamp.ContextType, stamp.Version));
        Assert.StartsWith($"\"public_{KeptApart.Id}\"", new NpgsqlConnectionStringBuilder("Host=nowhere").UseEfRoll<NotesContext>().SearchPath, StringComparison.Ordinal);
    }

    static IEnumerable<string> StampsOf(string source, IEnumerable<MetadataReference>? references = null)
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compile(source, references ?? References), out var stamped, out var said, Token);
        Assert.Empty(said);
        Assert.Empty(stamped.GetDiagnostics(Token).Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        return stamped.Assembly.GetAttributes()
            .Where(attribute => attribute.AttributeClass?.Name == nameof(EfRollVersionAttribute))
            .Select(attribute => $"{attribute.ConstructorArguments[0].Value} {attribute.ConstructorArguments[1].Value}")
            .Order(StringComparer.Ordinal);
    }

    static (IncrementalStepRunReason Text, IncrementalStepRunReason Output) Reasons(GeneratorDriver driver)
    {
        var result = Assert.Single(driver.GetRunResult().Results);
        return (Reason(result.TrackedSteps["Write"]), Reason(Assert.Single(result.TrackedOutputSteps).Value));

        static IncrementalStepRunReason Reason(IEnumerable<IncrementalGeneratorRunStep> steps) => Assert.Single(Assert.Single(steps).Outputs).Reason;
    }

    static CSharpGeneratorDriver Driver(bool track = false) => CSharpGeneratorDriver.Create(
        [new VersionStampGenerator().AsSourceGenerator()], driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, track));

    static CSharpCompilation Compile(string source, IEnumerable<MetadataReference> references) =>
        CSharpCompilation.Create("App", [Parse(source)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    static SyntaxTree Parse(string source) => CSharpSyntaxTree.ParseText(
        $"""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.EntityFrameworkCore.Infrastructure;
        using Microsoft.EntityFrameworkCore.Migrations;
        {source}
        """,
        path: $"{Guid.NewGuid():N}.cs",
        cancellationToken: Token);

    static string MigrationOf(string context, string id) =>
        $$"""
        [DbContext(typeof({{context}})), Migration("{{id}}")]
        class M{{Guid.NewGuid():N}} : Migration { protected override void Up(MigrationBuilder migrationBuilder) { } }

        """;
}

[DbContext(typeof(NotesContext))]
[Migration(KeptApart.Id)]
sealed class KeptApart : Migration
{
    public const string Id = "20990101000000_KeptApart";

    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("SELECT 1");
}
