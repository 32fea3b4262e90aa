-- Names that no new table may take, besides tables and the indexes of tables. $1 version schemas.
SELECT n.nspname::text, c.relname::text,
    CASE c.relkind
        WHEN 'v' THEN 'a view'
        WHEN 'm' THEN 'a materialized view'
        WHEN 'S' THEN 'a sequence'
        WHEN 'c' THEN 'a composite type'
        ELSE 'an index of a materialized view'
    END
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_index AS i ON i.indexrelid = c.oid
LEFT JOIN pg_class AS owner ON owner.oid = i.indrelid
WHERE (c.relkind IN ('v', 'm', 'S', 'c') OR c.relkind = 'i' AND owner.relkind = 'm')
    AND n.nspname NOT IN ('information_schema', 'efroll') AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1::text[])
