using EfApp.Users;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(args);
var connectionString = builder.Configuration.GetConnectionString("Users")
    ?? "Host=127.0.0.1;Database=users;Username=postgres";
builder.Services.AddDbContext<UsersContext>(options => options.UseNpgsql(connectionString).UseEfRoll());

var app = builder.Build();
app.MapHealth();
app.MapUsers();
await app.RunAsync();
