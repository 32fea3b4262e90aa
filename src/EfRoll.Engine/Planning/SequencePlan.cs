using EfRoll.Engine.Logical;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Planning;

/// <summary>
/// What happens to one sequence that was there and changes. While both versions run it has the wider limits and the larger increment of the two.
/// One that is renamed gets a second one beside it, under the new name; the two count in turn, so that no number is taken twice.
/// </summary>
sealed class SequencePlan(LogicalSequence sequence)
{
    readonly Sequence _original = sequence.Original!;

    SequenceOptions Before => _original.Options;

    SequenceOptions After => sequence.Options;

    /// <summary>
    /// A column's own sequence (serial, identity) is only renamed, at contract: applications reach it through the column.
    /// </summary>
    public bool HasTwin => sequence.Name != _original.Name && _original.OwnedBy is null;

    /// <summary>The second sequence's name once the first has taken over.</summary>
    QualifiedName Retired => sequence.Name with { Name = HelperNames.Old(sequence.Name.Name) };

    // What both versions can live with.
    SequenceOptions During => Before with
    {
        Increment = Math.Sign(Before.Increment) == Math.Sign(After.Increment) && Math.Abs(After.Increment) > Math.Abs(Before.Increment) ? After.Increment : Before.Increment,
        Minimum = Math.Min(Before.Minimum, After.Minimum),
        Maximum = Math.Max(Before.Maximum, After.Maximum),
    };

    SequenceOptions Doubled => During with { Increment = 2 * During.Increment };

    string TypeDuring => SequenceOptions.LimitsOf(sequence.Type)!.Value.Maximum > SequenceOptions.LimitsOf(_original.Type)!.Value.Maximum ? sequence.Type : _original.Type;

    bool ChangesAtStart => HasTwin || During != Before || TypeDuring != _original.Type;

    bool ChangesAtComplete => HasTwin || During != After || TypeDuring != sequence.Type || sequence.IsRestarted;

    /// <summary>Asks whether the sequence stands where the new version could not count on; null if it cannot.</summary>
    public CountViolations? Question(string id)
    {
        var isNarrowed = After.Minimum > Before.Minimum || After.Maximum < Before.Maximum;
        if (!isNarrowed || sequence.IsRestarted)
            return null;
        var name = _original.Name;
        return new CountViolations(
            id, $"Look whether {name.Display} stands within its new limits",
            $"SELECT last_value::text AS key FROM {name} WHERE last_value NOT BETWEEN {After.Minimum} AND {After.Maximum}",
            FormattableString.Invariant($"{name.Display} stands outside its new limits {After.Minimum} to {After.Maximum}"));
    }

    /// <summary>What is made new for the second one, to be rehearsed.</summary>
    public SqlText CreateTwin => SequenceSql.Create(sequence.Name, TypeDuring, Doubled with
    {
        // Should they begin anew, then still in turn.
        Minimum = Before is { IsCyclic: true, Increment: > 0 } ? During.Minimum + During.Increment : During.Minimum,
        Maximum = Before is { IsCyclic: true, Increment: < 0 } ? During.Maximum + During.Increment : During.Maximum,
        Start = During.Increment > 0 ? During.Maximum : During.Minimum,
    });

    /// <summary>Makes room for both versions; null if nothing need be done.</summary>
    public TransactionStep? Expand(string id)
    {
        if (!ChangesAtStart)
            return null;
        var name = _original.Name;
        var statements = new List<SqlText> { SequenceSql.SetLimits(name, TypeDuring, During, isRestarted: false), SequenceSql.SetCounting(name, HasTwin ? Doubled : During) };
        var undo = BringBack(name, HasTwin ? sequence.Name : null, _original.Type, Before, isRestarted: false).ToList();
        if (HasTwin)
        {
            statements.Add(CreateTwin);
            statements.Add(SequenceSql.PlaceBehind(name, sequence.Name, During.Increment, During));
            foreach (var grant in _original.Grants)
                statements.Add($"GRANT {SqlText.Verbatim(grant.Privilege)} ON SEQUENCE {sequence.Name} TO {VersionViews.Grantee(grant)}");
            if (_original.Owner is { } owner)
                statements.Add($"GRANT ALL ON SEQUENCE {sequence.Name} TO {owner}");
            undo.Add($"DROP SEQUENCE {sequence.Name}");
        }

        var title = HasTwin ? $"Let {sequence.Name.Display} count in turn with {name.Display}" : $"Let {name.Display} count for both versions";
        return new TransactionStep(id, title, [], statements.ToEquatableList()) { Undo = undo.ToEquatableList() };
    }

    /// <summary>Gives the new name to the sequence itself, in place of the second one, which those that wait for it may still use.</summary>
    public IEnumerable<SqlText> TakeName(int number)
    {
        if (!HasTwin)
            yield break;
        yield return $"ALTER SEQUENCE {sequence.Name} RENAME TO {Retired.Name}";
        foreach (var statement in Rename(number))
            yield return statement;
    }

    /// <summary>What remains to be done when the old version is gone.</summary>
    public IEnumerable<SqlText> Contract(int number)
    {
        if (ChangesAtComplete)
        {
            foreach (var statement in BringBack(HasTwin ? sequence.Name : _original.Name, HasTwin ? Retired : null, sequence.Type, After, sequence.IsRestarted))
                yield return statement;
        }

        if (HasTwin)
        {
            yield return SequenceSql.MoveDefaults(Retired, sequence.Name);
            yield return $"DROP SEQUENCE {Retired}";
        }
        else
        {
            foreach (var statement in Rename(number))
                yield return statement;
        }
    }

    /// <summary>The tables whose defaults may take values from the second one.</summary>
    public IEnumerable<LogicalTable> Users(LogicalSchema after) => HasTwin
        ? after.Tables.Values.Where(table => table.Columns.Exists(column =>
            column.Slot.Original is null && column.Default is { } value && value.Contains(sequence.Name.Name.Value, StringComparison.Ordinal)))
        : [];

    // The larger blocks that either version took are left behind before the increment becomes smaller.
    IEnumerable<SqlText> BringBack(QualifiedName name, QualifiedName? twin, string type, SequenceOptions options, bool isRestarted)
    {
        yield return SequenceSql.SetCounting(name, options);
        if (twin is { } second)
            yield return SequenceSql.Lock(second, Doubled);
        if (!isRestarted)
            yield return SequenceSql.GoOn(name, twin, During.Increment, options, isMoved: twin is not null || During.Increment != options.Increment);
        yield return SequenceSql.SetLimits(name, type, options, isRestarted);
    }

    IEnumerable<SqlText> Rename(int number)
    {
        var from = _original.Name;
        if (from.Schema != sequence.Name.Schema)
        {
            // By way of a name that is free in both schemas.
            var passing = HelperNames.Passing(number);
            yield return $"ALTER SEQUENCE {from} RENAME TO {passing}";
            yield return $"ALTER SEQUENCE {from.Schema}.{passing} SET SCHEMA {sequence.Name.Schema}";
            from = new QualifiedName(sequence.Name.Schema, passing);
        }

        if (from.Name != sequence.Name.Name)
            yield return $"ALTER SEQUENCE {from} RENAME TO {sequence.Name.Name}";
    }
}
