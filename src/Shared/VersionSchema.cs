using System.Security.Cryptography;
using System.Text;

namespace EfRoll.Shared;

/// <summary>Names the schema through which a version of the application sees its tables.</summary>
/// <remarks>Linked into the engine and the runtime, so that both arrive at the same name without sharing an assembly.</remarks>
static class VersionSchema
{
    /// <summary>PostgreSQL cuts longer names silently (NAMEDATALEN - 1 bytes).</summary>
    const int MaxNameBytes = 63;

    const int HashLength = 8;

    /// <summary>
    /// Returns <c>&lt;base schema&gt;_&lt;migration id&gt;</c>; a name over 63 bytes is cut and ends in a hash of the whole, so that two long
    /// migration ids with the same beginning do not meet.
    /// </summary>
    public static string NameOf(string baseSchema, string migrationId) => Fit($"{baseSchema}_{migrationId}");

    /// <summary>Returns the name itself, or one of 63 bytes that ends in a hash of the whole.</summary>
    public static string Fit(string whole) => Encoding.UTF8.GetByteCount(whole) <= MaxNameBytes
        ? whole
        : $"{Cut(whole, MaxNameBytes - HashLength - 1)}_{Hash(whole)}";

    /// <summary>Returns a short mark of a migration id, unique in practice, that fits into <c>application_name</c>.</summary>
    public static string MarkOf(string migrationId) => Hash(migrationId);

    /// <summary>Cuts a text at the last whole character that fits into a number of bytes.</summary>
    public static string Cut(string text, int maxBytes)
    {
        var bytes = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > maxBytes)
                break;
            bytes += rune.Utf8SequenceLength;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashLength];
}
