using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace EfApp.Load;

/// <summary>A user as it must be, independent of the release that shows it.</summary>
/// <remarks>What follows from the release's migrations is said here once more, so that a wrong migration cannot agree with itself.</remarks>
sealed record ExpectedUser(int Id, string Login, string FirstName, string LastName, string Email)
{
    const string NoBio = "No bio yet.";

    public string? Phone { get; init; }

    /// <summary>Null if release 1 wrote none, which later releases show as a sentence.</summary>
    public string? Bio { get; init; }

    public long Credits { get; init; }

    public string? Badge { get; init; }

    public int? TeamId { get; init; }

    public ImmutableList<string> Notes { get; init; } = [];

    /// <summary>The JSON that a release must answer with.</summary>
    public JsonObject ViewIn(int release)
    {
        var json = InputFor(release);
        json["id"] = Id;
        if (release > 1)
            json["notes"] = new JsonArray([.. Notes.Select(note => (JsonNode)note)]);
        return json;
    }

    /// <summary>The JSON that writes the user through a release.</summary>
    public JsonObject InputFor(int release)
    {
        var json = new JsonObject
        {
            ["login"] = Login,
            ["email"] = Email,
            ["credits"] = Credits,
            ["badge"] = release > 2 && Badge is not null ? int.Parse(Badge, CultureInfo.InvariantCulture) : Badge,
            ["teamId"] = TeamId,
        };
        if (release == 1)
        {
            json["firstName"] = FirstName;
            json["lastName"] = LastName;
            json["phone"] = Phone;
            json["bio"] = Bio;
        }
        else
        {
            json["fullName"] = $"{FirstName} {LastName}";
            json["phoneNumber"] = Phone;
            json["bio"] = Bio ?? NoBio;
        }

        return json;
    }
}
