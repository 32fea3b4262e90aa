-- Tables outside the system's schemas and our own. $1 version schemas.
SELECT
    c.oid,
    n.nspname::text,
    c.relname::text,
    CASE
        WHEN c.relkind = 'f' THEN 'Foreign'
        WHEN c.relispartition THEN 'Partition'
        WHEN c.relkind = 'p' AND EXISTS (
            SELECT FROM pg_partition_tree(c.oid) AS t JOIN pg_class AS l ON l.oid = t.relid WHERE l.relkind = 'f') THEN 'PartlyForeign'
        WHEN c.relkind = 'p' THEN 'Partitioned'
        WHEN EXISTS (SELECT FROM pg_inherits AS i WHERE c.oid IN (i.inhparent, i.inhrelid)) THEN 'Inherited'
        ELSE 'Ordinary'
    END,
    pg_get_userbyid(c.relowner)::text,
    pg_has_role(c.relowner, 'USAGE')
        AND NOT EXISTS (
            SELECT FROM pg_partition_tree(c.oid) AS t JOIN pg_class AS l ON l.oid = t.relid
            WHERE c.relkind = 'p' AND NOT pg_has_role(l.relowner, 'USAGE')),
    obj_description(c.oid, 'pg_class'),
    CASE WHEN c.relkind = 'p'
        THEN (SELECT sum(greatest(l.reltuples, 0)) FROM pg_partition_tree(c.oid) AS t JOIN pg_class AS l ON l.oid = t.relid WHERE t.isleaf)
        ELSE c.reltuples END::bigint,
    CASE c.relkind
        WHEN 'r' THEN pg_total_relation_size(c.oid)
        WHEN 'p' THEN (SELECT coalesce(sum(pg_total_relation_size(t.relid)), 0) FROM pg_partition_tree(c.oid) AS t WHERE t.isleaf)::bigint
        ELSE 0 END,
    c.relrowsecurity,
    -- The users' own row triggers that are switched on, be it for a partition.
    ARRAY(
        SELECT DISTINCT t.tgname::text FROM pg_trigger AS t
        WHERE (t.tgrelid = c.oid OR c.relkind = 'p' AND t.tgrelid IN (SELECT relid FROM pg_partition_tree(c.oid))) AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 1 = 1
        ORDER BY t.tgname::text),
    -- Publications without a column list for this table. (Before 15 there are none, and pg_publication_rel has no such column.)
    ARRAY(
        SELECT DISTINCT p.pubname::text
        FROM pg_publication_tables AS p
        WHERE p.schemaname = n.nspname AND p.tablename = c.relname
            AND NOT EXISTS (
                SELECT FROM pg_publication_rel AS r JOIN pg_publication AS named ON named.oid = r.prpubid
                WHERE named.pubname = p.pubname AND r.prrelid = c.oid AND coalesce(to_jsonb(r) ->> 'prattrs', '') <> '')
        ORDER BY 1),
    -- What would stand in the way of dropping it. Its own triggers, policies and rules go with it.
    ARRAY(
        SELECT DISTINCT d.description
        FROM (
            SELECT CASE WHEN r.rulename = '_RETURN' THEN pg_describe_object('pg_class'::regclass, v.oid, 0)
                ELSE pg_describe_object('pg_rewrite'::regclass, r.oid, 0) END
            FROM pg_depend AS d
            JOIN pg_rewrite AS r ON r.oid = d.objid
            JOIN pg_class AS v ON v.oid = r.ev_class
            JOIN pg_namespace AS vn ON vn.oid = v.relnamespace
            WHERE d.classid = 'pg_rewrite'::regclass AND v.oid <> c.oid AND vn.nspname <> ALL ($1::text[])
                AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid OR d.refclassid = 'pg_type'::regclass AND d.refobjid = c.reltype)
            UNION ALL
            SELECT pg_describe_object(d.classid, d.objid, 0)
            FROM pg_depend AS d
            WHERE d.classid = 'pg_proc'::regclass
                AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
                    OR d.refclassid = 'pg_type'::regclass AND d.refobjid IN (c.reltype, (SELECT t.typarray FROM pg_type AS t WHERE t.oid = c.reltype)))
            UNION ALL
            SELECT pg_describe_object(d.classid, d.objid, 0)
            FROM pg_depend AS d JOIN pg_policy AS p ON p.oid = d.objid
            WHERE d.classid = 'pg_policy'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid AND p.polrelid <> c.oid
            UNION ALL
            SELECT pg_describe_object(d.classid, d.objid, d.objsubid)
            FROM pg_depend AS d
            WHERE d.classid = 'pg_class'::regclass AND d.objsubid > 0 AND d.objid <> c.oid AND d.refclassid = 'pg_type'::regclass
                AND d.refobjid IN (c.reltype, (SELECT t.typarray FROM pg_type AS t WHERE t.oid = c.reltype))
            UNION ALL
            SELECT format('table %s, which inherits from it', i.inhrelid::regclass)
            FROM pg_inherits AS i WHERE i.inhparent = c.oid AND c.relkind = 'r'
        ) AS d (description)
        ORDER BY 1),
    c.relreplident = 'f',
    c.relkind = 'r' AND pg_relation_size(c.oid) = 0,
    c.relpersistence = 'u'
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f')
    AND n.nspname NOT IN ('information_schema', 'efroll') AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1::text[])
ORDER BY n.nspname, c.relname
