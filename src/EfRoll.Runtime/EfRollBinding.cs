namespace EfRoll.Runtime;

/// <summary>How an application reaches the tables of its version.</summary>
public enum EfRollBinding
{
    /// <summary>By the <c>search_path</c> of its connections. It runs before, during and after its rollout, and raw SQL is served, too.</summary>
    SearchPath,

    /// <summary>
    /// By names: the tables of the model that runs are those of the version's schema. For poolers that share sessions between clients, and for models with tables
    /// in several schemas. The version's views have to be there and to stay: <c>efroll start --views all</c>. Raw SQL is not served; it names the schema
    /// that <c>context.Database.GetVersionSchema()</c> returns.
    /// </summary>
    Qualified,
}
