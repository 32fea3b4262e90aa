-- Enums (with labels) and range types of the users'; those of extensions are not. $1 version schemas.
SELECT
    n.nspname::text,
    t.typname::text,
    format_type(t.oid, NULL),
    pg_get_userbyid(t.typowner)::text,
    pg_has_role(t.typowner, 'USAGE'),
    ARRAY(
        SELECT DISTINCT x.description
        FROM (
            SELECT CASE
                WHEN d.classid = 'pg_proc'::regclass THEN pg_describe_object(d.classid, d.objid, 0)
                WHEN d.classid = 'pg_type'::regclass THEN (
                    SELECT pg_describe_object(d.classid, d.objid, 0) FROM pg_type AS u WHERE u.oid = d.objid AND (u.typtype = 'd' OR u.typtype = 'r'))
                WHEN d.classid IN ('pg_class'::regclass, 'pg_rewrite'::regclass) THEN (
                    SELECT pg_describe_object('pg_class'::regclass, v.oid, 0)
                    FROM pg_class AS v JOIN pg_namespace AS vn ON vn.oid = v.relnamespace
                    WHERE v.oid IN (d.objid, (SELECT r.ev_class FROM pg_rewrite AS r WHERE d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid))
                        AND v.relkind IN ('v', 'm', 'c') AND vn.nspname <> ALL ($1::text[]))
            END
            FROM pg_depend AS d
            WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray) AND d.deptype = 'n'
                -- A range type's own functions go with it, and with its multirange type.
                AND NOT EXISTS (
                    SELECT FROM pg_depend AS own
                    WHERE own.classid = d.classid AND own.objid = d.objid AND own.refclassid = 'pg_type'::regclass AND own.deptype = 'i')
        ) AS x (description)
        WHERE x.description IS NOT NULL
        ORDER BY 1),
    CASE WHEN t.typtype = 'e' THEN ARRAY(SELECT e.enumlabel::text FROM pg_enum AS e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) END
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typtype IN ('e', 'r')
    AND n.nspname NOT IN ('information_schema', 'efroll') AND n.nspname !~ '^pg_'
    AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
