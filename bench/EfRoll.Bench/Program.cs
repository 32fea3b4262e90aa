// With its namespace: a package has one that is called CommandLine.
return await EfRoll.Bench.CommandLine.RunAsync(args);
