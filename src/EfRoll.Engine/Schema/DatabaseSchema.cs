using System.Collections.Immutable;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Schema;

/// <summary>What a plan needs to know of a database, read once before planning.</summary>
public sealed record DatabaseSchema
{
    /// <summary>The schema in which unqualified names are looked up and created.</summary>
    public required Identifier BaseSchema { get; init; }

    /// <summary>The server's version, as <c>server_version_num</c>: 150018.</summary>
    public required int ServerVersion { get; init; }

    /// <summary>All tables outside the system's schemas and our own.</summary>
    public ImmutableSortedDictionary<QualifiedName, Table> Tables { get; init; } = ImmutableSortedDictionary<QualifiedName, Table>.Empty;

    /// <summary>Names of other relations and of indexes, which no new table or index may take: views, sequences, indexes, …, with what they are.</summary>
    public ImmutableSortedDictionary<QualifiedName, string> OtherRelations { get; init; } = ImmutableSortedDictionary<QualifiedName, string>.Empty;

    /// <summary>All sequences, those behind columns included.</summary>
    public ImmutableSortedDictionary<QualifiedName, Sequence> Sequences { get; init; } = ImmutableSortedDictionary<QualifiedName, Sequence>.Empty;

    /// <summary>The enums and range types of the users'.</summary>
    public ImmutableSortedDictionary<QualifiedName, UserObject> UserTypes { get; init; } = ImmutableSortedDictionary<QualifiedName, UserObject>.Empty;

    /// <summary>The collations of the users'.</summary>
    public ImmutableSortedDictionary<QualifiedName, UserObject> UserCollations { get; init; } = ImmutableSortedDictionary<QualifiedName, UserObject>.Empty;

    /// <summary>The extensions that the server has, by name.</summary>
    public ImmutableDictionary<string, Extension> Extensions { get; init; } = ImmutableDictionary<string, Extension>.Empty;

    /// <summary>What lies in a schema besides tables and what the other properties name: views, functions, …, as PostgreSQL describes them.</summary>
    public ImmutableSortedDictionary<Identifier, EquatableList<string>> SchemaContents { get; init; } = ImmutableSortedDictionary<Identifier, EquatableList<string>>.Empty;

    /// <summary>What is defined besides tables, as kind and name: <c>routine public.f</c>, <c>extension citext</c>, <c>trigger public.t name</c>.</summary>
    public ImmutableHashSet<string> Definitions { get; init; } = [];

    /// <summary>Names of schemas, with the rights on them.</summary>
    public ImmutableSortedDictionary<Identifier, EquatableList<Grant>> Schemas { get; init; } = ImmutableSortedDictionary<Identifier, EquatableList<Grant>>.Empty;

    /// <summary>The types that the operations and the columns name, by the text that names them; a type that is not there is missing.</summary>
    public ImmutableDictionary<string, TypeFacts> Types { get; init; } = ImmutableDictionary<string, TypeFacts>.Empty;

    /// <summary>The collations that text of this database may have, those of <c>pg_catalog</c> included.</summary>
    public ImmutableHashSet<QualifiedName> Collations { get; init; } = [];

    /// <summary>All casts.</summary>
    public ImmutableArray<Cast> Casts { get; init; } = [];

    /// <summary>Defaults that the operations name and that give another value for each row (<c>gen_random_uuid()</c>, <c>nextval(…)</c>).</summary>
    public ImmutableHashSet<string> VolatileDefaults { get; init; } = [];

    /// <summary>Whether the time zone of ordinary sessions is UTC, so that timestamps with and without zone mean the same.</summary>
    public bool IsTimeZoneUtc { get; init; }

    /// <summary>Whether the connection's role may set <c>session_replication_role</c>, so that a backfill leaves users' triggers silent.</summary>
    public bool MaySilenceTriggers { get; init; }
}
