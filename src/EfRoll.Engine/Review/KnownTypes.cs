using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Review;

/// <summary>
/// What PostgreSQL would say of the types that migrations name, for when there is no server to ask. Its own types and casts are listed in
/// <c>KnownTypes.txt</c>, which a test compares with real servers; any other type is taken to exist and to have no casts.
/// </summary>
static partial class KnownTypes
{
    // Ids of types that PostgreSQL does not bring itself begin at 16384; these only have to differ from each other and from its own.
    const uint FirstUnknown = 1u << 31;

    static readonly ImmutableDictionary<string, string> Aliases = new (string Alias, string Name)[]
    {
        ("int", "integer"), ("int2", "smallint"), ("int4", "integer"), ("int8", "bigint"), ("float", "double precision"), ("float4", "real"),
        ("float8", "double precision"), ("bool", "boolean"), ("decimal", "numeric"), ("dec", "numeric"), ("varchar", "character varying"),
        ("char", "character"), ("bpchar", "character"), ("varbit", "bit varying"), ("timestamp", "timestamp without time zone"),
        ("timestamptz", "timestamp with time zone"), ("time", "time without time zone"), ("timetz", "time with time zone"), ("smallserial", "smallint"),
        ("serial", "integer"), ("bigserial", "bigint"),
    }.ToImmutableDictionary(pair => pair.Alias, pair => pair.Name);

    static readonly (ImmutableDictionary<string, (uint Id, char Category)> Types, ImmutableArray<Cast> Casts) Own = Read();

    /// <summary>The casts between PostgreSQL's own types.</summary>
    public static ImmutableArray<Cast> Casts => Own.Casts;

    /// <summary>Whether PostgreSQL brings the type itself, so that its casts are known.</summary>
    public static bool IsOwn(TypeFacts type) => type.Id < FirstUnknown;

    /// <summary>The type's own name, without length or precision.</summary>
    public static string NameOf(string text) => Normal(text).Name;

    /// <summary>What is known of a type as somebody wrote it.</summary>
    public static TypeFacts Of(string text)
    {
        var (name, modifiers) = Normal(text);
        var element = name.EndsWith("[]", StringComparison.Ordinal) ? name[..^2] : name;
        var isArray = element != name;
        if (!Own.Types.TryGetValue(element, out var facts))
            return new TypeFacts(Written(name, modifiers), FirstUnknown | (uint)StableHash(name), modifiers.Length == 0 ? -1 : 1, isArray ? 'A' : 'U');

        // As format_type writes it: character alone has one place, an array's modifiers stand before its brackets.
        if (element is "character" or "bit" && modifiers.Length == 0)
            modifiers = "(1)";
        return new TypeFacts(Written(name, modifiers), isArray ? facts.Id | FirstUnknown >> 1 : facts.Id, modifiers.Length == 0 ? -1 : 1, isArray ? 'A' : facts.Category);
    }

    // "timestamp(3) with time zone" has its modifier in the middle, "varchar (20) []" anywhere.
    static (string Name, string Modifiers) Normal(string text)
    {
        var modifiers = Modifiers().Match(text) is { Success: true } match ? match.Value.Replace(" ", "", StringComparison.Ordinal) : "";
        var name = Spaces().Replace(Modifiers().Replace(text, " "), " ").Trim().Replace(" [", "[", StringComparison.Ordinal);
        if (name.Contains('"', StringComparison.Ordinal))
            return (name, modifiers);
        name = Dimensions().Replace(name.ToLowerInvariant(), "[]");
        if (name.StartsWith("pg_catalog.", StringComparison.Ordinal))
            name = name["pg_catalog.".Length..];
        var element = name.EndsWith("[]", StringComparison.Ordinal) ? name[..^2] : name;
        return (Aliases.GetValueOrDefault(element, element) + name[element.Length..], modifiers);
    }

    static string Written(string name, string modifiers)
    {
        if (modifiers.Length == 0)
            return name;
        var suffix = name.IndexOf(" with", StringComparison.Ordinal) is > 0 and var zone ? zone : name.IndexOf("[]", StringComparison.Ordinal) is > 0 and var brackets ? brackets : name.Length;
        return name.Insert(suffix, modifiers);
    }

    static int StableHash(string name) => name.Aggregate(17, (hash, character) => unchecked(hash * 31 + character)) & 0x3fffffff;

    static (ImmutableDictionary<string, (uint Id, char Category)> Types, ImmutableArray<Cast> Casts) Read()
    {
        var types = ImmutableDictionary.CreateBuilder<string, (uint, char)>();
        var casts = ImmutableArray.CreateBuilder<Cast>();
        foreach (var line in EmbeddedSql.Read("KnownTypes.txt").ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split('\t');
            if (parts[0] == "type")
                types.Add(parts[1], (uint.Parse(parts[2], CultureInfo.InvariantCulture), parts[3][0]));
            else
                casts.Add(new Cast(uint.Parse(parts[1], CultureInfo.InvariantCulture), uint.Parse(parts[2], CultureInfo.InvariantCulture), parts[3] == "binary"));
        }

        return (types.ToImmutable(), casts.ToImmutable());
    }

    [GeneratedRegex(@"\([^()]*\)")]
    private static partial Regex Modifiers();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"(\[\d*\])+$")]
    private static partial Regex Dimensions();
}
