using EfRoll.Engine.Manifests;
using EfRoll.Engine.Review;

namespace EfRoll.Engine.Tests.Review;

/// <summary>What is said of migrations without a database. Each code has its test here, under its own name.</summary>
public sealed class ReviewTests
{
    const string History = """
        operations:
          - create_table:
              name: owners
              columns:
                - {name: id, type: int, pk: true}
                - {name: name, type: text, nullable: true}
                - {name: mail, type: varchar(100), nullable: false}
                - {name: level, type: bigint, nullable: false}
          - create_table:
              name: reviews
              columns:
                - {name: id, type: int, pk: true}
                - {name: owner, type: int, references: {name: fk_owner, table: owners, column: id}}
                - {name: stars, type: int, nullable: true}
          - create_index: {name: ix_owner, table: reviews, columns: {owner: {}}}
        """;

    [Fact]
    public void What_the_catalogue_would_have_is_not_asked_for_what_is_new() => Finds("""
        - create_table:
            name: notes
            columns:
              - {name: id, type: bigint, pk: true}
              - {name: text, type: text, nullable: false}
              - {name: owner, type: int, references: {name: fk, table: owners, column: id}}
        - create_index: {name: ix_notes_owner, table: notes, columns: {owner: {}}, unique: true}
        - sql: {up: "DELETE FROM notes; UPDATE notes SET text = ''", anyTime: true}
        """);

    [Fact]
    public void EFR1201() => Finds("- add_column: {table: owners, column: {name: born, type: date, nullable: false}}", "error EFR1201");

    [Fact]
    public void EFR1202() => Finds("- drop_column: {table: owners, column: mail}", "error EFR1202");

    [Fact]
    public void EFR1203() => Finds("""
        - alter_column: {table: owners, column: name, nullable: false}
        - alter_column: {table: owners, column: mail, nullable: true}
        """, "error EFR1203", "error EFR1203");

    [Fact]
    public void EFR1204() => Finds("- alter_column: {table: owners, column: mail, type: uuid}", "error EFR1204");

    [Fact]
    public void Of_a_type_that_PostgreSQL_does_not_bring_itself_no_cast_is_missed() =>
        Finds("- alter_column: {table: owners, column: mail, type: citext}", "note EFR4101");

    [Fact]
    public void EFR1205() => Finds("- alter_column: {table: owners, column: mail, type: varchar(20)}", "error EFR1205");

    [Fact]
    public void EFR1228() => Finds("""
        - add_column: {table: owners, column: {name: slug, type: text, nullable: false, default: "''"}}
        - create_index: {name: ix_slug, table: owners, columns: {slug: {}}, unique: true}
        """, "error EFR1228");

    [Fact]
    public void EFR1252() => Finds("- sql: {up: \"ROLLBACK\", anyTime: true}", "error EFR1252");

    [Fact]
    public void EFR4101() => Finds("- alter_column: {table: owners, column: id, type: bigint}", "note EFR4101");

    [Fact]
    public void What_PostgreSQL_changes_in_the_catalogue_alone_costs_nothing() => Finds("""
        - alter_column: {table: owners, column: mail, type: varchar(200)}
        - alter_column: {table: owners, column: mail, type: text}
        - add_column: {table: owners, column: {name: rank, type: int, nullable: false, default: "0"}}
        - rename_table: {from: owners, to: people}
        """);

    [Fact]
    public void EFR4102() => Finds("- create_index: {name: ix, table: reviews, columns: {stars: {}}}", "note EFR4102");

    [Fact]
    public void EFR4103() => Finds("""
        - add_column: {table: reviews, column: {name: second, type: int, nullable: true}}
        - create_index: {name: ix, table: reviews, columns: {second: {}}}
        - create_constraint: {name: fk2, table: reviews, type: foreign_key, columns: [second], references: {table: owners, columns: [id]}, up: {second: second}, down: {second: second}}
        """, "note EFR4102", "note EFR4103");

    [Fact]
    public void EFR4104() => Finds("""
        - create_table:
            name: notes
            columns:
              - {name: id, type: bigint, pk: true}
              - {name: owner, type: int, references: {name: fk, table: owners, column: id}}
        """, "note EFR4104");

    [Theory]
    [InlineData("- create_index: {name: ux, table: reviews, columns: {stars: {}}, unique: true}", "note EFR4102")]
    [InlineData("- create_constraint: {name: ux, table: reviews, type: unique, columns: [stars], up: {stars: stars}, down: {stars: stars}}", "note EFR4102")]
    [InlineData("- create_constraint: {name: ck, table: reviews, type: check, columns: [stars], check: stars < 6, up: {stars: stars}, down: {stars: stars}}", "note EFR4103")]
    public void EFR4111(string operation, string cost) => Finds(operation, cost, "warning EFR4111");

    [Fact]
    public void A_constraint_that_is_made_again_binds_nobody_anew() => Finds("""
        - drop_constraint: {table: reviews, name: fk_owner}
        - drop_index: {name: ix_owner}
        - rename_column: {table: reviews, from: owner, to: owner_id}
        - create_index: {name: ix_owner_id, table: reviews, columns: {owner_id: {}}}
        - create_constraint: {name: fk_owner_id, table: reviews, type: foreign_key, columns: [owner_id], references: {table: owners, columns: [id]}, up: {owner_id: owner_id}, down: {owner_id: owner_id}}
        """);

    [Fact]
    public void EFR4112() => Finds("- drop_constraint: {table: reviews, name: fk_owner}", "note EFR4112");

    [Fact]
    public void EFR4113() => Finds("""
        - add_column: {table: reviews, column: {name: second, type: int, nullable: false, default: "0"}}
        - create_index: {name: ix, table: reviews, columns: {second: {}}}
        - create_constraint: {name: fk2, table: reviews, type: foreign_key, columns: [second], references: {table: owners, columns: [id]}, up: {second: second}, down: {second: second}}
        """, "note EFR4102", "note EFR4103", "warning EFR4113");

    [Fact]
    public void EFR4114() => Finds("""
        - drop_column: {table: reviews, column: stars}
        - drop_constraint: {table: reviews, name: fk_owner}
        - drop_table: {name: owners}
        """, "note EFR4114", "note EFR4112", "note EFR4114");

    [Fact]
    public void EFR4121() => Finds("""
        - drop_column: {table: owners, column: name}
        - add_column: {table: owners, column: {name: full_name, type: varchar(200), nullable: true}}
        """, "warning EFR4121");

    [Fact]
    public void A_table_that_goes_and_one_like_it_that_comes_may_be_one() => Finds("""
        - drop_table: {name: reviews}
        - create_table:
            name: ratings
            columns:
              - {name: id, type: int, pk: true}
              - {name: owner, type: int}
              - {name: stars, type: int, nullable: true}
        """, "warning EFR4121");

    [Fact]
    public void A_column_that_follows_from_the_dropped_one_is_not_lost() => Finds("""
        - add_column: {table: owners, column: {name: full_name, type: text, nullable: true}, up: upper(name)}
        - drop_column: {table: owners, column: name}
        """, "note EFR4101", "note EFR4114");

    [Fact]
    public void EFR4122() => Finds("- rename_column: {table: owners, from: mail, to: birthplace}", "warning EFR4122");

    [Theory]
    [InlineData("name", "full_name")]
    [InlineData("mail", "EMail")]
    [InlineData("owner", "OwnerId")]
    [InlineData("id", "OwnerId")]
    [InlineData("Ip", "ip_address")]
    public void Names_that_share_a_word_are_renamed(string from, string to) => Assert.True(Words.AreAlike(from, to));

    [Theory]
    [InlineData("OwnerId", "ReviewId")]
    [InlineData("IsActive", "IsDeleted")]
    public void Words_that_nearly_every_name_has_do_not_count(string from, string to) => Assert.False(Words.AreAlike(from, to));

    [Theory]
    [InlineData("LOCK TABLE owners IN EXCLUSIVE MODE")]
    [InlineData("TRUNCATE owners CASCADE")]
    [InlineData("REINDEX TABLE owners")]
    [InlineData("CLUSTER owners USING ix")]
    [InlineData("REFRESH MATERIALIZED VIEW totals")]
    [InlineData("ALTER TABLE owners SET UNLOGGED")]
    [InlineData("ALTER TABLE owners SET TABLESPACE fast")]
    [InlineData("ALTER TABLE owners SET ACCESS METHOD heap2")]
    [InlineData("ALTER TABLE owners DETACH PARTITION more")]
    [InlineData("VACUUM FULL owners")]
    [InlineData("ALTER TABLE owners ATTACH PARTITION more FOR VALUES IN (1)")]
    [InlineData("ALTER TABLE owners ADD CONSTRAINT x EXCLUDE USING gist (name WITH =)")]
    [InlineData("ALTER DOMAIN positive ADD CONSTRAINT c CHECK (VALUE > 0)")]
    public void EFR4131(string sql) => Finds($"- sql: {{up: \"{sql}\", anyTime: true}}", "warning EFR4131");

    [Theory]
    [InlineData("REINDEX TABLE CONCURRENTLY owners")]
    [InlineData("ALTER TABLE owners DETACH PARTITION more CONCURRENTLY")]
    [InlineData("REFRESH MATERIALIZED VIEW CONCURRENTLY totals")]
    [InlineData("CREATE VIEW names AS SELECT name FROM owners")]
    public void SQL_that_holds_nobody_up_is_fine(string sql) => Finds($"- sql: {{up: \"{sql}\", anyTime: true}}");

    [Theory]
    [InlineData("CREATE MATERIALIZED VIEW totals AS SELECT 1")]
    [InlineData("INSERT INTO owners VALUES (1)")]
    public void EFR4132(string sql) => Finds($"- sql: {{up: \"{sql}\", anyTime: true, transaction: false}}", "warning EFR4132");

    [Fact]
    public void EFR4133() => Finds("- sql: {up: \"UPDATE owners SET level = 1 WHERE level = 0\", anyTime: true}", "warning EFR4133");

    [Theory]
    [InlineData("DROP VIEW totals")]
    [InlineData("DROP DATABASE other")]
    [InlineData("ALTER SCHEMA sales RENAME TO shop")]
    [InlineData("ALTER TABLE owners RENAME TO people")]
    [InlineData("ALTER TYPE mood RENAME VALUE 'a' TO 'b'")]
    public void EFR4134(string sql) => Finds($"- sql: {{up: \"{sql}\"}}", "warning EFR4134");

    [Fact]
    public void EFR4135() => Finds("- sql: {up: \"DELETE FROM reviews\", anyTime: true}", "warning EFR4135");

    [Theory]
    [InlineData("json")]
    [InlineData("char(3)")]
    [InlineData("money")]
    [InlineData("timetz")]
    [InlineData("timetz(3)")]
    [InlineData("time (0) with time zone")]
    public void EFR4141(string type) => Finds($"- add_column: {{table: owners, column: {{name: more, type: {type}, nullable: true}}}}", "note EFR4141");

    [Fact]
    public void EFR4190()
    {
        Finds("- create_index: {name: ux, table: reviews, columns: {stars: {}}, unique: true}\n  accept: {EFR4111: stars are unique since 2.1}", "note EFR4102", "accepted EFR4111: stars are unique since 2.1");
        Finds("- drop_column: {table: reviews, column: stars}\n  accept: {EFR4111: why}", "note EFR4114", "warning EFR4190");
    }

    [Fact]
    public void What_cannot_be_rolled_out_cannot_be_accepted() =>
        Finds("- add_column: {table: owners, column: {name: born, type: date, nullable: false}}\n  accept: {EFR1201: we know}", "error EFR1201", "warning EFR4190");

    [Fact]
    public void What_is_accepted_of_a_refused_operation_may_be_found_once_that_is_mended() =>
        Finds("- alter_column: {table: owners, column: mail, type: uuid}\n  accept: {EFR4101: it is small}", "error EFR1204");

    [Fact]
    public void Findings_stand_at_their_operation()
    {
        var finding = Assert.Single(Review("""
            - rename_column: {table: owners, from: name, to: full_name}
            - drop_column: {table: reviews, column: stars}
            """));
        Assert.Equal(("2_now", 3), (finding.Source!.Migration, finding.Source.Line));
        Assert.Equal("Complete drops reviews.stars with all that it holds; until then a rollback loses nothing.", finding.Message);
    }

    [Fact]
    public void What_raw_SQL_makes_is_not_missed() => Finds("""
        - sql: {up: "CREATE TABLE logs PARTITION OF somewhere FOR VALUES IN (1)", anyTime: true}
        - add_column: {table: logs, column: {name: more, type: text, nullable: false}}
        - drop_column: {table: elsewhere, column: x}
        """);

    static void Finds(string operations, params string[] expected) =>
        Assert.Equal(expected, Review(operations).Select(finding => finding.Accepted is { } reason
            ? $"accepted {finding.CodeText}: {reason}" : $"{finding.Severity.ToString().ToLowerInvariant()} {finding.CodeText}"));

    static IReadOnlyList<Finding> Review(string operations)
    {
        var now = ManifestReader.ReadText("2_now.yaml", $"operations:\n{operations}");
        return HistoryReview.Of([ManifestReader.ReadText("1_before.yaml", History), now], id => id == now.Id);
    }
}
