using EfRoll.Engine.Manifests;

namespace EfRoll.Engine.Tests.Manifests;

public class RoundTripTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 200)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_context_with_every_operation_is_read_as_it_was_written(int seed)
    {
        var manifest = new RandomOperations(seed).NextContext();
        var json = ManifestWriter.Write(manifest);

        Assert.Equal(manifest, ManifestReader.ReadContext(json));
        Assert.Equal(json, ManifestWriter.Write(ManifestReader.ReadContext(json)));
    }

    [Fact]
    public void A_folder_is_read_as_it_was_written_but_holds_no_connection_string()
    {
        var directory = Directory.CreateTempSubdirectory("efroll-manifests-");
        try
        {
            var manifest = new RandomOperations(7).NextContext() with { Name = "App.Data/Ctx+Inner", ConnectionString = "Host=secret" };
            ManifestFolder.Write(directory.FullName, manifest);

            Assert.Equal(manifest with { ConnectionString = null }, ManifestFolder.Read(directory.FullName));
            Assert.DoesNotContain(Directory.EnumerateFiles(directory.FullName, "*", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains("secret", StringComparison.Ordinal));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void Unchanged_files_keep_their_time_and_stale_ones_go()
    {
        var directory = Directory.CreateTempSubdirectory("efroll-manifests-");
        try
        {
            var first = new MigrationManifest(new Migration("20240101_A", []));
            var second = new MigrationManifest(new Migration("20240102_B: x/y", []));
            var before = ManifestFolder.Write(directory.FullName, new ContextManifest("Ctx", [first, second]));
            var long_ago = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
            foreach (var file in before)
                File.SetLastWriteTimeUtc(file, long_ago);

            var after = ManifestFolder.Write(directory.FullName, new ContextManifest("Ctx", [first]));

            Assert.Equal(long_ago, File.GetLastWriteTimeUtc(after[0]));
            Assert.NotEqual(long_ago, File.GetLastWriteTimeUtc(after[^1]));
            Assert.Equal(["20240101_A.json", "context.json"], Directory.EnumerateFiles(Path.GetDirectoryName(after[0])!).Select(Path.GetFileName).Order());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public void Different_ids_never_share_a_file()
    {
        string[] ids = ["a", "A", "", ".", "..", "a.", "%a.", "a/", "a%2F", "%2F.", "/.", "2F.", "context", "Context", "%context", " a", "%20a", "é", "%C3%A9"];
        var names = ids.Select(ManifestFolder.FileNameOf).ToList();
        Assert.Equal(ids.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, name => Assert.DoesNotContain('/', name));
    }
}
