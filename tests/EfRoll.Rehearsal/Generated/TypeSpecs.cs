namespace EfRoll.Rehearsal.Generated;

/// <summary>The types that columns may have, and what each may become.</summary>
static class TypeSpecs
{
    public static IReadOnlyList<TypeSpec> All { get; } =
    [
        new(typeof(int), "integer", "bigint", "numeric(18,2)", "text"),
        new(typeof(long), "bigint", "numeric(18,2)", "integer"),
        new(typeof(short), "smallint", "integer", "bigint"),
        new(typeof(bool), "boolean", "text"),
        new(typeof(string), "text", "character varying(200)"),
        new(typeof(string), "character varying(40)", "text", "character varying(200)", "character varying(20)"),
        new(typeof(string), "character varying(200)", "text", "character varying(40)"),
        new(typeof(string), "character varying(20)", "character varying(40)"),
        new(typeof(decimal), "numeric(18,2)", "numeric(20,2)", "numeric(18,4)"),
        new(typeof(decimal), "numeric(20,2)", "numeric(18,2)"),
        new(typeof(decimal), "numeric(18,4)", "numeric(18,2)"),
        new(typeof(double), "double precision", "numeric(18,4)"),
        new(typeof(Guid), "uuid", "text"),
        new(typeof(DateTime), "timestamp with time zone", "timestamp without time zone"),
        new(typeof(DateTime), "timestamp without time zone", "timestamp with time zone", "date"),
        new(typeof(DateOnly), "date", "timestamp without time zone"),
        new(typeof(int[]), "integer[]", "bigint[]"),
        new(typeof(long[]), "bigint[]"),
        new(typeof(byte[]), "bytea"),
        new(typeof(string), "jsonb", "text"),
    ];

    /// <summary>Stands for all enumerations, by whatever name.</summary>
    public static TypeSpec Enum { get; } = new(typeof(string), "enum", "text");

    public static TypeSpec Of(string store) => All.FirstOrDefault(type => type.Store == store, Enum);

    public static bool IsText(TypeSpec type) => type.Store == "text" || type.Store.StartsWith("character varying", StringComparison.Ordinal);

    /// <summary>A constant that a column of the type may have as its default; null where none is made up.</summary>
    public static object? Constant(TypeSpec type, Random random) => type.Store switch
    {
        "integer" => random.Next(100),
        "bigint" => (long)random.Next(100),
        "smallint" => (short)random.Next(100),
        "boolean" => random.Next(2) == 0,
        "jsonb" => "{}",
        "numeric(18,2)" or "numeric(20,2)" or "numeric(18,4)" => random.Next(1000) / 10m,
        "double precision" => random.Next(100) / 2d,
        "uuid" => new Guid(random.Next(9), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        "date" => new DateOnly(2024, 1, 1 + random.Next(28)),
        "timestamp with time zone" => new DateTime(2024, 1, 1 + random.Next(28), 0, 0, 0, DateTimeKind.Utc),
        _ when IsText(type) => random.Next(2) == 0 ? "" : "it's",
        _ => null,
    };

    /// <summary>SQL for a default; null where none is made up.</summary>
    public static string? Sql(TypeSpec type) => type.Store switch
    {
        "timestamp with time zone" => "now()",
        "uuid" => "gen_random_uuid()",
        "integer" => "1 + 1",
        "date" => "CURRENT_DATE",
        "text" => "lower('X')",
        _ => null,
    };
}
