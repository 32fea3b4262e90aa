namespace EfRoll.Runtime.Tests;

public sealed class SearchPathTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    [InlineData("public", "public")]
    [InlineData("Public , other", "public", "other")]
    [InlineData("\"$user\", public", "$user", "public")]
    [InlineData("\"with, comma\",\"with \"\"quotes\"\"\"", "with, comma", "with \"quotes\"")]
    [InlineData("\"\", public", "", "public")]
    public void Names_are_read_as_the_server_reads_them(string? setting, params string[] names) =>
        Assert.Equal(names, SearchPath.Parse(setting));

    [Fact]
    public void What_is_written_is_read_back()
    {
        string[] names = ["public_x", "With \"quotes\"", "$user", "a, b"];

        Assert.Equal(names, SearchPath.Parse(SearchPath.Format(names)));
    }
}
