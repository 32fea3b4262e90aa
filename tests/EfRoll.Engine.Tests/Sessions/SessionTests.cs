using EfRoll.Engine.Sessions;

namespace EfRoll.Engine.Tests.Sessions;

public sealed class SessionTests
{
    [Theory]
    [InlineData(130023, false)]
    [InlineData(140003, false)]
    [InlineData(140004, true)]
    [InlineData(150000, true)]
    public void Servers_that_break_indexes_are_refused(int serverVersion, bool isSupported) => Assert.Equal(isSupported, Session.IsSupported(serverVersion));
}
