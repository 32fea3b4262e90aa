using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Installs an extension with all that it requires, if it is not there; one that is there stays as it is, whatever its version.</summary>
public sealed record CreateExtension(Identifier Name) : Operation, IObjectOperation
{
    /// <summary>Where its objects go; null for its own schema or the base schema.</summary>
    public Identifier? Schema { get; init; }

    /// <summary>Its version; null for the server's choice.</summary>
    public string? Version { get; init; }

    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        if (schema.Database.Extensions.GetValueOrDefault(Name.Value) is not { } extension)
            throw Mistakes.ExtensionNotAvailable(Name, Source);
        if (Schema is { } place)
            schema.RequireSchema(place, this);
        return extension.IsInstalled || schema.NewExtensions.Exists(other => other.Name == Name)
            ? schema
            : schema with { NewExtensions = schema.NewExtensions.Add(new NewExtension(Name, Schema, Version, Source)) };
    }
}
