namespace EfRoll.Tool.Tests;

public class CommandLineTests
{
    [Theory]
    [InlineData("strat", "start")]
    [InlineData("start --conection x", "--connection")]
    [InlineData("status extra", "extra")]
    [InlineData("", "Usage")]
    [InlineData("start a.yaml --project x", "EFR5001")]
    [InlineData("start --manifests m --assembly a.dll", "EFR5001")]
    [InlineData("start --startup-assembly a.dll", "EFR5001")]
    [InlineData("start", "EFR5002")]
    [InlineData("status", "EFR5009")]
    [InlineData("status --connection Host=h;Port=abc", "EFR5010")]
    [InlineData("status --connection postgresql://user:topsecret@[", "EFR5010")]
    [InlineData("start x.yaml --lock-timeout 5parsecs", "EFR5011")]
    [InlineData("start x.yaml --views some", "EFR5011")]
    [InlineData("start x.yaml --progress xml", "does not take 'xml'")]
    [InlineData("check x.yaml --format nonsense", "EFR5011")]
    [InlineData("schema extra", "extra")]
    [InlineData("init --print-roles:a_prefix_of_55_bytes_whose_migrator_is_one_byte_too_lon", "names of at most 63 bytes")]
    [InlineData("init --print-roles:pg", "which do not begin with pg_")]
    [InlineData("check x.yaml --from 01 --connection Host=h", "--from does not take")]
    [InlineData("plan x.yaml --format html", "does not take 'html'")]
    [InlineData("tune", "was not told what to change")]
    [InlineData("tune --workers 0", "does not take '0'")]
    [InlineData("tune --workers many", "does not take 'many'")]
    [InlineData("tune --max-wal-rate 64", "does not take '64'")]
    [InlineData("tune --max-active-sessions 101", "does not take '101'")]
    [InlineData("tune --max-replica-lag soon", "does not take 'soon'")]
    [InlineData("tune --wraparound-brake maybe", "does not take 'maybe'")]
    public async Task Wrong_arguments_are_named(string arguments, string word)
    {
        var folder = Directory.CreateTempSubdirectory("efroll-empty-");
        try
        {
            var run = (await ToolProcess.RunInAsync(folder.FullName, null, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Expect(ExitCode.Usage);
            Assert.Contains(word, run.Errors + run.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("topsecret", run.Errors + run.Output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Help_names_the_commands_and_the_exit_codes()
    {
        var help = (await ToolProcess.RunAsync("--help")).Expect(ExitCode.Success).Output;
        Assert.All(["init", "start", "complete", "rollback", "status", "plan", "check", "130"], word => Assert.Contains(word, help, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("init")]
    [InlineData("check")]
    [InlineData("plan")]
    [InlineData("start")]
    [InlineData("complete")]
    [InlineData("rollback")]
    [InlineData("status")]
    public async Task Help_of_a_command_fits_100_columns(string command)
    {
        var help = (await ToolProcess.RunAsync(command, "--help")).Expect(ExitCode.Success).Output;
        Assert.Contains($"Usage: dotnet efroll {command} [options]", help, StringComparison.Ordinal);
        Assert.Contains("--connection <STRING>", help, StringComparison.Ordinal);
        Assert.All(help.ReplaceLineEndings("\n").Split('\n'), line => Assert.True(line.Length <= 100, line));
    }

    [Fact]
    public async Task The_version_alone_is_printed() =>
        Assert.Matches(@"^\d+\.\d+\.\d+\s*$", (await ToolProcess.RunAsync("--version")).Expect(ExitCode.Success).Output);

    [Fact]
    public async Task A_misspelt_option_leaves_the_output_empty() =>
        Assert.Empty((await ToolProcess.RunAsync("status", "--jsn")).Expect(ExitCode.Usage).Output);

    [Fact]
    public async Task A_mistake_in_a_file_is_shown_as_compilers_do_before_a_connection_is_made()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("efroll-file-").FullName, "01_x.yaml");
        await File.WriteAllTextAsync(file, "operations:\n  - drop_colum: {table: t, column: c}\n", TestContext.Current.CancellationToken);

        var run = (await ToolProcess.RunAsync("start", file, "--connection", "Host=127.0.0.1;Port=1;Password=topsecret")).Expect(ExitCode.Failed);

        Assert.StartsWith($"{file}(2,5): error EFR1707: There is no operation 'drop_colum'.\n    The operations are: ", run.Errors.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Empty(run.Output);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }
}
