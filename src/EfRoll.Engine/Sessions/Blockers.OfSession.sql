-- Who keeps the session with the process $1 waiting.
SELECT s.pid, s.description
FROM unnest(pg_catalog.pg_blocking_pids($1)) AS blocking (pid)
JOIN sessions AS s ON s.pid = blocking.pid
ORDER BY 1
