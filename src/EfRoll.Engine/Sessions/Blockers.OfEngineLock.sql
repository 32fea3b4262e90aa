-- Who holds the advisory lock with the key $1 (upper half), $2 (lower half).
SELECT s.who || coalesce(', from ' || host(s.client_addr), '') || coalesce(', since ' || to_char(s.backend_start, 'YYYY-MM-DD HH24:MI:SS TZ'), '')
FROM pg_catalog.pg_locks AS l
JOIN sessions AS s ON s.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid::bigint = $1::bigint AND l.objid::bigint = $2::bigint
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
