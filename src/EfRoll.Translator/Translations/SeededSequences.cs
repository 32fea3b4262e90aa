using EfRoll.Engine.Sql;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

namespace EfRoll.Translator.Translations;

/// <summary>Moves the sequences of identity and serial columns behind the rows that a migration seeds, as the provider does.</summary>
/// <remarks>
/// The provider asks <c>pg_get_serial_sequence</c>, which knows no sequence of a view; and raw SQL sees a view where the table's shape changes in
/// the same rollout. Then nothing would move, without a word, and a later insert would meet a seeded row.
/// </remarks>
static class SeededSequences
{
    public static IEnumerable<string> Bump(InsertDataOperation operation, IModel model)
    {
        var columns = model.GetRelationalModel().FindTable(operation.Table, operation.Schema)?.Columns ?? [];
        var table = operation.Schema is { } schema ? (SqlText)$"{new QualifiedName(schema, operation.Table)}" : $"{new Identifier(operation.Table)}";
        return columns
            .Where(column => column.PropertyMappings.Any(mapping => mapping.Property.GetValueGenerationStrategy()
                is NpgsqlValueGenerationStrategy.IdentityByDefaultColumn
                or NpgsqlValueGenerationStrategy.IdentityAlwaysColumn
                or NpgsqlValueGenerationStrategy.SerialColumn))
            .Select(column => Bump(table, new Identifier(column.Name)).ToString());
    }

    static SqlText Bump(SqlText table, Identifier column) => $"""
        DO $efroll$
        DECLARE
            relation oid := {Literal.Text(table.ToString())}::regclass;
            sequence regclass;
        BEGIN
            -- The table behind the view, if it is one.
            relation := coalesce((
                SELECT d.refobjid
                FROM pg_rewrite AS r
                JOIN pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
                WHERE r.ev_class = relation
                LIMIT 1), relation);
            -- The column's own sequence; where the column has another name by now, the only one of the table.
            SELECT d.objid INTO sequence
            FROM pg_depend AS d
            JOIN pg_class AS s ON s.oid = d.objid AND s.relkind = 'S'
            JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = relation AND d.deptype IN ('a', 'i')
            ORDER BY a.attname = {Literal.Text(column.Value)} DESC
            LIMIT 1;
            PERFORM setval(sequence, GREATEST((SELECT max({column}) FROM {table}) + 1, nextval(sequence)), false);
        END
        $efroll$;
        """;
}
