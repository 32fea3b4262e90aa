using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace EfRoll.Runtime.Tests;

/// <summary>How an application comes to its connections.</summary>
public enum Way
{
    ConnectionString,
    UseEfRollFirst,
    MappedEnum,
    ExternalDataSource,
    ExternalDataSourceWithEnum,
    BoundDataSource,
    InjectedDataSource,
    ExternalClosedConnection,
    ContextPool,
    ContextPoolWithDataSource,
    ContextFactory,
    MultiplexedString,
    NoResetOnClose,
}

/// <summary>An application with one context, wired as a user would wire it.</summary>
sealed class Application<TContext> : IAsyncDisposable
    where TContext : PeopleContext
{
    readonly ServiceProvider _services;
    readonly List<IAsyncDisposable> _owned = [];

    public Application(Way way, string connectionString, EfRollBinding binding = EfRollBinding.SearchPath)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            // So that the next one to open gets the same session.
            MaxPoolSize = 1,
            Multiplexing = way == Way.MultiplexedString,
            NoResetOnClose = way == Way.NoResetOnClose,
            ApplicationName = way.ToString(),
        };
        var text = builder.ConnectionString;
        var services = new ServiceCollection();
        switch (way)
        {
            case Way.UseEfRollFirst:
                services.AddDbContext<TContext>(options => options.AllowManyProviders().UseEfRoll(Bound).UseNpgsql(text, Retry));
                break;
            case Way.MappedEnum:
                services.AddDbContext<TContext>(options => options.UseNpgsql(text, npgsql => Retry(npgsql.MapEnum<Mood>("mood"))).AllowManyProviders().UseEfRoll(Bound));
                break;
            case Way.ExternalDataSource:
                var plain = Own(new NpgsqlDataSourceBuilder(text).Build());
                services.AddDbContext<TContext>(options => options.UseNpgsql(plain, Retry).AllowManyProviders().UseEfRoll(Bound));
                break;
            case Way.ExternalDataSourceWithEnum:
                var mapped = new NpgsqlDataSourceBuilder(text);
                mapped.MapEnum<Mood>("mood");
                var withEnum = Own(mapped.Build());
                services.AddDbContext<TContext>(
                    options => options.UseNpgsql(withEnum, npgsql => Retry(npgsql.MapEnum<Mood>("mood"))).AllowManyProviders().UseEfRoll(Bound));
                break;
            case Way.BoundDataSource:
                var bound = Own(new NpgsqlDataSourceBuilder(text).UseEfRoll<TContext>(Bound).Build());
                services.AddDbContext<TContext>(options => options.UseNpgsql(bound, Retry).AllowManyProviders().UseEfRoll(Bound));
                break;
            case Way.InjectedDataSource:
                services.AddSingleton(Own(new NpgsqlDataSourceBuilder(text).Build()));
                services.AddDbContext<TContext>(options => options.UseNpgsql(Retry).AllowManyProviders().UseEfRoll(Bound));
                break;
            case Way.ExternalClosedConnection:
                var connection = new NpgsqlConnection(text);
                _owned.Add(connection);
                services.AddDbContext<TContext>(options => options.UseNpgsql(connection, Retry).AllowManyProviders().UseEfRoll(Bound));
                break;
            case Way.ContextPool:
                services.AddDbContextPool<TContext>(options => options.UseNpgsql(text, Retry).AllowManyProviders().UseEfRoll(Bound));
                break;
            case Way.ContextPoolWithDataSource:
                var shared = Own(new NpgsqlDataSourceBuilder(text).Build());
                services.AddPooledDbContextFactory<TContext>(options => options.UseNpgsql(shared, Retry).AllowManyProviders().UseEfRoll(Bound));
                break;
            case Way.ContextFactory:
                services.AddDbContextFactory<TContext>(options => options.UseNpgsql(text, Retry).AllowManyProviders().UseEfRoll(Bound));
                break;
            default:
                services.AddDbContext<TContext>(options => options.UseNpgsql(text, Retry).AllowManyProviders().UseEfRoll(Bound));
                break;
        }

        _services = services.BuildServiceProvider();

        EfRollOptions Bound(EfRollOptions options) => options with { Binding = binding };
    }

    public async Task<T> UseAsync<T>(Func<TContext, Task<T>> use)
    {
        if (_services.GetService<IDbContextFactory<TContext>>() is { } factory)
        {
            await using var made = await factory.CreateDbContextAsync();
            return await use(made);
        }

        await using var scope = _services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<TContext>());
    }

    public Task<int> AddAsync(string name, CancellationToken cancellationToken) =>
        UseAsync(context =>
        {
            context.Add(new Person { Name = name });
            return context.SaveChangesAsync(cancellationToken);
        });

    public Task<List<string?>> NamesAsync(CancellationToken cancellationToken) =>
        UseAsync(context => context.People.OrderBy(person => person.Id).Select(person => person.Name).ToListAsync(cancellationToken));

    public Task<int> ProcessIdAsync(CancellationToken cancellationToken) =>
        UseAsync(context => context.Database.SqlQueryRaw<int>("SELECT pg_backend_pid() AS \"Value\"").SingleAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        foreach (var owned in _owned)
        {
            await owned.DisposeAsync();
        }
    }

    static void Retry(NpgsqlDbContextOptionsBuilder options) => options.EnableRetryOnFailure(2, TimeSpan.FromMilliseconds(50), null);

    NpgsqlDataSource Own(NpgsqlDataSource dataSource)
    {
        _owned.Add(dataSource);
        return dataSource;
    }
}
