using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Tests.Operations;

public sealed class RestartSequenceTests
{
    [Theory]
    [InlineData(1000L)]
    [InlineData(null)]
    public Task Sequence_starts_again_at_complete(long? start) => new OperationLife
    {
        Setup = "CREATE SEQUENCE n START 7; SELECT setval('n', 50)",
        Operations = [new RestartSequence(new RelationName("n"), start)],
        Ef = migration => migration.Operations.Add(new Microsoft.EntityFrameworkCore.Migrations.Operations.RestartSequenceOperation { Name = "n", StartValue = start }),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.ReadsAsync("SELECT nextval('n')", 51L);
            await newVersion.ReadsAsync("SELECT nextval('n')", 52L);
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT nextval('n')", start ?? 7L),
    }.RunAsync();
}
