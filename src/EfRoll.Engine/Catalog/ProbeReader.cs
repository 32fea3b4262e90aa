using System.Collections.Immutable;
using System.Globalization;
using EfRoll.Engine.Errors;
using EfRoll.Engine.Planning;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sessions;
using EfRoll.Engine.Sql;
using Npgsql;

namespace EfRoll.Engine.Catalog;

/// <summary>Answers a plan's questions by temporary tables in a transaction that is taken back.</summary>
sealed class ProbeReader(Session session)
{
    static readonly SqlText ViewReads = EmbeddedSql.Read("ProbeReader.ViewReads.sql");
    static readonly SqlText IndexReads = EmbeddedSql.Read("ProbeReader.IndexReads.sql");
    static readonly SqlText IndexTail = EmbeddedSql.Read("ProbeReader.IndexTail.sql");

    static readonly QualifiedName View = new("pg_temp", "efroll_probe_view");
    static readonly QualifiedName Index = new("pg_temp", "efroll_probe_index");
    static readonly Identifier Target = new("efroll_value");
    static readonly Identifier Check = new("efroll_probe_check");

    /// <summary>Answers all questions, or reports the first text that PostgreSQL refuses.</summary>
    public async Task<ProbeAnswers> AskAsync(IReadOnlyCollection<Probe> probes, IEnumerable<NewObject> newObjects, CancellationToken cancellationToken)
    {
        var answers = ImmutableDictionary.CreateBuilder<string, ProbeAnswer>();
        if (probes.Count == 0)
            return new ProbeAnswers(answers.ToImmutable());

        await session.InPassingAsync(
            async () =>
            {
                await Rehearsal.MakeAsync(session, newObjects, cancellationToken).ConfigureAwait(false);
                foreach (var probe in probes)
                {
                    await session.InSavepointAsync(
                        async () => answers[probe.Key] = await AskAsync(probe, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);
        return new ProbeAnswers(answers.ToImmutable());
    }

    Task<ProbeAnswer> AskAsync(Probe probe, CancellationToken cancellationToken) => probe switch
    {
        ExpressionProbe expression => AskAsync(expression, cancellationToken),
        GenerationProbe generation => AskAsync(generation, cancellationToken),
        CheckProbe check => AskAsync(check, cancellationToken),
        IndexProbe index => AskAsync(index, cancellationToken),
        _ => throw new NotSupportedException($"There is no way to ask a {probe.GetType().Name}."),
    };

    async Task<ProbeAnswer> AskAsync(ExpressionProbe probe, CancellationToken cancellationToken)
    {
        // A name of its own: a subquery in the expression must find the real table.
        var table = new QualifiedName("pg_temp", "efroll_probe");
        SqlText target = $"{Target} {SqlText.Verbatim(probe.TargetType)}";
        await session.ExecuteAsync($"CREATE TEMPORARY TABLE {table.Name} ({probe.Columns.Select(Definition).Append(target)})", cancellationToken).ConfigureAwait(false);
        try
        {
            await session.ExecuteAsync($"CREATE TEMPORARY VIEW {View.Name} AS SELECT {probe.Expression} AS value FROM {table} AS {probe.Table}", cancellationToken).ConfigureAwait(false);
            var columns = await session.ScalarAsync<long>(
                $"SELECT count(*) FROM pg_catalog.pg_attribute WHERE attrelid = $1::regclass AND attnum > 0", [View.ToString()], cancellationToken).ConfigureAwait(false);
            if (columns != 1)
                throw Mistakes.InvalidExpression(probe.What, probe.Expression.Text, "it yields more than one value", probe.Source);
            // Also refuses what a view may hold but an assignment may not: aggregates, sets, a type that does not fit.
            await session.ExecuteAsync($"EXPLAIN UPDATE {table} AS {probe.Table} SET {Target} = {probe.Expression}", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (SqlStates.IsOfStatement(error.SqlState))
        {
            throw Mistakes.InvalidExpression(probe.What, probe.Expression.Text, error.MessageText, probe.Source);
        }

        var reads = await session.QueryAsync(ViewReads, [View.ToString(), table.ToString()], reader => new Identifier(reader.GetString(0)), cancellationToken).ConfigureAwait(false);
        return new ProbeAnswer(reads.Where(name => name != Target).ToEquatableList(), null);
    }

    async Task<ProbeAnswer> AskAsync(GenerationProbe probe, CancellationToken cancellationToken)
    {
        var table = await CreateNamedTableAsync(probe, cancellationToken).ConfigureAwait(false);
        var kind = probe.Kind == GeneratedKind.Stored ? (SqlText)$"STORED" : $"VIRTUAL";
        try
        {
            await session.ExecuteAsync(
                $"ALTER TABLE {table} ADD COLUMN {Target} {SqlText.Verbatim(probe.Type)} GENERATED ALWAYS AS {probe.Expression} {kind}", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (SqlStates.IsOfStatement(error.SqlState))
        {
            throw Mistakes.InvalidDefinition(probe.What, probe.Expression.Text, error.MessageText, probe.Source);
        }

        await RenameAsync(probe, table, cancellationToken).ConfigureAwait(false);
        var expression = await session.ScalarAsync<string>(
            $"SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = $1::regclass", [table.ToString()], cancellationToken).ConfigureAwait(false);
        return new ProbeAnswer([], SqlText.Verbatim(expression!));
    }

    async Task<ProbeAnswer> AskAsync(CheckProbe probe, CancellationToken cancellationToken)
    {
        var table = await CreateNamedTableAsync(probe, cancellationToken).ConfigureAwait(false);
        try
        {
            await session.ExecuteAsync($"ALTER TABLE {table} ADD CONSTRAINT {Check} {probe.Definition}", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (SqlStates.IsOfStatement(error.SqlState))
        {
            throw Mistakes.InvalidDefinition(probe.What, probe.Definition.ToString(), error.MessageText, probe.Source);
        }

        var reads = await session.QueryAsync(
            $"""
            SELECT a.attname::text
            FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
            WHERE c.conrelid = $1::regclass AND c.conname = $2
            ORDER BY a.attnum
            """,
            [table.ToString(), Check.Value], reader => new Identifier(reader.GetString(0)), cancellationToken).ConfigureAwait(false);

        await RenameAsync(probe, table, cancellationToken).ConfigureAwait(false);
        var definition = await session.ScalarAsync<string>(
            $"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = $1::regclass AND conname = $2", [table.ToString(), Check.Value], cancellationToken).ConfigureAwait(false);
        return new ProbeAnswer(reads.ToEquatableList(), SqlText.Verbatim(definition!));
    }

    async Task<ProbeAnswer> AskAsync(IndexProbe probe, CancellationToken cancellationToken)
    {
        var table = await CreateNamedTableAsync(probe, cancellationToken).ConfigureAwait(false);
        try
        {
            await session.ExecuteAsync(
                probe.IsUnique ? (SqlText)$"CREATE UNIQUE INDEX {Index.Name} ON {table} {probe.Tail}" : $"CREATE INDEX {Index.Name} ON {table} {probe.Tail}",
                cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException error) when (SqlStates.IsOfStatement(error.SqlState))
        {
            throw Mistakes.InvalidDefinition(probe.What, probe.Tail.ToString(), error.MessageText, probe.Source);
        }

        var reads = await session.QueryAsync(IndexReads, [Index.ToString()], reader => new Identifier(reader.GetString(0)), cancellationToken).ConfigureAwait(false);
        await RenameAsync(probe, table, cancellationToken).ConfigureAwait(false);
        var tail = await session.ScalarAsync<string>(IndexTail, [Index.ToString()], cancellationToken).ConfigureAwait(false);
        return new ProbeAnswer(reads.ToEquatableList(), SqlText.Verbatim(tail!));
    }

    // Checks and indexes hold no subqueries, but may qualify columns by their table's name.
    async Task<QualifiedName> CreateNamedTableAsync(Probe probe, CancellationToken cancellationToken)
    {
        var table = new QualifiedName(new Identifier("pg_temp"), probe.Table);
        await session.ExecuteAsync($"CREATE TEMPORARY TABLE {table.Name} ({probe.Columns.Select(Definition)})", cancellationToken).ConfigureAwait(false);
        return table;
    }

    // Through names that nobody has, so that columns may swap theirs. From then on the server writes names in full.
    async Task RenameAsync(Probe probe, QualifiedName table, CancellationToken cancellationToken)
    {
        var renamed = probe.Columns.Where(column => column.Rename != column.Name)
            .Select((column, number) => (column, Passing: new Identifier(string.Create(CultureInfo.InvariantCulture, $"efroll passing {number}")))).ToList();
        foreach (var (column, passing) in renamed)
            await session.ExecuteAsync($"ALTER TABLE {table} RENAME COLUMN {column.Name} TO {passing}", cancellationToken).ConfigureAwait(false);
        foreach (var (column, passing) in renamed)
            await session.ExecuteAsync($"ALTER TABLE {table} RENAME COLUMN {passing} TO {column.Rename}", cancellationToken).ConfigureAwait(false);
        await session.ExecuteAsync($"SET LOCAL search_path = pg_catalog", cancellationToken).ConfigureAwait(false);
    }

    static SqlText Definition(ProbeColumn column) => column.Collation is { } collation
        ? (SqlText)$"{column.Name} {SqlText.Verbatim(column.Type)} COLLATE {collation}"
        : $"{column.Name} {SqlText.Verbatim(column.Type)}";
}
