using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Translations;

/// <summary>Constraints, on their own and inside a new table.</summary>
static class ConstraintTranslation
{
    public static IReadOnlyList<Operation> Translate(AddPrimaryKeyOperation operation) =>
        [new AddPrimaryKey(new RelationName(operation.Schema, operation.Table), Key(operation))];

    public static IReadOnlyList<Operation> Translate(AddUniqueConstraintOperation operation) =>
        [new AddUniqueConstraint(new RelationName(operation.Schema, operation.Table), Key(operation))];

    public static IReadOnlyList<Operation> Translate(AddForeignKeyOperation operation) =>
        [new AddForeignKey(new RelationName(operation.Schema, operation.Table), ForeignKey(operation))];

    public static IReadOnlyList<Operation> Translate(AddCheckConstraintOperation operation) =>
        [new AddCheckConstraint(new RelationName(operation.Schema, operation.Table), Check(operation))];

    public static KeyDefinition Key(AddPrimaryKeyOperation operation) =>
        Key(operation.Name, operation.Columns, new AnnotationSet(operation, $"the primary key of {operation.Table}"));

    public static KeyDefinition Key(AddUniqueConstraintOperation operation) =>
        Key(operation.Name, operation.Columns, new AnnotationSet(operation, $"unique constraint {operation.Name}"));

    public static CheckDefinition Check(AddCheckConstraintOperation operation)
    {
        new AnnotationSet(operation, $"check {operation.Name}").RefuseRest();
        return new CheckDefinition(Names.Optional(operation.Name), new Expression(operation.Sql));
    }

    public static ForeignKeyDefinition ForeignKey(AddForeignKeyOperation operation)
    {
        new AnnotationSet(operation, $"foreign key {operation.Name}").RefuseRest();
        return new ForeignKeyDefinition(
            Names.Optional(operation.Name),
            Names.List(operation.Columns),
            new RelationName(operation.PrincipalSchema, operation.PrincipalTable),
            Names.List(operation.PrincipalColumns))
        {
            OnDelete = Action(operation.OnDelete),
            OnUpdate = Action(operation.OnUpdate),
        };
    }

    static KeyDefinition Key(string? name, string[] columns, AnnotationSet annotations)
    {
        var key = new KeyDefinition(Names.Optional(name), Names.List(columns))
        {
            Include = Names.List(annotations.Take<string[]>(NpgsqlAnnotation.IndexInclude)),
            AreNullsEqual = annotations.TakeFlag(NpgsqlAnnotation.NullsDistinct) == false,
            StorageParameters = CreateIndexTranslation.StorageParameters(annotations),
        };
        annotations.RefuseRest();
        return key;
    }

    static string Action(ReferentialAction action) => action switch
    {
        ReferentialAction.Restrict => "RESTRICT",
        ReferentialAction.Cascade => "CASCADE",
        ReferentialAction.SetNull => "SET NULL",
        ReferentialAction.SetDefault => "SET DEFAULT",
        _ => "NO ACTION",
    };
}
