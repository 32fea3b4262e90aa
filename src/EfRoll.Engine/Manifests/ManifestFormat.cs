namespace EfRoll.Engine.Manifests;

/// <summary>Words that the reader and the writer share.</summary>
static class ManifestFormat
{
    public const int Version = 1;
    public const long MaxBytes = 4 * 1024 * 1024;
    public const int MaxNodes = 200_000;

    public const string Unique = "unique";
    public const string Check = "check";
    public const string PrimaryKey = "primary_key";
    public const string ForeignKey = "foreign_key";
    public const string Exclusion = "exclude";

    public const string Always = "ALWAYS";
    public const string ByDefault = "BY DEFAULT";

    public static readonly string[] Actions = ["NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"];
}
