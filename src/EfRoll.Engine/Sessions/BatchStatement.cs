using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Sessions;

/// <summary>One of several statements that are sent in one go.</summary>
/// <param name="Sql">The statement; one only, whatever an author has written into it.</param>
/// <param name="IsQuery">Whether it returns rows, of one text each.</param>
/// <param name="Arguments">For <c>$1</c>, <c>$2</c>, ….</param>
sealed record BatchStatement(SqlText Sql, bool IsQuery, params string[] Arguments);
