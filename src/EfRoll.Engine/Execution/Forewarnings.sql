-- What will be in the way of a rollout, one sentence each. $1 schemas and $2 names of its tables, $3 from when on a transaction is long.
WITH tables AS (
    SELECT c.oid FROM unnest($1::text[], $2::text[]) AS given (schema_name, name)
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = given.schema_name
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = given.name
),
sessions AS (
    SELECT a.*, format('pid %s', a.pid)
        || CASE WHEN coalesce(a.application_name, '') <> '' THEN format(' (%s)', a.application_name) ELSE '' END
        || coalesce(format(', %s', a.usename), '') || coalesce(format(', %s', a.state), '')
        || coalesce(format(', transaction open for %s s', round(extract(epoch FROM clock_timestamp() - a.xact_start))), '')
        || coalesce(', ' || nullif(regexp_replace(left(a.query, 100), '\s+', ' ', 'g'), ''), '') AS description
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
)
SELECT CASE
    WHEN v.relid IS NOT NULL THEN format('a vacuum that prevents wraparound has %s and does not give way; wait for it: %s', v.relid::regclass, s.description)
    WHEN EXISTS (SELECT FROM pg_catalog.pg_locks AS l JOIN tables AS t ON t.oid = l.relation WHERE l.pid = s.pid AND l.granted)
        THEN format('a long transaction has a table that will change, which will have to be waited for: %s', s.description)
    ELSE format('a long transaction will hold up the building of indexes, and keeps old rows in their pages: %s', s.description) END
FROM sessions AS s
LEFT JOIN pg_catalog.pg_stat_progress_vacuum AS v ON v.pid = s.pid AND v.relid IN (SELECT oid FROM tables) AND s.query LIKE '%to prevent wraparound%'
WHERE v.relid IS NOT NULL OR (s.backend_type = 'client backend' AND s.xact_start < clock_timestamp() - $3::interval)
ORDER BY s.xact_start
