using System.Collections.Concurrent;
using System.Data.Common;
using System.Text;
using EfRoll.Shared;
using Npgsql;

namespace EfRoll.Runtime;

/// <summary>A version and what it takes to put a connection on it.</summary>
sealed class VersionBinding
{
    const int MaxApplicationNameBytes = 63;

    static readonly ConcurrentDictionary<(string BaseSchema, string Version), VersionBinding> Bindings = new();

    readonly ConcurrentDictionary<string, BoundString> _strings = new(StringComparer.Ordinal);
    readonly string _suffix;

    // Reading an open connection's string gives the same object each time, so that most look-ups end at a comparison of references.
    BoundString? _last;

    VersionBinding(string baseSchema, string version)
    {
        BaseSchema = baseSchema;
        Version = version;
        Schema = VersionSchema.NameOf(baseSchema, version);
        _suffix = $"efroll:{VersionSchema.MarkOf(version)}";
    }

    /// <summary>The schema of the tables themselves.</summary>
    public string BaseSchema { get; }

    /// <summary>The migration id.</summary>
    public string Version { get; }

    /// <summary>The schema through which the version sees its tables; it exists only while a rollout is open.</summary>
    public string Schema { get; }

    /// <summary>Returns the one binding of a version, so that all contexts share what it remembers.</summary>
    public static VersionBinding Of(string baseSchema, string version) =>
        Bindings.GetOrAdd((baseSchema, version), static key => new VersionBinding(key.BaseSchema, key.Version));

    /// <summary>Returns the connection string with the version's schemas first on its path.</summary>
    public string Rewrite(string connectionString) => Find(connectionString).Rewritten;

    /// <summary>Whether connections made from the string are on the version from the beginning.</summary>
    public bool IsOn(string connectionString) => Find(connectionString).IsOn;

    /// <summary>Whether connections made from the string share their sessions.</summary>
    public bool Multiplexes(string connectionString) => Find(connectionString).Multiplexes;

    /// <summary>Puts the version into the settings of a connection string.</summary>
    public void Apply(NpgsqlConnectionStringBuilder builder)
    {
        builder.SearchPath = PathAfter(builder.SearchPath);
        builder.ApplicationName = NameAfter(builder.ApplicationName);
    }

    /// <summary>Whether connections made from the string are known to be on the version at the server, also after their session was reset.</summary>
    public bool HasArrived(string connectionString) => Find(connectionString).HasArrived;

    /// <summary>An open connection is.</summary>
    public void Arrived(NpgsqlConnection connection) => Find(connection.ConnectionString).Arrived(connection);

    /// <summary>
    /// Makes the command that puts an open connection on the version, or only looks, where its string should have done so; one round trip. It returns the
    /// connection's path.
    /// </summary>
    public DbCommand CreateCommand(DbConnection connection)
    {
        var bound = Find(connection.ConnectionString);
        var command = connection.CreateCommand();
        if (bound.IsOn)
        {
            command.CommandText = "SELECT current_setting('search_path')";
            return command;
        }

        command.CommandText = "SELECT set_config('search_path', $1, false), set_config('application_name', $2, false)";
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = bound.SearchPath });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = bound.ApplicationName });
        return command;
    }

    BoundString Find(string connectionString)
    {
        if (_last is { } last && ReferenceEquals(last.Original, connectionString))
            return last;
        return _last = _strings.GetOrAdd(connectionString, Bind);
    }

    BoundString Bind(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        var isOn = SearchPath.Parse(builder.SearchPath).FirstOrDefault() == Schema;
        var multiplexes = builder.Multiplexing;
        Apply(builder);
        return new BoundString(
            connectionString, isOn ? connectionString : builder.ConnectionString, isOn, multiplexes, builder.SearchPath!, builder.ApplicationName!);
    }

    // Schemas that the application has on its path besides stay there, behind ours.
    string PathAfter(string? setting) =>
        SearchPath.Format(new[] { Schema, BaseSchema }.Concat(SearchPath.Parse(setting)).Distinct(StringComparer.Ordinal));

    // The server cuts the name at 63 bytes, so the application's own name gives way, not the mark of the version.
    string NameAfter(string? name)
    {
        if (string.IsNullOrEmpty(name) || name == _suffix)
            return _suffix;
        if (name.EndsWith($" {_suffix}", StringComparison.Ordinal))
            return name;

        var room = MaxApplicationNameBytes - _suffix.Length - 1;
        var cut = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0)
                break;
            cut.Append(rune.ToString());
        }

        return $"{cut} {_suffix}";
    }

    sealed record BoundString(string Original, string Rewritten, bool IsOn, bool Multiplexes, string SearchPath, string ApplicationName)
    {
        // An application that seldom gets the same session twice.
        const int Enough = 16;

        volatile bool _hasArrived;
        int _firstProcess;
        int _times;

        public bool HasArrived => _hasArrived;

        // Seen twice on the same session, for a reset lies between.
        public void Arrived(NpgsqlConnection connection)
        {
            // Multiplexed sessions are never reset.
            if (Multiplexes || Interlocked.CompareExchange(ref _firstProcess, connection.ProcessID, 0) == connection.ProcessID || Interlocked.Increment(ref _times) >= Enough)
                _hasArrived = true;
        }
    }
}
