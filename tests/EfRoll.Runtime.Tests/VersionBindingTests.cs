using System.Text;
using Npgsql;

namespace EfRoll.Runtime.Tests;

public sealed class VersionBindingTests
{
    const string Version = "20260101000000_One";

    [Fact]
    public void Rewriting_keeps_everything_else_of_the_string()
    {
        const string text = "Host=db;Username=app;Password=\"it's; secret\";Maximum Pool Size=7";

        var rewritten = new NpgsqlConnectionStringBuilder(VersionBinding.Of(new EfRollOptions(), Version).Rewrite(text));

        Assert.Equal("\"public_20260101000000_One\", \"public\"", rewritten.SearchPath);
        Assert.Equal(("db", "app", "it's; secret", 7), (rewritten.Host, rewritten.Username, rewritten.Password, rewritten.MaxPoolSize));
    }

    [Fact]
    public void Rewriting_twice_changes_nothing_more()
    {
        var binding = VersionBinding.Of(new EfRollOptions { BaseSchema = "sales" }, Version);
        var once = binding.Rewrite("Host=db;Application Name=shop");

        Assert.True(binding.IsOn(once));
        Assert.Same(once, binding.Rewrite(once));
        Assert.False(VersionBinding.Of(new EfRollOptions { BaseSchema = "sales" }, "20260202000000_Two").IsOn(once));
    }

    [Theory]
    [InlineData("shop")]
    [InlineData("an application whose name alone is longer than what the server keeps of it")]
    [InlineData("ein Programm mit vielen Ümläuten: äöüäöüäöüäöüäöüäöüäöüäöüäöüäöü")]
    public void A_long_application_name_gives_way_to_the_mark(string name)
    {
        var builder = new NpgsqlConnectionStringBuilder { ApplicationName = name };

        VersionBinding.Of(new EfRollOptions(), Version).Apply(builder);

        Assert.EndsWith($" efroll:{Shared.VersionSchema.MarkOf(Version)}", builder.ApplicationName, StringComparison.Ordinal);
        Assert.StartsWith(name[..4], builder.ApplicationName, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(builder.ApplicationName!), 1, 63);
    }

    [Fact]
    public void An_application_without_a_name_is_known_by_the_mark_alone()
    {
        var builder = new NpgsqlConnectionStringBuilder();

        VersionBinding.Of(new EfRollOptions(), Version).Apply(builder);
        VersionBinding.Of(new EfRollOptions(), Version).Apply(builder);

        Assert.Equal($"efroll:{Shared.VersionSchema.MarkOf(Version)}", builder.ApplicationName);
    }

    [Fact]
    public void Further_schemas_come_after_the_first_and_the_versions_before_the_tables()
    {
        var builder = new NpgsqlConnectionStringBuilder { SearchPath = "tools" };

        VersionBinding.Of(new EfRollOptions { OtherSchemas = ["sales", "log"] }, Version).Apply(builder);

        Assert.Equal(
            [$"public_{Version}", $"sales_{Version}", $"log_{Version}", "public", "sales", "log", "tools"], SearchPath.Parse(builder.SearchPath));
        Assert.Same(
            VersionBinding.Of(new EfRollOptions { OtherSchemas = ["sales"] }, Version), VersionBinding.Of(new EfRollOptions { OtherSchemas = ["sales"] }, Version));
    }

    [Fact]
    public void An_application_that_names_its_views_keeps_its_path()
    {
        var builder = new NpgsqlConnectionStringBuilder { SearchPath = "tools", ApplicationName = "shop" };

        VersionBinding.Of(new EfRollOptions { Binding = EfRollBinding.Qualified }, Version).Apply(builder);

        Assert.Equal(("tools", $"shop efroll:{Shared.VersionSchema.MarkOf(Version)}"), (builder.SearchPath, builder.ApplicationName));
    }
}
