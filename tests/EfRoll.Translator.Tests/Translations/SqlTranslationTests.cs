using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;

namespace EfRoll.Translator.Tests.Translations;

public sealed class SqlTranslationTests
{
    [Fact]
    public void The_author_s_down_undoes_it() =>
        Assert.Equal(new RunSql("a") { Down = "b" }, Translating.One(up => up.Sql("a").Hint("Down", "b"), down => Assert.Fail("Down was run.")));

    [Fact]
    public void An_empty_down_means_nothing_to_undo() => Assert.Equal(new RunSql("a") { Down = "" }, Translating.One(up => up.Sql("a").Hint("Down", "")));

    [Fact]
    public void As_many_statements_in_Down_are_paired_in_reverse()
    {
        var operations = Translating.All(
            up =>
            {
                up.Sql("first");
                up.DropTable("t");
                up.Sql("second");
            },
            down =>
            {
                down.Sql("undo second");
                down.Sql("undo first");
            });

        Assert.Equal([new RunSql("first") { Down = "undo first" }, new RunSql("second") { Down = "undo second" }], operations.OfType<RunSql>());
    }

    [Fact]
    public void Equal_statements_are_told_apart()
    {
        var operations = Translating.All(
            up =>
            {
                up.Sql("same");
                up.Sql("same");
            },
            down =>
            {
                down.Sql("undo second");
                down.Sql("undo first");
            });

        Assert.Equal(["undo first", "undo second"], operations.OfType<RunSql>().Select(run => run.Down));
    }

    [Fact]
    public void No_undo_is_refused_with_the_reason()
    {
        Assert.Contains("runs no SQL", Translating.Refused(ErrorCode.SqlHasNoUndo, up => up.Sql("a")).Message, StringComparison.Ordinal);
        Assert.Contains("Down throws NotSupportedException (never)", Translating.Refused(ErrorCode.SqlHasNoUndo, up => up.Sql("a"), down => throw new NotSupportedException("never")).Message, StringComparison.Ordinal);
        Assert.Contains("Up runs SQL 1 times and Down 2 times", Translating.Refused(ErrorCode.SqlHasNoUndo, up => up.Sql("a"), down =>
        {
            down.Sql("b");
            down.Sql("c");
        }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void At_complete_there_is_nothing_to_undo() =>
        Assert.Equal(new RunSql("a") { Down = "", Moment = SqlMoment.Complete }, Translating.One(up => up.Sql("a").Hint("RunAt", "complete")));

    [Fact]
    public void An_unknown_moment_is_refused() => Translating.Refused(ErrorCode.InvalidHint, up => up.Sql("a").Hint("RunAt", "noon"));

    [Fact]
    public void Transactions_can_be_kept_away() =>
        Assert.True(((RunSql)Translating.One(up => up.Sql("VACUUM", suppressTransaction: true).Hint("Down", ""))).IsTransactionSuppressed);
}
