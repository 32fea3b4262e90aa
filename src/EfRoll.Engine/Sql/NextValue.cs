namespace EfRoll.Engine.Sql;

/// <summary>The next value of a sequence.</summary>
static class NextValue
{
    /// <summary>As an expression that may be written before the sequence is there: its name is looked up when a value is drawn.</summary>
    public static Expression Of(QualifiedName sequence) => new(((SqlText)$"pg_catalog.nextval(CAST(CAST({Literal.Text(sequence.ToString())} AS text) AS regclass))").ToString());
}
