using EfRoll.Engine.Planning;
using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Tests.Planning;

public sealed class TableMovesTests
{
    [Fact]
    public void A_table_moves_when_its_new_name_is_free() => Assert.Equal(
        ["ALTER TABLE s.b RENAME TO c", "ALTER TABLE s.a RENAME TO b"],
        Moves(("s.a", "s.b"), ("s.b", "s.c")));

    [Fact]
    public void Tables_that_change_places_go_by_a_passing_name() => Assert.Equal(
        ["ALTER TABLE s.a RENAME TO _efroll_passing_1", "ALTER TABLE s.b RENAME TO a", "ALTER TABLE s._efroll_passing_1 RENAME TO b"],
        Moves(("s.a", "s.b"), ("s.b", "s.a")));

    [Fact]
    public void On_its_way_to_another_schema_a_table_meets_none_of_its_old_name() => Assert.Equal(
        ["ALTER TABLE s.a RENAME TO _efroll_passing_1", "ALTER TABLE s._efroll_passing_1 SET SCHEMA t", "ALTER TABLE t._efroll_passing_1 RENAME TO b", "ALTER TABLE s.c SET SCHEMA t"],
        Moves(("s.a", "t.b"), ("s.c", "t.c")));

    static IEnumerable<string> Moves(params (string From, string To)[] moves) => TableMoves.Of(moves.Select(move => (Name(move.From), Name(move.To)))).Select(statement => statement.ToString().Replace("\"", "", StringComparison.Ordinal));

    static QualifiedName Name(string text) => new(new Identifier(text.Split('.')[0]), new Identifier(text.Split('.')[1]));
}
