using EfRoll.Engine.Manifests;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Tests.Manifests;

/// <summary>Makes operations of every kind with every field set or left out, from a seed.</summary>
sealed class RandomOperations(int seed)
{
    static readonly string[] Texts =
        ["users", "select", "We\"ird Col'umn", "Ünïcode", "a b", "x\\y", "line\nbreak", "{}", "tab\t", "null", "true", "12", "emoji 🙂", "<&>"];

    readonly Random _random = new(seed);

    public Operation Next(Type kind) => Make(kind) with { Source = Maybe(Source), Accepted = Many(index => new Acceptance($"EFR41{index:00}", Text())) };

    public static IEnumerable<Type> Kinds => typeof(Operation).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Operation)));

    public ContextManifest NextContext() => new(Text(), Many(index => new MigrationManifest(new Migration(
        $"{index:00}_{Text()}", Kinds.Select(Next).ToEquatableList()))
    {
        InsertHistory = Maybe(Sql),
        DeleteHistory = Maybe(Sql),
        Script = Maybe(() => Many(_ => Text())),
        Refusals = Many(_ => new Refusal(_random.Next(2000, 3000), Text(), Text(), Maybe(Source))),
    }))
    {
        History = Maybe(() => new HistoryManifest(Relation(), Name(), Sql())),
        ConnectionString = Maybe(Text),
    };

    Operation Make(Type kind) => kind.Name switch
    {
        nameof(CreateTable) => new CreateTable(Relation(), Many(_ => Column()))
        {
            PrimaryKey = Maybe(Key),
            UniqueConstraints = Many(_ => Key()),
            Checks = Many(_ => Check()),
            ForeignKeys = Many(_ => ForeignKey()),
            Comment = Maybe(Text),
            IsUnlogged = Flag(),
            StorageParameters = Many(index => KeyValuePair.Create($"{index}{Text()}", Text())),
        },
        nameof(AlterTable) => new AlterTable(Relation())
        {
            IsUnlogged = MaybeFlag(),
            StorageParameters = Many(index => KeyValuePair.Create($"{index}{Text()}", Maybe(Text))),
            IsInPlace = Flag(),
        },
        nameof(DropTable) => new DropTable(Relation()),
        nameof(RenameTable) => new RenameTable(Relation(), Relation()),
        nameof(CommentTable) => new CommentTable(Relation(), Maybe(Text)),
        nameof(AddColumn) => new AddColumn(Relation(), Column()) { Up = Maybe(Expression), IsInPlace = Flag() },
        nameof(DropColumn) => new DropColumn(Relation(), Name()) { Down = Maybe(Expression), DownFill = Maybe(Expression) },
        nameof(AlterColumn) => new AlterColumn(Relation(), Name())
        {
            Type = Maybe(Text),
            Collation = MaybeRelation(),
            IsNullable = MaybeFlag(),
            ValueSource = Maybe(ValueSource),
            SequenceChanges = Maybe(Text),
            Default = Maybe(() => new Setting(Maybe(Text))),
            Compression = Maybe(() => new Setting(Maybe(Text))),
            Comment = Maybe(() => new Setting(Maybe(Text))),
            Up = Maybe(Expression),
            Down = Maybe(Expression),
            UpFill = Maybe(Expression),
            DownFill = Maybe(Expression),
            IsInPlace = Flag(),
        },
        nameof(RenameColumn) => new RenameColumn(Relation(), Name(), Name()),
        nameof(CreateIndex) => new CreateIndex(Relation(), Name(), Many(_ => IndexKey()))
        {
            IsUnique = Flag(),
            Method = MaybeName(),
            Include = Many(_ => Name()),
            Filter = Maybe(Expression),
            AreNullsEqual = Flag(),
            StorageParameters = Many(index => KeyValuePair.Create(new Identifier($"{index}{Text()}"), Text())),
        },
        nameof(DropIndex) => new DropIndex(Relation()),
        nameof(RenameIndex) => new RenameIndex(Relation(), Name()),
        nameof(AddPrimaryKey) => new AddPrimaryKey(Relation(), Key()),
        nameof(AddUniqueConstraint) => new AddUniqueConstraint(Relation(), Key()),
        nameof(AddCheckConstraint) => new AddCheckConstraint(Relation(), Check()),
        nameof(AddForeignKey) => new AddForeignKey(Relation(), ForeignKey()),
        nameof(DropConstraint) => new DropConstraint(Relation(), Name()) { Kind = Flag() ? null : One(Enum.GetValues<ConstraintKind>()) },
        nameof(RenameConstraint) => new RenameConstraint(Relation(), Name(), Name()),
        nameof(CreateSchema) => new CreateSchema(Name()),
        nameof(CreateExtension) => new CreateExtension(Name()) { Schema = MaybeName(), Version = Maybe(Text) },
        nameof(CreateEnumType) => new CreateEnumType(Relation(), Many(_ => Text())),
        nameof(AlterEnumType) => new AlterEnumType(Relation(), Many(_ => Text())),
        nameof(CreateRange) => new CreateRange(Relation(), Text()) { Canonical = Maybe(Text), OperatorClass = Maybe(Text), Collation = Maybe(Text), Difference = Maybe(Text) },
        nameof(DropType) => new DropType(Relation()),
        nameof(CreateCollation) => new CreateCollation(Relation(), Text(), Text()) { Provider = Maybe(Text), IsDeterministic = MaybeFlag() },
        nameof(DropCollation) => new DropCollation(Relation()),
        nameof(DropSchema) => new DropSchema(Name()),
        nameof(CreateSequence) => new CreateSequence(Relation())
        {
            Type = Text(),
            Start = MaybeNumber(),
            Increment = Number(),
            Minimum = MaybeNumber(),
            Maximum = MaybeNumber(),
            Cache = Number(),
            IsCyclic = Flag(),
        },
        nameof(AlterSequence) => new AlterSequence(Relation())
        {
            Increment = MaybeNumber(),
            Minimum = Maybe(() => new SequenceBound(MaybeNumber())),
            Maximum = Maybe(() => new SequenceBound(MaybeNumber())),
            Cache = MaybeNumber(),
            IsCyclic = MaybeFlag(),
        },
        nameof(RestartSequence) => new RestartSequence(Relation(), MaybeNumber()),
        nameof(RenameSequence) => new RenameSequence(Relation(), Relation()),
        nameof(DropSequence) => new DropSequence(Relation()),
        nameof(RunSql) => new RunSql(Text()) { Down = Maybe(Text), Moment = One(Enum.GetValues<SqlMoment>()), IsTransactionSuppressed = Flag() },
        _ => throw new InvalidOperationException($"Say here how to make a {kind.Name}, and in the reader and the writer how it is written."),
    };

    ColumnDefinition Column()
    {
        var generated = Flag() ? One(Enum.GetValues<GeneratedKind>()) : (GeneratedKind?)null;
        var identity = Flag() ? One(Enum.GetValues<IdentityKind>()) : (IdentityKind?)null;
        return new ColumnDefinition(Name(), Text())
        {
            IsNullable = Flag(),
            Default = Maybe(Text),
            Identity = identity,
            IdentityOptions = identity is null ? null : Maybe(Text),
            Generated = generated,
            GenerationExpression = generated is null ? null : Text(),
            Collation = MaybeRelation(),
            Compression = Maybe(Text),
            Comment = Maybe(Text),
        };
    }

    ValueSource ValueSource()
    {
        var numbering = One(Enum.GetValues<Numbering>());
        var generated = Flag() ? One(Enum.GetValues<GeneratedKind>()) : (GeneratedKind?)null;
        return new ValueSource
        {
            Numbering = numbering,
            SequenceOptions = numbering is Numbering.ByDefault or Numbering.Always ? Maybe(Text) : null,
            Generated = generated,
            Expression = generated is null ? null : Text(),
        };
    }

    KeyDefinition Key() => new(MaybeName(), Some(_ => Name()))
    {
        IsDeferrable = Flag(),
        IsDeferred = Flag(),
        AreNullsEqual = Flag(),
        Include = Many(_ => Name()),
        StorageParameters = Many(index => KeyValuePair.Create(new Identifier($"{index}{Text()}"), Text())),
    };

    CheckDefinition Check() => new(MaybeName(), Expression()) { IsNoInherit = Flag() };

    ForeignKeyDefinition ForeignKey() => new(MaybeName(), Some(_ => Name()), Relation(), Many(_ => Name()))
    {
        OnDelete = One(["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"]),
        OnUpdate = One(["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"]),
        SetColumns = Many(_ => Name()),
        IsMatchFull = Flag(),
        IsDeferrable = Flag(),
        IsDeferred = Flag(),
    };

    IndexKey IndexKey()
    {
        var isExpression = Flag();
        return new IndexKey
        {
            Column = isExpression ? null : Name(),
            Expression = isExpression ? Expression() : null,
            Collation = MaybeRelation(),
            OperatorClass = Maybe(Text),
            IsDescending = Flag(),
            AreNullsFirst = MaybeFlag(),
        };
    }

    SourceLocation Source() => Flag()
        ? new SourceLocation(Text(), Text(), _random.Next(1, 1000), _random.Next(1, 100))
        : new SourceLocation(Text());

    RelationName Relation() => new(Flag() ? Text() : null, Text());

    RelationName? MaybeRelation() => Flag() ? Relation() : null;

    Identifier Name() => new(Text());

    Identifier? MaybeName() => Flag() ? Name() : null;

    Expression Expression() => new($"f({Literal.Text(Text())})");

    SqlText Sql() => SqlText.Verbatim(Text());

    string Text() => One(Texts);

    long Number() => Flag() ? _random.Next(-100, 100) : _random.NextInt64(long.MinValue, long.MaxValue);

    long? MaybeNumber() => Flag() ? Number() : null;

    bool Flag() => _random.Next(2) == 0;

    bool? MaybeFlag() => _random.Next(3) switch { 0 => null, 1 => true, _ => false };

    T? Maybe<T>(Func<T> make)
        where T : class => Flag() ? make() : null;

    T One<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    EquatableList<T> Many<T>(Func<int, T> make) => Enumerable.Range(0, _random.Next(4)).Select(make).ToEquatableList();

    EquatableList<T> Some<T>(Func<int, T> make) => Enumerable.Range(0, _random.Next(1, 4)).Select(make).ToEquatableList();
}
