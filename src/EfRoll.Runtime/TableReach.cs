using EfRoll.Shared;
using Microsoft.EntityFrameworkCore.Metadata;

namespace EfRoll.Runtime;

/// <summary>Where a version finds the tables of a model.</summary>
sealed class TableReach(EfRollOptions settings, string? version)
{
    readonly Dictionary<(string Schema, string Table), string> _entities = [];
    volatile bool _isWhole;

    /// <summary>The tables by their own schemas, with an entity type that uses each.</summary>
    public IReadOnlyDictionary<(string Schema, string Table), string> Tables => _entities;

    /// <summary>The version whose schemas the names hold; null where the path decides.</summary>
    public string? Version => version;

    /// <summary>Takes note of a table as the model has it.</summary>
    public void Add(string entity, string? schema, string table) => _entities.TryAdd((schema ?? settings.BaseSchema, table), entity);

    /// <summary>The schema in which the model that runs has the tables of a schema; null for none.</summary>
    public string? NewSchemaOf(string? schema)
    {
        if (version is not null)
            return VersionSchema.NameOf(schema ?? settings.BaseSchema, version);
        return schema is null || schema == settings.BaseSchema || settings.OtherSchemas.Contains(schema) ? null : schema;
    }

    /// <summary>The same for a table; others stay.</summary>
    public StoreObjectIdentifier NewPlaceOf(StoreObjectIdentifier storeObject) => storeObject.StoreObjectType == StoreObjectType.Table
        ? StoreObjectIdentifier.Table(storeObject.Name, NewSchemaOf(storeObject.Schema))
        : storeObject;

    /// <summary>Refuses tables that the search path does not reach, or cannot tell apart. Looked at once: it is asked for each context.</summary>
    public void Check()
    {
        if (_isWhole || version is not null)
            return;
        foreach (var ((schema, _), entity) in _entities)
        {
            if (NewSchemaOf(schema) is not null)
                throw Refusals.TableInOtherSchema(entity, schema, settings);
        }

        if (_entities.Keys.GroupBy(key => key.Table, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twins)
            throw Refusals.TablesOfOneName(twins.First().Schema, twins.Last().Schema, twins.Key);
        _isWhole = true;
    }
}
