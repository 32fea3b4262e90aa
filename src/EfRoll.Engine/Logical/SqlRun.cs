using System.Collections.Immutable;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Logical;

/// <summary>Raw SQL, and the schema it is to see.</summary>
/// <param name="Operation">What the author wrote.</param>
/// <param name="Tables">The tables of that moment.</param>
public sealed record SqlRun(RunSql Operation, ImmutableSortedDictionary<int, LogicalTable> Tables)
{
    readonly ImmutableHashSet<string> _names =
        [.. SqlTokens.Names(Operation.Sql).Concat(SqlTokens.Names(Operation.Down ?? "")).Where(name => name.Length > 0 && !name.Contains('\0')).Select(name => new Identifier(name).Value)];

    /// <summary>The text of the author's that it is a part of, if it is only a part.</summary>
    public RunSql? Whole { get; init; }

    /// <summary>Whether it defines things rather than changing rows, and its author does not say when.</summary>
    public bool IsDefinition { get; init; }

    /// <summary>Whether it changes rows for which a definition before it is needed that only runs at complete: then it runs after that.</summary>
    public bool NeedsDefinition { get; init; }

    /// <summary>What takes away again what it makes, where that can be told.</summary>
    public string? InferredUndo { get; init; }

    /// <summary>The tables of that moment whose names occur in the text; others cannot be meant.</summary>
    public IEnumerable<LogicalTable> MentionedTables => Tables.Values.Where(Mentions);

    /// <summary>Whether the table's name occurs in the text, be it in the body of a function.</summary>
    public bool Mentions(LogicalTable table) => Names(table.Name.Name);

    /// <summary>Whether a name occurs in the text.</summary>
    public bool Names(Identifier name) => _names.Contains(name.Value);
}
