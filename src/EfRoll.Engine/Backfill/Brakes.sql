-- What the brakes of a backfill look at. $1 the processes of its workers, $2 the table.
SELECT
    -- NULL where the role may not see it.
    (SELECT max(extract(epoch FROM replay_lag))::double precision FROM pg_catalog.pg_stat_replication),
    (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend' AND state = 'active' AND pid <> pg_backend_pid() AND pid <> ALL ($1::integer[])),
    (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE wait_event_type = 'Lock' AND pg_catalog.pg_blocking_pids(pid) && $1::integer[]),
    (
        SELECT min(a.pid) FROM pg_catalog.pg_stat_progress_vacuum AS v JOIN pg_catalog.pg_stat_activity AS a ON a.pid = v.pid
        WHERE v.relid = $2::regclass AND a.query LIKE '%to prevent wraparound%'
    ),
    (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint,
    pg_catalog.current_setting('max_connections')::integer,
    pg_catalog.current_setting('max_parallel_maintenance_workers')::integer,
    pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')
