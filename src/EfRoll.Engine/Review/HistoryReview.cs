using EfRoll.Engine.Errors;
using EfRoll.Engine.Logical;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Review;

/// <summary>
/// Says what migrations will do to a database and lack, without one: each is looked at as a rollout of its own, on the tables that the ones before it
/// leave. What only a server knows (its data, rights, extensions, expressions) is left to the plan.
/// </summary>
public static class HistoryReview
{
    // The others depend on what a server has, or follow from raw SQL that is not understood.
    static readonly HashSet<ErrorCode> KnownWithoutServer =
    [
        ErrorCode.InvalidName, ErrorCode.EmptyExpression,
        ErrorCode.AddedColumnNeedsValue, ErrorCode.DroppedColumnNeedsValue, ErrorCode.AlteredColumnNeedsExpression, ErrorCode.NoCast, ErrorCode.ValuesMayNotFit,
        ErrorCode.RewritesTable, ErrorCode.PrimaryKeyColumnTakesNull, ErrorCode.ReferencedColumnsNotUnique, ErrorCode.ForeignKeyColumnCount,
        ErrorCode.NoPrimaryKeyToReference, ErrorCode.OldInsertsAreEqual, ErrorCode.EnumLabelsRemoved, ErrorCode.CannotBeInPlace, ErrorCode.SqlNotInTransaction,
    ];

    /// <summary>Reviews some migrations of a history.</summary>
    /// <param name="migrations">The whole history in order; what is reviewed builds on what is not.</param>
    /// <param name="isWanted">Which are reviewed, by id.</param>
    /// <returns>What there is to say, in the order of the migrations. What an author accepts is there, with the reason.</returns>
    public static IReadOnlyList<Finding> Of(IReadOnlyList<Migration> migrations, Func<string, bool> isWanted)
    {
        ArgumentNullException.ThrowIfNull(migrations);
        ArgumentNullException.ThrowIfNull(isWanted);
        var findings = new List<Finding>();
        var schema = LogicalSchema.Of(ExpectedSchema.Empty(migrations));
        foreach (var migration in migrations)
        {
            if (!isWanted(migration.Id))
            {
                schema = Apply(schema, migration, _ => { });
                continue;
            }

            // What those before it make is no longer new to it.
            var before = LogicalSchema.Of(ExpectedSchema.After(schema));
            var refused = new List<EfRollException>();
            schema = Apply(before, migration, refused.Add);
            var errors = refused.Where(IsKnown).Select(exception => Finding.Of(exception, new SourceLocation(migration.Id))).ToList();
            // Of what is refused nobody knows yet how it will be.
            var found = errors.Concat(new MigrationReview(migration, before, schema).Findings().Where(finding => !errors.Exists(error => error.Source == finding.Source)));
            findings.AddRange(Accept(migration, [.. found]));
        }

        return findings;

        // What casts a type has that PostgreSQL does not bring itself is not known here.
        bool IsKnown(EfRollException exception) => KnownWithoutServer.Contains(exception.Code)
            && !(exception.Code == ErrorCode.NoCast && Altered(exception).Any(type => !KnownTypes.IsOwn(KnownTypes.Of(type))));

        IEnumerable<string> Altered(EfRollException exception) => migrations.SelectMany(migration => migration.Operations).OfType<AlterColumn>()
            .Where(operation => operation.Source is not null && operation.Source == exception.Location)
            .SelectMany(operation => schema.Database.Tables.Values.Where(table => table.Name == operation.Table.In(schema.BaseSchema))
                .Select(table => table.Find(operation.Column)?.Type).Append(operation.Type).OfType<string>());
    }

    static LogicalSchema Apply(LogicalSchema schema, Migration migration, Action<EfRollException> refused)
    {
        schema = schema.BeginMigration(schema.Migration + 1);
        foreach (var operation in migration.Operations)
        {
            try
            {
                schema = operation.Apply(schema);
            }
            catch (EfRollException exception)
            {
                refused(exception.At(operation.Source));
                schema = ApplyAnyway(schema, operation);
            }
        }

        return schema.EndMigration();
    }

    // So that the operations after it find what it leaves behind; what its values are does not matter to them.
    static LogicalSchema ApplyAnyway(LogicalSchema schema, Operation operation)
    {
        var anything = new Expression("NULL");
        Operation? accepted = operation switch
        {
            AddColumn add => add with { Up = anything, IsInPlace = true },
            DropColumn drop => drop with { Down = anything },
            AlterColumn alter => alter with { Up = anything, Down = anything, IsInPlace = false },
            _ => null,
        };
        try
        {
            return accepted?.Apply(schema) ?? schema;
        }
        catch (EfRollException)
        {
            // Whatever it names is not known here; so is what it would have made of it.
            return schema;
        }
    }

    static IEnumerable<Finding> Accept(Migration migration, IReadOnlyList<Finding> findings)
    {
        var accepted = migration.Operations.SelectMany(operation => operation.Accepted.Select(acceptance => (operation.Source, acceptance.Code, acceptance.Reason))).Distinct().ToList();
        foreach (var finding in findings)
        {
            var reason = finding.Severity == Severity.Error ? null
                : accepted.Find(acceptance => acceptance.Source == finding.Source && acceptance.Code == finding.CodeText).Reason;
            yield return reason is null ? finding : finding with { Severity = Severity.Note, Remedy = null, Accepted = reason };
        }

        // What is found of a refused operation is known once it is mended; only that the refusal itself cannot be accepted is known now.
        foreach (var (source, code, _) in accepted.Where(acceptance => !findings.Any(finding =>
            finding.Source == acceptance.Source && (finding.Severity == Severity.Error ? finding.CodeText != acceptance.Code : finding.CodeText == acceptance.Code))))
        {
            yield return new Finding(Severity.Warning, ErrorCode.NothingToAccept, $"{code} is accepted here, and is not found.", "Take .Accept away, or put it on the operation at which it is found.", source ?? new SourceLocation(migration.Id));
        }
    }
}
