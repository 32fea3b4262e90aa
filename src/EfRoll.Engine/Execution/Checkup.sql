-- What a rollout needs of the role and of the server. $1 the base schema.
SELECT
    current_setting('server_version'),
    has_database_privilege(current_database(), 'CREATE'),
    has_schema_privilege($1, 'CREATE') AND has_schema_privilege($1, 'USAGE'),
    -- Of the schema that expressions look into; PUBLIC is everybody who may connect.
    EXISTS (
        SELECT FROM pg_namespace AS n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS acl
        WHERE n.nspname = $1 AND acl.grantee = 0 AND acl.privilege_type = 'CREATE'),
    ARRAY(
        SELECT format('%s (of %s)', c.relname, pg_get_userbyid(c.relowner)) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT pg_has_role(c.relowner, 'USAGE')
        ORDER BY c.relname),
    pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),
    pg_has_role(current_user, 'pg_signal_backend', 'USAGE') OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
    current_setting('application_name'),
    current_setting('max_locks_per_transaction')::bigint * (current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint),
    (SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'i', 'I')),
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
    -- By name it would be an error where the schema may not be used.
    NOT EXISTS (SELECT FROM pg_namespace AS n WHERE n.nspname = 'efroll' AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE')))
        AND NOT EXISTS (
            SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = 'efroll' AND c.relkind = 'r' AND NOT pg_has_role(c.relowner, 'USAGE')
                AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')))
