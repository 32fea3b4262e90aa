using Npgsql;

namespace EfRoll.Tool;

/// <summary>Reads connection strings, Npgsql's own and <c>postgresql://</c> URLs, and names a database without giving the password away.</summary>
static class ConnectionText
{
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            var builder = IsUrl(text) ? ParseUrl(text) : new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(builder.Host))
                throw ToolMistakes.InvalidConnectionString("it names no host.", null);
            builder.ApplicationName ??= "efroll";
            return builder;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException)
        {
            // Npgsql's message names the keyword, never its value; the exception as such is not kept, since it may hold the text.
            throw ToolMistakes.InvalidConnectionString(exception switch
            {
                FormatException => "a value has the wrong form.",
                ArgumentException { ParamName: { Length: > 0 } keyword } => $"'{keyword}' is no keyword of it, or has a value that it does not take.",
                _ => exception.Message,
            }, null);
        }
    }

    /// <summary>The database as people call it: without a password.</summary>
    public static string Describe(NpgsqlConnectionStringBuilder builder) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{builder.Database ?? builder.Username} on {builder.Host}:{builder.Port}");

    static bool IsUrl(string text) =>
        text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase);

    static NpgsqlConnectionStringBuilder ParseUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
            throw ToolMistakes.InvalidConnectionString("the URL cannot be read.", null);
        var builder = new NpgsqlConnectionStringBuilder { Host = Uri.UnescapeDataString(url.IdnHost) };
        if (url.Port > 0)
            builder.Port = url.Port;
        if (url.AbsolutePath.Trim('/') is { Length: > 0 } database)
            builder.Database = Uri.UnescapeDataString(database);
        var user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            builder.Password = Uri.UnescapeDataString(user[1]);
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            builder[Keyword(Uri.UnescapeDataString(parts[0]))] = parts.Length > 1 ? Value(Uri.UnescapeDataString(parts[1])) : "";
        }

        return builder;
    }

    // libpq's names where Npgsql has others.
    static string Keyword(string name) => name.ToLowerInvariant() switch
    {
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "application_name" => "Application Name",
        "connect_timeout" => "Timeout",
        "dbname" => "Database",
        "user" => "Username",
        _ => name,
    };

    static string Value(string value) => value switch
    {
        "verify-ca" => "VerifyCA",
        "verify-full" => "VerifyFull",
        _ => value,
    };
}
