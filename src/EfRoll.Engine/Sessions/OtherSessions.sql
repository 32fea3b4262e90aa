-- All sessions, with who they are and what they do, for people. What the role may not see of others is NULL, and left out.
SELECT a.*, w.who,
    concat(
        w.who,
        ', ' || a.state || coalesce(' for ' || round(extract(epoch FROM clock_timestamp() - a.state_change)::numeric, 1) || ' s', ''),
        ', transaction open for ' || round(extract(epoch FROM clock_timestamp() - a.xact_start)::numeric, 1) || ' s',
        ', ' || nullif(regexp_replace(left(a.query, 100), '\s+', ' ', 'g'), '')) AS description
FROM pg_catalog.pg_stat_activity AS a
CROSS JOIN LATERAL (SELECT concat('pid ', a.pid, ' (' || nullif(a.application_name, '') || ')', ', ' || a.usename)) AS w (who)
