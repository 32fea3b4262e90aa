using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Faults;

/// <summary>
/// Something goes wrong at a statement: the same command again ends as if nothing had happened, and <c>rollback</c> gives the database from before. By
/// default one command and one fault of each case at one statement, in turn; with <c>EFROLL_FAULTS=1</c> all commands, all faults, all statements.
/// </summary>
public abstract class FaultTests(FaultLedger ledger)
{
    static readonly Fault[] OfConnections = [Fault.GoneBefore, Fault.GoneAfter, Fault.SessionsEnded, Fault.Refused];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The cases of one command.</summary>
    public static TheoryData<string, Fault> CasesOf(RollCommand command) =>
    [
        .. from position in Enumerable.Range(0, FaultCases.All.Count)
           from fault in OfConnections
           where FaultLedger.OneIn is not null || (position + (int)command) % 3 == 0 && OfConnections[position % OfConnections.Length] == fault
           select new TheoryDataRow<string, Fault>(FaultCases.All[position].Name, fault),
    ];

    internal Task RunAsync(string name, RollCommand command, Fault fault, OwnServer? own = null) =>
        new FaultRun(FaultCases.Find(name), command, fault, ledger, own).RunAsync(count => Chosen(name, count));

    // Others for each case.
    static IEnumerable<int> Chosen(string name, int count)
    {
        var offset = FaultCases.All.ToList().FindIndex(one => one.Name == name);
        return FaultLedger.OneIn is { } oneIn
            ? Enumerable.Range(0, count).Where(at => (at + offset) % oneIn == 0)
            : [offset * 7 % count];
    }

    /// <summary>Faults of <c>start</c>.</summary>
    public sealed class OfStart(FaultLedger ledger) : FaultTests(ledger)
    {
        public static TheoryData<string, Fault> Cases => CasesOf(RollCommand.Start);

        [Theory]
        [MemberData(nameof(Cases))]
        public Task Start_goes_on_or_is_taken_back(string name, Fault fault) => RunAsync(name, RollCommand.Start, fault);
    }

    /// <summary>Faults of <c>complete</c> and <c>rollback</c>.</summary>
    public sealed class OfTheOtherCommands(FaultLedger ledger) : FaultTests(ledger)
    {
        public static TheoryData<string, Fault> CasesOfComplete => CasesOf(RollCommand.Complete);

        public static TheoryData<string, Fault> CasesOfRollback => CasesOf(RollCommand.Rollback);

        [Theory]
        [MemberData(nameof(CasesOfComplete))]
        public Task Complete_goes_on_or_is_taken_back(string name, Fault fault) => RunAsync(name, RollCommand.Complete, fault);

        [Theory]
        [MemberData(nameof(CasesOfRollback))]
        public Task Rollback_goes_on(string name, Fault fault) => RunAsync(name, RollCommand.Rollback, fault);
    }

    /// <summary>The server itself stops, one of the test's own.</summary>
    public sealed class OfTheServer(FaultLedger ledger, OfTheServer.Server server) : FaultTests(ledger), IClassFixture<OfTheServer.Server>
    {
        const int OneIn = 8;

        public static TheoryData<string, RollCommand> Cases =>
        [
            .. from position in Enumerable.Range(0, FaultCases.All.Count)
               from command in Enum.GetValues<RollCommand>()
               where FaultLedger.OneIn is not null || position % OneIn == 1 && position / OneIn % 3 == (int)command
               select new TheoryDataRow<string, RollCommand>(FaultCases.All[position].Name, command),
        ];

        [Theory]
        [MemberData(nameof(Cases))]
        public async Task Server_that_stopped_and_came_back_has_all_that_is_needed(string name, RollCommand command) =>
            await RunAsync(name, command, Fault.ServerStopped, await server.GetAsync(Token));

        public sealed class Server : IAsyncDisposable
        {
            OwnServer? _own;

            /// <summary>Starts it, unless it runs.</summary>
            internal async Task<OwnServer> GetAsync(CancellationToken cancellationToken) =>
                // Else what it has acknowledged might be lost with the process.
                _own ??= await OwnServer.StartAsync(cancellationToken, "synchronous_commit=on");

            public async ValueTask DisposeAsync()
            {
                if (_own is not null)
                    await _own.DisposeAsync();
            }
        }
    }
}
