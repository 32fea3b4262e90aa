-- Sessions that hold a lock on one of the relations which does not go together with the one wanted, or that has to do with locked rows.
-- $1 schemas, $2 names, $3 lock modes as the engine calls them, or Rows. Without any: sessions that nobody can read a table of.
SELECT DISTINCT s.pid, s.description
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN (
    SELECT schema_name, name, mode FROM unnest($1::text[], $2::text[], $3::text[]) AS given (schema_name, name, mode)
    UNION ALL SELECT NULL, NULL, NULL WHERE cardinality($1::text[]) = 0
) AS wanted ON wanted.name IS NULL OR (wanted.schema_name = n.nspname AND wanted.name = c.relname)
JOIN sessions AS s ON s.pid = l.pid
WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid()
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND l.mode = ANY (CASE coalesce(wanted.mode, 'Read')
        WHEN 'Read' THEN ARRAY['AccessExclusiveLock']
        WHEN 'AccessExclusive' THEN ARRAY['AccessShareLock', 'RowShareLock', 'RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock',
            'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']
        WHEN 'ShareRowExclusive' THEN ARRAY['RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
            'AccessExclusiveLock']
        WHEN 'Rows' THEN ARRAY['RowShareLock', 'RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']
        ELSE ARRAY['ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'] END)
ORDER BY 1
