namespace EfRoll.Engine.Schema;

/// <summary>What PostgreSQL knows of a type that somebody wrote.</summary>
/// <param name="Name">As <c>format_type</c> writes it with modifiers: <c>character varying(50)</c>.</param>
/// <param name="Id">The type's object id; arrays have their own.</param>
/// <param name="Modifier">The type modifier, -1 if none.</param>
/// <param name="Category">The category letter of <c>pg_type</c>: <c>S</c> for strings, <c>N</c> for numbers, …</param>
public sealed record TypeFacts(string Name, uint Id, int Modifier, char Category);

/// <summary>A row of <c>pg_cast</c>.</summary>
/// <param name="Source">Object id of the type cast from.</param>
/// <param name="Target">Object id of the type cast to.</param>
/// <param name="IsBinary">Whether the stored bytes stay as they are, so that changing the type rewrites nothing.</param>
public sealed record Cast(uint Source, uint Target, bool IsBinary);
