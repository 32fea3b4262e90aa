using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;

namespace EfRoll.Translator.Translations;

/// <summary>Reads names as EF Core operations hold them.</summary>
static class Names
{
    public static Identifier? Optional(string? name) => string.IsNullOrEmpty(name) ? null : new Identifier(name);

    public static EquatableList<Identifier> List(IEnumerable<string>? names) => (names ?? []).Select(name => new Identifier(name)).ToEquatableList();
}
