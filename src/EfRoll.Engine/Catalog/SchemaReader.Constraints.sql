-- Constraints of the tables with the object ids $1. NOT NULL, a constraint of its own in 18, is a property of the column to us.
SELECT
    con.conrelid,
    con.conname::text,
    con.contype::text,
    pg_get_constraintdef(con.oid),
    coalesce(con.conkey, '{}'),
    con.convalidated,
    con.condeferrable,
    con.condeferred,
    obj_description(con.oid, 'pg_constraint'),
    rn.nspname::text,
    r.relname::text,
    coalesce(con.confkey, '{}'),
    CASE con.confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE 'NO ACTION' END,
    CASE con.confupdtype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE 'NO ACTION' END,
    con.confmatchtype = 'f',
    -- There from 15 on.
    ARRAY(
        SELECT e::smallint
        FROM jsonb_array_elements_text(
            CASE jsonb_typeof(to_jsonb(con) -> 'confdelsetcols') WHEN 'array' THEN to_jsonb(con) -> 'confdelsetcols' ELSE '[]' END) AS e)
FROM pg_constraint AS con
LEFT JOIN pg_class AS r ON r.oid = con.confrelid AND con.contype = 'f'
LEFT JOIN pg_namespace AS rn ON rn.oid = r.relnamespace
WHERE con.conrelid = ANY ($1::oid[]) AND con.contype IN ('p', 'u', 'c', 'f', 'x')
    -- What partitions have of their parent's, and what PostgreSQL adds for each partition of a referenced table.
    AND con.conparentid = 0
ORDER BY con.conrelid, con.conname
