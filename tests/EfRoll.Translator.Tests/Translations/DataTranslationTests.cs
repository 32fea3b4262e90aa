using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Migrations;

namespace EfRoll.Translator.Tests.Translations;

public sealed class DataTranslationTests
{
    static readonly string[] Types = ["integer", "text"];

    [Fact]
    public void Inserted_rows_are_deleted_by_the_keys_of_Down()
    {
        var run = (RunSql)Translating.One(
            up => up.InsertData("t", ["id", "name"], Types, new object[,] { { 1, "one" }, { 2, "it's" } }),
            down =>
            {
                down.DeleteData("t", "id", "integer", 1);
                down.DeleteData("t", "id", "integer", 2);
            });

        Assert.Equal("INSERT INTO t (id, name)\nVALUES (1, 'one');\nINSERT INTO t (id, name)\nVALUES (2, 'it''s');", run.Sql);
        Assert.Equal("DELETE FROM t\nWHERE id = 2;\nDELETE FROM t\nWHERE id = 1;", run.Down);
        Assert.Equal(SqlMoment.Start, run.Moment);
    }

    [Fact]
    public void The_model_tells_types_and_sequences()
    {
        var run = (RunSql)Translating.One(
            up => up.InsertData("t", ["id", "name"], new object[,] { { 1, "one" } }),
            down => down.DeleteData("t", "id", 1),
            Model);

        Assert.StartsWith("INSERT INTO t (id, name)\nVALUES (1, 'one');\nDO ", run.Sql, StringComparison.Ordinal);
        Assert.DoesNotContain("pg_get_serial_sequence", run.Sql, StringComparison.Ordinal);
        Assert.Contains("max(\"id\") FROM \"t\"", run.Sql, StringComparison.Ordinal);
        Assert.Equal("DELETE FROM t\nWHERE id = 1;", run.Down);
    }

    [Fact]
    public void Updated_rows_get_the_values_of_Down()
    {
        var run = (RunSql)Translating.One(
            up => Update(up, 1, "name", "new"),
            down =>
            {
                Update(down, 2, "name", "other");
                Update(down, 1, "name", "old");
            });

        Assert.Equal(("UPDATE t SET name = 'new'\nWHERE id = 1;", "UPDATE t SET name = 'old'\nWHERE id = 1;"), (run.Sql, run.Down));
    }

    [Fact]
    public void Deleted_rows_go_last()
    {
        var run = Translating.One(up => up.DeleteData("t", "id", "integer", 1), down => Assert.Fail("Down was run."));

        Assert.Equal(new RunSql("DELETE FROM t\nWHERE id = 1;") { Down = "", Moment = SqlMoment.Complete }, run);
    }

    [Fact]
    public void Deleted_rows_go_at_once_where_others_take_their_place()
    {
        var runs = Translating.All(
            up =>
            {
                up.DeleteData("t", "id", "integer", 1);
                up.InsertData("t", ["id", "name"], Types, new object[] { 2, "one" });
            },
            down =>
            {
                down.DeleteData("t", "id", "integer", 2);
                down.InsertData("t", ["id", "name"], Types, new object[] { 1, "one" });
            });

        Assert.Equal(
            [
                new RunSql("DELETE FROM t\nWHERE id = 1;") { Down = "INSERT INTO t (id, name)\nVALUES (1, 'one');" },
                new RunSql("INSERT INTO t (id, name)\nVALUES (2, 'one');") { Down = "DELETE FROM t\nWHERE id = 2;" },
            ],
            runs);
    }

    [Fact]
    public void What_has_no_undo_is_kept()
    {
        static void Insert(MigrationBuilder up) => up.InsertData("t", ["id", "name"], Types, new object[,] { { 1, "one" }, { 2, "two" } });

        Assert.Null(((RunSql)Translating.One(Insert, down => down.DeleteData("t", "id", "integer", 1))).Down);
        Assert.Null(((RunSql)Translating.One(Insert, down => throw new NotSupportedException())).Down);

        // The provider does not know the table's types in Down.
        Assert.Null(((RunSql)Translating.One(up => up.InsertData("missing", ["id"], ["integer"], new object[,] { { 1 } }), down => down.DeleteData("missing", "id", 1))).Down);
        Assert.Null(((RunSql)Translating.One(up => Update(up, 1, "name", "new"), down => Update(down, 1, "other", "old"))).Down);
    }

    [Fact]
    public void Rows_that_the_provider_cannot_write_are_refused() =>
        Translating.Refused(ErrorCode.ProviderRefuses, up => up.InsertData("missing", ["id"], new object[,] { { 1 } }), down => down.DeleteData("missing", "id", 1));

    static void Update(MigrationBuilder migration, int id, string column, string value) =>
        migration.UpdateData("t", ["id"], ["integer"], new object[,] { { id } }, [column], ["text"], new object[,] { { value } });

    static void Model(ModelBuilder model) => model.Entity("T", entity =>
    {
        entity.ToTable("t");
        entity.Property<int>("id").UseIdentityByDefaultColumn();
        entity.Property<string>("name");
        entity.HasKey("id");
    });
}
