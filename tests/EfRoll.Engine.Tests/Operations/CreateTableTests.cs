using EfRoll.Engine.Operations;
using EfRoll.Engine.Sql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;
using static EfRoll.Engine.Tests.Operations.UglyNames;
using IdentityKind = EfRoll.Engine.Schema.IdentityKind;

namespace EfRoll.Engine.Tests.Operations;

public sealed class CreateTableTests
{
    static readonly RelationName ThingTable = new(Table);

    [Fact]
    public Task Table_with_everything_is_as_EF_makes_it() => new OperationLife
    {
        Setup = Setup,
        Operations =
        [
            new CreateTable(new RelationName(Quotes),
            [
                new ColumnDefinition(new Identifier("id"), "bigint") { IsNullable = false, Identity = IdentityKind.ByDefault },
                new ColumnDefinition(new Identifier("Name"), "character varying(30)") { IsNullable = false, Default = "'none'", Comment = "a name" },
                new ColumnDefinition(new Identifier(Keyword), "integer"),
            ])
            {
                Comment = "it's a table",
                PrimaryKey = new KeyDefinition(new Identifier("PK x"), [new Identifier("id")]),
                UniqueConstraints = [new KeyDefinition(new Identifier("AK x"), [new Identifier("Name"), new Identifier(Keyword)])],
                Checks = [new CheckDefinition(new Identifier("CK x"), new Expression($"\"{Keyword}\" > 0"))],
                ForeignKeys = [new ForeignKeyDefinition(new Identifier("FK x"), [new Identifier(Keyword)], ThingTable, [new Identifier("id")]) { OnDelete = "CASCADE" }],
            },
            new CreateIndex(new RelationName(Quotes), new Identifier("IX x"), [IndexKey.On(new Identifier(Keyword))]),
        ],
        Ef = migration =>
        {
            migration.CreateTable(Quotes, table => new
            {
                id = table.Column<long>("bigint", nullable: false).Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                Name = table.Column<string>("character varying(30)", nullable: false, defaultValue: "none", comment: "a name"),
                select = table.Column<int>("integer", nullable: true),
            }, constraints: table =>
            {
                table.PrimaryKey("PK x", row => row.id);
                table.UniqueConstraint("AK x", row => new { row.Name, row.select });
                table.CheckConstraint("CK x", $"\"{Keyword}\" > 0");
                table.ForeignKey("FK x", row => row.select, Table, "id", onDelete: Microsoft.EntityFrameworkCore.Migrations.ReferentialAction.Cascade);
            }, comment: "it's a table");
            migration.CreateIndex("IX x", Quotes, Keyword);
        },
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync($"INSERT INTO {QuotesSql} (\"{Keyword}\") VALUES (1)");
            await oldVersion.ExecuteAsync($"DELETE FROM {TableSql} WHERE id = 1");
            await newVersion.ReadsAsync($"SELECT count(*) FROM {QuotesSql}", 0L);
            await oldVersion.ExecuteAsync($"INSERT INTO {TableSql} (id, {LongestSql}) VALUES (1, 'back')");
        },
    }.RunAsync();

    [Fact]
    public Task Table_may_take_the_name_of_one_that_goes() => new OperationLife
    {
        Setup = "CREATE TABLE t (a int PRIMARY KEY); INSERT INTO t VALUES (1);",
        Operations = [new DropTable(new RelationName("t")), new CreateTable(new RelationName("t"), [new ColumnDefinition(new Identifier("b"), "text")])],
        Sql = "DROP TABLE t; CREATE TABLE t (b text)",
        WhileBothRun = async (oldVersion, newVersion) =>
        {
            await newVersion.ExecuteAsync("INSERT INTO t VALUES ('new')");
            await oldVersion.ReadsAsync("SELECT a FROM t", 1);
            await newVersion.ReadsAsync("SELECT b FROM t", "new");
        },
        AfterComplete = newVersion => newVersion.ReadsAsync("SELECT b FROM t", "new"),
    }.RunAsync();

    // PostgreSQL 18 names NOT NULL constraints, cuts long names, and numbers those that are taken then, also by another table.
    [Fact]
    public Task Names_of_constraints_that_are_cut_alike_are_numbered() => new OperationLife
    {
        Setup = "CREATE TABLE induction_completed_emails_job_owners (induction_completed_emails_job_owner_id int NOT NULL)",
        Operations =
        [
            new CreateTable(new RelationName("induction_completed_emails_jobs"), [new ColumnDefinition(new Identifier("induction_completed_emails_job_id"), "integer") { IsNullable = false }]),
            new CreateTable(new RelationName("induction_completed_emails_job_items"),
            [
                new ColumnDefinition(new Identifier("induction_completed_emails_job_item_id"), "integer") { IsNullable = false },
                new ColumnDefinition(new Identifier("induction_completed_emails_job_id"), "integer") { IsNullable = false },
            ]),
            new AddColumn(new RelationName("induction_completed_emails_job_owners"), new ColumnDefinition(new Identifier("induction_completed_emails_job_owner_name"), "text") { IsNullable = false, Default = "''" }),
        ],
        Sql = """
            CREATE TABLE induction_completed_emails_jobs (induction_completed_emails_job_id integer NOT NULL);
            CREATE TABLE induction_completed_emails_job_items (induction_completed_emails_job_item_id integer NOT NULL, induction_completed_emails_job_id integer NOT NULL);
            ALTER TABLE induction_completed_emails_job_owners ADD induction_completed_emails_job_owner_name text NOT NULL DEFAULT '';
            """,
    }.RunAsync();

    [Fact]
    public Task Names_over_63_bytes_are_cut_as_PostgreSQL_cuts_them()
    {
        var (table, column) = (new string('x', 62) + "ülarge", new string('c', 70));
        return new OperationLife
        {
            Setup = "CREATE TABLE other (id int)",
            Operations = [new CreateTable(new RelationName(table), [new ColumnDefinition(new Identifier(column), "integer")]), new CreateIndex(new RelationName(table), new Identifier(column), [IndexKey.On(new Identifier(column))])],
            Sql = $"CREATE TABLE \"{table}\" (\"{column}\" integer); CREATE INDEX \"{column}\" ON \"{table}\" (\"{column}\")",
            WhileBothRun = (_, newVersion) => newVersion.ExecuteAsync($"INSERT INTO \"{table}\" (\"{column}\") VALUES (1)"),
        }.RunAsync();
    }
}
