-- What will be in the way of a rollout, one sentence each. $1 schemas and $2 names of its tables, $3 from when on a transaction is long.
SELECT CASE
    WHEN v.relid IS NOT NULL THEN format('a vacuum that prevents wraparound has %s and does not give way; wait for it: %s', v.relid::regclass, s.description)
    WHEN EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.pid = s.pid AND l.granted AND l.relation = ANY (tables.oids))
        THEN format('a long transaction has a table that will change, which will have to be waited for: %s', s.description)
    ELSE format('a long transaction will hold up the building of indexes, and keeps old rows in their pages: %s', s.description) END
FROM (
    SELECT array_agg(c.oid) FROM unnest($1::text[], $2::text[]) AS given (schema_name, name)
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = given.schema_name
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = given.name
) AS tables (oids)
CROSS JOIN sessions AS s
LEFT JOIN pg_catalog.pg_stat_progress_vacuum AS v ON v.pid = s.pid AND v.relid = ANY (tables.oids) AND s.query LIKE '%to prevent wraparound%'
WHERE s.datname = current_database() AND s.pid <> pg_backend_pid()
    AND (v.relid IS NOT NULL OR (s.backend_type = 'client backend' AND s.xact_start < clock_timestamp() - $3::interval))
ORDER BY s.xact_start
