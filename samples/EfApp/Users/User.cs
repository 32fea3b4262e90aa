namespace EfApp.Users;

/// <summary>A user, as this release of the service sees one.</summary>
sealed class User
{
    public int Id { get; set; }

    public required string Login { get; set; }

#if RELEASE2
    public required string FullName { get; set; }
#else
    public required string FirstName { get; set; }

    public required string LastName { get; set; }
#endif

    public required string Email { get; set; }

#if RELEASE2
    public string? PhoneNumber { get; set; }

    public required string Bio { get; set; }

    public long Credits { get; set; }
#else
    public string? Phone { get; set; }

    public string? Bio { get; set; }

    public int Credits { get; set; }
#endif

#if RELEASE3
    public int? Badge { get; set; }
#else
    public string? Badge { get; set; }
#endif

    public int? TeamId { get; set; }

    public Team? Team { get; set; }

    public DateTime CreatedAt { get; set; }

#if RELEASE2
    public List<Note> Notes { get; } = [];
#endif
}
