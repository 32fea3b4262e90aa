using EfRoll.Runtime;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Lets a context run on the version it was compiled with.</summary>
public static class EfRollDbContextOptionsBuilderExtensions
{
    /// <summary>Puts every connection of the context on the version it was compiled with; before or after <c>UseNpgsql</c>.</summary>
    public static DbContextOptionsBuilder UseEfRoll(this DbContextOptionsBuilder builder, Func<EfRollOptions, EfRollOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = builder.Options.FindExtension<OptionsExtension>()?.Settings ?? new EfRollOptions();
        var extension = new OptionsExtension(configure?.Invoke(settings) ?? settings);
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(extension);
        return builder;
    }

    /// <summary>Puts every connection of the context on the version it was compiled with; before or after <c>UseNpgsql</c>.</summary>
    public static DbContextOptionsBuilder<TContext> UseEfRoll<TContext>(
        this DbContextOptionsBuilder<TContext> builder, Func<EfRollOptions, EfRollOptions>? configure = null)
        where TContext : DbContext =>
        (DbContextOptionsBuilder<TContext>)UseEfRoll((DbContextOptionsBuilder)builder, configure);
}
