using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Tests.Sql;

/// <summary>SQL in a title is short, and whole characters.</summary>
public sealed class OneLineTests
{
    [Theory]
    [InlineData("SELECT\n    1", "SELECT 1")]
    [InlineData("SELECT 12", "SELECT 12")]
    [InlineData("SELECT 123456", "SELECT...")]
    [InlineData("VALUE\U0001F600\U0001F600\U0001F600", "VALUE...")]
    public void It_is_cut_between_characters(string sql, string line) => Assert.Equal(line, OneLine.Of(sql, 9));
}
