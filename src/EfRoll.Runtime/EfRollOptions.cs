namespace EfRoll.Runtime;

/// <summary>How an application is put on its version.</summary>
public sealed record EfRollOptions
{
    /// <summary>The environment variable that switches EfRoll off for the whole process: <c>false</c> or <c>0</c>.</summary>
    internal const string Switch = "EFROLL_ENABLED";

    /// <summary>The migration id that stands for the version; null takes the last migration that was compiled in.</summary>
    public string? Version { get; init; }

    /// <summary>The schema that holds the tables themselves; <c>public</c> by default.</summary>
    public string BaseSchema { get; init; } = "public";

    /// <summary>
    /// Further schemas that hold tables of the model, for a model with several; they come after <see cref="BaseSchema"/> on the path. With
    /// <see cref="EfRollBinding.Qualified"/> they need not be named.
    /// </summary>
    public IReadOnlyList<string> OtherSchemas { get; init; } = [];

    /// <summary>How the tables of the version are reached; by the search path unless said otherwise.</summary>
    public EfRollBinding Binding { get; init; }

    /// <summary>
    /// Whether EfRoll does anything at all; true, unless the environment variable <c>EFROLL_ENABLED</c> is <c>false</c> or <c>0</c>: for databases that are
    /// migrated in place, a developer's own for instance.
    /// </summary>
    public bool Enabled { get; init; } = Environment.GetEnvironmentVariable(Switch) is not ("0" or "false" or "False" or "FALSE");

    /// <summary>Whether the settings are the same, schema by schema.</summary>
    public bool Equals(EfRollOptions? other) =>
        other is not null && (Version, BaseSchema, Binding, Enabled) == (other.Version, other.BaseSchema, other.Binding, other.Enabled) && OtherSchemas.SequenceEqual(other.OtherSchemas);

    /// <summary>A number that is the same for the same settings.</summary>
    public override int GetHashCode() => HashCode.Combine(Version, BaseSchema, Binding, Enabled, OtherSchemas.Count);
}
