-- Sessions of applications in this database, those of the tool left out. What a role may not see of others is NULL; the name it sees.
SELECT a.pid, coalesce(a.usename, ''), a.application_name, a.state, a.backend_start
FROM pg_catalog.pg_stat_activity AS a
WHERE a.datname = pg_catalog.current_database() AND a.usesysid IS NOT NULL AND coalesce(a.backend_type, 'client backend') = 'client backend'
    AND a.application_name <> $1 AND a.pid <> pg_catalog.pg_backend_pid()
ORDER BY a.pid
