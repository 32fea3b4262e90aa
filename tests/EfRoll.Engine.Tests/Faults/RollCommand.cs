namespace EfRoll.Engine.Tests.Faults;

/// <summary>A command that changes the database.</summary>
public enum RollCommand
{
    Start,
    Complete,
    Rollback,
}
