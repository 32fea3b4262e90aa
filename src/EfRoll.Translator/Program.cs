using System.Runtime.CompilerServices;
using EfRoll.Translator.Host;

// Nothing of EF Core or of the engine may be named here: the runtime would look for it before it is known where to look.
AssemblyProbe.Install(args);
return Run(args);

[MethodImpl(MethodImplOptions.NoInlining)]
static int Run(string[] args) => DesignHost.Run(args, Console.Error);
