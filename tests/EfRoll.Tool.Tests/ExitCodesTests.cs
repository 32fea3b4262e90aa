using EfRoll.Engine.Errors;

namespace EfRoll.Tool.Tests;

public class ExitCodesTests
{
    [Theory]
    [InlineData(1301, ExitCode.CannotConnect)]
    [InlineData(1302, ExitCode.CannotConnect)]
    [InlineData(1304, ExitCode.Failed)]
    [InlineData(1501, ExitCode.Locked)]
    [InlineData(1503, ExitCode.Locked)]
    [InlineData((int)ErrorCode.TableNotFound, ExitCode.Failed)]
    [InlineData((int)ErrorCode.NoSource, ExitCode.Usage)]
    [InlineData((int)ErrorCode.BuildFailed, ExitCode.Failed)]
    public void Each_error_has_its_exit_code(int code, object expected) =>
        Assert.Equal(expected, ExitCodes.Of(new EfRollException((ErrorCode)code, "m", "r")));
}
