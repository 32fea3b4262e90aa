namespace EfRoll.Engine.Operations;

/// <summary>
/// Marks an operation on something beside tables. It checks itself without knowing columns or their types, so that what it makes can be
/// rehearsed before these are read.
/// </summary>
interface IObjectOperation;
