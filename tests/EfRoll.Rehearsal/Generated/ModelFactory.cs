using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;

namespace EfRoll.Rehearsal.Generated;

/// <summary>Makes EF Core's model of a specification, with EF Core's own conventions.</summary>
sealed class ModelFactory(DbContext services)
{
    public IModel Create(ModelSpec spec)
    {
        var builder = new ModelBuilder(services.GetService<IConventionSetBuilder>().CreateConventionSet());
        foreach (var table in spec.Tables)
            Columns(builder.SharedTypeEntity<Dictionary<string, object>>(Entity(table.Id)), table);
        foreach (var table in spec.Tables)
            ForeignKeys(builder.SharedTypeEntity<Dictionary<string, object>>(Entity(table.Id)), table, spec);
        return services.GetService<IModelRuntimeInitializer>().Initialize((IModel)builder.FinalizeModel(), designTime: true, validationLogger: null);
    }

    static void Columns(EntityTypeBuilder<Dictionary<string, object>> entity, TableSpec table)
    {
        entity.ToTable(table.Name, table.Schema, mapped =>
        {
            if (table.Comment is { } comment)
                mapped.HasComment(comment);
            foreach (var id in table.Checks)
                mapped.HasCheckConstraint($"CK_{table.Id}_{id}", $"\"{table.Column(id).Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\" >= 0");
        });
        foreach (var column in table.Columns)
        {
            var clr = column.Type.Clr;
            var property = entity.IndexerProperty(column.IsRequired || !clr.IsValueType ? clr : typeof(Nullable<>).MakeGenericType(clr), Property(column.Id))
                .HasColumnName(column.Name).HasColumnType(column.Type.Store).IsRequired(column.IsRequired);
            if (column.Default is { } value)
                property.HasDefaultValue(value);
            if (column.DefaultSql is { } sql)
                property.HasDefaultValueSql(sql);
            if (column.Comment is { } comment)
                property.HasComment(comment);
        }

        entity.HasKey([.. table.PrimaryKey.Select(Property)]);
        foreach (var key in table.AlternateKeys)
            entity.HasAlternateKey([.. key.Select(Property)]);
        foreach (var index in table.Indexes)
        {
            var made = entity.HasIndex([.. index.Columns.Select(Property)], $"I{index.Id}").IsUnique(index.IsUnique);
            made.HasDatabaseName(index.Name ?? $"IX_{index.Id}");
            if (index.IsDescending)
                made.IsDescending();
            if (index.IsFiltered)
                made.HasFilter($"\"{table.Column(index.Columns[0]).Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\" IS NOT NULL");
            if (index.Includes is { } included)
                made.IncludeProperties(Property(included));
        }
    }

    static void ForeignKeys(EntityTypeBuilder<Dictionary<string, object>> entity, TableSpec table, ModelSpec spec)
    {
        foreach (var key in table.ForeignKeys)
        {
            entity.HasOne(Entity(key.Target), null).WithMany().HasForeignKey(Property(key.Column))
                .HasPrincipalKey(Property(spec.Table(key.Target).PrimaryKey[0])).OnDelete(key.OnDelete);
        }
    }

    static string Entity(int id) => $"E{id}";

    static string Property(int id) => $"P{id}";
}
