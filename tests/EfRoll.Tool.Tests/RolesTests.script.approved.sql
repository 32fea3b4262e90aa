-- Three roles for rollouts without downtime. Run it once, in the database of the application, as a superuser or as a role that owns the database,
-- may make roles and is a member of those that own the tables now. It can be run again. Passwords are not in here: \password sets them.

DO $efroll$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_owner') THEN
        CREATE ROLE "app_owner";
    END IF;
END
$efroll$;
ALTER ROLE "app_owner" NOLOGIN;
DO $efroll$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_migrator') THEN
        CREATE ROLE "app_migrator";
    END IF;
END
$efroll$;
ALTER ROLE "app_migrator" LOGIN;
DO $efroll$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_app') THEN
        CREATE ROLE "app_app";
    END IF;
END
$efroll$;
ALTER ROLE "app_app" LOGIN;

-- The migrator acts as the owner, so that what it makes belongs to the owner too.
GRANT "app_owner" TO "app_migrator";
DO $efroll$
BEGIN
    EXECUTE pg_catalog.format('ALTER ROLE %I IN DATABASE %I SET role = %L', 'app_migrator', pg_catalog.current_database(), 'app_owner');
    -- Schemas for EfRoll's state and for the versions' views.
    EXECUTE pg_catalog.format('GRANT CREATE, CONNECT, TEMPORARY ON DATABASE %I TO %I', pg_catalog.current_database(), 'app_owner');
    EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I, %I', pg_catalog.current_database(), 'app_migrator', 'app_app');
END
$efroll$;

-- The owner has the schema and everything in it.
DO $efroll$
DECLARE
    owned record;
BEGIN
    EXECUTE pg_catalog.format('ALTER SCHEMA %I OWNER TO %I', 'public', 'app_owner');
    FOR owned IN
        SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind, c.relname AS name
        FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
            -- The sequence of a column belongs to whom the table belongs, what an extension made to whom that belongs.
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
    LOOP
        EXECUTE pg_catalog.format('ALTER %s %I.%I OWNER TO %I', owned.kind, 'public', owned.name, 'app_owner');
    END LOOP;
    FOR owned IN
        SELECT CASE WHEN t.typtype = 'd' THEN 'DOMAIN' ELSE 'TYPE' END AS kind, pg_catalog.format('%I.%I', n.nspname, t.typname) AS name
        FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
        WHERE n.nspname = 'public' AND (t.typtype IN ('e', 'd', 'r') OR EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
        UNION ALL
        SELECT 'ROUTINE', p.oid::regprocedure::text
        FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public' AND p.prokind <> 'a'
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
        UNION ALL
        -- Those that hang on a column are made anew when another one takes its place, which only their owner may do.
        SELECT 'STATISTICS', pg_catalog.format('%I.%I', n.nspname, s.stxname)
        FROM pg_catalog.pg_statistic_ext AS s JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace
        WHERE n.nspname = 'public'
        UNION ALL
        SELECT 'COLLATION', pg_catalog.format('%I.%I', n.nspname, o.collname)
        FROM pg_catalog.pg_collation AS o JOIN pg_catalog.pg_namespace AS n ON n.oid = o.collnamespace
        WHERE n.nspname = 'public'
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_collation'::regclass AND d.objid = o.oid AND d.deptype = 'e')
    LOOP
        EXECUTE pg_catalog.format('ALTER %s %s OWNER TO %I', owned.kind, owned.name, 'app_owner');
    END LOOP;
END
$efroll$;

-- Nobody else makes anything where migrations' expressions look for functions and operators.
REVOKE CREATE ON SCHEMA "public" FROM PUBLIC;

-- The application reads and writes rows, also of tables that come; a version's views get the rights of their tables.
GRANT USAGE ON SCHEMA "public" TO "app_app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "public" TO "app_app";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA "public" TO "app_app";
ALTER DEFAULT PRIVILEGES FOR ROLE "app_owner" IN SCHEMA "public" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "app_app";
ALTER DEFAULT PRIVILEGES FOR ROLE "app_owner" IN SCHEMA "public" GRANT USAGE ON SEQUENCES TO "app_app";

-- Not needed, but better to have: to say who blocks and to heed replicas; to keep users' triggers silent while rows are filled (from 15 on).
GRANT pg_read_all_stats TO "app_owner";
DO $efroll$
BEGIN
    IF pg_catalog.current_setting('server_version_num')::integer >= 150000 THEN
        EXECUTE pg_catalog.format('GRANT SET ON PARAMETER session_replication_role TO %I', 'app_owner');
    END IF;
END
$efroll$;
-- For --cancel-blockers alone there is pg_signal_backend, which is left to you to grant to the owner.
