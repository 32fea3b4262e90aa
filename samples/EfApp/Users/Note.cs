#if RELEASE2
namespace EfApp.Users;

/// <summary>What support wrote about a user.</summary>
sealed class Note
{
    public long Id { get; set; }

    public int UserId { get; set; }

    public required string Text { get; set; }

    public DateTime WrittenAt { get; set; }
}
#endif
