namespace EfRoll.Bench.Load;

/// <summary>A statement that an application runs again and again.</summary>
/// <param name="Name">As the results call it.</param>
/// <param name="Sql">The statement; <c>$1</c> is a random number, which is some row's key.</param>
sealed record Deed(string Name, string Sql)
{
    public static Deed Read { get; } = new("read by key", "SELECT id, team_id, credits, name, email, bio FROM users WHERE id = $1");

    public static Deed UpdateOther { get; } = new("update of an unrelated column", "UPDATE users SET name = 'user ' || $1 WHERE id = $1");

    public static Deed UpdateChanged { get; } = new("update of the changed column", "UPDATE users SET bio = 'I am not ' || $1 WHERE id = $1");

    public static Deed Insert { get; } = new(
        "insert",
        "INSERT INTO users (team_id, credits, created_at, name, email, bio) VALUES ($1 & 65535, $1, now(), 'user ' || $1, 'u' || $1 || '@x.org', 'I am ' || $1)");

    /// <summary>What an application does in all: half of it reads.</summary>
    public static IReadOnlyList<Deed> Mix { get; } = [Read, Read, Read, Read, Read, UpdateOther, UpdateOther, UpdateChanged, UpdateChanged, Insert];
}
