namespace EfRoll.Bench.Build;

/// <summary>What the manifests cost a build: where nothing has changed, where the migrations were compiled anew, and by the number of migrations.</summary>
/// <param name="sizes">How many migrations a young application has, and how many an old one.</param>
sealed class BuildPart(params IReadOnlyList<int> sizes) : IPart
{
    public string Name => "build";

    public async Task RunAsync(BenchOptions options, Findings findings, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("efroll-bench-").FullName;
        try
        {
            var table = new TextTable("migrations", "build", "without manifests, s", "with, s", "more, s", "EfRoll's targets, ms");
            var more = new List<List<double>>();
            foreach (var size in sizes)
            {
                var without = new MigrationsProject(Path.Combine(folder, $"{size}-without"), size, hasManifests: false);
                var with = new MigrationsProject(Path.Combine(folder, $"{size}-with"), size, hasManifests: true);
                await without.CreateAsync(cancellationToken);
                await with.CreateAsync(cancellationToken);

                var idle = await CompareAsync(without, with, isCompiled: false);
                if (idle.Exists(pair => pair.With.HasWritten))
                    throw new InvalidOperationException("A build in which nothing has changed has started the design host.");
                var compiled = await CompareAsync(without, with, isCompiled: true);
                Add(size, "nothing changed", idle);
                Add(size, "compiled anew", compiled);
                more.Add([.. compiled.Select(pair => pair.More)]);
                if (size == sizes[0])
                {
                    findings.Tell("build_nothing_changed_targets_ms", idle.Select(pair => pair.With.OwnMilliseconds));
                    findings.Tell("build_nothing_changed_more_ms", idle.Select(pair => 1000 * pair.More));
                    findings.Tell("build_compiled_more_s", more[0]);
                }

                if (size == sizes[^1])
                    findings.Tell("build_manifests_written_of_300_after_one_edit", [await CountWrittenAsync(with, cancellationToken)]);
            }

            findings.Tell("build_compiled_more_s_300_migrations", more[^1]);
            findings.Tell("build_300_migrations_vs_30", more[^1].Zip(more[0], (many, few) => many / few));
            findings.Tell($"`dotnet build` of a library of migrations, the start of its process included\n\n{table}");

            async Task<List<Pair>> CompareAsync(MigrationsProject without, MigrationsProject with, bool isCompiled)
            {
                var pairs = new List<Pair>();
                for (var run = 1; run <= options.Runs; run++)
                {
                    if (isCompiled)
                    {
                        await without.TouchAsync(run, cancellationToken);
                        await with.TouchAsync(run, cancellationToken);
                    }

                    pairs.Add(new Pair(await without.BuildAsync(cancellationToken), await with.BuildAsync(cancellationToken)));
                    findings.Progress($"{pairs[^1]}");
                }

                return pairs;
            }

            void Add(int size, string what, List<Pair> pairs) => table.Add(
                $"{size}", what, pairs.Select(pair => pair.Without.Seconds).Median(), pairs.Select(pair => pair.With.Seconds).Median(),
                pairs.Select(pair => pair.More).Median(), pairs.Select(pair => pair.With.OwnMilliseconds).Median());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static async Task<int> CountWrittenAsync(MigrationsProject project, CancellationToken cancellationToken)
    {
        var files = Directory.EnumerateFiles(project.Manifests).ToDictionary(file => file, File.GetLastWriteTimeUtc);
        await project.EditAsync("bigint", cancellationToken);
        await project.BuildAsync(cancellationToken);
        return Directory.EnumerateFiles(project.Manifests).Count(file => !files.TryGetValue(file, out var before) || File.GetLastWriteTimeUtc(file) != before);
    }

    sealed record Pair(BuildTime Without, BuildTime With)
    {
        public double More => With.Seconds - Without.Seconds;
    }
}
