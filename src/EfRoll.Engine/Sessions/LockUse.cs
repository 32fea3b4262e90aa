using EfRoll.Engine.Sql;
using EfRoll.Engine.Steps;

namespace EfRoll.Engine.Sessions;

/// <summary>What a strong lock cost the applications.</summary>
/// <param name="Title">What it was needed for.</param>
/// <param name="Relation">The table or view.</param>
/// <param name="Mode">How strong it was.</param>
/// <param name="Waited">The longest time for which it was waited, and everybody else behind it.</param>
/// <param name="Held">From when it was had until the end of its transaction.</param>
/// <param name="Attempts">How often it was tried.</param>
sealed record LockUse(string Title, QualifiedName Relation, LockMode Mode, TimeSpan Waited, TimeSpan Held, int Attempts);
