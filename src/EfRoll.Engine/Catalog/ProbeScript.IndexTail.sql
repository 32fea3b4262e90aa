-- The definition of index $1 after the table's name. The name may hold any text, so it is looked for with its schema's dot before it.
SELECT substr(d.definition, position(d.named IN d.definition) + length(d.named))
FROM (
    SELECT pg_get_indexdef(c.oid), format('.%I ', t.relname)
    FROM pg_index AS i
    JOIN pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_class AS t ON t.oid = i.indrelid
    WHERE c.oid = $1::regclass
) AS d (definition, named)
