-- Collations of the users'. $1 version schemas.
SELECT
    n.nspname::text,
    c.collname::text,
    format('%I.%I', n.nspname, c.collname),
    pg_get_userbyid(c.collowner)::text,
    pg_has_role(c.collowner, 'USAGE'),
    ARRAY(
        SELECT DISTINCT x.description
        FROM (
            SELECT CASE
                WHEN d.classid IN ('pg_proc'::regclass, 'pg_type'::regclass) THEN pg_describe_object(d.classid, d.objid, 0)
                WHEN d.classid IN ('pg_class'::regclass, 'pg_rewrite'::regclass) THEN (
                    SELECT pg_describe_object('pg_class'::regclass, v.oid, 0)
                    FROM pg_class AS v JOIN pg_namespace AS vn ON vn.oid = v.relnamespace
                    WHERE v.oid IN (d.objid, (SELECT r.ev_class FROM pg_rewrite AS r WHERE d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid))
                        AND v.relkind IN ('v', 'm', 'c') AND vn.nspname <> ALL ($1::text[]))
            END
            FROM pg_depend AS d
            WHERE d.refclassid = 'pg_collation'::regclass AND d.refobjid = c.oid AND d.deptype = 'n'
        ) AS x (description)
        WHERE x.description IS NOT NULL
        ORDER BY 1),
    NULL::text[]
FROM pg_collation AS c
JOIN pg_namespace AS n ON n.oid = c.collnamespace
WHERE n.nspname NOT IN ('information_schema', 'efroll') AND n.nspname !~ '^pg_'
