using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Makes a range type. Its parts are SQL, as the provider takes them.</summary>
/// <param name="Name">The type.</param>
/// <param name="Subtype">The type of its bounds.</param>
public sealed record CreateRange(RelationName Name, string Subtype) : Operation, IObjectOperation
{
    /// <summary>The function that brings a range into its canonical form.</summary>
    public string? Canonical { get; init; }

    /// <summary>The operator class that orders the bounds.</summary>
    public string? OperatorClass { get; init; }

    /// <summary>The collation that orders the bounds.</summary>
    public string? Collation { get; init; }

    /// <summary>The function that tells how far apart two bounds are.</summary>
    public string? Difference { get; init; }

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var name = Name.In(schema.BaseSchema);
        schema.RequireSchema(name.Schema, this);
        schema.RefuseTakenObjectName(ObjectKind.Type, name, this);
        var parts = new List<SqlText> { $"SUBTYPE = {SqlText.Verbatim(Subtype)}" };
        if (Canonical is { } canonical)
            parts.Add($"CANONICAL = {SqlText.Verbatim(canonical)}");
        if (OperatorClass is { } operatorClass)
            parts.Add($"SUBTYPE_OPCLASS = {SqlText.Verbatim(operatorClass)}");
        if (Collation is { } collation)
            parts.Add($"COLLATION = {SqlText.Verbatim(collation)}");
        if (Difference is { } difference)
            parts.Add($"SUBTYPE_DIFF = {SqlText.Verbatim(difference)}");
        return schema with { Objects = schema.Objects.Add(new LogicalObject(ObjectKind.Type, name) { Definition = $"AS RANGE ({parts})", Source = Source }) };
    }
}
