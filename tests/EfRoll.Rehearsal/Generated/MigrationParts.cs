using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Rehearsal.Generated;

/// <summary>The parts of a generated migration: what EF Core's differ finds, and raw SQL before, between and after.</summary>
sealed class MigrationParts(ModelFactory factory, IMigrationsModelDiffer differ, ModelSpec before)
{
    readonly List<Part> _parts = [];
    ModelSpec _last = before;
    IModel _from = factory.Create(before);
    ModelSpec _now = before;

    /// <summary>The model after all changes.</summary>
    public IModel Target => Flush(_now);

    /// <summary>Makes one more change, and the raw SQL that authors write around it.</summary>
    public ModelSpec Change(ModelSpec model, int number)
    {
        var next = ModelChanges.Apply(model, number);
        // A view that is in the way of a change is dropped before and made again after.
        var inTheWay = model.Views.FindAll(view => !next.Views.Contains(view) || view.IsInTheWay(model, next));
        var made = next.Views.FindAll(view => !model.Views.Contains(view) || inTheWay.Contains(view));
        // EF Core changes types before it drops their columns.
        if (inTheWay.Count > 0 || next.Enums.Count < model.Enums.Count)
            Flush(model);
        _parts.AddRange(inTheWay.Select(view => new Part(new SqlSpec(view.Drop, view.Create(model)))));
        var sql = next.Sql.RemoveRange(0, model.Sql.Count);
        if (inTheWay.Count + made.Count + sql.Count > 0)
            Flush(next);
        _parts.AddRange(made.Select(view => new Part(new SqlSpec(view.Create(next), view.Drop))));
        _parts.AddRange(sql.Select(one => new Part(one)));
        return _now = next;
    }

    /// <summary>What <c>Up</c> does; new operations each time, for EF Core changes them when it makes SQL of them.</summary>
    public IReadOnlyList<MigrationOperation> Up()
    {
        Flush(_now);
        return [.. _parts.SelectMany(part => part.Sql is { } sql ? [Raw(sql.Up, sql.DownHint)] : Between(part.From!, part.To!))];
    }

    /// <summary>What <c>Down</c> does.</summary>
    public IReadOnlyList<MigrationOperation> Down()
    {
        Flush(_now);
        return [.. _parts.AsEnumerable().Reverse().SelectMany(part => part.Sql is { } sql ? sql.Down is null ? [] : [Raw(sql.Down, null)] : Between(part.To!, part.From!))];
    }

    IModel Flush(ModelSpec model)
    {
        if (model != _last)
        {
            var to = factory.Create(model);
            _parts.Add(new Part(_from, to));
            (_from, _last) = (to, model);
        }

        return _from;
    }

    IEnumerable<MigrationOperation> Between(IModel from, IModel to)
    {
        foreach (var operation in differ.GetDifferences(from.GetRelationalModel(), to.GetRelationalModel()))
        {
            // Authors have to accept that these rewrite the table.
            if (operation is AddColumnOperation { ComputedColumnSql: not null } or AlterColumnOperation { ComputedColumnSql: not null } or AlterColumnOperation { OldColumn.ComputedColumnSql: not null })
                operation.AddAnnotation("EfRoll:InPlace", "true");
            yield return operation;
        }
    }

    static SqlOperation Raw(string text, string? hint)
    {
        var operation = new SqlOperation { Sql = text };
        if (hint is not null)
            operation.AddAnnotation("EfRoll:Down", hint);
        return operation;
    }

    sealed record Part(IModel? From, IModel? To)
    {
        public Part(SqlSpec sql)
            : this(null, null) => Sql = sql;

        public SqlSpec? Sql { get; }
    }
}
