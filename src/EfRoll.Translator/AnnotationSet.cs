using System.Globalization;
using EfRoll.Engine.Sql;
using EfRoll.Translator.Errors;
using EfRoll.Translator.Hints;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace EfRoll.Translator;

/// <summary>The annotations of an operation: each is taken by the translation that understands it, and what is left over is refused.</summary>
sealed class AnnotationSet
{
    // Migrations of applications with several providers carry the others' annotations, which mean nothing to PostgreSQL.
    static readonly string[] OtherProviders = ["SqlServer:", "Sqlite:", "MySql:", "MySQL:", "Oracle:", "Firebird:", "Cosmos:"];

    readonly string _subject;
    readonly SortedDictionary<string, object?> _left = new(StringComparer.Ordinal);

    public AnnotationSet(AnnotatableBase annotatable, string subject)
    {
        _subject = subject;
        foreach (var annotation in annotatable.GetAnnotations())
        {
            if (annotation.Value is not null && !annotation.Name.StartsWith(Hint.Accept, StringComparison.Ordinal) && !OtherProviders.Any(prefix => annotation.Name.StartsWith(prefix, StringComparison.Ordinal)))
                _left.Add(annotation.Name, annotation.Value);
        }
    }

    /// <summary>Takes a value of a known type; a value of another type stays, and is refused in the end.</summary>
    public T? Take<T>(string name)
        where T : class
    {
        if (!_left.TryGetValue(name, out var value) || value is not T typed)
            return null;
        _left.Remove(name);
        return typed;
    }

    public bool Has(string name) => _left.ContainsKey(name);

    public bool? TakeFlag(string name)
    {
        if (!_left.TryGetValue(name, out var value) || value is not bool flag)
            return null;
        _left.Remove(name);
        return flag;
    }

    public T? TakeEnum<T>(string name)
        where T : struct, Enum
    {
        if (!_left.TryGetValue(name, out var value) || value is not T typed)
            return null;
        _left.Remove(name);
        return typed;
    }

    /// <summary>Takes everything whose name begins with a prefix, by the rest of the name.</summary>
    public List<KeyValuePair<string, object?>> TakeAll(string prefix)
    {
        var taken = _left.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        foreach (var pair in taken)
            _left.Remove(pair.Key);
        return taken.ConvertAll(pair => KeyValuePair.Create(pair.Key[prefix.Length..], pair.Value));
    }

    /// <summary>Takes a hint that is an expression.</summary>
    public Expression? TakeExpression(string name) => TakeText(name) is not { } text
        ? null
        : string.IsNullOrWhiteSpace(text) ? throw Untranslatable.Hint(_subject, Show(name), "the expression is empty") : new Expression(text);

    /// <summary>Takes a hint that says only that it is there.</summary>
    public bool TakeHint(string name) => TakeText(name) switch
    {
        null => false,
        "true" => true,
        var other => throw Untranslatable.Hint(_subject, Show(name), $"'{other}' is not true"),
    };

    /// <summary>Takes storage parameters as the provider writes them: their values as SQL.</summary>
    public Dictionary<string, string> TakeStorageParameters() => TakeAll(NpgsqlAnnotation.StorageParameterPrefix).ToDictionary(pair => pair.Key, pair => pair.Value switch
    {
        bool flag => flag ? "true" : "false",
        string text => $"{Literal.Text(text)}",
        var number => Convert.ToString(number, CultureInfo.InvariantCulture)!,
    });

    /// <summary>Takes a hint that is any text, also an empty one.</summary>
    public string? TakeText(string name)
    {
        if (!_left.Remove(name, out var value))
            return null;
        return value as string ?? throw Untranslatable.Hint(_subject, Show(name), "its value is not a text");
    }

    public void RefuseRest()
    {
        if (_left.Count == 0)
            return;
        var (name, value) = _left.First();
        throw name.StartsWith(Hint.Prefix, StringComparison.Ordinal)
            ? Untranslatable.Hint(_subject, Show(name), "it has no meaning here")
            : Untranslatable.Annotation(_subject, name, value);
    }

    static string Show(string hint) => $".{hint[Hint.Prefix.Length..]}";
}
