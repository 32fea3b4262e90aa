using EfRoll.Engine.Logical;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Operations;

/// <summary>Sets a table's comment, or takes it away. Happens at contract.</summary>
public sealed record CommentTable(RelationName Table, string? Comment) : Operation
{
    /// <inheritdoc/>
    public override LogicalSchema Apply(LogicalSchema schema)
    {
        var table = schema.Require(Table, this);
        return schema.With(table with { Comment = string.IsNullOrEmpty(Comment) ? null : Comment });
    }
}
