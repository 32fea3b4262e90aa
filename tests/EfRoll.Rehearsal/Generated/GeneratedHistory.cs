using EfRoll.Engine.Manifests;
using EfRoll.Engine.Schema;
using EfRoll.Translator;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Rehearsal.Generated;

/// <summary>A history that nobody wrote: each migration is a few changes of a model, each change a number.</summary>
/// <param name="Seed">Decides on the rows.</param>
/// <param name="Migrations">The changes of each migration.</param>
public sealed record GeneratedHistory(int Seed, IReadOnlyList<IReadOnlyList<int>> Migrations)
{
    /// <summary>Smaller ones: without a migration, with two as one, without a change.</summary>
    public IEnumerable<GeneratedHistory> Smaller()
    {
        for (var i = 0; i < Migrations.Count; i++)
            yield return this with { Migrations = [.. Migrations.Where((_, position) => position != i)] };
        for (var i = 0; i + 1 < Migrations.Count; i++)
            yield return this with { Migrations = [.. Migrations.Take(i), [.. Migrations[i], .. Migrations[i + 1]], .. Migrations.Skip(i + 2)] };
        for (var i = 0; i < Migrations.Count; i++)
        {
            for (var j = 0; j < Migrations[i].Count; j++)
                yield return this with { Migrations = [.. Migrations.Select((changes, position) => position == i ? [.. changes.Where((_, at) => at != j)] : changes)] };
        }
    }

    /// <summary>Lets EF Core's differ write the migrations, up and down.</summary>
    public History ToHistory()
    {
        using var context = new DbContext(new DbContextOptionsBuilder().UseNpgsql("Host=nowhere").Options);
        return new History(Read(context), _ => Task.FromResult(Again()));
    }

    /// <summary>The numbers, to try it again.</summary>
    public override string ToString() => $"{Seed}:{string.Join('/', Migrations.Select(changes => string.Join(',', changes)))}";

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static GeneratedHistory Parse(string text)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return new GeneratedHistory(int.Parse(text[..colon], culture),
            [.. text[(colon + 1)..].Split('/').Select(changes => (IReadOnlyList<int>)[.. changes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, culture))])]);
    }

    ContextManifest Again()
    {
        using var context = new DbContext(new DbContextOptionsBuilder().UseNpgsql("Host=nowhere").Options);
        return Read(context);
    }

    ContextManifest Read(DbContext context)
    {
        var factory = new ModelFactory(context);
        var differ = context.GetService<IMigrationsModelDiffer>();
        var model = ModelSpec.Empty;
        var migrations = new List<(string Id, Func<Migration> Create)>();
        foreach (var changes in Migrations)
        {
            var parts = new MigrationParts(factory, differ, model);
            var next = changes.Aggregate(model, parts.Change);
            var operations = parts.Up();
            if (operations.Count == 0 || operations.OfType<AlterColumnOperation>().Any(HasNoCast))
                continue;
            migrations.Add(($"{20240101000000 + migrations.Count}_Generated", () => new GeneratedMigration(parts)));
            model = next;
        }

        var manifest = HistoryStatements.Of(context).AddTo(MigrationsAssemblyReader.Read("Generated", migrations, context, null));
        var script = new EfScript(context);
        return manifest with
        {
            Migrations = manifest.Migrations.Zip(migrations, (read, made) => read with { Script = script.Write(made.Id, made.Create()).ToEquatableList() }).ToEquatableList(),
        };
    }

    // A column that is dropped, and one of its name that is added, are one change to the differ; PostgreSQL then refuses it, with rows or without.
    static bool HasNoCast(AlterColumnOperation alter) =>
        alter.OldColumn.ColumnType is { } from && alter.ColumnType is { } to && from != to && !TypeSpecs.Of(from).CastsTo.Contains(to);

    sealed class GeneratedMigration(MigrationParts parts) : Migration
    {
        public override IModel TargetModel => parts.Target;

        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Operations.AddRange(parts.Up());

        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Operations.AddRange(parts.Down());
    }
}
