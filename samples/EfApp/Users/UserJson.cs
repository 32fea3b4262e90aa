namespace EfApp.Users;

#if RELEASE2
/// <summary>A user as a client reads it.</summary>
sealed record UserView(
    int Id,
    string Login,
    string FullName,
    string Email,
    string? PhoneNumber,
    string Bio,
    long Credits,
#if RELEASE3
    int? Badge,
#else
    string? Badge,
#endif
    int? TeamId,
    IReadOnlyList<string> Notes);

/// <summary>A user as a client writes it: always the whole; only the columns that changed reach the database.</summary>
sealed record UserInput(
    string Login,
    string FullName,
    string Email,
    string? PhoneNumber,
    string Bio,
    long Credits,
#if RELEASE3
    int? Badge,
#else
    string? Badge,
#endif
    int? TeamId)
{
    public User Onto(User user)
    {
        user.Login = Login;
        user.FullName = FullName;
        user.Email = Email;
        user.PhoneNumber = PhoneNumber;
        user.Bio = Bio;
        user.Credits = Credits;
        user.Badge = Badge;
        user.TeamId = TeamId;
        return user;
    }
}

/// <summary>A note as a client writes it.</summary>
sealed record NoteInput(string Text);
#else
/// <summary>A user as a client reads it.</summary>
sealed record UserView(
    int Id,
    string Login,
    string FirstName,
    string LastName,
    string Email,
    string? Phone,
    string? Bio,
    int Credits,
    string? Badge,
    int? TeamId);

/// <summary>A user as a client writes it: always the whole; only the columns that changed reach the database.</summary>
sealed record UserInput(
    string Login,
    string FirstName,
    string LastName,
    string Email,
    string? Phone,
    string? Bio,
    int Credits,
    string? Badge,
    int? TeamId)
{
    public User Onto(User user)
    {
        user.Login = Login;
        user.FirstName = FirstName;
        user.LastName = LastName;
        user.Email = Email;
        user.Phone = Phone;
        user.Bio = Bio;
        user.Credits = Credits;
        user.Badge = Badge;
        user.TeamId = TeamId;
        return user;
    }
}
#endif
