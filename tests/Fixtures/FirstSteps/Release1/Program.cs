using Microsoft.EntityFrameworkCore;
using Shop;

// add [<name>]: a new customer. Shows all of them.
await using var shop = new ShopContext();
if (args is ["add", .. var name])
{
    shop.Customers.Add(new Customer { Name = name.FirstOrDefault()! });
    await shop.SaveChangesAsync();
}

foreach (var customer in await shop.Customers.OrderBy(customer => customer.Id).ToListAsync())
    Console.WriteLine(customer.Name ?? "(no name)");
