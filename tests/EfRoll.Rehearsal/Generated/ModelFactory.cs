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
        foreach (var sequence in spec.Sequences)
            builder.HasSequence<long>(sequence.Name, sequence.Schema).IncrementsBy(sequence.Increment);
        foreach (var type in spec.Enums)
            builder.HasPostgresEnum(type.Schema, type.Name, [.. type.Labels]);
        foreach (var table in spec.Tables)
            Columns(builder.SharedTypeEntity<Dictionary<string, object>>(Entity(table.Id)), table, spec);
        foreach (var table in spec.Tables)
            ForeignKeys(builder.SharedTypeEntity<Dictionary<string, object>>(Entity(table.Id)), table);
        return services.GetService<IModelRuntimeInitializer>().Initialize((IModel)builder.FinalizeModel(), designTime: true, validationLogger: null);
    }

    static void Columns(EntityTypeBuilder<Dictionary<string, object>> entity, TableSpec table, ModelSpec spec)
    {
        entity.ToTable(table.Name, table.Schema, mapped =>
        {
            if (table.Comment is { } comment)
                mapped.HasComment(comment);
            foreach (var id in table.Checks)
                mapped.HasCheckConstraint($"CK_{table.Id}_{id}", $"{SqlSpec.Quote(table.Column(id).Name)} {(TypeSpecs.IsText(table.Column(id).Type) ? "<> '-'" : ">= 0")}");
        });
        foreach (var column in table.Columns)
        {
            var clr = column.Type.Clr;
            var property = entity.IndexerProperty(column.IsRequired || !clr.IsValueType ? clr : typeof(Nullable<>).MakeGenericType(clr), Property(column.Id))
                .HasColumnName(column.Name).HasColumnType(spec.Enums.Find(type => type.Id == column.Enum)?.Sql ?? column.Type.Store).IsRequired(column.IsRequired);
            Numbers(property, column, spec.Sequences.Find(sequence => sequence.Id == column.Sequence));
            if (column.ComputedFrom is { } from)
                property.HasComputedColumnSql(Computed(table.Column(from)), stored: true);
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
                made.HasFilter($"{SqlSpec.Quote(table.Column(index.Columns[0]).Name)} IS NOT NULL");
            if (index.Includes is { } included)
                made.IncludeProperties(Property(included));
        }
    }

    static void Numbers(PropertyBuilder property, ColumnSpec column, SequenceSpec? sequence)
    {
        switch (column.Strategy)
        {
            case Strategy.Always:
                property.UseIdentityAlwaysColumn();
                break;
            case Strategy.Serial:
                property.UseSerialColumn();
                break;
            case Strategy.None:
                property.ValueGeneratedNever();
                break;
            case Strategy.HiLo:
                property.UseHiLo(sequence!.Name, sequence.Schema);
                break;
            case Strategy.Usual when sequence is not null:
                property.HasDefaultValueSql($"nextval('{sequence.Sql}')");
                break;
        }
    }

    static string Computed(ColumnSpec from) => from.Type.Store == "integer" ? $"{SqlSpec.Quote(from.Name)} + 1" : $"lower({SqlSpec.Quote(from.Name)})";

    static void ForeignKeys(EntityTypeBuilder<Dictionary<string, object>> entity, TableSpec table)
    {
        foreach (var key in table.ForeignKeys)
        {
            entity.HasOne(Entity(key.Target), null).WithMany().HasForeignKey([.. key.Columns.Select(Property)])
                .HasPrincipalKey([.. key.Principal.Select(Property)]).OnDelete(key.OnDelete);
        }
    }

    static string Entity(int id) => $"E{id}";

    static string Property(int id) => $"P{id}";
}
