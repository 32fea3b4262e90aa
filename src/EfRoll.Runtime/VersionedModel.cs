using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace EfRoll.Runtime;

/// <summary>
/// Puts the tables of the model that runs where the version finds them: without their schemas, so that the search path decides between them and a version's
/// views, or into the version's schemas.
/// </summary>
/// <remarks>
/// EF Core names a table with its schema where the model has one, and would then always use the table itself. The model that the tools and
/// migrations see keeps its schemas. In a scope, unlike EF Core's own: the version belongs to the context.
/// </remarks>
sealed class VersionedModel(
    ModelRuntimeInitializerDependencies dependencies,
    RelationalModelRuntimeInitializerDependencies relationalDependencies,
    EfRollOptions settings,
    IServiceProvider services)
    : RelationalModelRuntimeInitializer(dependencies, relationalDependencies)
{
    const string Reach = "EfRoll:Reach";

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

    /// <summary>Returns where the tables of a model are; null for one that is not versioned.</summary>
    public static TableReach? FindReach(IModel model) => model.FindRuntimeAnnotationValue(Reach) as TableReach;

    void Version(RuntimeModel model, bool isCompiled)
    {
        lock (Versioning)
        {
            if (model.FindRuntimeAnnotation(Reach) is not null)
                return;

            // A context without migrations has no version: its tables stay where they are.
            var binding = settings.Binding == EfRollBinding.Qualified ? services.GetRequiredService<CurrentVersion>().Binding : null;
            if (settings.Binding == EfRollBinding.Qualified && binding is null)
                return;

            var reach = new TableReach(settings, binding?.Version);
            model.AddRuntimeAnnotation(Reach, reach);
            var hasDefault = ((IReadOnlyModel)model).GetDefaultSchema() is { } schema && reach.NewSchemaOf(schema) is null;
            var changed = hasDefault && model.RemoveAnnotation(DefaultSchema) is not null;
            foreach (var entity in ((IModel)model).GetEntityTypes().OfType<RuntimeEntityType>())
                changed |= Move(reach, entity);

            if (changed && isCompiled)
            {
                model.RemoveRuntimeAnnotation(RelationalModelFactory);
                model.RemoveRuntimeAnnotation(RelationalModel);
            }
        }
    }

    static bool Move(TableReach reach, RuntimeEntityType entity)
    {
        var changed = false;
        if (entity.FindAnnotation(TableName)?.Value is string table)
        {
            var schema = entity.FindAnnotation(Schema)?.Value as string;
            reach.Add(((IReadOnlyEntityType)entity).DisplayName(), schema, table);
            if (reach.NewSchemaOf(schema) is var moved && moved != schema)
            {
                entity.SetAnnotation(Schema, moved);
                changed = true;
            }
        }

        if (entity.FindAnnotation(MappingFragments)?.Value is IReadOnlyStoreObjectDictionary<RuntimeEntityTypeMappingFragment> fragments)
        {
            var moved = new StoreObjectDictionary<RuntimeEntityTypeMappingFragment>();
            foreach (var fragment in fragments.GetValues())
            {
                if (fragment.StoreObject.StoreObjectType == StoreObjectType.Table)
                    reach.Add(((IReadOnlyEntityType)entity).DisplayName(), fragment.StoreObject.Schema, fragment.StoreObject.Name);
                var part = reach.NewPlaceOf(fragment.StoreObject);
                moved.Add(part, Copy(fragment, new RuntimeEntityTypeMappingFragment(entity, part, fragment.IsTableExcludedFromMigrations)));
            }

            entity.SetAnnotation(MappingFragments, moved);
            changed = true;
        }

        return MoveOverrides(reach, entity) | changed;
    }

    static bool MoveOverrides(TableReach reach, RuntimeTypeBase type)
    {
        var changed = false;
        foreach (var property in ((ITypeBase)type).GetDeclaredProperties().OfType<RuntimeProperty>())
        {
            if (property.FindAnnotation(RelationalOverrides)?.Value is not IReadOnlyStoreObjectDictionary<RuntimeRelationalPropertyOverrides> overrides)
                continue;

            var moved = new StoreObjectDictionary<RuntimeRelationalPropertyOverrides>();
            foreach (var entry in overrides.GetValues())
            {
                var table = reach.NewPlaceOf(entry.StoreObject);
                IRelationalPropertyOverrides facts = entry;
                moved.Add(table, Copy(entry, new RuntimeRelationalPropertyOverrides(property, table, facts.IsColumnNameOverridden, facts.ColumnName)));
            }

            property.SetAnnotation(RelationalOverrides, moved);
            changed = true;
        }

        foreach (var complex in ((ITypeBase)type).GetDeclaredComplexProperties())
            changed |= complex.ComplexType is RuntimeTypeBase complexType && MoveOverrides(reach, complexType);
        return changed;
    }

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
