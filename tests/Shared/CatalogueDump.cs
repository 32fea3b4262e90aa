using Npgsql;

namespace EfRoll.TestSupport;

/// <summary>The schema read from the catalogue, for a server that is newer than every <c>pg_dump</c> on the machine.</summary>
static class CatalogueDump
{
    static readonly string Query = Read();

    public static async Task<IReadOnlyList<string>> ReadAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(connection, cancellationToken);
    }

    public static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            // Compiling a query this long takes seconds.
            BatchCommands = { new("SET search_path = ''"), new("SET jit = off"), new(Query), new("RESET search_path"), new("RESET jit") },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var statements = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            statements.Add(reader.GetString(0));
        }

        statements.Sort(StringComparer.Ordinal);
        return statements;
    }

    static string Read()
    {
        using var stream = typeof(CatalogueDump).Assembly.GetManifestResourceStream("CatalogueDump.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
