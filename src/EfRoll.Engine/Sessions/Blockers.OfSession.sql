-- Who keeps the session with the process $1 waiting.
SELECT a.pid,
    format('pid %s', a.pid)
    || CASE WHEN coalesce(a.application_name, '') <> '' THEN format(' (%s)', a.application_name) ELSE '' END
    || coalesce(format(', %s', a.usename), '')
    || coalesce(format(', %s', a.state), '')
    || coalesce(format(', transaction open for %s s', round(extract(epoch FROM clock_timestamp() - a.xact_start)::numeric, 1)), '')
    || coalesce(', ' || nullif(regexp_replace(left(a.query, 100), '\s+', ' ', 'g'), ''), '')
FROM unnest(pg_catalog.pg_blocking_pids($1)) AS blocking (pid)
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = blocking.pid
ORDER BY 1
