using EfRoll.TestSupport;
using Npgsql;

namespace EfRoll.Bench.Backfill;

/// <summary>
/// The peers' way: a trigger that always fires computes the value, and batches of 1,000 rows in the order of the key touch the key to make it
/// fire, each in a transaction of its own.
/// </summary>
sealed class PeerWay : IWay
{
    const string Preparation = $"""
        ALTER TABLE users ADD COLUMN new_bio text, ADD COLUMN needs_backfill boolean DEFAULT true;
        CREATE FUNCTION fill_new_bio() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            bio users.bio%TYPE := NEW.bio;
        BEGIN
            IF current_setting('search_path') <> 'new_version' THEN
                NEW.new_bio := {ReferenceChange.Up};
                NEW.needs_backfill := false;
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER fill_new_bio BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION fill_new_bio();
        """;

    const string Batch = """
        WITH batch AS (SELECT id FROM users WHERE id > $1 AND needs_backfill ORDER BY id LIMIT 1000 FOR NO KEY UPDATE),
            touched AS (UPDATE users SET id = users.id FROM batch WHERE users.id = batch.id RETURNING users.id)
        SELECT max(id) FROM touched
        """;

    public string Name => "batches by key";

    public bool CanDo(Shape shape) => shape.HasKey;

    public async Task RunAsync(TestDatabase database, Meter meter, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(Preparation, cancellationToken);
        await using var connection = await database.DataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlCommand(Batch, connection) { Parameters = { new NpgsqlParameter<long>() } };
        await batch.PrepareAsync(cancellationToken);
        meter.Begin();
        for (long? last = 0; last is not null;)
        {
            batch.Parameters[0].Value = last.Value;
            last = await batch.ExecuteScalarAsync(cancellationToken) as long?;
        }

        meter.End();
    }
}
