using EfRoll.Rehearsal;

return await CommandLine.RunAsync(args);
