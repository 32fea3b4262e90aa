namespace EfApp.Users;

/// <summary>A group of users.</summary>
sealed class Team
{
    public int Id { get; set; }

    public required string Name { get; set; }
}
