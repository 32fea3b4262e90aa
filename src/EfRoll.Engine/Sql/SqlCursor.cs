namespace EfRoll.Engine.Sql;

/// <summary>Reads a statement token by token. What does not come as expected makes it fail, once and for all: then the statement is not understood.</summary>
sealed class SqlCursor(SqlStatement statement)
{
    int _at;

    /// <summary>Whether everything was as expected so far.</summary>
    public bool IsGood { get; private set; } = true;

    /// <summary>Whether nothing is left.</summary>
    public bool IsAtEnd => _at >= statement.Tokens.Length;

    /// <summary>Takes keywords if all of them come next.</summary>
    public bool Takes(params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (_at + i >= statement.Tokens.Length || !statement.Tokens[_at + i].Is(words[i]))
                return false;
        }

        _at += words.Length;
        return true;
    }

    /// <summary>Takes a character if it comes next.</summary>
    public bool Takes(char symbol)
    {
        if (IsAtEnd || !statement.Tokens[_at].Is(symbol))
            return false;
        _at++;
        return true;
    }

    /// <summary>Whether one of these keywords comes next.</summary>
    public bool IsNext(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (!IsAtEnd && statement.Tokens[_at].Is(word))
                return true;
        }

        return false;
    }

    /// <summary>Whether a character comes next.</summary>
    public bool IsNext(char symbol) => !IsAtEnd && statement.Tokens[_at].Is(symbol);

    /// <summary>Takes a name that must be this one.</summary>
    public void Expect(Identifier name) => IsGood &= Name() == name;

    /// <summary>Takes keywords that must come next.</summary>
    public void Expect(params ReadOnlySpan<string> words) => IsGood &= Takes(words);

    /// <summary>Takes a character that must come next.</summary>
    public void Expect(char symbol) => IsGood &= Takes(symbol);

    /// <summary>Takes a name.</summary>
    public Identifier Name()
    {
        if (!IsAtEnd && statement.Tokens[_at].IsName && statement.Tokens[_at].Value.Length > 0)
            return new Identifier(statement.Tokens[_at++].Value);
        IsGood = false;
        return new Identifier("?");
    }

    /// <summary>Takes a name with or without its schema.</summary>
    public RelationName Relation()
    {
        var first = Name();
        return Takes('.') ? new RelationName(first, Name()) : new RelationName(null, first);
    }

    /// <summary>Takes names in parentheses.</summary>
    public List<Identifier> Names()
    {
        var names = new List<Identifier>();
        Expect('(');
        do
            names.Add(Name());
        while (Takes(','));
        Expect(')');
        return names;
    }

    /// <summary>Takes the text up to a comma, one of the keywords, or the end; parentheses are taken whole.</summary>
    public string TextUpTo(params ReadOnlySpan<string> words) => TextUpTo(stopsAtComma: true, words);

    /// <summary>Takes the text up to the end.</summary>
    public string Rest() => TextUpTo(stopsAtComma: false);

    /// <summary>Takes what stands in parentheses.</summary>
    public string InParentheses()
    {
        var start = _at;
        var text = IsNext('(') ? Parenthesised() : "";
        IsGood &= _at > start + 2;
        return text.Length > 2 ? text[1..^1] : "";
    }

    /// <summary>Takes what stands in parentheses, be it nothing.</summary>
    public string InParenthesesOrNothing()
    {
        var text = IsNext('(') ? Parenthesised() : "()";
        return text[1..^1];
    }

    string Parenthesised()
    {
        var (start, depth) = (_at, 0);
        do
        {
            depth += statement.Tokens[_at].Is('(') ? 1 : statement.Tokens[_at].Is(')') ? -1 : 0;
            _at++;
        }
        while (depth > 0 && !IsAtEnd);
        return TextFrom(start);
    }

    string TextUpTo(bool stopsAtComma, params ReadOnlySpan<string> words)
    {
        var start = _at;
        while (!IsAtEnd && !(stopsAtComma && IsNext(',')) && !IsNext(words))
        {
            if (IsNext('('))
                Parenthesised();
            else
                _at++;
        }

        IsGood &= _at > start;
        return _at > start ? TextFrom(start) : "";
    }

    string TextFrom(int start)
    {
        var offset = statement.Tokens[0].Start;
        return statement.Text[(statement.Tokens[start].Start - offset)..(statement.Tokens[_at - 1].End - offset)];
    }
}
