
namespace EfRoll.Engine.Sql;

/// <summary>Reads the texts that are part of this assembly.</summary>
static class EmbeddedSql
{
    public static SqlText Read(string fileName)
    {
        using var stream = typeof(EmbeddedSql).Assembly.GetManifestResourceStream(fileName)
            ?? throw new InvalidOperationException($"The assembly lacks {fileName}.");
        using var reader = new StreamReader(stream);
        return SqlText.Verbatim(reader.ReadToEnd());
    }
}
