using EfRoll.TestSupport;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace EfRoll.Runtime.Tests;

/// <summary>Every kind of mapping reaches the version's views, by either binding.</summary>
public sealed class RichModelTests
{
    public static TheoryData<EfRollBinding> Bindings => [.. Enum.GetValues<EfRollBinding>()];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Bindings))]
    public async Task Owned_types_json_and_tables_that_are_shared_or_joined(EfRollBinding binding)
    {
        await using var database = await RichContext.CreateAsync(Token);
        await using (var context = Context(database, binding))
        {
            var article = new Article { Title = "On views", Author = new Writer { Name = "Ada" }, Text = new ArticleText { Body = "long" } };
            article.Links.Add(new Link { Address = "a" });
            article.Tags.Add(new Tag { Name = "sql" });
            context.Add(article);
            await context.SaveChangesAsync(Token);
            article.Links.Add(new Link { Address = "b" });
            article.Tags[0].Data.Colour = "green";
            article.Size = new Size(3, 4);
            await context.SaveChangesAsync(Token);
        }

        await using var again = Context(database, binding);
        var read = await again.Set<Article>().Include(article => article.Tags).Include(article => article.Text)
            .SingleAsync(article => article.Author.Name == "Ada" && article.Tags.All(tag => tag.Data.Colour == "green") && article.Size.Height == 4 && article.Links.Count == 2, Token);
        Assert.Equal(("sql", "long"), (read.Tags.Single().Name, read.Text!.Body));
        read.Tags.Clear();
        again.Remove(read);
        await again.SaveChangesAsync(Token);
        Assert.Equal(0, await again.Set<Article>().CountAsync(Token));
    }

    [Theory]
    [MemberData(nameof(Bindings))]
    public async Task Hierarchies_in_one_table_in_several_and_split_entities(EfRollBinding binding)
    {
        await using var database = await RichContext.CreateAsync(Token);
        await using var context = Context(database, binding);
        context.AddRange(
            new Dog { Bark = "loud" }, new Cat { Purr = "soft" },
            new Vehicle { Plate = "A" }, new Car { Plate = "B", Doors = 5 },
            new Circle { Radius = 1 }, new Square { Side = 2 },
            new Split { Name = "one", Note = "two" });
        await context.SaveChangesAsync(Token);
        context.ChangeTracker.Clear();

        Assert.Equal("loud", (await context.Set<Dog>().SingleAsync(Token)).Bark);
        Assert.Equal(2, await context.Set<Animal>().CountAsync(Token));
        (await context.Set<Car>().SingleAsync(car => car.Plate == "B", Token)).Doors = 3;
        (await context.Set<Square>().SingleAsync(Token)).Side = 7;
        (await context.Set<Split>().SingleAsync(split => split.Note == "two", Token)).Note = "three";
        await context.SaveChangesAsync(Token);

        Assert.Equal([[3, 7, "three"]], await database.QueryAsync("SELECT \"Doors\", \"Side\", \"Note\" FROM sales.\"old Cars\", sales.\"old Squares\", sales.\"old SplitNotes\"", Token));
        Assert.Equal(2, await context.Set<Shape>().CountAsync(Token));
        context.RemoveRange(await context.Set<Vehicle>().ToListAsync(Token));
        await context.SaveChangesAsync(Token);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM \"old Vehicles\"", Token));
    }

    [Theory]
    [MemberData(nameof(Bindings))]
    public async Task Row_versions_bulk_statements_views_functions_and_raw_SQL(EfRollBinding binding)
    {
        await using var database = await RichContext.CreateAsync(Token);
        await using var context = Context(database, binding);
        var article = new Article { Title = "first" };
        context.Add(article);
        await context.SaveChangesAsync(Token);

        Assert.Equal(1, await context.Set<Article>().Where(a => a.Title == "first").ExecuteUpdateAsync(set => set.SetProperty(a => a.Title, "second"), Token));
        article.Title = "third";
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => context.SaveChangesAsync(Token));
        await context.Entry(article).ReloadAsync(Token);
        article.Title = "fourth";
        Assert.Equal(1, await context.SaveChangesAsync(Token));

        Assert.Equal(6, (await context.Set<TitleLength>().SingleAsync(length => length.Title == "fourth", Token)).Length);
        Assert.Equal("FOURTH", await context.Set<Article>().Select(a => RichContext.Shout(a.Title)).SingleAsync(Token));
        var named = binding == EfRollBinding.Qualified ? $"\"{context.Database.GetVersionSchema()}\".\"Articles\"" : "\"Articles\"";
        var sql = "SELECT * FROM " + named + " WHERE \"Title\" = 'fourth'";
        Assert.Equal(article.Id, (await context.Set<Article>().FromSqlRaw(sql).AsNoTracking().SingleAsync(Token)).Id);
        context.Add(new Circle { Radius = 1 });
        await context.SaveChangesAsync(Token);
        Assert.Equal(1, await context.Set<Circle>().Where(circle => circle.Radius == 1).ExecuteDeleteAsync(Token));
    }

    [Theory]
    [MemberData(nameof(Bindings))]
    public void Whatever_is_made_from_the_model_does_not_notice(EfRollBinding binding)
    {
        using var plain = new RichContext(new DbContextOptionsBuilder<RichContext>().UseNpgsql("Host=nowhere").Options);
        using var context = new RichContext(Options("Host=nowhere", binding));

        Assert.Equal(plain.Database.GenerateCreateScript(), context.Database.GenerateCreateScript());
        Assert.Equal(
            plain.GetService<IDesignTimeModel>().Model.ToDebugString(MetadataDebugStringOptions.LongDefault),
            context.GetService<IDesignTimeModel>().Model.ToDebugString(MetadataDebugStringOptions.LongDefault));
    }

    static RichContext Context(TestDatabase database, EfRollBinding binding) => new(Options(database.ConnectionString, binding));

    static DbContextOptions<RichContext> Options(string connectionString, EfRollBinding binding) =>
        new DbContextOptionsBuilder<RichContext>().UseNpgsql(connectionString).AllowManyProviders().UseEfRoll(options => options with
        {
            Version = RichContext.Version,
            Binding = binding,
            OtherSchemas = binding == EfRollBinding.SearchPath ? ["sales"] : [],
        }).Options;
}
