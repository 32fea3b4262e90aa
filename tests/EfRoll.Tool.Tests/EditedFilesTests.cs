using EfRoll.TestSupport;

namespace EfRoll.Tool.Tests;

/// <summary>A file that was applied is edited afterwards, as happens.</summary>
public sealed class EditedFilesTests : IDisposable
{
    readonly MigrationFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_edited_file_is_refused_by_start_plan_and_check_until_it_is_accepted()
    {
        await using var database = await TestDatabase.CreateAsync(Token);
        _folder.Write("01_notes.yaml", "operations:\n  - sql: { up: CREATE TABLE notes (id int), down: DROP TABLE notes }\n");
        (await RunAsync(database, "start", ".", "--complete")).Expect(ExitCode.Success);
        _folder.Write("01_notes.yaml", "# Only laid out anew.\noperations:\n  - sql:\n      up: |\n        create table notes (id int);\n      down: drop table notes\n");
        Assert.Contains("Nothing to do", (await RunAsync(database, "start", ".")).Expect(ExitCode.Success).Errors, StringComparison.Ordinal);

        _folder.Write("01_notes.yaml", "operations:\n  - sql: { up: CREATE TABLE notes (id bigint), down: DROP TABLE notes }\n");

        Assert.Contains("EFR1308: 01_notes was applied on ", (await RunAsync(database, "start", ".")).Expect(ExitCode.Failed).Errors, StringComparison.Ordinal);
        Assert.Contains("EFR1308", (await RunAsync(database, "plan", ".")).Expect(ExitCode.Failed).Errors, StringComparison.Ordinal);
        Assert.StartsWith("01_notes.yaml(2,5): error EFR1308: ", (await RunAsync(database, "check", ".", "--connection", database.ConnectionString)).Expect(ExitCode.Failed).Output, StringComparison.Ordinal);

        Assert.Contains("EFR1408", (await RunAsync(database, "start", ".", "--accept-edited", "01_note")).Expect(ExitCode.Failed).Errors, StringComparison.Ordinal);
        (await RunAsync(database, "plan", ".", "--accept-edited", "all")).Expect(ExitCode.Success);
        (await RunAsync(database, "start", ".", "--accept-edited", "01_notes")).Expect(ExitCode.Success);
        (await RunAsync(database, "start", ".")).Expect(ExitCode.Success);
    }

    public void Dispose() => _folder.Dispose();

    Task<ToolProcess> RunAsync(TestDatabase database, params string[] arguments) => ToolProcess.RunInAsync(_folder.Path, database.ConnectionString, arguments);
}
