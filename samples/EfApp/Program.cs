using EfApp.Users;
using EfRoll.Runtime;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(args);
var connectionString = builder.Configuration.GetConnectionString("Users")
    ?? "Host=127.0.0.1;Database=users;Username=postgres;Application Name=EfApp";
builder.Services.AddDbContext<UsersContext>(options => options.UseNpgsql(connectionString).UseEfRoll(o => o with
{
    // EfRoll:Binding=Qualified, behind a pooler in transaction mode: no setting stays with a connection there, so the statements name the version.
    Binding = builder.Configuration.GetValue("EfRoll:Binding", EfRollBinding.SearchPath),
}));

var app = builder.Build();
app.MapHealth();
app.MapUsers();
await app.RunAsync();
