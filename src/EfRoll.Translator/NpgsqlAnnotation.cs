namespace EfRoll.Translator;

/// <summary>Names of the provider's annotations as migrations hold them; the provider's own constants are internal to it.</summary>
static class NpgsqlAnnotation
{
    public const string ValueGenerationStrategy = "Npgsql:ValueGenerationStrategy";
    public const string IdentityOptions = "Npgsql:IdentitySequenceOptions";
    public const string ValueGeneratedOnAdd = "Npgsql:ValueGeneratedOnAdd";
    public const string Compression = "Npgsql:Compression:";
    public const string DefaultColumnCollation = "Npgsql:DefaultColumnCollation";
    public const string TsVectorConfig = "Npgsql:TsVectorConfig";
    public const string TsVectorProperties = "Npgsql:TsVectorProperties";
    public const string UnloggedTable = "Npgsql:UnloggedTable";
    public const string StorageParameterPrefix = "Npgsql:StorageParameter:";
    public const string IndexMethod = "Npgsql:IndexMethod";
    public const string IndexOperators = "Npgsql:IndexOperators";
    public const string IndexNullSortOrder = "Npgsql:IndexNullSortOrder";
    public const string IndexSortOrder = "Npgsql:IndexSortOrder";
    public const string IndexInclude = "Npgsql:IndexInclude";
    public const string NullsDistinct = "Npgsql:NullsDistinct";
    public const string CreatedConcurrently = "Npgsql:CreatedConcurrently";
    public const string ExtensionPrefix = "Npgsql:PostgresExtension:";
    public const string EnumPrefix = "Npgsql:Enum:";
    public const string RangePrefix = "Npgsql:Range:";
    public const string CollationDefinitionPrefix = "Npgsql:CollationDefinition:";
    public const string DatabaseTemplate = "Npgsql:DatabaseTemplate";
    public const string Tablespace = "Npgsql:Tablespace";
    public const string IndexCollation = "Relational:Collation";
}
