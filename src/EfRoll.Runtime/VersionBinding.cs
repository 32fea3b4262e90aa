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

    static readonly ConcurrentDictionary<EfRollOptions, VersionBinding> Bindings = new();

    readonly ConcurrentDictionary<string, BoundString> _strings = new(StringComparer.Ordinal);
    readonly string _suffix;

    // Reading an open connection's string gives the same object each time, so that most look-ups end at a comparison of references.
    BoundString? _last;

    VersionBinding(EfRollOptions settings)
    {
        Settings = settings;
        Version = settings.Version!;
        Schema = SchemaBefore(settings.BaseSchema);
        _suffix = $"efroll:{VersionSchema.MarkOf(Version)}";
    }

    /// <summary>What was asked for.</summary>
    public EfRollOptions Settings { get; }

    /// <summary>The migration id.</summary>
    public string Version { get; }

    /// <summary>The schema through which the version sees the tables of the base schema; it exists only while a rollout is open, unless all tables have views.</summary>
    public string Schema { get; }

    /// <summary>Whether the version's tables are reached by the search path.</summary>
    public bool IsByPath => Settings.Binding == EfRollBinding.SearchPath;

    /// <summary>The schemas whose tables are reached by the search path.</summary>
    public IEnumerable<string> BaseSchemas => Settings.OtherSchemas.Prepend(Settings.BaseSchema);

    /// <summary>Returns the one binding of a version, so that all contexts share what it remembers.</summary>
    public static VersionBinding Of(EfRollOptions settings, string version) =>
        Bindings.GetOrAdd(settings with { Version = version, Enabled = true }, static key => new VersionBinding(key));

    /// <summary>The schema through which the version sees the tables of a schema.</summary>
    public string SchemaBefore(string schema) => VersionSchema.NameOf(schema, Version);

    /// <summary>Returns the connection string with the version's schemas first on its path.</summary>
    public string Rewrite(string connectionString) => Find(connectionString).Rewritten;

    /// <summary>Whether connections made from the string are on the version from the beginning.</summary>
    public bool IsOn(string connectionString) => Find(connectionString).IsOn;

    /// <summary>Whether connections made from the string share their sessions.</summary>
    public bool Multiplexes(string connectionString) => Find(connectionString).Multiplexes;

    /// <summary>Puts the version into the settings of a connection string.</summary>
    public void Apply(NpgsqlConnectionStringBuilder builder)
    {
        if (IsByPath)
            builder.SearchPath = PathAfter(builder.SearchPath);
        builder.ApplicationName = NameAfter(builder.ApplicationName);
    }

    /// <summary>Whether connections made from the string are known to be on the version at the server, also after their session was reset.</summary>
    public bool HasArrived(string connectionString) => Find(connectionString).HasArrived;

    /// <summary>An open connection is.</summary>
    public void Arrived(NpgsqlConnection connection) => Find(connection.ConnectionString).Arrived(connection);

    /// <summary>Whether a table that is reached by the path was looked for already with connections made from the string.</summary>
    public bool IsReachChecked(string connectionString) => Find(connectionString).IsReachChecked;

    /// <summary>All tables were found in their places.</summary>
    public void ReachChecked(string connectionString) => Find(connectionString).IsReachChecked = true;

    /// <summary>
    /// Makes the command that puts an open connection on the version, or only looks, where its string should have done so; one round trip. It returns
    /// the setting that <see cref="IsOnBy"/> judges.
    /// </summary>
    public DbCommand CreateCommand(DbConnection connection)
    {
        var bound = Find(connection.ConnectionString);
        var command = connection.CreateCommand();
        if (bound.IsOn)
        {
            command.CommandText = IsByPath ? "SELECT current_setting('search_path')" : "SELECT current_setting('application_name')";
            return command;
        }

        command.CommandText = IsByPath
            ? "SELECT set_config('search_path', $2, false), set_config('application_name', $1, false)"
            : "SELECT set_config('application_name', $1, false)";
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = bound.ApplicationName });
        if (IsByPath)
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = bound.SearchPath });
        return command;
    }

    /// <summary>Whether the setting that <see cref="CreateCommand"/> returned is of the version.</summary>
    public bool IsOnBy(string? setting) => IsByPath ? SearchPath.Parse(setting).FirstOrDefault() == Schema : IsMarked(setting);

    BoundString Find(string connectionString)
    {
        if (_last is { } last && ReferenceEquals(last.Original, connectionString))
            return last;
        return _last = _strings.GetOrAdd(connectionString, Bind);
    }

    BoundString Bind(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        var isOn = IsByPath ? SearchPath.Parse(builder.SearchPath).FirstOrDefault() == Schema : IsMarked(builder.ApplicationName);
        var multiplexes = builder.Multiplexing;
        Apply(builder);
        return new BoundString(
            connectionString, isOn ? connectionString : builder.ConnectionString, isOn, multiplexes, builder.SearchPath ?? "", builder.ApplicationName!);
    }

    // Schemas that the application has on its path besides stay there, behind ours.
    string PathAfter(string? setting) =>
        SearchPath.Format(BaseSchemas.Select(SchemaBefore).Concat(BaseSchemas).Concat(SearchPath.Parse(setting)).Distinct(StringComparer.Ordinal));

    bool IsMarked(string? name) => name is not null && (name == _suffix || name.EndsWith($" {_suffix}", StringComparison.Ordinal));

    // The server cuts the name at 63 bytes, so the application's own name gives way, not the mark of the version.
    string NameAfter(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return _suffix;
        if (IsMarked(name))
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
        volatile bool _isReachChecked;
        int _firstProcess;
        int _times;

        public bool HasArrived => _hasArrived;

        public bool IsReachChecked
        {
            get => _isReachChecked;
            set => _isReachChecked = value;
        }

        // Seen twice on the same session, for a reset lies between.
        public void Arrived(NpgsqlConnection connection)
        {
            // Multiplexed sessions are never reset.
            if (Multiplexes || Interlocked.CompareExchange(ref _firstProcess, connection.ProcessID, 0) == connection.ProcessID || Interlocked.Increment(ref _times) >= Enough)
                _hasArrived = true;
        }
    }
}
