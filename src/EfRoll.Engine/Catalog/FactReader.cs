using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Catalog;

/// <summary>Reads what watched tables are like, with or without a transaction.</summary>
sealed class FactReader(Session session)
{
    static readonly SqlText Query = EmbeddedSql.Read("FactReader.sql");

    /// <summary>The tables with what they are like now.</summary>
    public async Task<EquatableList<WatchedTable>> FillAsync(EquatableList<WatchedTable> tables, CancellationToken cancellationToken)
    {
        var facts = await ReadAsync(tables, cancellationToken).ConfigureAwait(false);
        return tables.Select(table => table with { Facts = facts[table.Name].ToEquatableList() }).ToEquatableList();
    }

    // Each name once; none for a table that is gone.
    async Task<ILookup<QualifiedName, Fact>> ReadAsync(EquatableList<WatchedTable> tables, CancellationToken cancellationToken)
    {
        List<(QualifiedName Table, Fact Fact)> rows = [];
        if (tables.Count == 0)
            return rows.ToLookup(row => row.Table, row => row.Fact);
        Func<Func<Task>, CancellationToken, Task> inPassing = session.IsInTransaction ? session.InSavepointAsync : session.InPassingAsync;
        await inPassing(
            async () =>
            {
                // With nothing else on the path, the server writes all other names in full, whoever asks.
                await session.ExecuteAsync($"SET LOCAL search_path = pg_catalog", cancellationToken).ConfigureAwait(false);
                rows = await session.QueryAsync(
                    Query,
                    [tables.Select(table => table.Name.Schema.Value).ToArray(), tables.Select(table => table.Name.Name.Value).ToArray()],
                    row => (new QualifiedName(row.GetString(0), row.GetString(1)), new Fact(Enum.Parse<FactKind>(row.GetString(2)), row.GetString(3), row.GetString(4))
                    {
                        Columns = row.GetFieldValue<string[]>(5).Select(name => new Identifier(name)).ToEquatableList(),
                        ChangesRows = row.GetBoolean(6),
                        IsOfPartition = row.GetBoolean(7),
                    }),
                    cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        // As people write them, "a.b".c and a."b.c" have one name.
        return rows.GroupBy(row => (row.Table, row.Fact.Kind, row.Fact.Name)).Select(same => same.Aggregate((one, other) => (one.Table, Both(one.Fact, other.Fact))))
            .ToLookup(row => row.Table, row => row.Fact);
    }

    static Fact Both(Fact one, Fact other) => one with
    {
        Value = $"{one.Value}; {other.Value}",
        Columns = one.Columns.Union(other.Columns).ToEquatableList(),
        ChangesRows = one.ChangesRows || other.ChangesRows,
    };
}
