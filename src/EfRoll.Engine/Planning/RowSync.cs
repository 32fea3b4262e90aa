using System.Collections.Immutable;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>How the values of one table's two versions follow from each other.</summary>
sealed class RowSync
{
    readonly LogicalTable _table;
    readonly ProbeAnswers _answers;
    readonly Dictionary<(Slot Target, Direction Direction), Derivation> _byTarget;
    readonly IReadOnlySet<Slot> _written;

    /// <param name="table">The table.</param>
    /// <param name="answers">What its expressions read.</param>
    /// <param name="written">Slots that raw SQL may have given values of their own, which others then follow.</param>
    public RowSync(LogicalTable table, ProbeAnswers answers, IReadOnlySet<Slot>? written = null)
    {
        _written = written ?? ImmutableHashSet<Slot>.Empty;
        _table = table;
        _answers = answers;
        var used = table.Derivations.Where(derivation => Layout.IsUsed(table, derivation)).ToList();
        _byTarget = used.ToDictionary(derivation => (derivation.Target, derivation.Direction));
        Ups = [.. used.Where(derivation => derivation.Direction == Direction.Up
            && (table.Columns.Exists(column => column.Slot == derivation.Target) || table.Passing.Exists(column => column.Slot == derivation.Target)))];
        Downs = [.. used.Where(derivation => derivation.Direction == Direction.Down && derivation.Target.Original is not null)];
    }

    /// <summary>What a row gets when the old version wrote it, in order.</summary>
    public EquatableList<Derivation> Ups { get; }

    /// <summary>What a row gets when the new version wrote it.</summary>
    public EquatableList<Derivation> Downs { get; }

    /// <summary>The physical column that a derivation fills.</summary>
    public Identifier ColumnOf(Derivation derivation) => Layout.NameOf(_table, derivation.Target)!.Value;

    /// <summary>The value as SQL over a row: <c>NEW</c> in a trigger, the alias <c>t</c> in a backfill.</summary>
    public SqlText ValueOf(Derivation derivation, SqlText row)
    {
        var reads = _answers[Questions.KeyOf(_table, derivation)].Reads;
        if (reads.Count == 0)
            return $"{derivation.Expression}";
        // PostgreSQL computes what needs no query many times faster.
        if (IsColumn(derivation, reads))
            return ValueOf(derivation.Scope.Slots[reads[0]], derivation.Direction, row);
        var columns = reads.Select(name => (SqlText)$"{ValueOf(derivation.Scope.Slots[name], derivation.Direction, row)} AS {name}");
        return $"(SELECT {derivation.Expression} FROM (SELECT {columns}) AS {derivation.Scope.Table})";
    }

    /// <summary>The texts of its authors, also those of the values that it reads.</summary>
    public IEnumerable<string> TextsOf(Derivation derivation) => _answers[Questions.KeyOf(_table, derivation)].Reads
        .Select(name => Deriving(derivation.Scope.Slots[name], derivation.Direction)).OfType<Derivation>().SelectMany(TextsOf).Prepend(derivation.Expression.Text);

    /// <summary>Gives a row its value in a trigger.</summary>
    public SqlText AssignmentOf(Derivation derivation)
    {
        var reads = _answers[Questions.KeyOf(_table, derivation)].Reads;
        if (reads.Count == 0 || IsColumn(derivation, reads) || !reads.All(name => IsVariable(name, derivation)) || !IsOfColumnsAlone(derivation))
            return $"NEW.{ColumnOf(derivation)} := {ValueOf(derivation, $"NEW")};";

        // Variables with the names of the columns, under the name of the table: PL/pgSQL computes what is no query without running one.
        // https://www.postgresql.org/docs/current/plpgsql-structure.html
        var variables = reads.Select(name => (Name: name, Column: Layout.NameOf(_table, derivation.Scope.Slots[name])!.Value))
            .Select(variable => (SqlText)$"{variable.Name} {_table.Original!.Name}.{variable.Column}%TYPE := NEW.{variable.Column};");
        return $"<<{derivation.Scope.Table}>> DECLARE {SqlText.Join(" ", variables)} BEGIN NEW.{ColumnOf(derivation)} := {derivation.Expression}; END;";
    }

    /// <summary>The physical columns that a derivation's value depends on, be it by way of others.</summary>
    public EquatableList<Slot> InputsOf(Derivation derivation) =>
        _answers[Questions.KeyOf(_table, derivation)].Reads
            .SelectMany(name => StoredInputs(derivation.Scope.Slots[name], derivation.Direction)).Distinct().ToEquatableList();

    SqlText ValueOf(Slot slot, Direction direction, SqlText row) =>
        Deriving(slot, direction) is { } derivation
            ? ValueOf(derivation, row)
            : Layout.NameOf(_table, slot) is { } column ? $"{row}.{column}" : (SqlText)$"CAST(NULL AS {SqlText.Verbatim(slot.Type)})";

    // What is read from the row as it is, and is not called like the row itself.
    bool IsVariable(Identifier name, Derivation derivation)
    {
        var slot = derivation.Scope.Slots[name];
        return Deriving(slot, derivation.Direction) is null && Layout.NameOf(_table, slot) is not null && name.Value is not ("new" or "old");
    }

    // Nothing but the name of the one column that it reads, in quotes or without.
    static bool IsColumn(Derivation derivation, EquatableList<Identifier> reads) =>
        reads.Count == 1 && SqlTokens.Of(derivation.Expression.Text) is [{ IsName: true } token] && token.Value == reads[0].Value;

    // Neither a query nor the row as a whole.
    static bool IsOfColumnsAlone(Derivation derivation)
    {
        var tokens = SqlTokens.Of(derivation.Expression.Text);
        return !tokens.Any(token => token.Is("select") || token.Is("values") || token.Is("table") || token.Is("with"))
            && !tokens.Where((token, at) => token.IsName && token.Value == derivation.Scope.Table.Value && !IsQualifier(at)).Any();

        bool IsQualifier(int at) => at + 2 < tokens.Length && tokens[at + 1].Is('.') && tokens[at + 2].IsName;
    }

    EquatableList<Slot> StoredInputs(Slot slot, Direction direction) =>
        Deriving(slot, direction) is { } derivation
            ? InputsOf(derivation)
            : Layout.NameOf(_table, slot) is not null ? [slot] : [];

    // What a version itself wrote is read from the row; the rest is derived.
    Derivation? Deriving(Slot slot, Direction direction)
    {
        var isWritten = direction == Direction.Up ? slot.Original is not null || _written.Contains(slot) : _table.Columns.Exists(column => column.Slot == slot);
        return isWritten ? null : _byTarget.GetValueOrDefault((slot, direction));
    }
}
