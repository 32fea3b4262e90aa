using EfRoll.Engine.Backfill;
using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;
using EfRoll.Engine.Tests.Sessions;
using EfRoll.TestSupport;

namespace EfRoll.Engine.Tests.Backfill;

/// <summary>A table as it is when its backfill begins.</summary>
static class UnfilledTable
{
    public static readonly QualifiedName Table = new("public", "We\"ird 'Table'");

    public static readonly BackfillTable Fill = new(
        "fill", "Fill", Table, new Identifier("_efroll_origin"), [new(new Identifier("up per"), $"upper(t.na_me)"), new(new Identifier("len"), $"10 / length(t.na_me)")])
    {
        Key = [new Identifier("I d")],
    };

    public const string Right = "\"up per\" = upper(na_me) AND len = 10 / length(na_me)";

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static Backfiller BackfillerOf(Work work, IProgress<RollProgress>? progress = null, RollOptions? options = null) =>
        new(work.Lock, work.Store, options ?? new RollOptions(), TimeProvider.System, progress);

    // The old version's writes, and by hand the trigger that keeps the hidden columns right.
    public static async Task<TestDatabase> DatabaseAsync(int rows, OwnServer? server = null)
    {
        var database = server is null ? await TestDatabase.CreateAsync(Cancelled) : await TestDatabase.CreateAsync(server.Server, Cancelled);
        await database.ExecuteAsync(
            $"""
            CREATE TABLE {Table} ("I d" integer PRIMARY KEY, na_me text NOT NULL, other integer);
            INSERT INTO {Table} SELECT n, 'n' || n FROM generate_series(1, {rows}) AS n;
            ALTER TABLE {Table} ADD COLUMN "up per" text, ADD COLUMN len integer, ADD COLUMN _efroll_origin "char" NOT NULL DEFAULT 'b';
            ALTER TABLE {Table} ALTER COLUMN _efroll_origin SET DEFAULT 'o';
            CREATE FUNCTION derive() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW."up per" := upper(NEW.na_me);
                NEW.len := 10 / nullif(length(NEW.na_me), 0);
                NEW._efroll_origin := 'o';
                RETURN NEW;
            END $$;
            CREATE TRIGGER derive_i BEFORE INSERT ON {Table} FOR EACH ROW EXECUTE FUNCTION derive();
            CREATE TRIGGER derive_u BEFORE UPDATE ON {Table} FOR EACH ROW
                WHEN (OLD._efroll_origin = 'b' AND NEW._efroll_origin = 'b' OR OLD.na_me IS DISTINCT FROM NEW.na_me) EXECUTE FUNCTION derive();
            """, Cancelled);
        return database;
    }

    public static Task<long> CountAsync(TestDatabase database, string filter) => database.ScalarAsync<long>($"SELECT count(*) FROM {Table} WHERE {filter}", Cancelled);
}
