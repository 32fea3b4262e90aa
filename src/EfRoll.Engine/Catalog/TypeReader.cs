using System.Collections.Immutable;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using Npgsql;

namespace EfRoll.Engine.Catalog;

/// <summary>Asks the server what it makes of the texts of types and defaults, by temporary tables that are taken back.</summary>
sealed class TypeReader(Session session)
{
    /// <summary>Reads types by the texts that name them; a text that names none is left out. Needs a transaction.</summary>
    public async Task<ImmutableDictionary<string, TypeFacts>> ReadAsync(IEnumerable<string> types, CancellationToken cancellationToken)
    {
        var known = ImmutableDictionary.CreateBuilder<string, TypeFacts>();
        foreach (var type in types)
        {
            try
            {
                await session.InSavepointAsync(
                    async () =>
                    {
                        await session.ExecuteAsync($"CREATE TEMPORARY TABLE efroll_type (value {SqlText.Verbatim(type)})", cancellationToken).ConfigureAwait(false);
                        await session.ExecuteAsync($"SET LOCAL search_path = pg_catalog", cancellationToken).ConfigureAwait(false);
                        var columns = await session.QueryAsync(
                            $"""
                            SELECT format_type(a.atttypid, a.atttypmod), a.atttypid, a.atttypmod, t.typcategory::text
                            FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid
                            WHERE a.attrelid = 'pg_temp.efroll_type'::regclass AND a.attnum > 0
                            """,
                            [],
                            reader => new TypeFacts(reader.GetString(0), reader.GetFieldValue<uint>(1), reader.GetInt32(2), reader.GetString(3)[0]),
                            cancellationToken).ConfigureAwait(false);
                        // A text such as "integer, other integer" is no type. Columns go by the name that PostgreSQL gives it.
                        if (columns is [var facts])
                            known[type] = known[facts.Name] = facts;
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException error) when (error.SqlState.StartsWith("42", StringComparison.Ordinal) || error.SqlState.StartsWith("22", StringComparison.Ordinal)
                || error.SqlState.StartsWith("3F", StringComparison.Ordinal) || error.SqlState.StartsWith("0A", StringComparison.Ordinal))
            {
                // There is no such type (or it does not take these modifiers): the planner says so at the operation that names it.
                continue;
            }
        }

        return known.ToImmutable();
    }

    /// <summary>Finds the defaults that PostgreSQL would have to compute for each row. Needs a transaction.</summary>
    public async Task<ImmutableHashSet<string>> FindVolatileAsync(IEnumerable<(string Type, string Default)> defaults, CancellationToken cancellationToken)
    {
        var found = ImmutableHashSet.CreateBuilder<string>();
        foreach (var (type, value) in defaults)
        {
            try
            {
                await session.InSavepointAsync(
                    async () =>
                    {
                        // Tried first without the default: a type that is not there is reported elsewhere, a default that does not fit is reported here.
                        if (!await CanAddAsync(type, cancellationToken).ConfigureAwait(false))
                            return;
                        await session.ExecuteAsync($"CREATE TEMPORARY TABLE efroll_default ()", cancellationToken).ConfigureAwait(false);
                        var before = await FileAsync(cancellationToken).ConfigureAwait(false);
                        await session.ExecuteAsync(
                            $"ALTER TABLE pg_temp.efroll_default ADD COLUMN value {SqlText.Verbatim(type)} DEFAULT {new Expression(value)}", cancellationToken).ConfigureAwait(false);
                        if (await FileAsync(cancellationToken).ConfigureAwait(false) != before)
                            found.Add(value);
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException error) when (SqlStates.IsOfStatement(error.SqlState))
            {
                throw Mistakes.InvalidExpression($"The default of a column of type {type}", value, error.MessageText, null);
            }
        }

        return found.ToImmutable();
    }

    /// <summary>All casts.</summary>
    public async Task<ImmutableArray<Cast>> ReadCastsAsync(CancellationToken cancellationToken) =>
        [.. await session.QueryAsync(
            $"SELECT castsource, casttarget, castmethod = 'b' FROM pg_catalog.pg_cast ORDER BY castsource, casttarget",
            [],
            reader => new Cast(reader.GetFieldValue<uint>(0), reader.GetFieldValue<uint>(1), reader.GetBoolean(2)),
            cancellationToken).ConfigureAwait(false)];

    async Task<bool> CanAddAsync(string type, CancellationToken cancellationToken) =>
        (await ReadAsync([type], cancellationToken).ConfigureAwait(false)).Count == 1;

    // A new file means that the table was rewritten, so the value is not one and the same for all rows.
    Task<uint> FileAsync(CancellationToken cancellationToken) =>
        session.ScalarAsync<uint>($"SELECT pg_catalog.pg_relation_filenode('pg_temp.efroll_default'::regclass)", [], cancellationToken);
}
