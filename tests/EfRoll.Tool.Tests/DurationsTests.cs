using EfRoll.Engine.Errors;

namespace EfRoll.Tool.Tests;

public class DurationsTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("2s", 2)]
    [InlineData("1.5 s", 1.5)]
    [InlineData("5m", 300)]
    [InlineData("1h", 3600)]
    [InlineData("00:00:05", 5)]
    public void Durations_are_read_as_people_write_them(string text, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Durations.Parse("--x", text));

    [Theory]
    [InlineData("5")]
    [InlineData("")]
    [InlineData("-1s")]
    [InlineData("0s")]
    [InlineData("1e9s")]
    [InlineData("99999999999h")]
    [InlineData("s")]
    public void Others_are_refused(string text) =>
        Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<EfRollException>(() => Durations.Parse("--x", text)).Code);
}
