using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations.Operations;

namespace EfRoll.Rehearsal.Tests;

/// <summary>The table of all operations in the documentation says what is so.</summary>
public class CoverageTableTests
{
    const string Begin = "<!-- coverage: written by CoverageTableTests, ./test.sh --approve -->";
    const string End = "<!-- end of coverage -->";

    // They configure the model, or the database when it is made; the differ puts them into no operation.
    static readonly string[] NeverInOperations =
    [
        "Npgsql:HiLoSequenceName", "Npgsql:HiLoSequenceSchema", "Npgsql:SequenceNameSuffix", "Npgsql:SequenceName", "Npgsql:SequenceSchema",
        "Npgsql:DatabaseTemplate", "Npgsql:Tablespace", "Npgsql:PostgresVersion",
        // Of versions before 3.1: the provider throws, or asks for a new migration.
        "Npgsql:ValueGeneratedOnAdd", "Npgsql:DefaultColumnCollation", "Npgsql:DefaultValueSql",
        // Of scaffolding, or of versions that nobody can have migrations of which EF Core 10 still applies.
        "Npgsql:PostgresTypeType", "Npgsql:ElementDataType", "Npgsql:IndexExpression", "Npgsql:Comment", "Npgsql:IndexCollation",
        // Of another database.
        "CockroachDB:InterleaveInParent",
    ];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_table_in_the_documentation_is_what_is_planned()
    {
        var server = await PostgresServer.GetAsync();
        Assert.SkipUnless(server.MajorVersion is >= 15 and < 18, "The documentation shows the plans of PostgreSQL 15 to 17; others differ where the server does.");
        await using var database = await TestDatabase.CreateAsync(Token);
        await database.ExecuteAsync(CoverageExamples.Setup, Token);
        var lines = new List<string>
        {
            "| EF Core operation | With | `start` | `complete` | `rollback` | Cost of `start` | Refused |",
            "|---|---|---|---|---|---|---|",
        };
        foreach (var example in CoverageExamples.All)
            lines.Add(await CoverageRow.OfAsync(example, database.DataSource, Token));

        var path = RepositoryRoot.File("docs", "operations.md");
        var text = await File.ReadAllTextAsync(path, Token);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        Assert.True(begin >= Begin.Length && end > begin, $"{path} has no place for the table.");
        if (Environment.GetEnvironmentVariable("EFROLL_APPROVE") == "1")
        {
            await File.WriteAllTextAsync(path, $"{text[..begin]}\n\n{string.Join('\n', lines)}\n\n{text[end..]}", Token);
            return;
        }

        Assert.Equal(lines, text[begin..end].Trim().Split('\n'));
    }

    [Fact]
    public void Every_operation_of_EF_Core_is_in_it()
    {
        var known = CoverageExamples.All.SelectMany(example => example.Operations()).Select(operation => operation.GetType()).ToHashSet();
        var all = typeof(MigrationOperation).Assembly.GetTypes().Concat(typeof(NpgsqlCreateDatabaseOperation).Assembly.GetTypes())
            .Where(type => type.IsSubclassOf(typeof(MigrationOperation)) && type is { IsAbstract: false, IsVisible: true });

        Assert.All(all, type => Assert.Contains(type, known));
    }

    [Fact]
    public void Every_example_is_named_after_its_operation() =>
        Assert.All(CoverageExamples.All, example => Assert.Contains(example.Operations(), operation => operation.GetType().Name == $"{example.Operation}Operation"));

    [Fact]
    public void Every_annotation_of_the_provider_is_in_it()
    {
        var type = typeof(NpgsqlCreateDatabaseOperation).Assembly.GetType("Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.Internal.NpgsqlAnnotationNames", throwOnError: true)!;
        var names = type.GetFields().Where(field => field.IsLiteral && field.FieldType == typeof(string)).Select(field => (string)field.GetRawConstantValue()!).Where(name => name.Contains(':', StringComparison.Ordinal) && !name.EndsWith(':'));
        var used = CoverageExamples.All.SelectMany(example => example.Operations()).SelectMany(operation =>
                operation.GetAnnotations().Concat(operation is CreateTableOperation create ? create.Columns.SelectMany(column => column.GetAnnotations()) : [])
                    .Concat(operation is AlterDatabaseOperation alter ? alter.OldDatabase.GetAnnotations() : []))
            .Select(annotation => annotation.Name).ToList();

        Assert.All(names.Except(NeverInOperations), name => Assert.Contains(used, other => other == name || other.StartsWith($"{name}:", StringComparison.Ordinal)));
    }
}
