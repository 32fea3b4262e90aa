using Npgsql;
using NpgsqlTypes;

namespace EfApp.Load;

/// <summary>The users that are there before the load begins; each follows from its id, so that any of them can be checked.</summary>
static class Seed
{
    const int TeamCount = 5;

    static readonly string[] First = ["Ada", "Björn", "Chloé", "Dmitri", "Esra", "Femi", "Grace", "Hồng", "Ines", "Jun"];

    static readonly string[] Last = ["Lovelace", "van der Berg", "O'Neill", "García Márquez", "Şahin", "Nguyễn", "Smith-Jones"];

    public static ExpectedUser User(int id, int count) =>
        new(id, $"user{id}", First[id % First.Length], Last[id % Last.Length], $"user{id}@example.com")
        {
            Phone = id % 3 == 0 ? null : $"+1555{id:D7}",
            Bio = id % 2 == 0 ? null : $"Bio of user {id}.",
            Credits = id % 1000,
            Badge = id == MisfitOf(count) ? $"B-{id}" : id % 5 == 0 ? $"{id}" : null,
            TeamId = Team(id),
        };

    /// <summary>The one user whose badge is no number, which release 3 takes for granted.</summary>
    public static int MisfitOf(int count) => count / 3 * 2 + 1;

    public static int? Team(int number) => number % (TeamCount + 1) is var team and > 0 ? team : null;

    /// <summary>Copies the users into a database of release 1.</summary>
    public static async Task WriteAsync(string connectionString, int count, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(
            connection, $"""INSERT INTO "Teams" ("Name") SELECT 'Team ' || n FROM generate_series(1, {TeamCount}) n""", cancellationToken);

        await using (var writer = await connection.BeginBinaryImportAsync(
            """
            COPY "Users" ("Id", "Login", "FirstName", "LastName", "Email", "Phone", "Bio", "Credits", "Badge", "TeamId")
            FROM STDIN (FORMAT binary)
            """,
            cancellationToken))
        {
            for (var id = 1; id <= count; id++)
            {
                var user = User(id, count);
                await writer.StartRowAsync(cancellationToken);
                await writer.WriteAsync(user.Id, NpgsqlDbType.Integer, cancellationToken);
                await writer.WriteAsync(user.Login, cancellationToken);
                await writer.WriteAsync(user.FirstName, cancellationToken);
                await writer.WriteAsync(user.LastName, cancellationToken);
                await writer.WriteAsync(user.Email, cancellationToken);
                await WriteAsync(writer, user.Phone, cancellationToken);
                await WriteAsync(writer, user.Bio, cancellationToken);
                await writer.WriteAsync((int)user.Credits, NpgsqlDbType.Integer, cancellationToken);
                await WriteAsync(writer, user.Badge, cancellationToken);
                await WriteAsync(writer, user.TeamId, cancellationToken);
            }

            await writer.CompleteAsync(cancellationToken);
        }

        await ExecuteAsync(connection, $"""SELECT setval(pg_get_serial_sequence('"Users"', 'Id'), {count})""", cancellationToken);
        await ExecuteAsync(connection, """ANALYZE "Users", "Teams" """, cancellationToken);
    }

    static async Task WriteAsync<T>(NpgsqlBinaryImporter writer, T value, CancellationToken cancellationToken)
    {
        if (value is null)
            await writer.WriteNullAsync(cancellationToken);
        else
            await writer.WriteAsync(value, cancellationToken);
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
