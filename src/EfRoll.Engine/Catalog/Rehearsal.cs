using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Sessions;
using Npgsql;

namespace EfRoll.Engine.Catalog;

/// <summary>Makes what a rollout makes beside tables, in a transaction that is taken back, so that authors' texts can be asked about that name it.</summary>
static class Rehearsal
{
    /// <summary>Makes it, or reports the first definition that PostgreSQL refuses. Needs a transaction.</summary>
    public static async Task MakeAsync(Session session, IEnumerable<NewObject> objects, CancellationToken cancellationToken)
    {
        foreach (var made in objects)
        {
            if (made.MayBeLeftOut)
            {
                await session.TryAsync(made.Create, cancellationToken).ConfigureAwait(false);
                continue;
            }

            try
            {
                await session.ExecuteAsync(made.Create, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException error) when (SqlStates.IsOfStatement(error.SqlState))
            {
                throw Mistakes.InvalidDefinition(made.What, made.Create.ToString(), error.MessageText, made.Source);
            }
        }
    }
}
