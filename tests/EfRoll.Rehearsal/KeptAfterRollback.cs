using System.Text.RegularExpressions;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Steps;
using EfRoll.TestSupport;

namespace EfRoll.Rehearsal;

/// <summary>
/// What a plan says that a rollback keeps: wider types, labels of enumerations. A copy of the database from before gets just these statements, so
/// that everything that PostgreSQL derives from them, as the text of a check, is as it must be; nothing else may differ.
/// </summary>
sealed partial class KeptAfterRollback : IAsyncDisposable
{
    readonly IReadOnlyList<string> _statements;
    readonly TestDatabase? _copy;
    readonly List<SchemaDump> _kept = [];

    KeptAfterRollback(IReadOnlyList<string> statements, TestDatabase? copy)
    {
        _statements = statements;
        _copy = copy;
    }

    /// <summary>To be called before the start.</summary>
    public static async Task<KeptAfterRollback> OfAsync(Plan plan, TestDatabase database, CancellationToken cancellationToken)
    {
        var statements = plan.Expand.OfType<TransactionStep>().SelectMany(Of).ToList();
        return new KeptAfterRollback(statements, statements.Count == 0 ? null : await database.CopyAsync(cancellationToken));
    }

    /// <summary>What differs in the schema: the order of columns counts too. A start that was refused may have got as far as some of what is kept.</summary>
    public async Task<string?> DifferenceAsync(Snapshot before, Snapshot actual, CancellationToken cancellationToken)
    {
        var difference = Difference(before.Schema);
        for (var i = 0; i < _statements.Count && difference is not null; i++)
        {
            if (i == _kept.Count)
            {
                await _copy!.ExecuteAsync(_statements[i], cancellationToken);
                _kept.Add(await SchemaDump.ReadAsync(_copy, cancellationToken));
            }

            difference = Difference(_kept[i]);
        }

        return difference;

        string? Difference(SchemaDump wanted) => SchemaDump.Difference(wanted, actual.Schema, columnOrderMatters: true);
    }

    /// <summary>Drops the copy.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_copy is not null)
            await _copy.DisposeAsync();
    }

    // What hangs on the columns is taken away first and put back at the end: all that is one statement here.
    static IEnumerable<string> Of(TransactionStep step)
    {
        if (!step.Hazards.Any(hazard => hazard.Contains("rollback keeps", StringComparison.Ordinal)))
            return [];
        var texts = step.Statements.Select(statement => statement.ToString()).ToList();
        var types = texts.FindAll(Widening().IsMatch);
        var aside = texts.FindIndex(text => text.Contains("'efroll.exchanged'", StringComparison.Ordinal));
        return aside < 0 || aside > texts.IndexOf(types[0]) ? [string.Join(";\n", types)] : [string.Join(";\n", texts[aside..(texts.IndexOf(types[^1]) + 2)])];
    }

    [GeneratedRegex(@"^ALTER (TABLE .* ALTER COLUMN .* )?TYPE ", RegexOptions.Singleline)]
    private static partial Regex Widening();
}
