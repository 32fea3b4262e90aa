using EfRoll.Engine.Errors;

namespace EfRoll.Tool.Tests;

public class ConnectionTextTests
{
    [Fact]
    public void Urls_are_understood_with_their_escapes_and_libpqs_names()
    {
        var parsed = ConnectionText.Parse("postgresql://ann%40x:p%2Fw%3A1@db.example:5433/my%20db?sslmode=verify-full&application_name=ci&connect_timeout=7");

        Assert.Equal(("db.example", 5433, "my db", "ann@x", "p/w:1", "ci", 7), (parsed.Host, parsed.Port, parsed.Database, parsed.Username, parsed.Password, parsed.ApplicationName, parsed.Timeout));
        Assert.Equal(Npgsql.SslMode.VerifyFull, parsed.SslMode);
    }

    [Fact]
    public void Npgsqls_own_strings_stay_as_they_are()
    {
        var parsed = ConnectionText.Parse("Host=h;Database=d;Username=u;Password=p;Search Path=s");
        Assert.Equal(("h", "d", "s", "efroll"), (parsed.Host, parsed.Database, parsed.SearchPath, parsed.ApplicationName));
        Assert.Equal("d on h:5432", ConnectionText.Describe(parsed));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("Host=h;Prt=1;Password=topsecret")]
    [InlineData("Host=h;Port=topsecret")]
    [InlineData("postgresql://u:topsecret@h:99999999/d")]
    [InlineData("postgresql://u:topsecret@h/d?nonsense=1")]
    [InlineData("Database=d;Password=topsecret")]
    public void What_cannot_be_read_is_refused_without_giving_it_away(string text)
    {
        var error = Assert.Throws<EfRollException>(() => ConnectionText.Parse(text));
        Assert.Equal(ErrorCode.InvalidConnectionString, error.Code);
        Assert.DoesNotContain("topsecret", error.ToString(), StringComparison.Ordinal);
    }
}
