DO $efroll$
-- Takes away what hangs on columns that are about to be exchanged, and remembers the statements that make it again. Read now rather than
-- when the rollout was planned: by now the columns have their final names, and nothing that was changed meanwhile is lost.
DECLARE
    -- [{"table": …, "column": …, "goes": whether nothing takes its place}]
    wanted jsonb := current_setting('efroll.exchanged')::jsonb;
    path text := current_setting('search_path');
    -- Set where nothing is to be taken away, only to be read, in names as this path shows them.
    trial_path text := nullif(current_setting('efroll.trial_path', true), '');
    is_trial boolean := nullif(current_setting('efroll.trial_path', true), '') IS NOT NULL;
    version integer := current_setting('server_version_num')::integer;
    drops text[] := '{}';
    makes text[] := '{}';
    views oid[];
    rules oid[];
    policies oid[];
    triggers oid[];
    statistics oid[];
    publications oid[];
    hands_out text;
    item record;
    part record;
BEGIN
    -- With nothing else on the path, the server writes all other names in full.
    PERFORM set_config('search_path', coalesce(trial_path, 'pg_catalog'), true);

    WITH RECURSIVE exchanged (relation, number, goes) AS (
        SELECT a.attrelid, a.attnum, (w ->> 'goes')::boolean
        FROM jsonb_array_elements(wanted) AS w
        JOIN pg_attribute AS a ON a.attrelid = (w ->> 'table')::regclass AND a.attname = w ->> 'column'
    ), direct (classid, objid) AS (
        SELECT d.classid, d.objid
        FROM exchanged AS e
        JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = e.relation AND d.refobjsubid = e.number
        WHERE NOT e.goes
        UNION
        -- A view may group by a primary key, and then shows columns that it could not show without.
        SELECT d.classid, d.objid
        FROM exchanged AS e
        JOIN pg_constraint AS k ON k.conrelid = e.relation AND e.number = ANY (k.conkey)
        JOIN pg_depend AS d ON d.refclassid = 'pg_constraint'::regclass AND d.refobjid = k.oid AND d.classid = 'pg_rewrite'::regclass
        WHERE NOT e.goes
    ), closure (view, level) AS (
        SELECT r.ev_class, 1
        FROM direct AS f
        JOIN pg_rewrite AS r ON f.classid = 'pg_rewrite'::regclass AND r.oid = f.objid AND r.rulename = '_RETURN'
        UNION
        SELECT r.ev_class, u.level + 1
        FROM closure AS u
        JOIN pg_class AS used ON used.oid = u.view
        JOIN pg_depend AS d
            ON d.classid = 'pg_rewrite'::regclass
            AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = used.oid OR d.refclassid = 'pg_type'::regclass AND d.refobjid = used.reltype)
        JOIN pg_rewrite AS r ON r.oid = d.objid AND r.rulename = '_RETURN' AND r.ev_class <> used.oid
    ), found (classid, objid) AS (
        SELECT f.classid, f.objid FROM direct AS f
        UNION
        SELECT d.classid, d.objid
        FROM closure AS u
        JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = u.view
    )
    SELECT
        ARRAY(SELECT u.view FROM closure AS u GROUP BY u.view ORDER BY max(u.level), u.view),
        ARRAY(
            SELECT r.oid FROM found AS f JOIN pg_rewrite AS r ON f.classid = 'pg_rewrite'::regclass AND r.oid = f.objid
            WHERE r.rulename <> '_RETURN' AND NOT EXISTS (SELECT FROM closure AS u WHERE u.view = r.ev_class) ORDER BY r.oid),
        ARRAY(SELECT f.objid FROM found AS f WHERE f.classid = 'pg_policy'::regclass ORDER BY f.objid),
        ARRAY(
            -- The clones that partitions have are made with their parent's.
            SELECT t.oid FROM direct AS f JOIN pg_trigger AS t ON f.classid = 'pg_trigger'::regclass AND t.oid = f.objid
            WHERE NOT t.tgisinternal AND t.tgparentid = 0
            UNION
            -- Sessions that have run a trigger's function remember the types of its row's columns, and fail over another one (42804); a trigger that
            -- is made anew has its function compiled anew.
            SELECT t.oid
            FROM (
                SELECT e.relation FROM exchanged AS e WHERE NOT e.goes
                UNION
                SELECT p.relid FROM exchanged AS e CROSS JOIN pg_partition_tree(e.relation) AS p WHERE NOT e.goes
            ) AS whole
            JOIN pg_trigger AS t ON t.tgrelid = whole.relation AND NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgname !~ '^[~!]efroll'
            JOIN pg_proc AS f ON f.oid = t.tgfoid
            JOIN pg_language AS l ON l.oid = f.prolang AND l.lanname NOT IN ('internal', 'c')
            WHERE NOT is_trial AND t.tgtype & 1 = 1
                AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.deptype = 'e')
            ORDER BY 1),
        ARRAY(
            -- Those that read a column which goes, too, go with it.
            SELECT f.objid FROM direct AS f
            WHERE f.classid = 'pg_statistic_ext'::regclass AND NOT EXISTS (
                SELECT FROM pg_depend AS d JOIN exchanged AS e ON e.goes AND d.refobjid = e.relation AND d.refobjsubid = e.number
                WHERE d.classid = f.classid AND d.objid = f.objid AND d.refclassid = 'pg_class'::regclass)
            ORDER BY f.objid),
        ARRAY(SELECT f.objid FROM direct AS f WHERE f.classid = 'pg_publication_rel'::regclass ORDER BY f.objid)
    INTO views, rules, policies, triggers, statistics, publications;

    -- Who would be given rights on whatever we make.
    SELECT string_agg(DISTINCT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END, ', ')
    INTO hands_out
    FROM pg_default_acl AS d, aclexplode(d.defaclacl) AS acl
    WHERE d.defaclobjtype = 'r' AND d.defaclrole = (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = current_user);

    FOR item IN
        SELECT c.oid, c.oid::regclass AS name, c.relkind, c.relowner, c.relacl,
            coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', '') AS options,
            rtrim(pg_get_viewdef(c.oid), ';') AS query
        FROM unnest(views) WITH ORDINALITY AS v (oid, position) JOIN pg_class AS c ON c.oid = v.oid
        ORDER BY v.position
    LOOP
        IF item.relkind <> 'v' THEN
            RAISE 'materialized view % reads a column that is about to be exchanged', item.name
                USING ERRCODE = 'dependent_objects_still_exist', HINT = 'Drop it, and make it anew after complete.';
        END IF;
        drops := format('DROP VIEW %s', item.name) || drops;
        makes := makes || format('CREATE VIEW %s%s AS %s', item.name, item.options, item.query);
        IF pg_get_userbyid(item.relowner) <> current_user THEN
            makes := makes || format('ALTER VIEW %s OWNER TO %I', item.name, pg_get_userbyid(item.relowner));
        END IF;
        IF hands_out IS NOT NULL THEN
            makes := makes || format('REVOKE ALL ON %s FROM %s', item.name, hands_out);
        END IF;
        IF item.relacl IS NOT NULL THEN
            makes := makes || format('REVOKE ALL ON %s FROM PUBLIC, %I', item.name, pg_get_userbyid(item.relowner));
        END IF;
        FOR part IN
            SELECT acl.privilege_type AS privilege, '' AS columns, acl.grantee, acl.is_grantable FROM aclexplode(item.relacl) AS acl
            UNION ALL
            SELECT acl.privilege_type, format(' (%I)', a.attname), acl.grantee, acl.is_grantable
            FROM pg_attribute AS a, aclexplode(a.attacl) AS acl WHERE a.attrelid = item.oid
        LOOP
            makes := makes || format('GRANT %s%s ON %s TO %s%s', part.privilege, part.columns, item.name,
                CASE part.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(part.grantee)) END,
                CASE WHEN part.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END);
        END LOOP;
        FOR part IN
            SELECT a.attname, pg_get_expr(d.adbin, d.adrelid) AS value
            FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = item.oid
        LOOP
            makes := makes || format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', item.name, part.attname, part.value);
        END LOOP;
        FOR part IN SELECT d.objsubid, d.description, a.attname FROM pg_description AS d LEFT JOIN pg_attribute AS a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
            WHERE d.classoid = 'pg_class'::regclass AND d.objoid = item.oid
        LOOP
            makes := makes || CASE part.objsubid WHEN 0 THEN format('COMMENT ON VIEW %s IS %L', item.name, part.description)
                ELSE format('COMMENT ON COLUMN %s.%I IS %L', item.name, part.attname, part.description) END;
        END LOOP;
        -- What belongs to it goes and comes back with it.
        rules := rules || ARRAY(SELECT r.oid FROM pg_rewrite AS r WHERE r.ev_class = item.oid AND r.rulename <> '_RETURN' ORDER BY r.oid);
        triggers := triggers || ARRAY(SELECT t.oid FROM pg_trigger AS t WHERE t.tgrelid = item.oid AND NOT t.tgisinternal ORDER BY t.oid);
    END LOOP;

    FOR item IN
        SELECT r.ev_class::regclass AS place, r.rulename AS name, rtrim(pg_get_ruledef(r.oid, is_trial), ';') AS definition, r.ev_enabled AS enabled, r.ev_class = ANY (views) AS goes_with_view,
            obj_description(r.oid, 'pg_rewrite') AS description
        FROM unnest(rules) WITH ORDINALITY AS o (oid, position) JOIN pg_rewrite AS r ON r.oid = o.oid ORDER BY o.position
    LOOP
        IF NOT item.goes_with_view THEN
            drops := format('DROP RULE %I ON %s', item.name, item.place) || drops;
        END IF;
        makes := makes || item.definition;
        IF item.enabled <> 'O' THEN
            makes := makes || format('ALTER TABLE %s %s RULE %I', item.place,
                CASE item.enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, item.name);
        END IF;
        IF item.description IS NOT NULL THEN
            makes := makes || format('COMMENT ON RULE %I ON %s IS %L', item.name, item.place, item.description);
        END IF;
    END LOOP;

    FOR item IN
        SELECT t.tgrelid::regclass AS place, t.tgname AS name, pg_get_triggerdef(t.oid, is_trial) AS definition, t.tgenabled AS enabled, t.tgrelid = ANY (views) AS goes_with_view,
            obj_description(t.oid, 'pg_trigger') AS description
        FROM unnest(triggers) WITH ORDINALITY AS o (oid, position) JOIN pg_trigger AS t ON t.oid = o.oid ORDER BY o.position
    LOOP
        IF NOT item.goes_with_view THEN
            drops := format('DROP TRIGGER %I ON %s', item.name, item.place) || drops;
        END IF;
        makes := makes || item.definition;
        IF item.enabled <> 'O' THEN
            makes := makes || format('ALTER TABLE %s %s TRIGGER %I', item.place,
                CASE item.enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, item.name);
        END IF;
        IF item.description IS NOT NULL THEN
            makes := makes || format('COMMENT ON TRIGGER %I ON %s IS %L', item.name, item.place, item.description);
        END IF;
    END LOOP;

    FOR item IN
        SELECT p.polrelid::regclass AS place, p.polname AS name, p.polpermissive AS is_permissive,
            CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS command,
            (SELECT string_agg(CASE u.oid WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(u.oid)) END, ', ' ORDER BY u.position)
                FROM unnest(p.polroles) WITH ORDINALITY AS u (oid, position)) AS roles,
            coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') AS sees,
            coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') AS writes,
            obj_description(p.oid, 'pg_policy') AS description
        FROM unnest(policies) WITH ORDINALITY AS o (oid, position) JOIN pg_policy AS p ON p.oid = o.oid ORDER BY o.position
    LOOP
        drops := format('DROP POLICY %I ON %s', item.name, item.place) || drops;
        makes := makes || format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', item.name, item.place,
            CASE WHEN item.is_permissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, item.command, item.roles, item.sees, item.writes);
        IF item.description IS NOT NULL THEN
            makes := makes || format('COMMENT ON POLICY %I ON %s IS %L', item.name, item.place, item.description);
        END IF;
    END LOOP;

    FOR item IN
        SELECT format('%I.%I', n.nspname, s.stxname) AS name, pg_get_statisticsobjdef(s.oid) AS definition, coalesce(s.stxstattarget, -1) AS target,
            pg_get_userbyid(s.stxowner) AS owner, obj_description(s.oid, 'pg_statistic_ext') AS description
        FROM unnest(statistics) WITH ORDINALITY AS o (oid, position) JOIN pg_statistic_ext AS s ON s.oid = o.oid JOIN pg_namespace AS n ON n.oid = s.stxnamespace
        ORDER BY o.position
    LOOP
        drops := format('DROP STATISTICS %s', item.name) || drops;
        makes := makes || item.definition;
        IF item.target >= 0 THEN
            makes := makes || format('ALTER STATISTICS %s SET STATISTICS %s', item.name, item.target);
        END IF;
        IF item.owner <> current_user THEN
            makes := makes || format('ALTER STATISTICS %s OWNER TO %I', item.name, item.owner);
        END IF;
        IF item.description IS NOT NULL THEN
            makes := makes || format('COMMENT ON STATISTICS %s IS %L', item.name, item.description);
        END IF;
    END LOOP;

    IF version >= 150000 THEN
        FOR item IN
            SELECT p.pubname AS name, r.prrelid::regclass AS place,
                coalesce((SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
                    FROM pg_attribute AS a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::smallint[])), '') AS columns,
                coalesce(' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')', '') AS filter
            FROM unnest(publications) WITH ORDINALITY AS o (oid, position)
            JOIN pg_publication_rel AS r ON r.oid = o.oid
            JOIN pg_publication AS p ON p.oid = r.prpubid
            ORDER BY o.position
        LOOP
            drops := format('ALTER PUBLICATION %I DROP TABLE ONLY %s', item.name, item.place) || drops;
            makes := makes || format('ALTER PUBLICATION %I ADD TABLE ONLY %s%s%s', item.name, item.place, item.columns, item.filter);
        END LOOP;
    END IF;

    IF NOT is_trial THEN
        FOR i IN 1 .. cardinality(drops) LOOP
            EXECUTE drops[i];
        END LOOP;
    END IF;
    PERFORM set_config('efroll.dependents', to_jsonb(makes)::text, true);
    PERFORM set_config('search_path', path, true);
END
$efroll$
