using System.Text;

namespace EfRoll.Runtime;

/// <summary>The schemas of a <c>search_path</c> setting, as PostgreSQL reads and writes them.</summary>
static class SearchPath
{
    /// <summary>Splits a setting into names; unquoted ones are folded to lower case, as the server does.</summary>
    public static List<string> Parse(string? setting)
    {
        var names = new List<string>();
        if (string.IsNullOrWhiteSpace(setting))
            return names;

        var name = new StringBuilder();
        var wasQuoted = false;
        for (var i = 0; i < setting.Length; i++)
        {
            switch (setting[i])
            {
                case '"':
                    wasQuoted = true;
                    for (i++; i < setting.Length; i++)
                    {
                        if (setting[i] != '"')
                            name.Append(setting[i]);
                        else if (i + 1 < setting.Length && setting[i + 1] == '"')
                            name.Append(setting[++i]);
                        else
                            break;
                    }

                    break;
                case ',':
                    Add();
                    break;
                case var other when char.IsWhiteSpace(other):
                    break;
                case var other:
                    name.Append(char.ToLowerInvariant(other));
                    break;
            }
        }

        Add();
        return names;

        void Add()
        {
            if (wasQuoted || name.Length > 0)
                names.Add(name.ToString());
            name.Clear();
            wasQuoted = false;
        }
    }

    /// <summary>Writes names as a setting; all are quoted, which changes none of them.</summary>
    public static string Format(IEnumerable<string> names) =>
        string.Join(", ", names.Select(name => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
}
