using EfRoll.Runtime;
using Microsoft.EntityFrameworkCore;

namespace Npgsql;

/// <summary>Puts connections that EF Core does not make on a version, for Dapper, plain ADO.NET and data sources from the outside.</summary>
public static class EfRollNpgsqlExtensions
{
    /// <summary>Puts the connections of the data source on the version that <typeparamref name="TContext"/> was compiled with.</summary>
    public static NpgsqlDataSourceBuilder UseEfRoll<TContext>(
        this NpgsqlDataSourceBuilder builder, Func<EfRollOptions, EfRollOptions>? configure = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ConnectionStringBuilder.UseEfRoll<TContext>(configure);
        return builder;
    }

    /// <summary>Puts the connections of the data source on a version, given by its migration id.</summary>
    public static NpgsqlDataSourceBuilder UseEfRoll(this NpgsqlDataSourceBuilder builder, string version, string baseSchema = "public")
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ConnectionStringBuilder.UseEfRoll(version, baseSchema);
        return builder;
    }

    /// <summary>Puts connections made from the string on the version that <typeparamref name="TContext"/> was compiled with.</summary>
    public static NpgsqlConnectionStringBuilder UseEfRoll<TContext>(
        this NpgsqlConnectionStringBuilder builder, Func<EfRollOptions, EfRollOptions>? configure = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = configure?.Invoke(new EfRollOptions()) ?? new EfRollOptions();
        if (!settings.Enabled)
            return builder;
        var version = CompiledVersions.Find(typeof(TContext), settings) ?? throw Refusals.VersionNotFound(typeof(TContext));
        return builder.Apply(settings, version);
    }

    /// <summary>Puts connections made from the string on a version, given by its migration id.</summary>
    public static NpgsqlConnectionStringBuilder UseEfRoll(this NpgsqlConnectionStringBuilder builder, string version, string baseSchema = "public")
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(version);
        return builder.Apply(new EfRollOptions { BaseSchema = baseSchema }, version);
    }

    static NpgsqlConnectionStringBuilder Apply(this NpgsqlConnectionStringBuilder builder, EfRollOptions settings, string version)
    {
        VersionBinding.Of(settings, version).Apply(builder);
        return builder;
    }
}
