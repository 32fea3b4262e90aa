using System.Runtime.CompilerServices;
using Xunit;

namespace EfRoll.TestSupport;

/// <summary>Compares text with a file that a person has approved: <c>&lt;Class&gt;.&lt;case&gt;.approved.&lt;extension&gt;</c> beside the test's source.</summary>
public static class Approval
{
    /// <summary>Fails with the difference, or writes the file when the environment has <c>EFROLL_APPROVE=1</c>.</summary>
    public static void Text(string @case, string text, string extension = "txt", [CallerFilePath] string sourceFile = "")
    {
        var file = Path.Combine(
            Path.GetDirectoryName(sourceFile)!,
            $"{Path.GetFileNameWithoutExtension(sourceFile)}.{@case}.approved.{extension}");
        // One line end at the end, as .editorconfig wants it.
        var actual = Lines(text.TrimEnd());
        if (Environment.GetEnvironmentVariable("EFROLL_APPROVE") == "1")
        {
            File.WriteAllText(file, string.Join('\n', actual) + "\n");
            return;
        }

        if (!File.Exists(file))
        {
            Assert.Fail($"Nothing is approved yet: {file}\nRun with EFROLL_APPROVE=1 to approve this:\n\n{text}");
        }

        if (LineDiff.Between(Lines(File.ReadAllText(file).TrimEnd()), actual) is { } difference)
        {
            Assert.Fail($"Differs from {file}\n(- approved, + now; EFROLL_APPROVE=1 approves what is now)\n\n{difference}");
        }
    }

    static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n');
}
