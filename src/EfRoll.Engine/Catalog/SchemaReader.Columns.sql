-- Columns of the tables with the object ids $1.
SELECT
    a.attrelid,
    a.attnum,
    a.attname::text,
    format_type(a.atttypid, a.atttypmod),
    a.atttypid,
    a.atttypmod,
    t.typcategory::text,
    a.attnotnull,
    pg_get_expr(d.adbin, d.adrelid),
    a.attidentity::text,
    a.attgenerated::text,
    cn.nspname::text,
    co.collname::text,
    col_description(a.attrelid, a.attnum),
    nullif(a.attstattarget, -1)::integer,
    CASE WHEN a.attstorage <> t.typstorage
        THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END,
    CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
    sn.nspname::text,
    s.relname::text,
    format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache,
        CASE WHEN q.seqcycle THEN ' CYCLE' ELSE '' END),
    -- PostgreSQL 18 names it.
    (SELECT nn.conname::text FROM pg_constraint AS nn WHERE nn.conrelid = a.attrelid AND nn.contype = 'n' AND nn.conkey[1] = a.attnum),
    array_to_string(a.attoptions, ', ')
FROM pg_attribute AS a
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation AS co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation
LEFT JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
-- The sequence it owns: serial (a), identity (i).
LEFT JOIN pg_depend AS o
    ON o.refclassid = 'pg_class'::regclass AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum AND o.classid = 'pg_class'::regclass
    AND o.objsubid = 0 AND o.deptype IN ('a', 'i') AND EXISTS (SELECT FROM pg_sequence AS e WHERE e.seqrelid = o.objid)
LEFT JOIN pg_class AS s ON s.oid = o.objid
LEFT JOIN pg_namespace AS sn ON sn.oid = s.relnamespace
LEFT JOIN pg_sequence AS q ON q.seqrelid = s.oid
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum, s.oid
