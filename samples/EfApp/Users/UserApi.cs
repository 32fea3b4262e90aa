using System.Reflection;
using Microsoft.EntityFrameworkCore;

namespace EfApp.Users;

/// <summary>The service's HTTP interface.</summary>
static class UserApi
{
    const int MaxPage = 1000;

    public static void MapHealth(this WebApplication app)
    {
        var release = typeof(UserApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        app.MapGet("/health", async (UsersContext database, CancellationToken cancellationToken) =>
        {
            await database.Users.AnyAsync(cancellationToken);
            return Results.Ok(new { release });
        });
    }

    public static void MapUsers(this WebApplication app)
    {
        var users = app.MapGroup("/users");

        users.MapGet("/", async (UsersContext database, int after = 0, int take = 50, CancellationToken cancellationToken = default) =>
            await Views(database.Users.Where(user => user.Id > after).OrderBy(user => user.Id).Take(Math.Clamp(take, 1, MaxPage)))
                .ToListAsync(cancellationToken));

        users.MapGet("/{id:int}", async (int id, UsersContext database, CancellationToken cancellationToken) =>
            await Views(database.Users.Where(user => user.Id == id)).SingleOrDefaultAsync(cancellationToken) is { } view
                ? Results.Ok(view)
                : Results.NotFound());

        users.MapGet("/by-login/{login}", async (string login, UsersContext database, CancellationToken cancellationToken) =>
            await Views(database.Users.Where(user => user.Login == login)).SingleOrDefaultAsync(cancellationToken) is { } view
                ? Results.Ok(view)
                : Results.NotFound());

        users.MapPost("/", async (UserInput input, UsersContext database, CancellationToken cancellationToken) =>
        {
            var user = input.Onto(NewUser());
            database.Users.Add(user);
            await database.SaveChangesAsync(cancellationToken);
            return Results.Created($"/users/{user.Id}", new { user.Id });
        });

        users.MapPut("/{id:int}", async (int id, UserInput input, UsersContext database, CancellationToken cancellationToken) =>
        {
            var user = await database.Users.SingleOrDefaultAsync(user => user.Id == id, cancellationToken);
            if (user is null)
                return Results.NotFound();
            input.Onto(user);
            await database.SaveChangesAsync(cancellationToken);
            return Results.NoContent();
        });

        users.MapDelete("/{id:int}", async (int id, UsersContext database, CancellationToken cancellationToken) =>
            await database.Users.Where(user => user.Id == id).ExecuteDeleteAsync(cancellationToken) == 1
                ? Results.NoContent()
                : Results.NotFound());

#if RELEASE2
        users.MapPost("/{id:int}/notes", async (int id, NoteInput input, UsersContext database, CancellationToken cancellationToken) =>
        {
            var note = new Note { UserId = id, Text = input.Text };
            database.Notes.Add(note);
            await database.SaveChangesAsync(cancellationToken);
            return Results.Created($"/users/{id}", new { note.Id });
        });
#endif
    }

#if RELEASE2
    static User NewUser() => new() { Login = "", FullName = "", Email = "", Bio = "" };

    static IQueryable<UserView> Views(IQueryable<User> users) => users.Select(user => new UserView(
        user.Id,
        user.Login,
        user.FullName,
        user.Email,
        user.PhoneNumber,
        user.Bio,
        user.Credits,
        user.Badge,
        user.TeamId,
        user.Notes.OrderBy(note => note.Id).Select(note => note.Text).ToList()));
#else
    static User NewUser() => new() { Login = "", FirstName = "", LastName = "", Email = "" };

    static IQueryable<UserView> Views(IQueryable<User> users) => users.Select(user => new UserView(
        user.Id,
        user.Login,
        user.FirstName,
        user.LastName,
        user.Email,
        user.Phone,
        user.Bio,
        user.Credits,
        user.Badge,
        user.TeamId));
#endif
}
