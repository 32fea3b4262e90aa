namespace EfRoll.Soak.Model;

/// <summary>A column as a version sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Make">What an application puts there.</param>
sealed record Column(string Name, Func<Random, object?> Make)
{
    /// <summary>What it gets when an insert leaves it out; null if none does.</summary>
    public object? Default { get; init; }
}

/// <summary>One of the forms that a part of a table can have.</summary>
sealed record Shape(string Name, params Column[] Columns);

/// <summary>A part of a table that migrations bring from one form to another, and back.</summary>
/// <param name="Table">The table.</param>
/// <param name="First">The form that it is made with.</param>
/// <param name="Changes">The migrations, each from a form to another.</param>
sealed record Slot(string Table, Shape First, params Change[] Changes)
{
    /// <summary>Whether one rollout may change it twice: neither <c>.Up</c> nor <c>.Down</c> of its changes goes without a value to begin with.</summary>
    public bool IsComposable => Changes.All(change => change.From.Columns.Length > 0 && change.To.Columns.Length > 0);
}

/// <summary>A value that nobody knows before it is read: of a volatile default. Once seen, it must stay.</summary>
sealed record Unseen
{
    public static readonly Unseen Value = new();
}
