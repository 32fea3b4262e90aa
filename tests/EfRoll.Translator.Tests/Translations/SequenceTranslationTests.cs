using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace EfRoll.Translator.Tests.Translations;

public sealed class SequenceTranslationTests
{
    static readonly RelationName Name = new("s", "n");

    [Fact]
    public void A_sequence_is_made_with_its_options()
    {
        Assert.Equal(
            new CreateSequence(Name) { Type = "integer", Start = 5, Increment = -2, Minimum = -10, Maximum = 20, IsCyclic = true },
            Translating.One(up => up.CreateSequence<int>("n", "s", startValue: 5, incrementBy: -2, minValue: -10, maxValue: 20, cyclic: true)));
        Assert.Equal(new CreateSequence(new RelationName("n")) { Start = 1 }, Translating.One(up => up.CreateSequence("n")));
        Assert.Equal(new CreateSequence(new RelationName("n")) { Type = "smallint", Start = 1 }, Translating.One(up => up.CreateSequence<short>("n")));
    }

    [Fact]
    public void A_sequence_of_another_type_is_refused() =>
        Assert.Contains("Decimal", Translating.Refused(ErrorCode.OperationNotSupported, up => up.CreateSequence<decimal>("n")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_change_states_all_options() => Assert.Equal(
        new AlterSequence(Name) { Increment = 3, Minimum = new SequenceBound(null), Maximum = new SequenceBound(9), IsCyclic = false },
        Translating.One(up => up.AlterSequence("n", "s", incrementBy: 3, maxValue: 9)));

    [Fact]
    public void A_sequence_starts_again()
    {
        Assert.Equal(new RestartSequence(Name, 7), Translating.One(up => up.RestartSequence("n", 7, "s")));
        Assert.Equal(new RestartSequence(Name, null), Translating.One(up => up.Operations.Add(new RestartSequenceOperation { Name = "n", Schema = "s" })));
    }

    [Fact]
    public void A_sequence_is_renamed_moved_and_dropped()
    {
        Assert.Equal(new RenameSequence(Name, new RelationName("m")), Translating.One(up => up.RenameSequence("n", "s", "m")));
        Assert.Equal(new RenameSequence(Name, new RelationName("t", "n")), Translating.One(up => up.RenameSequence("n", "s", newSchema: "t")));
        Assert.Equal(new DropSequence(Name), Translating.One(up => up.DropSequence("n", "s")));
    }
}
