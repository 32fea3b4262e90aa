using System.Globalization;

namespace EfRoll.Translator;

/// <summary>Options of an identity's sequence, as the provider's annotation holds them.</summary>
sealed record IdentityOptions(long? Start, long Increment, long? Min, long? Max, bool IsCyclic, long Cache, long TypeMin, long TypeMax)
{
    /// <summary>What an identity has without the annotation.</summary>
    public static IdentityOptions None { get; } = new(null, 1, null, null, false, 1, 0, 0);

    /// <summary>Reads <c>'start', 'increment', 'min', 'max', 'cyclic', 'cache'</c>, where an empty text means the default; null if it is none of these.</summary>
    public static IdentityOptions? Read(string annotation, Type clrType)
    {
        var parts = annotation.Split(',', StringSplitOptions.TrimEntries).Select(part => part.Trim('\'')).ToArray();
        if (parts.Length != 6)
            return null;
        var numbers = new long?[6];
        foreach (var position in new[] { 0, 1, 2, 3, 5 })
        {
            if (parts[position].Length == 0)
                continue;
            if (!long.TryParse(parts[position], CultureInfo.InvariantCulture, out var number))
                return null;
            numbers[position] = number;
        }

        var (typeMin, typeMax) = Type.GetTypeCode(Nullable.GetUnderlyingType(clrType) ?? clrType) switch
        {
            TypeCode.Int16 => (short.MinValue, short.MaxValue),
            TypeCode.Int32 => (int.MinValue, int.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        var isCyclic = string.Equals(parts[4], "true", StringComparison.OrdinalIgnoreCase);
        return new IdentityOptions(numbers[0], numbers[1] ?? 1, numbers[2], numbers[3], isCyclic, numbers[5] ?? 1, typeMin, typeMax);
    }

    /// <summary>As SQL for a sequence that is made; null where there is nothing to say.</summary>
    public string? ForNewSequence()
    {
        var isRising = Increment > 0;
        var (defaultMin, defaultMax) = isRising ? (1L, TypeMax) : (TypeMin, -1L);

        // Only what differs from PostgreSQL's own choice is written, so that the catalogue shows the same as after EF Core's migration.
        var options = new List<string>();
        if (Start is { } first && first != (isRising ? Min ?? defaultMin : Max ?? defaultMax))
            options.Add(FormattableString.Invariant($"START WITH {first}"));
        if (Increment != 1)
            options.Add(FormattableString.Invariant($"INCREMENT BY {Increment}"));
        if (Min is { } lowest && lowest != defaultMin)
            options.Add(FormattableString.Invariant($"MINVALUE {lowest}"));
        if (Max is { } highest && highest != defaultMax)
            options.Add(FormattableString.Invariant($"MAXVALUE {highest}"));
        if (IsCyclic)
            options.Add("CYCLE");
        if (Cache != 1)
            options.Add(FormattableString.Invariant($"CACHE {Cache}"));
        return options.Count == 0 ? null : string.Join(' ', options);
    }

    /// <summary>As SQL for an identity that is there and has other options, in the provider's words; null where nothing changes.</summary>
    public string? ChangesFrom(IdentityOptions old)
    {
        var changes = new List<string>();
        if (Start != old.Start)
            changes.Add(FormattableString.Invariant($"RESTART WITH {Start ?? 1}"));
        if (Increment != old.Increment)
            changes.Add(FormattableString.Invariant($"SET INCREMENT BY {Increment}"));
        if (Min != old.Min)
            changes.Add(Min is null ? "SET NO MINVALUE" : FormattableString.Invariant($"SET MINVALUE {Min}"));
        if (Max != old.Max)
            changes.Add(Max is null ? "SET NO MAXVALUE" : FormattableString.Invariant($"SET MAXVALUE {Max}"));
        if (IsCyclic != old.IsCyclic)
            changes.Add(IsCyclic ? "SET CYCLE" : "SET NO CYCLE");
        if (Cache != old.Cache)
            changes.Add(FormattableString.Invariant($"SET CACHE {Cache}"));
        return changes.Count == 0 ? null : string.Join(' ', changes);
    }
}
