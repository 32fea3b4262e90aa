using EfRoll.Engine.Errors;
using EfRoll.Engine.Operations;
using EfRoll.Engine.Schema;
using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace EfRoll.Translator.Tests.Translations;

public sealed class IndexAndConstraintTranslationTests
{
    static readonly RelationName Table = new("s", "t");

    [Fact]
    public void An_index_is_made_with_all_its_parts()
    {
        var operation = Translating.One(up => up.CreateIndex("IX_t", "t", ["a", "b"], "s", unique: true, filter: "a > 0", descending: [false, true])
            .Annotation("Npgsql:CreatedConcurrently", true)
            .Annotation("Npgsql:IndexMethod", "btree")
            .Annotation("Npgsql:IndexOperators", Translating.Array("text_pattern_ops", "ext.my_ops"))
            .Annotation("Npgsql:IndexNullSortOrder", Translating.Array(NullSortOrder.NullsFirst, NullSortOrder.NullsLast))
            .Annotation("Npgsql:IndexInclude", Translating.Array("c"))
            .Annotation("Npgsql:NullsDistinct", false)
            .Annotation("Relational:Collation", Translating.Array<string?>("C", null))
            .Annotation("Npgsql:StorageParameter:fillfactor", 70));

        Assert.Equal(
            new CreateIndex(Table, new Identifier("IX_t"),
            [
                new IndexKey { Column = new Identifier("a"), OperatorClass = "\"text_pattern_ops\"", AreNullsFirst = true, Collation = new RelationName("C") },
                new IndexKey { Column = new Identifier("b"), OperatorClass = "\"ext\".\"my_ops\"", IsDescending = true, AreNullsFirst = false },
            ])
            {
                IsUnique = true,
                Method = new Identifier("btree"),
                Include = [new Identifier("c")],
                Filter = new Expression("a > 0"),
                AreNullsEqual = true,
                StorageParameters = [KeyValuePair.Create(new Identifier("fillfactor"), "70")],
            },
            operation);
    }

    [Fact]
    public void An_empty_list_of_orders_means_all_descending() =>
        Assert.All(((CreateIndex)Translating.One(up => up.CreateIndex("i", "t", ["a", "b"], descending: []))).Keys, key => Assert.True(key.IsDescending));

    [Fact]
    public void Only_a_btree_is_ordered() =>
        Assert.False(((CreateIndex)Translating.One(up => up.CreateIndex("i", "t", "a", descending: []).Annotation("Npgsql:IndexMethod", "gin"))).Keys[0].IsDescending);

    [Fact]
    public void Method_is_not_quoted() =>
        Assert.Equal(new Identifier("gin"), ((CreateIndex)Translating.One(up => up.CreateIndex("i", "t", "a").Annotation("Npgsql:IndexMethod", "GIN"))).Method);

    [Fact]
    public void A_plain_index_has_only_its_columns() =>
        Assert.Equal(new CreateIndex(Table, new Identifier("i"), [IndexKey.On(new Identifier("a"))]), Translating.One(up => up.CreateIndex("i", "t", "a", "s")));

    [Fact]
    public void A_text_search_index_stands_on_the_provider_s_expression()
    {
        static void Model(Microsoft.EntityFrameworkCore.ModelBuilder model) => model.Entity("E", entity =>
        {
            entity.Property<string>("a");
            entity.HasKey("a");
            Microsoft.EntityFrameworkCore.RelationalEntityTypeBuilderExtensions.ToTable(entity, "t");
        });
        static void Up(Microsoft.EntityFrameworkCore.Migrations.MigrationBuilder up) =>
            up.CreateIndex("i", "t", "a").Annotation("Npgsql:IndexMethod", "GIN").Annotation("Npgsql:TsVectorConfig", "english");

        var index = (CreateIndex)Translating.One(Up, model: Model);

        Assert.Equal([new IndexKey { Expression = new Expression("to_tsvector('english', a)") }], index.Keys);
        Assert.Contains("to_tsvector('english', a)", Translating.ProviderSql(Up, Model), StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_that_older_versions_wrote_is_understood() =>
        Assert.True(((CreateIndex)Translating.One(up => up.CreateIndex("i", "t", "a")
            .Annotation("Npgsql:IndexSortOrder", Translating.Array(Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.SortOrder.Descending)))).Keys[0].IsDescending);

    [Fact]
    public void A_known_annotation_with_a_value_of_another_type_is_refused() =>
        Translating.Refused(ErrorCode.UnknownAnnotation, up => up.CreateIndex("i", "t", "a").Annotation("Npgsql:IndexInclude", "c"));

    [Fact]
    public void An_index_is_dropped_and_renamed()
    {
        Assert.Equal(new DropIndex(new RelationName("s", "i")), Translating.One(up => up.DropIndex("i", "t", "s")));
        Assert.Equal(new RenameIndex(new RelationName("s", "i"), new Identifier("j")), Translating.One(up => up.RenameIndex("i", "j", "t", "s")));
    }

    [Fact]
    public void Keys_are_added_with_what_their_index_carries()
    {
        Assert.Equal(
            new AddPrimaryKey(Table, new KeyDefinition(new Identifier("pk"), [new Identifier("a"), new Identifier("b")])),
            Translating.One(up => up.AddPrimaryKey("pk", "t", ["a", "b"], "s")));
        Assert.Equal(
            new AddUniqueConstraint(Table, new KeyDefinition(new Identifier("ak"), [new Identifier("a")]) { Include = [new Identifier("b")], AreNullsEqual = true }),
            Translating.One(up => up.AddUniqueConstraint("ak", "t", "a", "s").Annotation("Npgsql:IndexInclude", Translating.Array("b")).Annotation("Npgsql:NullsDistinct", false)));
    }

    [Fact]
    public void A_key_keeps_the_storage_parameters_of_its_index() =>
        Assert.Equal(
            [new(new Identifier("fillfactor"), "70")],
            ((AddPrimaryKey)Translating.One(up => up.AddPrimaryKey("pk", "t", "a").Annotation("Npgsql:StorageParameter:fillfactor", 70))).Key.StorageParameters);

    [Theory]
    [InlineData(ReferentialAction.NoAction, "NO ACTION")]
    [InlineData(ReferentialAction.Restrict, "RESTRICT")]
    [InlineData(ReferentialAction.Cascade, "CASCADE")]
    [InlineData(ReferentialAction.SetNull, "SET NULL")]
    [InlineData(ReferentialAction.SetDefault, "SET DEFAULT")]
    public void A_foreign_key_is_added_with_its_actions(ReferentialAction action, string sql) => Assert.Equal(
        new AddForeignKey(Table, new ForeignKeyDefinition(new Identifier("fk"), [new Identifier("a")], new RelationName("p", "parent"), [new Identifier("id")]) { OnDelete = sql, OnUpdate = sql }),
        Translating.One(up => up.AddForeignKey("fk", "t", "a", "parent", "s", "p", "id", onUpdate: action, onDelete: action)));

    [Fact]
    public void A_foreign_key_without_columns_refers_to_the_primary_key() =>
        Assert.Empty(((AddForeignKey)Translating.One(up => up.AddForeignKey("fk", "t", "a", "parent"))).ForeignKey.ReferencedColumns);

    [Fact]
    public void A_check_is_added() =>
        Assert.Equal(new AddCheckConstraint(Table, new CheckDefinition(new Identifier("ck"), new Expression("a > 0"))), Translating.One(up => up.AddCheckConstraint("ck", "t", "a > 0", "s")));

    public static TheoryData<ConstraintKind, Action<MigrationBuilder>> Drops => new()
    {
        { ConstraintKind.PrimaryKey, up => up.DropPrimaryKey("x", "t", "s") },
        { ConstraintKind.Unique, up => up.DropUniqueConstraint("x", "t", "s") },
        { ConstraintKind.ForeignKey, up => up.DropForeignKey("x", "t", "s") },
        { ConstraintKind.Check, up => up.DropCheckConstraint("x", "t", "s") },
    };

    [Theory]
    [MemberData(nameof(Drops), DisableDiscoveryEnumeration = true)]
    public void Constraints_are_dropped_as_what_they_are(ConstraintKind kind, Action<MigrationBuilder> up) =>
        Assert.Equal(new DropConstraint(Table, new Identifier("x")) { Kind = kind }, Translating.One(up));
}
