namespace EfRoll.Runtime;

/// <summary>Says which migration an assembly was compiled with, so that nobody needs to look for it at run time.</summary>
/// <param name="contextType">The context that the migrations belong to.</param>
/// <param name="version">The id of its last migration.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class EfRollVersionAttribute(Type contextType, string version) : Attribute
{
    /// <summary>The context that the migrations belong to.</summary>
    public Type ContextType { get; } = contextType;

    /// <summary>The id of its last migration.</summary>
    public string Version { get; } = version;
}
