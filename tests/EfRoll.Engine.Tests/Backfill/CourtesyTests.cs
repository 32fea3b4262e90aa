using EfRoll.Engine.Backfill;

namespace EfRoll.Engine.Tests.Backfill;

public sealed class CourtesyTests
{
    static readonly Pass First = new(0, 16);

    readonly Courtesy _courtesy = new();

    [Fact]
    public void Pauses_for_as_long_as_a_batch_took_too_long()
    {
        Assert.Equal(TimeSpan.Zero, After(1000, 20));
        Assert.Equal(TimeSpan.Zero, After(1000, 39));
        // Ten milliseconds for 500 rows would have been possible, twenty are tolerated.
        Assert.InRange(After(500, 50), TimeSpan.FromMilliseconds(29.5), TimeSpan.FromMilliseconds(30));
        Assert.Equal(TimeSpan.FromSeconds(1), After(1000, 5000));
    }

    [Fact]
    public void Compares_with_batches_of_the_same_pass_and_not_with_small_ones()
    {
        After(1000, 20);

        Assert.Equal(TimeSpan.Zero, _courtesy.After(new Pass(1, 16), 1000, TimeSpan.FromMilliseconds(500), 2));
        Assert.Equal(TimeSpan.Zero, After(99, 500));
    }

    [Fact]
    public void Forgets_what_is_not_possible_any_more()
    {
        After(1000, 20);

        Assert.True(After(1000, 60) > TimeSpan.Zero);
        for (var batch = 0; batch < 400; batch++)
            After(1000, 60);
        Assert.Equal(TimeSpan.Zero, After(1000, 60));
    }

    [Fact]
    public void Never_pauses_where_it_is_switched_off()
    {
        After(1000, 20);

        Assert.Equal(TimeSpan.Zero, _courtesy.After(First, 1000, TimeSpan.FromSeconds(5), null));
    }

    [Fact]
    public void One_lucky_batch_is_not_the_measure()
    {
        After(1000, 20);
        After(1000, 4);

        Assert.Equal(TimeSpan.Zero, After(1000, 30));
        for (var batch = 0; batch < 20; batch++)
            After(1000, 4);
        Assert.True(After(1000, 30) > TimeSpan.Zero);
    }

    TimeSpan After(int rows, double milliseconds) => _courtesy.After(First, rows, TimeSpan.FromMilliseconds(milliseconds), 2);
}
