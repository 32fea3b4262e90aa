using EfRoll.Bench;

return await CommandLine.RunAsync(args);
