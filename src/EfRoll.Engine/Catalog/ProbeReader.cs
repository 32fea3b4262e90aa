using System.Collections.Immutable;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Sessions;
using Npgsql;

namespace EfRoll.Engine.Catalog;

/// <summary>Answers a plan's questions by temporary tables in a transaction that is taken back.</summary>
sealed class ProbeReader(Session session)
{
    // So many at once that the way to the server hardly counts.
    const int Round = 50;

    static readonly BatchStatement Begin = new($"SAVEPOINT efroll_probe", IsQuery: false);
    static readonly BatchStatement TakeBack = new($"ROLLBACK TO SAVEPOINT efroll_probe", IsQuery: false);

    /// <summary>Answers all questions, or reports the first text that PostgreSQL refuses.</summary>
    public async Task<ProbeAnswers> AskAsync(IReadOnlyCollection<Probe> probes, IEnumerable<NewObject> newObjects, CancellationToken cancellationToken)
    {
        var answers = ImmutableDictionary.CreateBuilder<string, ProbeAnswer>();
        if (probes.Count == 0)
            return new ProbeAnswers(answers.ToImmutable());

        await session.InPassingAsync(
            async () =>
            {
                await Rehearsal.MakeAsync(session, newObjects, cancellationToken).ConfigureAwait(false);
                await session.ExecuteAsync(Begin.Sql, cancellationToken).ConfigureAwait(false);
                foreach (var round in probes.Chunk(Round))
                    answers.AddRange(await AskAsync(round, cancellationToken).ConfigureAwait(false));
            },
            cancellationToken).ConfigureAwait(false);
        return new ProbeAnswers(answers.ToImmutable());
    }

    async Task<Dictionary<string, ProbeAnswer>> AskAsync(IEnumerable<Probe> round, CancellationToken cancellationToken)
    {
        var scripts = round.Select(probe => (probe.Key, Script: ProbeScript.Of(probe))).ToList();
        var rows = new List<IReadOnlyList<string>>();
        PostgresException? refused = null;
        try
        {
            await session.BatchAsync([.. scripts.SelectMany(pair => pair.Script.Statements.Append(TakeBack))], rows, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (SqlStates.IsOfStatement(error.SqlState))
        {
            refused = error;
        }

        var answers = new Dictionary<string, ProbeAnswer>();
        var first = 0;
        foreach (var (key, script) in scripts)
        {
            answers[key] = script.Answer([.. rows.Skip(first).Take(script.Statements.Count)], refused);
            first += script.Statements.Count + 1;
        }

        return answers;
    }
}
