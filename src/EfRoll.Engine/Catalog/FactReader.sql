-- What tables are like, one row for each fact. $1 schemas and $2 names of the tables.
WITH given AS MATERIALIZED (
    SELECT g.schema_name, g.name, c.oid
    FROM unnest($1::text[], $2::text[]) AS g (schema_name, name)
    JOIN pg_namespace AS n ON n.nspname = g.schema_name
    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = g.name AND c.relkind IN ('r', 'p', 'f')
), watched AS MATERIALIZED (
    SELECT given.schema_name, given.name, given.oid AS root, false AS is_partition, '' AS of_partition, c.*
    FROM given JOIN pg_class AS c ON c.oid = given.oid
    UNION ALL
    SELECT given.schema_name, given.name, given.oid, true, ' of ' || c.oid::regclass, c.*
    FROM given CROSS JOIN pg_partition_tree(given.oid) AS t JOIN pg_class AS c ON c.oid = t.relid
    WHERE t.level > 0
)
SELECT w.schema_name, w.name, f.kind, f.name || w.of_partition, f.value, f.columns, f.changes_rows, w.is_partition
FROM watched AS w
CROSS JOIN LATERAL (
    SELECT 'Table', 'owner', pg_get_userbyid(w.relowner)::text, '{}'::text[], false
    WHERE NOT w.is_partition
    UNION ALL
    SELECT 'Table', 'row security', CASE WHEN w.relforcerowsecurity THEN 'forced' WHEN w.relrowsecurity THEN 'on' ELSE 'off' END, '{}', false
    WHERE NOT w.is_partition
    UNION ALL
    SELECT 'Column', a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || a.attcollation::regcollation END,
            CASE WHEN a.attnotnull THEN 'NOT NULL' END, 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)),
        ARRAY[a.attname], false
    FROM pg_attribute AS a
    JOIN pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT w.is_partition
    UNION ALL
    -- Of partitions, here and below, only what is their own.
    SELECT 'Index', c.relname, concat_ws(' ', pg_get_indexdef(c.oid), CASE WHEN NOT i.indisvalid THEN 'INVALID' END, 'COMMENT ' || obj_description(c.oid, 'pg_class'),
            (SELECT 'STATISTICS ' || string_agg(format('%s %s', a.attnum, a.attstattarget), ', ' ORDER BY a.attnum) FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attstattarget >= 0)),
        ARRAY(
            SELECT a.attname FROM pg_attribute AS a
            WHERE a.attrelid = w.oid AND a.attnum > 0
                AND (a.attnum = ANY (i.indkey::smallint[])
                    OR EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                        AND d.refclassid = 'pg_class'::regclass AND d.refobjid = w.oid AND d.refobjsubid = a.attnum))),
        false
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
    WHERE i.indrelid = w.oid AND NOT c.relispartition
        AND NOT EXISTS (SELECT FROM pg_constraint AS con WHERE con.conindid = c.oid AND con.conrelid = w.oid AND con.contype IN ('p', 'u', 'x'))
    UNION ALL
    SELECT 'Constraint', con.conname, concat_ws(' ', pg_get_constraintdef(con.oid), 'COMMENT ' || obj_description(con.oid, 'pg_constraint')),
        ARRAY(SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = w.oid AND a.attnum = ANY (con.conkey)), false
    FROM pg_constraint AS con
    WHERE con.conrelid = w.oid AND con.contype IN ('p', 'u', 'c', 'f', 'x') AND con.conparentid = 0 AND NOT (w.is_partition AND con.coninhcount > 0)
    UNION ALL
    SELECT 'Reference', format('%s of %s.%s', con.conname, n.nspname, c.relname), pg_get_constraintdef(con.oid),
        ARRAY(SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = w.oid AND a.attnum = ANY (con.confkey)), false
    FROM pg_constraint AS con
    JOIN pg_class AS c ON c.oid = con.conrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE con.confrelid = w.oid AND con.conrelid <> w.oid AND con.contype = 'f' AND con.conparentid = 0 AND NOT w.is_partition
    UNION ALL
    SELECT 'Trigger', tg.tgname,
        format('%s %s %s %s', tg.tgtype, tg.tgfoid::regprocedure, tg.tgenabled, encode(tg.tgargs, 'escape')),
        ARRAY(SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = w.oid AND a.attnum = ANY (tg.tgattr::smallint[])),
        -- Before a row is inserted or updated, and switched on. https://www.postgresql.org/docs/current/catalog-pg-trigger.html
        tg.tgtype & 3 = 3 AND tg.tgtype & 20 <> 0 AND tg.tgenabled <> 'D'
    FROM pg_trigger AS tg
    WHERE tg.tgrelid = w.oid AND NOT tg.tgisinternal AND tg.tgparentid = 0
    UNION ALL
    SELECT 'Policy', p.polname,
        format('%s %s %s %s %s', p.polcmd, p.polpermissive, p.polroles::regrole[], pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)),
        ARRAY(
            SELECT a.attname FROM pg_attribute AS a JOIN pg_depend AS d ON d.refobjsubid = a.attnum
            WHERE a.attrelid = w.oid AND d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = w.oid),
        false
    FROM pg_policy AS p
    WHERE p.polrelid = w.oid
    UNION ALL
    SELECT 'Grant', format('%s of %s', acl.privilege_type, CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(acl.grantee)::text END), bool_or(acl.is_grantable)::text, '{}', false
    FROM aclexplode(w.relacl) AS acl
    WHERE acl.grantee <> w.relowner AND NOT w.is_partition
    GROUP BY acl.privilege_type, acl.grantee
    UNION ALL
    SELECT 'Grant', format('%s (%s) of %s', acl.privilege_type, a.attname, CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(acl.grantee)::text END),
        bool_or(acl.is_grantable)::text, ARRAY[a.attname], false
    FROM pg_attribute AS a, aclexplode(a.attacl) AS acl
    WHERE a.attrelid = w.oid AND NOT a.attisdropped AND acl.grantee <> w.relowner
    GROUP BY acl.privilege_type, acl.grantee, a.attname
    UNION ALL
    SELECT 'Statistics', format('%s.%s', n.nspname, s.stxname),
        concat_ws(' ', pg_get_statisticsobjdef(s.oid), 'TARGET ' || nullif(s.stxstattarget, -1), 'COMMENT ' || obj_description(s.oid, 'pg_statistic_ext')),
        ARRAY(
            SELECT a.attname FROM pg_attribute AS a JOIN pg_depend AS d ON d.refobjsubid = a.attnum
            WHERE a.attrelid = w.oid AND d.classid = 'pg_statistic_ext'::regclass AND d.objid = s.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = w.oid),
        false
    FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace
    WHERE s.stxrelid = w.oid
    UNION ALL
    -- Before 15 there are neither column lists nor filters, nor their columns in the catalogue.
    SELECT 'Publication', p.pubname, concat_ws(' ', to_jsonb(r) ->> 'prattrs', md5(to_jsonb(r) ->> 'prqual')),
        ARRAY(
            SELECT a.attname FROM pg_attribute AS a JOIN pg_depend AS d ON d.refobjsubid = a.attnum
            WHERE a.attrelid = w.oid AND d.classid = 'pg_publication_rel'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = w.oid),
        false
    FROM pg_publication AS p
    LEFT JOIN pg_publication_rel AS r ON r.prpubid = p.oid AND r.prrelid = w.oid
    WHERE r.oid IS NOT NULL
        OR NOT w.is_partition AND EXISTS (SELECT FROM pg_publication_tables AS t WHERE t.pubname = p.pubname AND t.schemaname = w.schema_name AND t.tablename = w.name)
    UNION ALL
    SELECT 'Rule', r.rulename, concat_ws(' ', pg_get_ruledef(r.oid), r.ev_enabled, 'COMMENT ' || obj_description(r.oid, 'pg_rewrite')),
        ARRAY(
            SELECT DISTINCT a.attname FROM pg_attribute AS a JOIN pg_depend AS d ON d.refobjsubid = a.attnum
            WHERE a.attrelid = w.oid AND d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid = w.oid),
        false
    FROM pg_rewrite AS r
    WHERE r.ev_class = w.oid AND r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'Option', o.name, o.value, o.columns, false
    FROM (
        SELECT 'replica identity',
            CASE w.relreplident WHEN 'd' THEN 'default' WHEN 'n' THEN 'nothing' WHEN 'f' THEN 'full'
                ELSE (SELECT 'index ' || c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid WHERE i.indrelid = w.oid AND i.indisreplident) END,
            ARRAY(SELECT a.attname FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = w.oid AND a.attnum = ANY (i.indkey::smallint[]) WHERE i.indrelid = w.oid AND i.indisreplident)
        WHERE NOT w.is_partition
        UNION ALL
        SELECT 'order of CLUSTER', c.relname,
            ARRAY(SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = w.oid AND a.attnum = ANY (i.indkey::smallint[]))
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
        WHERE i.indrelid = w.oid AND i.indisclustered AND NOT w.is_partition
        UNION ALL
        SELECT 'storage parameter ' || split_part(parameter, '=', 1), parameter, '{}'
        FROM (
            SELECT unnest(w.reloptions)
            UNION ALL
            SELECT 'toast.' || unnest(t.reloptions) FROM pg_class AS t WHERE t.oid = w.reltoastrelid) AS p (parameter)
        WHERE NOT w.is_partition
        UNION ALL
        SELECT 'comment', obj_description(w.oid, 'pg_class'), '{}'
        WHERE NOT w.is_partition
        UNION ALL
        SELECT format('%s of column %s', own.name, a.attname), own.value, ARRAY[a.attname]
        FROM pg_attribute AS a
        JOIN pg_attribute AS common ON common.attrelid = w.root AND common.attname = a.attname
        JOIN pg_type AS t ON t.oid = a.atttypid
        CROSS JOIN LATERAL (
            VALUES
                ('statistics target', nullif(a.attstattarget, -1)::text, nullif(common.attstattarget, -1)::text),
                ('storage', CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END, common.attstorage::text),
                ('compression', nullif(a.attcompression::text, ''), common.attcompression::text),
                ('comment', col_description(a.attrelid, a.attnum), col_description(common.attrelid, common.attnum))
            UNION ALL
            SELECT 'parameter ' || split_part(parameter, '=', 1), parameter, (SELECT same FROM unnest(common.attoptions) AS same WHERE same = parameter)
            FROM unnest(a.attoptions) AS parameter
            UNION ALL
            -- The table's is among its columns.
            SELECT 'default', pg_get_expr(d.adbin, d.adrelid), (SELECT pg_get_expr(same.adbin, same.adrelid) FROM pg_attrdef AS same WHERE same.adrelid = w.root AND same.adnum = common.attnum)
            FROM pg_attrdef AS d
            WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND w.is_partition) AS own (name, value, common)
        WHERE a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT (w.is_partition AND own.value IS NOT DISTINCT FROM own.common)
    ) AS o (name, value, columns)
    WHERE o.value IS NOT NULL
) AS f (kind, name, value, columns, changes_rows)
ORDER BY 1, 2, 3, 4, 5
