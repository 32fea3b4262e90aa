using System.Globalization;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using Npgsql;

namespace EfRoll.Engine.Catalog;

/// <summary>How a question is put to PostgreSQL.</summary>
sealed class ProbeScript
{
    static readonly SqlText ViewReads = EmbeddedSql.Read("ProbeScript.ViewReads.sql");
    static readonly SqlText CheckReads = EmbeddedSql.Read("ProbeScript.CheckReads.sql");
    static readonly SqlText IndexReads = EmbeddedSql.Read("ProbeScript.IndexReads.sql");
    static readonly SqlText IndexTail = EmbeddedSql.Read("ProbeScript.IndexTail.sql");

    static readonly QualifiedName View = new("pg_temp", "efroll_probe_view");
    static readonly QualifiedName Index = new("pg_temp", "efroll_probe_index");
    static readonly Identifier Target = new("efroll_value");
    static readonly Identifier Check = new("efroll_probe_check");

    readonly Func<string, EfRollException> _refuse;
    readonly List<BatchStatement> _statements = [];
    int? _columns;
    int? _reads;
    int? _definition;

    ProbeScript(Func<string, EfRollException> refuse) => _refuse = refuse;

    /// <summary>What makes a temporary table, tries the text on it and asks what has become of it. All of it is to be taken back.</summary>
    public IReadOnlyList<BatchStatement> Statements => _statements;

    /// <summary>The statements for a question.</summary>
    public static ProbeScript Of(Probe probe) => probe switch
    {
        ExpressionProbe expression => Of(expression),
        GenerationProbe generation => Of(generation),
        CheckProbe check => Of(check),
        IndexProbe index => Of(index),
        _ => throw new NotSupportedException($"There is no way to ask a {probe.GetType().Name}."),
    };

    /// <summary>The answer.</summary>
    /// <param name="rows">Of those statements that ran.</param>
    /// <param name="refused">What PostgreSQL said of the next one, if it refused it.</param>
    public ProbeAnswer Answer(IReadOnlyList<IReadOnlyList<string>> rows, PostgresException? refused)
    {
        if (_columns < rows.Count && rows[_columns.Value].Count != 1)
            throw _refuse("it yields more than one value");
        if (rows.Count < Statements.Count)
            throw _refuse(refused!.MessageText);
        var reads = _reads is { } read ? rows[read].Select(name => new Identifier(name)).Where(name => name != Target) : [];
        return new ProbeAnswer(reads.ToEquatableList(), _definition is { } definition ? SqlText.Verbatim(rows[definition][0]) : null);
    }

    static ProbeScript Of(ExpressionProbe probe)
    {
        // A name of its own: a subquery in the expression must find the real table.
        var table = new QualifiedName("pg_temp", "efroll_probe");
        SqlText target = $"{Target} {SqlText.Verbatim(probe.TargetType)}";
        var script = new ProbeScript(message => Mistakes.InvalidExpression(probe.What, probe.Expression.Text, message, probe.Source));
        script.Run($"CREATE TEMPORARY TABLE {table.Name} ({probe.Columns.Select(Definition).Append(target)})");
        script.Run($"CREATE TEMPORARY VIEW {View.Name} AS SELECT {probe.Expression} AS value FROM {table} AS {probe.Table}");
        script._columns = script.Ask($"SELECT attname::text FROM pg_catalog.pg_attribute WHERE attrelid = $1::regclass AND attnum > 0", View.ToString());
        // Also refuses what a view may hold but an assignment may not: aggregates, sets, a type that does not fit.
        script.Ask($"EXPLAIN UPDATE {table} AS {probe.Table} SET {Target} = {probe.Expression}");
        script._reads = script.Ask(ViewReads, View.ToString(), table.ToString());
        return script;
    }

    static ProbeScript Of(GenerationProbe probe)
    {
        var kind = probe.Kind == GeneratedKind.Stored ? (SqlText)$"STORED" : $"VIRTUAL";
        var (script, table) = OfDefinition(probe, probe.Expression.Text);
        script.Run($"ALTER TABLE {table} ADD COLUMN {Target} {SqlText.Verbatim(probe.Type)} GENERATED ALWAYS AS {probe.Expression} {kind}");
        script.Rename(probe, table);
        script._definition = script.Ask($"SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = $1::regclass", table.ToString());
        return script;
    }

    static ProbeScript Of(CheckProbe probe)
    {
        var (script, table) = OfDefinition(probe, probe.Definition.ToString());
        script.Run($"ALTER TABLE {table} ADD CONSTRAINT {Check} {probe.Definition}");
        script._reads = script.Ask(CheckReads, table.ToString(), Check.Value);
        script.Rename(probe, table);
        script._definition = script.Ask($"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = $1::regclass AND conname = $2", table.ToString(), Check.Value);
        return script;
    }

    static ProbeScript Of(IndexProbe probe)
    {
        var (script, table) = OfDefinition(probe, probe.Tail.ToString());
        script.Run(probe.IsUnique ? (SqlText)$"CREATE UNIQUE INDEX {Index.Name} ON {table} {probe.Tail}" : $"CREATE INDEX {Index.Name} ON {table} {probe.Tail}");
        script._reads = script.Ask(IndexReads, Index.ToString());
        script.Rename(probe, table);
        script._definition = script.Ask(IndexTail, Index.ToString());
        return script;
    }

    // Definitions hold no subqueries, but may qualify columns by their table's name.
    static (ProbeScript Script, QualifiedName Table) OfDefinition(Probe probe, string definition)
    {
        var table = new QualifiedName(new Identifier("pg_temp"), probe.Table);
        var script = new ProbeScript(message => Mistakes.InvalidDefinition(probe.What, definition, message, probe.Source));
        script.Run($"CREATE TEMPORARY TABLE {table.Name} ({probe.Columns.Select(Definition)})");
        return (script, table);
    }

    // Through names that nobody has, so that columns may swap theirs. From then on the server writes names in full.
    void Rename(Probe probe, QualifiedName table)
    {
        var renamed = probe.Columns.Where(column => column.Rename != column.Name)
            .Select((column, number) => (column, Passing: new Identifier(string.Create(CultureInfo.InvariantCulture, $"efroll passing {number}")))).ToList();
        foreach (var (column, passing) in renamed)
            Run($"ALTER TABLE {table} RENAME COLUMN {column.Name} TO {passing}");
        foreach (var (column, passing) in renamed)
            Run($"ALTER TABLE {table} RENAME COLUMN {passing} TO {column.Rename}");
        Run($"SET LOCAL search_path = pg_catalog");
    }

    void Run(SqlText statement) => _statements.Add(new BatchStatement(statement, IsQuery: false));

    int Ask(SqlText query, params string[] arguments)
    {
        _statements.Add(new BatchStatement(query, IsQuery: true, arguments));
        return _statements.Count - 1;
    }

    static SqlText Definition(ProbeColumn column) => column.Collation is { } collation
        ? (SqlText)$"{column.Name} {SqlText.Verbatim(column.Type)} COLLATE {collation}"
        : $"{column.Name} {SqlText.Verbatim(column.Type)}";
}
