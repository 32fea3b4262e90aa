DO $efroll$
-- Makes anew what was set aside, over the columns that have taken their places.
DECLARE
    path text := current_setting('search_path');
    statement text;
BEGIN
    PERFORM set_config('search_path', 'pg_catalog', true);
    FOR statement IN
        SELECT made.statement
        FROM jsonb_array_elements_text(current_setting('efroll.dependents')::jsonb) WITH ORDINALITY AS made (statement, position)
        ORDER BY made.position
    LOOP
        EXECUTE statement;
    END LOOP;
    PERFORM set_config('search_path', path, true);
END
$efroll$
