-- What hangs on the columns of the tables with the object ids $1, or on a key that stands on them; what hangs on views among it, too.
-- $2 version schemas, whose views are ours.
WITH RECURSIVE tree (root, relation) AS (
    SELECT p.partrelid, t.relid FROM pg_partitioned_table AS p CROSS JOIN pg_partition_tree(p.partrelid) AS t WHERE p.partrelid = ANY ($1::oid[])
), direct (relation, number, classid, objid, objsubid) AS (
    SELECT d.refobjid, d.refobjsubid::smallint, d.classid, d.objid, d.objsubid
    FROM pg_depend AS d
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY ($1::oid[]) AND d.refobjsubid > 0
    UNION
    -- A view may group by a primary key, and then shows columns that it could not show without.
    SELECT k.conrelid, n.number, d.classid, d.objid, d.objsubid
    FROM pg_constraint AS k
    CROSS JOIN unnest(k.conkey) AS n (number)
    JOIN pg_depend AS d ON d.refclassid = 'pg_constraint'::regclass AND d.refobjid = k.oid AND d.classid = 'pg_rewrite'::regclass
    WHERE k.conrelid = ANY ($1::oid[])
), views (relation, number, view, level) AS (
    SELECT f.relation, f.number, v.oid, 1
    FROM direct AS f
    JOIN pg_rewrite AS r ON f.classid = 'pg_rewrite'::regclass AND r.oid = f.objid AND r.rulename = '_RETURN'
    JOIN pg_class AS v ON v.oid = r.ev_class
    JOIN pg_namespace AS n ON n.oid = v.relnamespace
    WHERE n.nspname <> ALL ($2::text[])
    UNION
    SELECT u.relation, u.number, v.oid, u.level + 1
    FROM views AS u
    JOIN pg_class AS used ON used.oid = u.view
    JOIN pg_depend AS d
        ON d.classid = 'pg_rewrite'::regclass
        AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = used.oid OR d.refclassid = 'pg_type'::regclass AND d.refobjid = used.reltype)
    JOIN pg_rewrite AS r ON r.oid = d.objid AND r.rulename = '_RETURN' AND r.ev_class <> used.oid
    JOIN pg_class AS v ON v.oid = r.ev_class
), found (relation, number, classid, objid, objsubid) AS (
    SELECT f.relation, f.number, f.classid, f.objid, f.objsubid FROM direct AS f
    UNION
    SELECT u.relation, u.number, d.classid, d.objid, d.objsubid
    FROM views AS u
    JOIN pg_class AS used ON used.oid = u.view
    JOIN pg_type AS t ON t.oid = used.reltype
    JOIN pg_depend AS d
        ON d.refclassid = 'pg_class'::regclass AND d.refobjid = used.oid
        OR d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
)
SELECT DISTINCT x.relation, x.number, x.kind, x.description, x.is_ours, n.nspname::text, c.relname::text, x.level
FROM (
    SELECT u.relation, u.number, CASE c.relkind WHEN 'v' THEN 'View' ELSE 'MaterializedView' END, pg_describe_object('pg_class'::regclass, u.view, 0),
        pg_has_role(c.relowner, 'USAGE'), u.view, u.level
    FROM (SELECT relation, number, view, max(level) FROM views GROUP BY relation, number, view) AS u (relation, number, view, level)
    JOIN pg_class AS c ON c.oid = u.view
    UNION ALL
    -- The rules of a view that is made anew are made anew with it.
    SELECT f.relation, f.number, 'Rule', pg_describe_object(f.classid, f.objid, 0), pg_has_role(c.relowner, 'USAGE'), c.oid, 0
    FROM found AS f
    JOIN pg_rewrite AS r ON f.classid = 'pg_rewrite'::regclass AND r.oid = f.objid AND r.rulename <> '_RETURN'
    JOIN pg_class AS c ON c.oid = r.ev_class
    WHERE NOT EXISTS (SELECT FROM views AS u WHERE u.view = r.ev_class AND u.relation = f.relation AND u.number = f.number)
    UNION ALL
    SELECT f.relation, f.number, 'Policy', pg_describe_object(f.classid, f.objid, 0), pg_has_role(c.relowner, 'USAGE'), c.oid, 0
    FROM found AS f
    JOIN pg_policy AS p ON f.classid = 'pg_policy'::regclass AND p.oid = f.objid
    JOIN pg_class AS c ON c.oid = p.polrelid
    UNION ALL
    SELECT f.relation, f.number, 'Trigger', pg_describe_object(f.classid, f.objid, 0), pg_has_role(c.relowner, 'USAGE'), c.oid, 0
    FROM direct AS f
    JOIN pg_trigger AS t ON f.classid = 'pg_trigger'::regclass AND t.oid = f.objid AND NOT t.tgisinternal
    JOIN pg_class AS c ON c.oid = t.tgrelid
    UNION ALL
    SELECT f.relation, f.number, 'Statistics', pg_describe_object(f.classid, f.objid, 0), pg_has_role(s.stxowner, 'USAGE'), f.relation, 0
    FROM direct AS f
    JOIN pg_statistic_ext AS s ON f.classid = 'pg_statistic_ext'::regclass AND s.oid = f.objid
    UNION ALL
    SELECT f.relation, f.number, 'Publication', pg_describe_object(f.classid, f.objid, 0), pg_has_role(p.pubowner, 'USAGE'), f.relation, 0
    FROM direct AS f
    JOIN pg_publication_rel AS r ON f.classid = 'pg_publication_rel'::regclass AND r.oid = f.objid
    JOIN pg_publication AS p ON p.oid = r.prpubid
    UNION ALL
    SELECT f.relation, f.number, 'Function', pg_describe_object(f.classid, f.objid, 0), true, NULL, 0
    FROM found AS f
    WHERE f.classid = 'pg_proc'::regclass
    UNION ALL
    -- A generated column that reads it: from 15 on its expression depends, before the column itself.
    SELECT f.relation, f.number, 'Generated', 'generated ' || pg_describe_object('pg_class'::regclass, g.attrelid, g.attnum), true, NULL, 0
    FROM direct AS f
    LEFT JOIN pg_attrdef AS ad ON f.classid = 'pg_attrdef'::regclass AND ad.oid = f.objid
    JOIN pg_attribute AS g
        ON g.attrelid = f.relation AND g.attgenerated <> '' AND g.attnum <> f.number
        AND (g.attnum = ad.adnum OR f.classid = 'pg_class'::regclass AND f.objid = f.relation AND g.attnum = f.objsubid)
    UNION ALL
    -- A column of the type that the rows of a view have.
    SELECT f.relation, f.number, 'Other', pg_describe_object(f.classid, f.objid, f.objsubid), true, NULL, 0
    FROM found AS f
    JOIN views AS u ON u.relation = f.relation AND u.number = f.number
    JOIN pg_class AS c ON c.oid = f.objid AND c.relkind IN ('r', 'p', 'f', 'c')
    WHERE f.classid = 'pg_class'::regclass AND f.objsubid > 0 AND f.objid <> f.relation
    UNION ALL
    -- The keys of partitions that are partitioned themselves, too.
    SELECT t.root, root.attnum, 'PartitionKey', format('the key by which %s is partitioned', p.partrelid::regclass), true, NULL, 0
    FROM tree AS t
    JOIN pg_partitioned_table AS p ON p.partrelid = t.relation
    JOIN pg_attribute AS a ON a.attrelid = p.partrelid AND a.attnum > 0
    JOIN pg_attribute AS root ON root.attrelid = t.root AND root.attname = a.attname
    WHERE a.attnum = ANY (p.partattrs::smallint[])
        OR EXISTS (
            SELECT FROM pg_depend AS d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = p.partrelid AND d.objsubid = 0
                AND d.refclassid = 'pg_class'::regclass AND d.refobjid = p.partrelid AND d.refobjsubid = a.attnum)
    UNION ALL
    -- What hangs on a column of one partition, and is not its part of something that hangs on the partitioned table.
    SELECT t.root, root.attnum, 'Other', pg_describe_object(d.classid, d.objid, 0), true, NULL, 0
    FROM tree AS t
    JOIN pg_attribute AS a ON a.attrelid = t.relation AND a.attnum > 0
    JOIN pg_attribute AS root ON root.attrelid = t.root AND root.attname = a.attname
    JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
    LEFT JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
    LEFT JOIN pg_constraint AS k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
    LEFT JOIN pg_trigger AS g ON d.classid = 'pg_trigger'::regclass AND g.oid = d.objid
    WHERE t.relation <> t.root
        AND (d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_statistic_ext'::regclass, 'pg_publication_rel'::regclass, 'pg_proc'::regclass)
            OR c.relkind IN ('i', 'I') AND NOT c.relispartition
            OR k.conparentid = 0 AND k.conislocal
            OR g.tgparentid = 0 AND NOT g.tgisinternal)
    UNION ALL
    SELECT t.root, root.attnum, 'Setting', format('the %s of column %s of %s', own.name, a.attname, t.relation::regclass), true, NULL, 0
    FROM tree AS t
    JOIN pg_attribute AS a ON a.attrelid = t.relation AND a.attnum > 0
    JOIN pg_attribute AS root ON root.attrelid = t.root AND root.attname = a.attname
    JOIN pg_type AS y ON y.oid = a.atttypid
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_attrdef AS rd ON rd.adrelid = root.attrelid AND rd.adnum = root.attnum
    CROSS JOIN LATERAL (
        VALUES
            ('rights', nullif(a.attacl::text, '{}'), NULL),
            ('default', pg_get_expr(d.adbin, d.adrelid), pg_get_expr(rd.adbin, rd.adrelid)),
            ('statistics target', nullif(a.attstattarget, -1)::text, root.attstattarget::text),
            ('storage', CASE WHEN a.attstorage <> y.typstorage THEN a.attstorage::text END, root.attstorage::text),
            ('compression', nullif(a.attcompression::text, ''), root.attcompression::text),
            ('parameters', a.attoptions::text, root.attoptions::text),
            ('comment', col_description(a.attrelid, a.attnum), col_description(root.attrelid, root.attnum))) AS own (name, value, common)
    WHERE t.relation <> t.root AND own.value IS NOT NULL AND own.value IS DISTINCT FROM own.common
) AS x (relation, number, kind, description, is_ours, place, level)
LEFT JOIN pg_class AS c ON c.oid = x.place
LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY x.relation, x.number, x.level DESC, x.kind, x.description
