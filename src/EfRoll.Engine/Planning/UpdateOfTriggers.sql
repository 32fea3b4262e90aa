DO $efroll$
-- A trigger with UPDATE OF a column is to fire as well when the new version writes that column's shadow; or no longer.
DECLARE
    -- {"table": …, "adds": whether shadows are added or taken away, "columns": [[column, shadow], …]}
    wanted jsonb := current_setting('efroll.update_of')::jsonb;
    adds boolean := (wanted ->> 'adds')::boolean;
    path text := current_setting('search_path');
    item record;
BEGIN
    PERFORM set_config('search_path', 'pg_catalog', true);
    FOR item IN
        SELECT t.tgrelid::regclass AS place, t.tgname AS name, t.tgenabled AS enabled, obj_description(t.oid, 'pg_trigger') AS description,
            pg_get_triggerdef(t.oid) AS definition, named.former, named.successor
        FROM pg_trigger AS t
        CROSS JOIN LATERAL (
            SELECT
                ' UPDATE OF ' || string_agg(quote_ident(a.attname), ', ' ORDER BY o.position),
                ' UPDATE OF ' || string_agg(quote_ident(a.attname), ', ' ORDER BY o.position) FILTER (WHERE adds OR pair.shadow IS NULL)
                    || CASE WHEN adds THEN coalesce(string_agg(', ' || quote_ident(pair.shadow), '' ORDER BY o.position), '') ELSE '' END,
                count(pair.shadow)
            FROM unnest(t.tgattr::smallint[]) WITH ORDINALITY AS o (number, position)
            JOIN pg_attribute AS a ON a.attrelid = t.tgrelid AND a.attnum = o.number
            LEFT JOIN jsonb_array_elements(wanted -> 'columns') AS c (names) ON a.attname = c.names ->> CASE WHEN adds THEN 0 ELSE 1 END
            LEFT JOIN LATERAL (SELECT c.names ->> 1) AS pair (shadow) ON true
        ) AS named (former, successor, count)
        -- The clones that partitions have are made with their parent's.
        WHERE t.tgrelid = (wanted ->> 'table')::regclass AND NOT t.tgisinternal AND t.tgparentid = 0 AND named.count > 0
        ORDER BY t.tgname
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', item.name, item.place);
        EXECUTE overlay(item.definition PLACING item.successor FROM position(item.former IN item.definition) FOR length(item.former));
        IF item.enabled <> 'O' THEN
            EXECUTE format('ALTER TABLE %s %s TRIGGER %I', item.place,
                CASE item.enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, item.name);
        END IF;
        IF item.description IS NOT NULL THEN
            EXECUTE format('COMMENT ON TRIGGER %I ON %s IS %L', item.name, item.place, item.description);
        END IF;
    END LOOP;
    PERFORM set_config('search_path', path, true);
END
$efroll$
