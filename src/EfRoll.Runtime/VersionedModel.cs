using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace EfRoll.Runtime;

/// <summary>Takes the base schema off the tables of the model that runs, so that the search path decides between them and a version's views.</summary>
/// <remarks>
/// EF Core names a table with its schema where the model has one, and would then always use the table itself. The model that the tools and
/// migrations see keeps its schemas.
/// </remarks>
sealed class VersionedModel(
    ModelRuntimeInitializerDependencies dependencies,
    RelationalModelRuntimeInitializerDependencies relationalDependencies,
    EfRollOptions settings)
    : RelationalModelRuntimeInitializer(dependencies, relationalDependencies)
{
    const string Done = "EfRoll:Versioned";
    const string Other = "EfRoll:OtherSchema";

    // EF Core's names for them are not all public.
    const string ReadOnlyModel = "ReadOnlyModel";
    const string TableName = "Relational:TableName";
    const string Schema = "Relational:Schema";
    const string DefaultSchema = "Relational:DefaultSchema";
    const string MappingFragments = "Relational:MappingFragments";
    const string RelationalOverrides = "Relational:RelationalOverrides";
    const string RelationalModel = "Relational:RelationalModel";
    const string RelationalModelFactory = "Relational:RelationalModelFactory";

    static readonly Lock Versioning = new();

    public override IModel Initialize(
        IModel model, bool designTime = true, IDiagnosticsLogger<DbLoggerCategory.Model.Validation>? validationLogger = null)
    {
        // A compiled model is one itself, and brings a relational model in which the schemas are written down already.
        if (model is RuntimeModel compiled)
            Version(compiled, isCompiled: true);

        var initialized = base.Initialize(model, designTime, validationLogger);
        if (model.FindRuntimeAnnotationValue(ReadOnlyModel) is RuntimeModel runtime)
            Version(runtime, isCompiled: false);
        return initialized;
    }

    /// <summary>Returns the first entity type whose table lies in a schema that the search path does not reach.</summary>
    public static (string Entity, string Schema)? FindOtherSchema(IModel model) =>
        model.FindRuntimeAnnotationValue(Other) is (string entity, string schema) ? (entity, schema) : null;

    void Version(RuntimeModel model, bool isCompiled)
    {
        lock (Versioning)
        {
            if (model.FindRuntimeAnnotation(Done) is not null)
                return;
            model.AddRuntimeAnnotation(Done, true);

            var changed = ((IReadOnlyModel)model).GetDefaultSchema() == settings.BaseSchema && model.RemoveAnnotation(DefaultSchema) is not null;
            foreach (var entity in ((IModel)model).GetEntityTypes().OfType<RuntimeEntityType>())
                changed |= Strip(model, entity);

            if (changed && isCompiled)
            {
                model.RemoveRuntimeAnnotation(RelationalModelFactory);
                model.RemoveRuntimeAnnotation(RelationalModel);
            }
        }
    }

    bool Strip(RuntimeModel model, RuntimeEntityType entity)
    {
        var changed = false;
        if (entity.FindAnnotation(TableName)?.Value is string && entity.FindAnnotation(Schema)?.Value is string schema)
        {
            if (schema == settings.BaseSchema)
            {
                entity.SetAnnotation(Schema, null);
                changed = true;
            }
            else if (model.FindRuntimeAnnotation(Other) is null)
            {
                model.AddRuntimeAnnotation(Other, (((IReadOnlyEntityType)entity).DisplayName(), schema));
            }
        }

        if (entity.FindAnnotation(MappingFragments)?.Value is IReadOnlyStoreObjectDictionary<RuntimeEntityTypeMappingFragment> fragments)
        {
            var stripped = new StoreObjectDictionary<RuntimeEntityTypeMappingFragment>();
            foreach (var fragment in fragments.GetValues())
            {
                var table = Strip(fragment.StoreObject);
                if (table.Schema is { } fragmentSchema && model.FindRuntimeAnnotation(Other) is null)
                    model.AddRuntimeAnnotation(Other, (((IReadOnlyEntityType)entity).DisplayName(), fragmentSchema));
                stripped.Add(table, Copy(fragment, new RuntimeEntityTypeMappingFragment(entity, table, fragment.IsTableExcludedFromMigrations)));
            }

            entity.SetAnnotation(MappingFragments, stripped);
            changed = true;
        }

        return StripOverrides(entity) | changed;
    }

    bool StripOverrides(RuntimeTypeBase type)
    {
        var changed = false;
        foreach (var property in ((ITypeBase)type).GetDeclaredProperties().OfType<RuntimeProperty>())
        {
            if (property.FindAnnotation(RelationalOverrides)?.Value is not IReadOnlyStoreObjectDictionary<RuntimeRelationalPropertyOverrides> overrides)
                continue;

            var stripped = new StoreObjectDictionary<RuntimeRelationalPropertyOverrides>();
            foreach (var entry in overrides.GetValues())
            {
                var table = Strip(entry.StoreObject);
                IRelationalPropertyOverrides facts = entry;
                stripped.Add(table, Copy(entry, new RuntimeRelationalPropertyOverrides(property, table, facts.IsColumnNameOverridden, facts.ColumnName)));
            }

            property.SetAnnotation(RelationalOverrides, stripped);
            changed = true;
        }

        foreach (var complex in ((ITypeBase)type).GetDeclaredComplexProperties())
            changed |= complex.ComplexType is RuntimeTypeBase complexType && StripOverrides(complexType);
        return changed;
    }

    StoreObjectIdentifier Strip(StoreObjectIdentifier storeObject) =>
        storeObject.StoreObjectType == StoreObjectType.Table && storeObject.Schema == settings.BaseSchema
            ? StoreObjectIdentifier.Table(storeObject.Name)
            : storeObject;

    static T Copy<T>(T from, T to)
        where T : AnnotatableBase
    {
        foreach (var annotation in from.GetAnnotations())
            to.SetAnnotation(annotation.Name, annotation.Value);
        foreach (var annotation in from.GetRuntimeAnnotations())
            to.SetRuntimeAnnotation(annotation.Name, annotation.Value);
        return to;
    }
}
