using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;

namespace EfRoll.Translator.Tests.Translations;

public sealed class SqlTranslationTests
{
    [Fact]
    public void The_author_s_down_undoes_it() =>
        Assert.Equal(new RunSql("a") { Down = "b", Moment = SqlMoment.Chosen }, Translating.One(up => up.Sql("a").Hint("Down", "b"), down => Assert.Fail("Down was run.")));

    [Fact]
    public void An_empty_down_means_nothing_to_undo() => Assert.Equal(new RunSql("a") { Down = "", Moment = SqlMoment.Chosen }, Translating.One(up => up.Sql("a").Hint("Down", "")));

    [Fact]
    public void As_many_statements_in_Down_are_paired_in_reverse()
    {
        var operations = Translating.All(
            up =>
            {
                up.Sql("GRANT first TO a");
                up.DropTable("t");
                up.Sql("GRANT second TO a");
            },
            down =>
            {
                down.Sql("undo second");
                down.Sql("undo first");
            });

        Assert.Equal([new RunSql("GRANT first TO a") { Down = "undo first", Moment = SqlMoment.Chosen }, new RunSql("GRANT second TO a") { Down = "undo second", Moment = SqlMoment.Chosen }], operations.OfType<RunSql>());
    }

    [Fact]
    public void Equal_statements_are_told_apart()
    {
        var operations = Translating.All(
            up =>
            {
                up.Sql("GRANT same TO a");
                up.Sql("GRANT same TO a");
            },
            down =>
            {
                down.Sql("undo second");
                down.Sql("undo first");
            });

        Assert.Equal(["undo first", "undo second"], operations.OfType<RunSql>().Select(run => run.Down));
    }

    [Fact]
    public void Rows_are_kept_even_if_Down_changes_rows_too() =>
        Assert.Null(Assert.IsType<RunSql>(Translating.One(up => up.Sql("UPDATE t SET a = 1"), down => down.Sql("UPDATE t SET made_by_down = 1"))).Down);

    [Fact]
    public void Without_an_undo_the_engine_keeps_what_is_changed()
    {
        var kept = new RunSql("a") { Moment = SqlMoment.Chosen };
        Assert.Equal(kept, Translating.One(up => up.Sql("a")));
        Assert.Equal(kept, Translating.One(up => up.Sql("a"), down => throw new NotSupportedException("never")));
        Assert.Equal(kept, Translating.One(up => up.Sql("a"), down =>
        {
            down.Sql("b");
            down.Sql("c");
        }));
    }

    [Fact]
    public void An_author_may_say_when() =>
        Assert.Equal(new RunSql("a") { Down = "", Moment = SqlMoment.Start }, Translating.One(up =>
        {
            var sql = up.Sql("a");
            sql.Hint("RunAt", "start");
            sql.Hint("Down", "");
        }));

    [Fact]
    public void At_complete_there_is_nothing_to_undo() =>
        Assert.Equal(new RunSql("a") { Down = "", Moment = SqlMoment.Complete }, Translating.One(up => up.Sql("a").Hint("RunAt", "complete")));

    [Fact]
    public void An_unknown_moment_is_refused() => Translating.Refused(ErrorCode.InvalidHint, up => up.Sql("a").Hint("RunAt", "noon"));

    [Fact]
    public void Transactions_can_be_kept_away() =>
        Assert.True(((RunSql)Translating.One(up => up.Sql("VACUUM", suppressTransaction: true).Hint("Down", ""))).IsTransactionSuppressed);
}
