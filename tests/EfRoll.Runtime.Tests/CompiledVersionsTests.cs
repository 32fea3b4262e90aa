using EfRoll.Runtime;
using EfRoll.Runtime.Tests;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

[assembly: EfRollVersion(typeof(CompiledVersionsTests.StampedContext), "20260909000000_Stamped")]

namespace EfRoll.Runtime.Tests;

// The environment belongs to the whole process.
[CollectionDefinition(nameof(CompiledVersionsTests), DisableParallelization = true)]
[Collection(nameof(CompiledVersionsTests))]
public sealed class CompiledVersionsTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_last_migration_of_the_context_is_the_version()
    {
        Assert.Equal(People.VersionOne, CompiledVersions.Find(typeof(ContextOne), new EfRollOptions()));
        Assert.Equal(People.VersionTwo, CompiledVersions.Find(typeof(ContextTwo), new EfRollOptions()));
    }

    [Fact]
    public async Task A_stamp_is_believed()
    {
        Assert.Equal("20260909000000_Stamped", CompiledVersions.Find(typeof(StampedContext), new EfRollOptions()));
        Assert.Equal("public_20260909000000_Stamped", await FirstSchemaAsync(new StampedContext(Options<StampedContext>().UseEfRoll().Options)));
    }

    [Fact]
    public async Task The_environment_goes_before_what_was_compiled_and_the_option_before_both()
    {
        Environment.SetEnvironmentVariable(CompiledVersions.Variable, "20260404000000_FromOutside");
        try
        {
            // Settings of their own, so that nothing is remembered from other tests.
            var settings = new EfRollOptions { BaseSchema = "environment" };
            Assert.Equal(
                "environment_20260404000000_FromOutside",
                await FirstSchemaAsync(new ContextOne(Options<ContextOne>().UseEfRoll(_ => settings).Options)));
            Assert.Equal(
                "environment_20260505000000_Told",
                await FirstSchemaAsync(new ContextOne(Options<ContextOne>().UseEfRoll(_ => settings with { Version = "20260505000000_Told" }).Options)));
        }
        finally
        {
            Environment.SetEnvironmentVariable(CompiledVersions.Variable, null);
        }
    }

    [Fact]
    public async Task A_context_without_migrations_is_left_alone_and_the_log_says_so()
    {
        using var log = new Recorder();
        await using var context = new BareContext(Options<BareContext>().UseLoggerFactory(log).UseEfRoll().Options);

        Assert.Null(Path(context));
        Assert.Contains(nameof(BareContext), Assert.Single(log.Of(3102)), StringComparison.Ordinal);
        var refused = Assert.Throws<EfRollRuntimeException>(() => new NpgsqlDataSourceBuilder("Host=nowhere").UseEfRoll<BareContext>());
        Assert.Equal("EFR3006", refused.Code);
    }

    [Fact]
    public async Task Migrations_that_were_not_deployed_are_missed()
    {
        await using var context = new BareContext(new DbContextOptionsBuilder<BareContext>()
            .UseNpgsql("Host=nowhere", npgsql => npgsql.MigrationsAssembly("Left.Behind")).AllowManyProviders().UseEfRoll().Options);

        var refused = Assert.Throws<EfRollRuntimeException>(() => Path(context));
        Assert.Equal("EFR3006", refused.Code);
        Assert.Contains("Left.Behind", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_provider_is_refused()
    {
        var builder = Options<BareContext>(withProvider: false).UseEfRoll();
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new OtherProvider());

        var refused = Assert.Throws<EfRollRuntimeException>(() => new BareContext(builder.Options).Model);
        Assert.Equal("EFR3007", refused.Code);
    }

    [Fact]
    public void A_service_provider_made_by_hand_is_refused()
    {
        using var services = new ServiceCollection().AddEntityFrameworkNpgsql().BuildServiceProvider();
        var options = Options<BareContext>().UseInternalServiceProvider(services).UseEfRoll().Options;

        var refused = Assert.Throws<EfRollRuntimeException>(() => new BareContext(options).Model);
        Assert.Equal("EFR3008", refused.Code);
    }

    static DbContextOptionsBuilder<TContext> Options<TContext>(bool withProvider = true)
        where TContext : DbContext
    {
        var builder = new DbContextOptionsBuilder<TContext>();
        return withProvider ? builder.UseNpgsql("Host=nowhere").AllowManyProviders() : builder;
    }

    static async Task<string> FirstSchemaAsync(DbContext context)
    {
        await using (context)
            return SearchPath.Parse(Path(context))[0];
    }

    static string? Path(DbContext context) => new NpgsqlConnectionStringBuilder(context.Database.GetDbConnection().ConnectionString).SearchPath;

    internal sealed class StampedContext(DbContextOptions<StampedContext> options) : DbContext(options);

    sealed class BareContext(DbContextOptions<BareContext> options) : DbContext(options);

    sealed class OtherProvider : IDbContextOptionsExtension
    {
        public DbContextOptionsExtensionInfo Info => new OtherInfo(this);

        public void ApplyServices(IServiceCollection services) => throw new NotSupportedException();

        public void Validate(IDbContextOptions options)
        {
        }

        sealed class OtherInfo(IDbContextOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
        {
            public override bool IsDatabaseProvider => true;

            public override string LogFragment => "";

            public override int GetServiceProviderHashCode() => 0;

            public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is OtherInfo;

            public override void PopulateDebugInfo(IDictionary<string, string> debugInfo)
            {
            }
        }
    }
}
