using Microsoft.EntityFrameworkCore;
using WebShop;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDbContext<OrdersContext>(options => options.UseNpgsql($"Host=db;Database=orders;Application Name={builder.Environment.ApplicationName} {builder.Environment.EnvironmentName}"));
var application = builder.Build();

// The design host must have stopped the application by now.
await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, "went-too-far"), "");
await application.RunAsync();
