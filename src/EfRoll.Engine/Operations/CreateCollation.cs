using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Makes a collation.</summary>
/// <param name="Name">The collation.</param>
/// <param name="Collate">The locale by which it orders.</param>
/// <param name="CharacterType">The locale by which it classifies characters.</param>
public sealed record CreateCollation(RelationName Name, string Collate, string CharacterType) : Operation, IObjectOperation
{
    /// <summary>Where the locale comes from: <c>icu</c>, <c>libc</c>; null for PostgreSQL's choice.</summary>
    public string? Provider { get; init; }

    /// <summary>Whether only equal bytes are equal; null for PostgreSQL's choice.</summary>
    public bool? IsDeterministic { get; init; }

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var name = Name.In(schema.BaseSchema);
        schema.RequireSchema(name.Schema, this);
        schema.RefuseTakenObjectName(ObjectKind.Collation, name, this);
        var parts = new List<SqlText>();
        if (Collate == CharacterType)
            parts.Add($"LOCALE = {Literal.Text(Collate)}");
        else
            parts.AddRange([$"LC_COLLATE = {Literal.Text(Collate)}", $"LC_CTYPE = {Literal.Text(CharacterType)}"]);
        if (Provider is { } provider)
            parts.Add($"PROVIDER = {SqlText.Verbatim(provider)}");
        if (IsDeterministic is { } deterministic)
            parts.Add(deterministic ? $"DETERMINISTIC = true" : (SqlText)$"DETERMINISTIC = false");
        return schema with { Objects = schema.Objects.Add(new LogicalObject(ObjectKind.Collation, name) { Definition = $"({parts})", Source = Source }) };
    }
}
