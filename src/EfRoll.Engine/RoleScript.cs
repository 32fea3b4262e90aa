using EfRoll.Engine.Sql;

namespace EfRoll.Engine;

/// <summary>The roles of a database whose rollouts run with no more rights than they need.</summary>
/// <param name="Schema">The schema of the application's tables.</param>
/// <param name="Owner">Owns schema and tables; nobody logs in as it.</param>
/// <param name="Migrator">Runs EfRoll; acts as the owner.</param>
/// <param name="Application">Runs both versions of the application: reads and writes rows.</param>
public sealed record RoleScript(Identifier Schema, Identifier Owner, Identifier Migrator, Identifier Application)
{
    /// <summary>Writes the SQL that makes them, or brings them up to date; for a superuser, or the owner of the database who may make roles, to read and run once.</summary>
    public SqlText ToSql() =>
        $"""
        -- Three roles for rollouts without downtime. Run it once, in the database of the application, as a superuser or as a role that owns the database,
        -- may make roles and is a member of those that own the tables now. It can be run again. Passwords are not in here: \password sets them.

        {MakeRole(Owner, $"NOLOGIN")}
        {MakeRole(Migrator, $"LOGIN")}
        {MakeRole(Application, $"LOGIN")}

        -- The migrator acts as the owner, so that what it makes belongs to the owner too.
        GRANT {Owner} TO {Migrator};
        {SqlText.Block($"""
        BEGIN
            EXECUTE pg_catalog.format('ALTER ROLE %I IN DATABASE %I SET role = %L', {Literal.Text(Migrator.Value)}, pg_catalog.current_database(), {Literal.Text(Owner.Value)});
            -- Schemas for EfRoll's state and for the versions' views.
            EXECUTE pg_catalog.format('GRANT CREATE, CONNECT, TEMPORARY ON DATABASE %I TO %I', pg_catalog.current_database(), {Literal.Text(Owner.Value)});
            EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I, %I', pg_catalog.current_database(), {Literal.Text(Migrator.Value)}, {Literal.Text(Application.Value)});
        END
        """)};

        -- The owner has the schema and everything in it.
        {SqlText.Block($"""
        DECLARE
            owned record;
        BEGIN
            EXECUTE pg_catalog.format('ALTER SCHEMA %I OWNER TO %I', {Literal.Text(Schema.Value)}, {Literal.Text(Owner.Value)});
            FOR owned IN
                SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind, c.relname AS name
                FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = {Literal.Text(Schema.Value)} AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
                    -- The sequence of a column belongs to whom the table belongs, what an extension made to whom that belongs.
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
            LOOP
                EXECUTE pg_catalog.format('ALTER %s %I.%I OWNER TO %I', owned.kind, {Literal.Text(Schema.Value)}, owned.name, {Literal.Text(Owner.Value)});
            END LOOP;
            FOR owned IN
                SELECT CASE WHEN t.typtype = 'd' THEN 'DOMAIN' ELSE 'TYPE' END AS kind, pg_catalog.format('%I.%I', n.nspname, t.typname) AS name
                FROM pg_catalog.pg_type AS t JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
                WHERE n.nspname = {Literal.Text(Schema.Value)} AND (t.typtype IN ('e', 'd', 'r') OR EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
                UNION ALL
                SELECT 'ROUTINE', p.oid::regprocedure::text
                FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
                WHERE n.nspname = {Literal.Text(Schema.Value)} AND p.prokind <> 'a'
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
                UNION ALL
                -- Those that hang on a column are made anew when another one takes its place, which only their owner may do.
                SELECT 'STATISTICS', pg_catalog.format('%I.%I', n.nspname, s.stxname)
                FROM pg_catalog.pg_statistic_ext AS s JOIN pg_catalog.pg_namespace AS n ON n.oid = s.stxnamespace
                WHERE n.nspname = {Literal.Text(Schema.Value)}
                UNION ALL
                SELECT 'COLLATION', pg_catalog.format('%I.%I', n.nspname, o.collname)
                FROM pg_catalog.pg_collation AS o JOIN pg_catalog.pg_namespace AS n ON n.oid = o.collnamespace
                WHERE n.nspname = {Literal.Text(Schema.Value)}
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_collation'::regclass AND d.objid = o.oid AND d.deptype = 'e')
            LOOP
                EXECUTE pg_catalog.format('ALTER %s %s OWNER TO %I', owned.kind, owned.name, {Literal.Text(Owner.Value)});
            END LOOP;
        END
        """)};

        -- Nobody else makes anything where migrations' expressions look for functions and operators.
        REVOKE CREATE ON SCHEMA {Schema} FROM PUBLIC;

        -- The application reads and writes rows, also of tables that come; a version's views get the rights of their tables.
        GRANT USAGE ON SCHEMA {Schema} TO {Application};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {Schema} TO {Application};
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA {Schema} TO {Application};
        ALTER DEFAULT PRIVILEGES FOR ROLE {Owner} IN SCHEMA {Schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {Application};
        ALTER DEFAULT PRIVILEGES FOR ROLE {Owner} IN SCHEMA {Schema} GRANT USAGE ON SEQUENCES TO {Application};

        -- Not needed, but better to have: to say who blocks and to heed replicas; to keep users' triggers silent while rows are filled (from 15 on).
        GRANT pg_read_all_stats TO {Owner};
        {SqlText.Block($"""
        BEGIN
            IF pg_catalog.current_setting('server_version_num')::integer >= 150000 THEN
                EXECUTE pg_catalog.format('GRANT SET ON PARAMETER session_replication_role TO %I', {Literal.Text(Owner.Value)});
            END IF;
        END
        """)};
        -- For --cancel-blockers alone there is pg_signal_backend, which is left to you to grant to the owner.
        """;

    static SqlText MakeRole(Identifier role, SqlText login) => $"""
        {SqlText.Block($"""
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {Literal.Text(role.Value)}) THEN
                CREATE ROLE {role};
            END IF;
        END
        """)};
        ALTER ROLE {role} {login};
        """;
}
