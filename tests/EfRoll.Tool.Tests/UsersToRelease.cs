using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace EfRoll.Tool.Tests;

/// <summary>The sample's first release with many users, and the schema that its second ends in; made once, copied for each test.</summary>
public sealed class UsersToRelease : IAsyncLifetime
{
    public const int Rows = 200_000;

    TestDatabase? _first;
    SchemaDump? _last;

    /// <summary>The schema that EF Core's own migrations make.</summary>
    public SchemaDump Last => _last!;

    public async ValueTask InitializeAsync()
    {
        await using (var second = await TestDatabase.CreateAsync())
        await using (var context = Application.Sample.Plain(second))
        {
            await context.Database.MigrateAsync();
            _last = await SchemaDump.ReadAsync(second);
        }

        _first = await TestDatabase.CreateAsync();
        (await Application.Sample.RunAsync("start", _first, "--to", "AddBadges", "--complete")).Expect(ExitCode.Success);
        await _first.ExecuteAsync($"""
            INSERT INTO "Users" ("Login", "FirstName", "LastName", "Email", "Bio", "Credits")
            SELECT 'user' || i, 'First' || i, 'Last ' || i, 'a@b', CASE WHEN i % 2 = 0 THEN 'about ' || i END, i FROM generate_series(1, {Rows}) i;
            ANALYZE "Users"
            """);
    }

    /// <summary>A copy of one's own.</summary>
    public Task<TestDatabase> CopyAsync(CancellationToken cancellationToken) => _first!.CopyAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_first is not null)
            await _first.DisposeAsync();
    }
}
