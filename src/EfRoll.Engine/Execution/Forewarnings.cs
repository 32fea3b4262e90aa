using EfRoll.Engine.Planning;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Execution;

/// <summary>Looks before a rollout begins for what will be in its way: long transactions, and vacuums that do not give way.</summary>
static class Forewarnings
{
    static readonly SqlText Query = OtherSessions.Read("Forewarnings.sql");

    /// <summary>One sentence each.</summary>
    /// <param name="session">Where to look.</param>
    /// <param name="plan">What is about to be done.</param>
    /// <param name="isLong">From when on a transaction is a long one.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static Task<List<string>> OfAsync(Session session, Plan plan, TimeSpan isLong, CancellationToken cancellationToken)
    {
        var relations = plan.Expand.OfType<TransactionStep>().SelectMany(step => step.Locks).Select(wanted => wanted.Relation).Distinct().ToList();
        return session.QueryAsync(
            Query,
            [relations.Select(relation => relation.Schema.Value).ToArray(), relations.Select(relation => relation.Name.Value).ToArray(), isLong],
            reader => reader.GetString(0),
            cancellationToken);
    }
}
