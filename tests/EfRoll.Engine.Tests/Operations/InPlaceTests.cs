using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Operations;

/// <summary>What an author may have without a second column.</summary>
public sealed class InPlaceTests
{
    static readonly RelationName Table = new("t");
    static readonly Identifier Column = new("A \"a\" z");

    const string Setup = """
        CREATE TABLE t (id int PRIMARY KEY, "A ""a"" z" text, b int NOT NULL);
        INSERT INTO t VALUES (1, 'x', 1), (2, 'y', 2);
        """;

    [Fact]
    public Task Required_in_place_binds_both_from_the_start() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AlterColumn(Table, Column) { IsNullable = false, IsInPlace = true, Default = new Setting("''") }],
        Ef = migration => migration.AlterColumn<string>("A \"a\" z", "t", "text", nullable: false, defaultValue: "", oldClrType: typeof(string), oldType: "text", oldNullable: true),
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await oldVersion.FailsAsync("""UPDATE t SET "A ""a"" z" = NULL""", "23514");
            await newVersion.ReadsAsync("""INSERT INTO t (id, b) VALUES (3, 3) RETURNING "A ""a"" z" """, "");
            await newVersion.ReadsAsync("SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attnum > 0", 3L);
        },
    }.RunAsync();

    [Fact]
    public Task Optional_in_place_waits_for_contract() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AlterColumn(Table, new Identifier("b")) { IsNullable = true, IsInPlace = true }],
        Ef = migration => migration.AlterColumn<int>("b", "t", "integer", nullable: true, oldClrType: typeof(int), oldType: "integer"),
        WhileBothRun = (_, newVersion) => newVersion.FailsAsync("INSERT INTO t (id) VALUES (3)", "23502"),
        AfterComplete = newVersion => newVersion.ExecuteAsync("INSERT INTO t (id) VALUES (4)"),
    }.RunAsync();

    [Fact]
    public Task Collation_in_place_waits_for_contract() => new OperationLife
    {
        Setup = Setup,
        Operations = [new AlterColumn(Table, Column) { Collation = new RelationName("C"), IsInPlace = true }],
        Ef = migration => migration.AlterColumn<string>("A \"a\" z", "t", "text", nullable: true, collation: "C", oldClrType: typeof(string), oldType: "text", oldNullable: true),
    }.RunAsync();

    [Fact]
    public async Task Rows_without_a_value_are_counted_before_anything_is_touched()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync($"{Setup} UPDATE t SET \"A \"\"a\"\" z\" = NULL WHERE id = 2", TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("1_a", [new AlterColumn(Table, Column) { IsNullable = false, IsInPlace = true }])]);

        var refusal = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).ExpandAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.RowsViolate, refusal.Code);
    }

    [Fact]
    public async Task Another_type_is_never_in_place()
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync(Setup, TestContext.Current.CancellationToken);
        var request = new RolloutRequest([new Migration("1_a", [new AlterColumn(Table, new Identifier("b")) { Type = "bigint", IsInPlace = true }])]);

        var refusal = await Assert.ThrowsAsync<EfRollException>(() => new RollEngine(database.DataSource, new RollOptions()).PlanAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(ErrorCode.CannotBeInPlace, refusal.Code);
    }
}
