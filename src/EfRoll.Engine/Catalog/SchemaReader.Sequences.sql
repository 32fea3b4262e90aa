-- Sequences outside the system's schemas and our own, those behind columns included. $1 version schemas.
SELECT
    c.oid,
    n.nspname::text,
    c.relname::text,
    format_type(s.seqtypid, NULL),
    s.seqstart,
    s.seqincrement,
    s.seqmin,
    s.seqmax,
    s.seqcache,
    s.seqcycle,
    pg_get_userbyid(c.relowner)::text,
    pg_has_role(c.relowner, 'USAGE'),
    own.nspname::text,
    own.relname::text,
    own.attname::text,
    -- The columns whose defaults use it, three texts each.
    ARRAY(
        SELECT unnest(ARRAY[tn.nspname::text, t.relname::text, a.attname::text])
        FROM pg_depend AS p
        JOIN pg_attrdef AS d ON d.oid = p.objid
        JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        JOIN pg_class AS t ON t.oid = d.adrelid AND t.relkind IN ('r', 'p', 'f')
        JOIN pg_namespace AS tn ON tn.oid = t.relnamespace
        WHERE p.classid = 'pg_attrdef'::regclass AND p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid
        ORDER BY tn.nspname, t.relname, a.attnum),
    ARRAY(
        SELECT DISTINCT pg_describe_object('pg_class'::regclass, v.oid, 0)
        FROM pg_depend AS p
        LEFT JOIN pg_rewrite AS r ON p.classid = 'pg_rewrite'::regclass AND r.oid = p.objid
        LEFT JOIN pg_attrdef AS d ON p.classid = 'pg_attrdef'::regclass AND d.oid = p.objid
        JOIN pg_class AS v ON v.oid IN (r.ev_class, d.adrelid) AND v.relkind NOT IN ('r', 'p', 'f', 'S')
        JOIN pg_namespace AS vn ON vn.oid = v.relnamespace
        WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid AND vn.nspname <> ALL ($1::text[])
        ORDER BY 1)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_sequence AS s ON s.seqrelid = c.oid
LEFT JOIN LATERAL (
    SELECT tn.nspname, t.relname, a.attname
    FROM pg_depend AS p
    JOIN pg_class AS t ON t.oid = p.refobjid
    JOIN pg_namespace AS tn ON tn.oid = t.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = p.refobjsubid
    WHERE p.classid = 'pg_class'::regclass AND p.objid = c.oid AND p.refclassid = 'pg_class'::regclass AND p.deptype IN ('a', 'i')
    LIMIT 1) AS own ON true
WHERE n.nspname NOT IN ('information_schema', 'efroll') AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1::text[])
ORDER BY n.nspname, c.relname
