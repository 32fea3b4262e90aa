using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Finds types and collations that an operation names, or says what is there instead.</summary>
static class ObjectLookup
{
    public static LogicalObject? FindObject(this LogicalSchema schema, ObjectKind kind, QualifiedName name) =>
        schema.Objects.Find(other => other.Kind == kind && other.Name == name);

    public static LogicalObject RequireObject(this LogicalSchema schema, ObjectKind kind, RelationName name, Operation operation)
    {
        var full = name.In(schema.BaseSchema);
        var found = schema.FindObject(kind, full) ?? throw Mistakes.ObjectNotFound(kind == ObjectKind.Type ? "type" : "collation", full, operation.Source);
        return found.Original is { IsOwnedByUs: false } foreign ? throw Mistakes.NotOwner(full, foreign.Owner, operation.Source) : found;
    }

    // What the old version uses keeps its name until contract, also if it is dropped then.
    public static void RefuseTakenObjectName(this LogicalSchema schema, ObjectKind kind, QualifiedName name, Operation operation)
    {
        var (what, old) = kind == ObjectKind.Type ? ("a type", schema.Database.UserTypes) : ("a collation", schema.Database.UserCollations);
        if (schema.FindObject(kind, name) is not null || old.ContainsKey(name))
            throw Mistakes.RelationExists(name, what, operation.Source);
    }

    public static LogicalSchema Replace(this LogicalSchema schema, LogicalObject old, LogicalObject changed) =>
        schema with { Objects = schema.Objects.Replace(old, changed) };

    public static LogicalSchema Without(this LogicalSchema schema, LogicalObject old, SourceLocation? source)
    {
        schema = schema with { Objects = schema.Objects.Remove(old) };
        return old.Original is null ? schema : schema with { Drops = schema.Drops.Add(new DroppedObject(old.Kind, old.Name, source)) };
    }
}
