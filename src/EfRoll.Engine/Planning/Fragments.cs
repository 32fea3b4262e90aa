using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Planning;

/// <summary>
/// The pieces of SQL that authors write inside a statement of ours: types, defaults, options. None may end what it is part of; whole statements come as
/// <see cref="RunSql"/>, and expressions check themselves.
/// </summary>
static class Fragments
{
    /// <exception cref="EfRollException">A piece does not stay where it is put; nothing was sent to the server.</exception>
    public static void Check(IEnumerable<Migration> migrations)
    {
        foreach (var migration in migrations)
        {
            foreach (var operation in migration.Operations)
            {
                if (Of(operation).OfType<string>().FirstOrDefault(text => text.Length > 0 && !SqlTokens.IsContained(text, mayBeList: false)) is { } wrong)
                    throw Mistakes.NotContained($"A part of {operation.GetType().Name}", wrong).At(operation.Source ?? new SourceLocation(migration.Id));
            }
        }
    }

    static IEnumerable<string?> Of(Operation operation) => operation switch
    {
        CreateTable table => table.Columns.SelectMany(Of).Concat(table.UniqueConstraints.SelectMany(Of)).Concat(table.PrimaryKey is { } key ? Of(key) : [])
            .Concat(table.ForeignKeys.SelectMany(Of)).Concat(table.StorageParameters.Select(parameter => parameter.Value)),
        AlterTable table => table.StorageParameters.Select(parameter => parameter.Value),
        AddColumn add => Of(add.Column),
        AlterColumn alter =>
        [
            alter.Type, alter.Default?.Value, alter.Compression?.Value, alter.SequenceChanges, alter.ValueSource?.SequenceOptions, alter.ValueSource?.Expression,
        ],
        CreateIndex index => index.Keys.Select(key => key.OperatorClass).Concat(index.StorageParameters.Select(parameter => parameter.Value)),
        AddPrimaryKey add => Of(add.Key),
        AddUniqueConstraint add => Of(add.Key),
        AddForeignKey add => Of(add.ForeignKey),
        CreateRange range => [range.Subtype, range.Canonical, range.OperatorClass, range.Collation, range.Difference],
        CreateCollation collation => [collation.Provider],
        CreateSequence sequence => [sequence.Type],
        _ => [],
    };

    static IEnumerable<string?> Of(ColumnDefinition column) => [column.Type, column.Default, column.GenerationExpression, column.IdentityOptions, column.Compression];

    static IEnumerable<string?> Of(KeyDefinition key) => key.StorageParameters.Select(parameter => parameter.Value);

    static IEnumerable<string?> Of(ForeignKeyDefinition key) => [key.OnDelete, key.OnUpdate];
}
