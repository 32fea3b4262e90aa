namespace EfRoll.TestSupport.Tests;

public sealed class SchemaDumpTests
{
    const string Schema = """
        CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL DEFAULT 'a;b,c', age int CHECK (age IN (1, 2)), "od""d, (" numeric(10,2));
        CREATE INDEX users_name ON users (name);
        CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$
        BEGIN
        -- stays; with a semicolon
        SET LOCAL work_mem = '4MB';
        RETURN 'x';
        END $$;
        """;

    [Fact]
    public async Task Same_schema_made_in_another_order_is_the_same()
    {
        var one = await DumpAsync(Schema);
        var other = await DumpAsync("""
            CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$
            BEGIN
            -- stays; with a semicolon
            SET LOCAL work_mem = '4MB';
            RETURN 'x';
            END $$;
            CREATE TABLE users (age int CHECK (age IN (1, 2)), "od""d, (" numeric(10,2), name text NOT NULL DEFAULT 'a;b,c', id int PRIMARY KEY);
            CREATE INDEX users_name ON users (name);
            """);

        SchemaDump.AssertSame(one, other, "in another order");
        Assert.NotNull(SchemaDump.Difference(one, other, columnOrderMatters: true));
    }

    [Theory]
    [InlineData("ALTER TABLE users ALTER name DROP NOT NULL", "-     name text DEFAULT 'a;b,c'::text NOT NULL\n+     name text DEFAULT 'a;b,c'::text\n")]
    [InlineData("GRANT SELECT ON users TO PUBLIC", "+ GRANT SELECT ON TABLE public.users TO PUBLIC;")]
    [InlineData("DROP INDEX users_name", "- CREATE INDEX users_name ON public.users USING btree (name);")]
    [InlineData("CREATE TABLE more (id int)", "+ CREATE TABLE public.more (\n+     id integer\n+ );\n")]
    [InlineData("COMMENT ON COLUMN users.age IS 'years'", "+ COMMENT ON COLUMN public.users.age IS 'years';")]
    public async Task Difference_is_told_line_by_line(string change, string told)
    {
        var before = await DumpAsync(Schema);
        var after = await DumpAsync(Schema + change);

        Assert.Contains(told, SchemaDump.Difference(before, after), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_of_a_function_counts_whole()
    {
        var dump = await DumpAsync(Schema);
        var other = await DumpAsync(Schema.Replace("-- stays; with a semicolon", "-- is another", StringComparison.Ordinal));

        Assert.Contains("+ -- is another", SchemaDump.Difference(dump, other), StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_schema_is_not_part_of_it()
    {
        var before = await DumpAsync(Schema);
        var after = await DumpAsync(Schema + "CREATE SCHEMA efroll; CREATE TABLE efroll.rollouts (id int);");

        SchemaDump.AssertSame(before, after, "with the state schema");
    }

    static async Task<SchemaDump> DumpAsync(string schema)
    {
        await using var database = await TestDatabase.CreateAsync(TestContext.Current.CancellationToken);
        await database.ExecuteAsync(schema, TestContext.Current.CancellationToken);
        return await SchemaDump.ReadAsync(database, TestContext.Current.CancellationToken);
    }
}
