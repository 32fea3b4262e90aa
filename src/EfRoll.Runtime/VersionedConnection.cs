#pragma warning disable EF1001 // A connection is put on its version where Npgsql's provider makes and opens it; see docs/adr.

using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;

namespace EfRoll.Runtime;

/// <summary>Makes and opens a context's connections on the version of the context.</summary>
/// <remarks>
/// What EF Core makes itself, of a connection string or of a data source of its own, carries the version from the start; the first times it is looked
/// whether it arrived at the server, and from then on it costs nothing more.
/// What comes from outside is set after each opening, since returning it to its pool takes the setting away.
/// </remarks>
sealed class VersionedConnection(
    RelationalConnectionDependencies dependencies, NpgsqlDataSourceManager dataSources, IDbContextOptions options, CurrentVersion version)
    : NpgsqlRelationalConnection(dependencies, FindDataSource(dataSources, options, version))
{
    // Connections that were set after opening, by any context, until they are closed.
    static readonly ConditionalWeakTable<DbConnection, VersionBinding> Set = [];

    readonly CurrentVersion _version = version;
    DbConnection? _own;
    bool _isModelChecked;

    public override bool Open(bool errorsExpected = false)
    {
        CheckOpenConnection();
        return base.Open(errorsExpected);
    }

    public override Task<bool> OpenAsync(CancellationToken cancellationToken, bool errorsExpected = false)
    {
        CheckOpenConnection();
        return base.OpenAsync(cancellationToken, errorsExpected);
    }

    protected override DbConnection CreateDbConnection()
    {
        var connection = base.CreateDbConnection();
        if (DataSource is null)
        {
            // Dapper and others may open it themselves, so it is on the version at once. Its string still has the password.
            _own = connection;
            RewriteOwn(connection);
        }

        return connection;
    }

    protected override void OpenDbConnection(bool errorsExpected)
    {
        Prepare();
        base.OpenDbConnection(errorsExpected);
        if (_version.Binding is not { } binding || !IsToSettle(binding))
            return;

        try
        {
            using (var command = binding.CreateCommand(DbConnection))
                Settle(binding, command.ExecuteScalar() as string);
            if (FindReachQuestion(binding) is { } question)
            {
                using (question)
                    SettleReach(binding, question.ExecuteScalar() as string);
            }
        }
        catch
        {
            DbConnection.Close();
            throw;
        }
    }

    protected override async Task OpenDbConnectionAsync(bool errorsExpected, CancellationToken cancellationToken)
    {
        Prepare();
        await base.OpenDbConnectionAsync(errorsExpected, cancellationToken).ConfigureAwait(false);
        if (_version.Binding is not { } binding || !IsToSettle(binding))
            return;

        try
        {
            var command = binding.CreateCommand(DbConnection);
            await using (command.ConfigureAwait(false))
                Settle(binding, await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string);
            if (FindReachQuestion(binding) is { } question)
            {
                await using (question.ConfigureAwait(false))
                    SettleReach(binding, await question.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string);
            }
        }
        catch
        {
            await DbConnection.CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    static DbDataSource? FindDataSource(NpgsqlDataSourceManager dataSources, IDbContextOptions options, CurrentVersion version)
    {
        var npgsql = options.FindExtension<NpgsqlOptionsExtension>();
        // Data sources that EF Core makes are kept by their string, so each version gets its own.
        if (npgsql is { ConnectionString: { Length: > 0 } connectionString, DataSource: null, Connection: null } && version.Binding is { } binding)
            npgsql = (NpgsqlOptionsExtension)npgsql.WithConnectionString(binding.Rewrite(connectionString));
        return dataSources.GetDataSource(npgsql, options.FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider);
    }

    void CheckOpenConnection()
    {
        if (!_isModelChecked)
        {
            _version.CheckModel();
            _isModelChecked = true;
        }

        if (_version.Binding is { } binding && DbConnection.State == ConnectionState.Open && !IsOn(DbConnection, binding))
            throw Refusals.ConnectionIsOpen(binding);
    }

    // SetConnectionString may have put another string in place since the connection was made.
    void Prepare()
    {
        if (ReferenceEquals(_own, DbConnection))
            RewriteOwn(DbConnection);
        else if (_version.Binding is { } binding && binding.Multiplexes(DbConnection.ConnectionString) && !binding.IsOn(DbConnection.ConnectionString))
            throw Refusals.DataSourceMultiplexes(binding);
    }

    void RewriteOwn(DbConnection connection)
    {
        if (_version.Binding is { } binding && connection.ConnectionString is { Length: > 0 } connectionString && !binding.IsOn(connectionString))
            connection.ConnectionString = binding.Rewrite(connectionString);
    }

    // Whether the version has to be set, or it has to be looked whether what the string asks for has arrived.
    bool IsToSettle(VersionBinding binding) =>
        !IsOn(DbConnection, binding) || (binding.IsOn(DbConnection.ConnectionString) && !binding.HasArrived(DbConnection.ConnectionString));

    // With several schemas on the path, a table of the model may be hidden by one that is not in it.
    DbCommand? FindReachQuestion(VersionBinding binding) =>
        binding is { IsByPath: true, Settings.OtherSchemas.Count: > 0 } && !binding.IsReachChecked(DbConnection.ConnectionString) && _version.Tables is { } tables
            ? DatabaseProbe.CreateReachQuestion(DbConnection, binding, tables)
            : null;

    void SettleReach(VersionBinding binding, string? hidden)
    {
        if (hidden is not null)
            throw Refusals.TableHidden(hidden.Split(" < ")[0], hidden.Split(" < ")[1]);
        binding.ReachChecked(DbConnection.ConnectionString);
    }

    void Settle(VersionBinding binding, string? setting)
    {
        if (!binding.IsOnBy(setting))
            throw Refusals.SettingWasDropped(binding);
        if (binding.IsOn(DbConnection.ConnectionString))
        {
            binding.Arrived((NpgsqlConnection)DbConnection);
            return;
        }

        Set.AddOrUpdate(DbConnection, binding);
        DbConnection.StateChange += Forget;
    }

    static bool IsOn(DbConnection connection, VersionBinding binding) =>
        binding.IsOn(connection.ConnectionString) || (Set.TryGetValue(connection, out var set) && ReferenceEquals(set, binding));

    static void Forget(object sender, StateChangeEventArgs change)
    {
        if (sender is not DbConnection connection || change.CurrentState == ConnectionState.Open)
            return;
        connection.StateChange -= Forget;
        Set.Remove(connection);
    }
}
