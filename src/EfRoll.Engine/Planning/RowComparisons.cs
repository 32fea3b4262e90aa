using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>
/// Says how the rows of tables are compared with what their last writers' versions demand. The marker says who wrote a row last; of a value on its
/// own that is known only if every write by which the marker changes computes that value anew. Else it has to fit in one direction at least.
/// </summary>
sealed class RowComparisons(Layout layout, TableTriggers triggers, ProbeAnswers answers)
{
    static readonly HashSet<string> ChangingWords =
        ["current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "current_user", "session_user", "current_role", "user"];

    static readonly HashSet<string> ChangingFunctions = ["now", "transaction_timestamp", "statement_timestamp", "current_setting", "age"];

    public EquatableList<RowComparison> Tables() => layout.After.Tables.Values.Where(Layout.HasMarker).OrderBy(table => table.Name).Select(Of).ToEquatableList();

    RowComparison Of(LogicalTable table)
    {
        var original = table.Original!;
        var (sync, written) = (new RowSync(table, answers), triggers.Of(table));
        var ups = sync.Ups.Zip(written.Ups).Where(pair => table.Columns.Exists(column => column.Slot == pair.First.Target)).ToList();
        var downs = sync.Downs.Zip(written.Downs).ToList();
        var relevant = written.Ups.Concat(written.Downs).SelectMany(one => one.Inputs.Append(one.TargetColumn)).ToHashSet();
        var columns = new List<ColumnComparison>();
        foreach (var (up, value) in ups)
        {
            var isKnown = relevant.Except(written.NewOnly).All(value.Inputs.Contains);
            var back = downs.Where(down => down.Second.Inputs.Contains(value.TargetColumn) && value.Inputs.Contains(down.Second.TargetColumn)).ToList();
            var name = table.Columns.Find(column => column.Slot == up.Target)!.Name.Value;
            columns.Add(Compare(
                $"{original.Name.Display}.{name}, as the new version has it,", sync, up, value, isKnown, back,
                $"t.{HelperNames.Marker} IN ('o', 'O')"));
        }

        foreach (var (down, value) in downs)
        {
            var isKnown = original.Triggers.Count == 0 && value.Drawn is null && relevant.Except(written.OldOnly).All(value.Inputs.Contains);
            var back = ups.Where(up => up.Second.Inputs.Contains(value.TargetColumn) && value.Inputs.Contains(up.Second.TargetColumn)).ToList();
            columns.Add(Compare(
                $"{original.Name.Display}.{down.Target.Original!.Value.Value}, as the old version has it,", sync, down, value, isKnown, back,
                $"t.{HelperNames.Marker} IN ('n', 'N')"));
        }

        return new RowComparison(original.Name, columns.ToEquatableList()) { Key = ExpandPlan.KeyOf(original), IsPartitioned = original.IsPartitioned };
    }

    static ColumnComparison Compare(
        string what, RowSync sync, Derivation derivation, Sync value, bool isKnown, List<(Derivation Derivation, Sync Sync)> back, SqlText isWrittenSo)
    {
        var texts = back.Select(other => other.Derivation).Where(_ => !isKnown).Prepend(derivation).SelectMany(sync.TextsOf).Select(SqlTokens.Of).ToList();
        var functions = texts.SelectMany(text => text.Where((token, at) => token.IsName && at + 1 < text.Length && text[at + 1].Is('('))).Select(token => token.Value).Distinct().ToEquatableList();
        if (NotComparable(derivation, value, texts.SelectMany(text => text), functions, isKnown || back.Count > 0) is { } reason)
            return new ColumnComparison(what, SqlText.Empty) { NotComparable = reason };
        var isWrong = Differs(sync, derivation, value);
        if (!isKnown)
            isWrong = $"CASE WHEN {isWrong} THEN {SqlText.Join(" AND ", back.Select(other => Differs(sync, other.Derivation, other.Sync)))} ELSE false END";
        return new ColumnComparison(what, $"{isWrittenSo} AND {isWrong}")
        {
            Functions = functions,
        };
    }

    static string? NotComparable(Derivation derivation, Sync value, IEnumerable<SqlToken> tokens, EquatableList<string> functions, bool isKnown)
    {
        if (derivation.IsOfRawSql)
            return "raw SQL has given it its values once";
        if (value.Inputs.Count == 0)
            return "it follows from nothing in the row";
        foreach (var token in tokens)
        {
            if (token.Is("select") || token.Is("values") || token.Is("table"))
                return "its expression reads other rows, which may have changed";
            if (token.Kind == SqlTokenKind.Word && ChangingWords.Contains(token.Value))
                return $"its expression uses {token.Value}, which changes";
        }

        if (functions.FirstOrDefault(ChangingFunctions.Contains) is { } changing)
            return $"its expression calls {changing}, which changes";
        return isKnown ? null : "a row may have it from either version, whichever wrote the row last";
    }

    // As the triggers compare: json has no equality, and that of citext ignores case.
    static SqlText Differs(RowSync sync, Derivation derivation, Sync value)
    {
        SqlText demanded = $"CAST({sync.ValueOf(derivation, $"t")} AS {SqlText.Verbatim(derivation.Target.Type)})";
        return value.TargetColumn.IsPlain
            ? (SqlText)$"t.{value.Target} IS DISTINCT FROM {demanded}"
            : $"ROW(t.{value.Target})::record OPERATOR(pg_catalog.*<>) ROW({demanded})::record";
    }
}
