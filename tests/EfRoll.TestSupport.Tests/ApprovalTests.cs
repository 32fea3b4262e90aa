using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace EfRoll.TestSupport.Tests;

public sealed class ApprovalTests
{
    [Fact]
    public void Text_is_compared_with_the_file_beside_the_test()
    {
        var failure = Record.Exception(() => Approval.Text("greeting", "Good morning\nWorld"));

        // Approving all tests anew must not change what this one is about.
        if (Environment.GetEnvironmentVariable("EFROLL_APPROVE") == "1")
        {
            File.WriteAllText(Beside("ApprovalTests.greeting.approved.txt"), "Hello\nWorld\n");
            return;
        }

        Assert.IsType<FailException>(failure);
        Assert.Contains("- Hello\n+ Good morning\n  World\n", failure.Message, StringComparison.Ordinal);
        Approval.Text("greeting", "Hello\r\nWorld\n");
    }

    [Fact]
    public void Text_that_nobody_approved_fails()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("EFROLL_APPROVE") == "1", "It would be approved.");

        Assert.ThrowsAny<XunitException>(() => Approval.Text("never", "Hello"));
        Assert.False(File.Exists(Beside("ApprovalTests.never.approved.txt")));
    }

    static string Beside(string name, [CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, name);
}
