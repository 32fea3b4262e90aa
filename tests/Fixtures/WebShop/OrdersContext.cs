using Microsoft.EntityFrameworkCore;

namespace WebShop;

sealed class OrdersContext(DbContextOptions<OrdersContext> options) : DbContext(options);
