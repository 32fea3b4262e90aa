#pragma warning disable EF1001 // The provider's history repository has no public face.

using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Migrations.Internal;

namespace EfRoll.Runtime;

/// <summary>Keeps EF Core's history table in the base schema.</summary>
/// <remarks>Without a schema, migrating would make a second, empty one in the version's schema, which comes first on the search path.</remarks>
sealed class VersionedHistory(HistoryRepositoryDependencies dependencies, EfRollOptions settings) : NpgsqlHistoryRepository(dependencies)
{
    protected override string? TableSchema => base.TableSchema ?? settings.BaseSchema;
}
