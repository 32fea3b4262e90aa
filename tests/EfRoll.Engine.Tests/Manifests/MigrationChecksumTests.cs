using EfRoll.Engine.Errors;
using EfRoll.Engine.Manifests;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Tests.Manifests;

public sealed class MigrationChecksumTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 50)];

    [Theory]
    [InlineData("""{"operations": [{"sql": {"up": "UPDATE users SET a = 1", "down": ""}}]}""", "m.json")]
    [InlineData("# Why\noperations:\n  - sql:\n      down: ''\n      # all of them\n      up: |\n        update users\n        set a = 1;\n", "other.yaml")]
    public void How_a_file_is_written_does_not_matter(string text, string file) =>
        Assert.Equal(
            MigrationChecksum.Of(new Migration("1", [new RunSql("update users set a=1") { Down = "" }])),
            MigrationChecksum.Of(ManifestReader.ReadText(file, text)));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_other_operation_has_another_checksum(int seed)
    {
        var random = new RandomOperations(seed);
        var operations = RandomOperations.Kinds.Select(random.Next).Distinct().ToList();

        var checksums = operations.Select(operation => MigrationChecksum.Of(new Migration("1", [operation]))).ToList();

        Assert.Equal(checksums.Count, checksums.Distinct().Count());
        Assert.Equal(checksums, operations.Select(operation => MigrationChecksum.Of(new Migration("2", [operation with { Source = new SourceLocation("2", "x.cs", seed) }]))));
        Assert.NotEqual(MigrationChecksum.Of(new Migration("1", [.. operations])), MigrationChecksum.Of(new Migration("1", [.. operations.AsEnumerable().Reverse()])));
    }

    [Fact]
    public void Names_and_comments_are_no_SQL()
    {
        Assert.NotEqual(Of(new DropTable(new RelationName("a b"))), Of(new DropTable(new RelationName("a  b"))));
        Assert.NotEqual(Of(new DropTable(new RelationName("A"))), Of(new DropTable(new RelationName("a"))));
        Assert.NotEqual(Of(new CommentTable(new RelationName("a"), "Two  spaces")), Of(new CommentTable(new RelationName("a"), "two spaces")));
    }

    [Fact]
    public void What_another_version_has_computed_is_not_compared()
    {
        Assert.True(MigrationChecksum.Differ("1:a", "1:b"));
        Assert.False(MigrationChecksum.Differ("1:a", "0:b"));
        Assert.False(MigrationChecksum.Differ("1:a", null));
        Assert.False(MigrationChecksum.Differ("1:a", "1:a"));
    }

    [Fact]
    public void A_manifest_that_somebody_edited_is_refused_at_its_checksum()
    {
        var folder = Directory.CreateTempSubdirectory("efroll-manifests-");
        try
        {
            var migration = new MigrationManifest(new Migration("20240101_A", [new DropTable(new RelationName("old_orders"))]));
            var file = ManifestFolder.Write(folder.FullName, new ContextManifest("Ctx", [migration]))[0];
            File.WriteAllText(file, File.ReadAllText(file).Replace("old_orders", "orders", StringComparison.Ordinal));

            var error = Assert.Throws<EfRollException>(() => ManifestFolder.Read(folder.FullName));

            Assert.Equal((ErrorCode.ManifestEdited, file, 3), (error.Code, error.Location!.File, error.Location.Line));
            Assert.Contains("20240101_A", error.Message, StringComparison.Ordinal);

            // Laid out anew, it says the same.
            File.WriteAllText(file, File.ReadAllText(file).Replace("\"orders\"", "\"old_orders\"", StringComparison.Ordinal).Replace("\n  ", "\n\n", StringComparison.Ordinal));
            Assert.Equal(migration, Assert.Single(ManifestFolder.Read(folder.FullName).Migrations));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static string? Of(Operation operation) => MigrationChecksum.Of(new Migration("1", [operation]));
}
