using System.Text.RegularExpressions;
using EfRoll.TestSupport;

namespace EfRoll.Conventions.Tests;

/// <summary>What an operation must have.</summary>
public sealed partial class OperationTests
{
    static readonly string[] Operations =
    [
        .. SourceFile.Of("EfRoll.Engine").Where(file => file.Folder == "Operations")
            .SelectMany(file => Operation().Matches(file.Code)).Select(match => match.Groups[1].Value),
    ];

    [Fact]
    public void Every_operation_is_found() => Assert.Contains("DropColumn", Operations);

    [Fact]
    public void Every_operation_has_a_test_of_its_whole_life() =>
        Violations.AssertNone(Operations.Where(operation =>
            !File.Exists(RepositoryRoot.File("tests", "EfRoll.Engine.Tests", "Operations", $"{operation}Tests.cs"))));

    [Fact]
    public void Every_operation_lies_in_a_file_of_its_name() =>
        Violations.AssertNone(Operations.Where(operation => !SourceFile.All.Any(file => file.Path == $"EfRoll.Engine/Operations/{operation}.cs")));

    [GeneratedRegex(@"\bsealed record (\w+)(\((?>[^()]+|\((?<open>)|\)(?<-open>))*\))?\s*:\s*Operation\b")]
    private static partial Regex Operation();
}
