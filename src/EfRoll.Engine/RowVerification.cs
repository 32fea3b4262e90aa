namespace EfRoll.Engine;

/// <summary>How many rows are compared, before the old version ends, with what the authors' expressions demand.</summary>
public enum RowVerification
{
    /// <summary>None; that no row was left out, and that constraints, indexes and triggers are in place, is verified all the same.</summary>
    None,

    /// <summary>Those of about 1,000 pages (8 MB) of each table, chosen at random; all of a table that is smaller.</summary>
    Sample,

    /// <summary>All. Reads each table once, without strong locks, and holds no snapshot for long.</summary>
    Full,
}
