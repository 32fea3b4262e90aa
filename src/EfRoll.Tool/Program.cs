using System.Runtime.InteropServices;
using EfRoll.Tool;
using EfRoll.Tool.Output;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return (int)CommandLine.Run(args, new Reporter(Console.Out, Console.Error), stop.Token);

void Stop(PosixSignalContext context)
{
    // The first signal stops at the next safe point; a second one ends the process at once, which is safe too.
    if (stop.IsCancellationRequested)
        return;
    context.Cancel = true;
    stop.Cancel();
}
