using System.Text.Json;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>A column that is about to be exchanged, by its name at that moment.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Column">Its name.</param>
/// <param name="Goes">Whether nothing takes its place.</param>
sealed record ExchangedColumn(QualifiedName Table, Identifier Column, bool Goes);

/// <summary>
/// What hangs on columns that are exchanged: views, rules, policies, triggers, statistics, publications. It is taken away before and made anew
/// after, in one transaction, from what the catalogue then says.
/// </summary>
static class Dependents
{
    static readonly SqlText SetAsideStatement = EmbeddedSql.Read("Dependents.SetAside.sql");
    static readonly SqlText PutBackStatement = EmbeddedSql.Read("Dependents.PutBack.sql");

    /// <summary>Before: the columns have the names that they, or what takes their places, are to have in the end.</summary>
    public static IEnumerable<SqlText> SetAside(IEnumerable<ExchangedColumn> columns)
    {
        var json = JsonSerializer.Serialize(columns.Select(column => new { table = column.Table.ToString(), column = column.Column.Value, goes = column.Goes }));
        yield return $"SELECT pg_catalog.set_config('efroll.exchanged', {Literal.Text(json)}, true)";
        yield return SetAsideStatement;
    }

    /// <summary>Only reads what there would be to make anew, in names as a path shows them.</summary>
    public static IEnumerable<SqlText> Read(IEnumerable<ExchangedColumn> columns, IEnumerable<Identifier> path) =>
        SetAside(columns).Prepend((SqlText)$"SELECT pg_catalog.set_config('efroll.trial_path', {Literal.Text(((SqlText)$"{path}").ToString())}, true)");

    /// <summary>
    /// The locks on users' views: first of all, and those that read others before these, as statements of applications take them. A view may be
    /// dropped while the rollout is open.
    /// </summary>
    public static IEnumerable<RelationLock> LocksOfViews(IEnumerable<Dependent> dependents) => dependents
        .Where(dependent => dependent.Kind == DependentKind.View)
        .GroupBy(dependent => dependent.Relation!.Value)
        .OrderByDescending(view => view.Max(dependent => dependent.Level)).ThenBy(view => view.Key)
        .Select(view => new RelationLock(view.Key, LockMode.AccessExclusive) { MayBeGone = true });

    /// <summary>After: the new columns have the names of the old ones.</summary>
    public static SqlText PutBack() => PutBackStatement;
}
