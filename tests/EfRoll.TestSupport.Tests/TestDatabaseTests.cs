namespace EfRoll.TestSupport.Tests;

public sealed class TestDatabaseTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Copy_has_the_content_and_a_life_of_its_own()
    {
        await using var first = await TestDatabase.CreateAsync(Cancelled);
        await first.ExecuteAsync("CREATE TABLE t (id int, name text); INSERT INTO t VALUES (1, NULL), (2, 'b')", Cancelled);
        await using var second = await first.CopyAsync(Cancelled);
        await first.ExecuteAsync("DELETE FROM t", Cancelled);

        Assert.Equal([[1, null], [2, "b"]], await second.QueryAsync("SELECT id, name FROM t ORDER BY id", Cancelled));
        Assert.Equal(0L, await first.ScalarAsync<long>("SELECT count(*) FROM t", Cancelled));
    }

    [Fact]
    public async Task Nothing_is_left_of_it()
    {
        await using var other = await TestDatabase.CreateAsync(Cancelled);
        string name;
        await using (var database = await TestDatabase.CreateAsync(Cancelled))
        {
            name = database.Name;
            // A connection still in use does not keep it.
            await database.DataSource.OpenConnectionAsync(Cancelled);
        }

        Assert.False(await other.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_database WHERE datname = '{name}')", Cancelled));
    }
}
