using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace EfRoll.Runtime.Tests;

/// <summary>EF Core makes a service provider for each combination of settings, and these tests try more of them than an application has.</summary>
static class ManyProviders
{
    public static TBuilder AllowManyProviders<TBuilder>(this TBuilder builder)
        where TBuilder : DbContextOptionsBuilder
    {
        builder.ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.ManyServiceProvidersCreatedWarning));
        return builder;
    }
}
