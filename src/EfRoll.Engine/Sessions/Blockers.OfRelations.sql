-- Sessions that hold a lock on one of the relations which does not go together with the one wanted, or that has to do with locked rows.
-- $1 schemas, $2 names, $3 lock modes as the engine calls them, or Rows.
SELECT DISTINCT
    format('pid %s', l.pid)
    || CASE WHEN coalesce(a.application_name, '') <> '' THEN format(' (%s)', a.application_name) ELSE '' END
    || coalesce(format(', %s', a.usename), '')
    || coalesce(format(', %s', a.state), '')
    || coalesce(format(' for %s s', round(extract(epoch FROM clock_timestamp() - a.state_change)::numeric, 1)), '')
    || coalesce(format(', transaction open for %s s', round(extract(epoch FROM clock_timestamp() - a.xact_start)::numeric, 1)), '')
    || coalesce(', ' || nullif(regexp_replace(left(a.query, 100), '\s+', ' ', 'g'), ''), '')
FROM unnest($1::text[], $2::text[], $3::text[]) AS wanted (schema_name, name, mode)
JOIN pg_catalog.pg_namespace AS n ON n.nspname = wanted.schema_name
JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = wanted.name
JOIN pg_catalog.pg_locks AS l
    ON l.locktype = 'relation' AND l.relation = c.oid AND l.granted AND l.pid <> pg_backend_pid()
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND l.mode = ANY (CASE wanted.mode
        WHEN 'AccessExclusive' THEN ARRAY['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock',
            'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']
        WHEN 'ShareRowExclusive' THEN ARRAY['RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
            'AccessExclusiveLock']
        WHEN 'Rows' THEN ARRAY['RowShareLock', 'RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']
        ELSE ARRAY['ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'] END)
LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
ORDER BY 1
