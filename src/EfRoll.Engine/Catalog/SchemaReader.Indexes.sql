-- Indexes of the tables with the object ids $1.
SELECT
    i.indrelid,
    c.relname::text,
    i.indisunique,
    i.indisvalid AND i.indisready AND i.indislive,
    -- What follows the table's name; the name itself may hold any text.
    substr(
        pg_get_indexdef(c.oid),
        length(format('CREATE %sINDEX %I ON %s%s ', CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, c.relname,
            CASE WHEN c.relkind = 'I' THEN 'ONLY ' ELSE '' END, i.indrelid::regclass)) + 1),
    (i.indkey::smallint[])[0:i.indnkeyatts - 1],
    ARRAY(
        SELECT k FROM unnest(i.indkey::smallint[]) AS k WHERE k > 0
        UNION
        SELECT d.refobjsubid::smallint
        FROM pg_depend AS d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid > 0
        ORDER BY 1),
    (SELECT con.conname::text FROM pg_constraint AS con WHERE con.conindid = c.oid AND con.conrelid = i.indrelid AND con.contype IN ('p', 'u', 'x')),
    obj_description(c.oid, 'pg_class'),
    i.indisreplident,
    i.indisclustered,
    -- Of its expressions; what is a column has its own.
    ARRAY(SELECT a.attnum FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attstattarget >= 0 ORDER BY a.attnum),
    ARRAY(SELECT a.attstattarget::integer FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attstattarget >= 0 ORDER BY a.attnum),
    -- Other than the database's; where we may not make anything, another index has to go elsewhere.
    (SELECT t.spcname::text FROM pg_tablespace AS t WHERE t.oid = c.reltablespace AND has_tablespace_privilege(t.oid, 'CREATE'))
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE i.indrelid = ANY ($1::oid[])
ORDER BY i.indrelid, c.relname
