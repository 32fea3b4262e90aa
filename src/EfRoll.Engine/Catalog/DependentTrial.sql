DO $efroll$
-- Makes what was read, and notes what the server says where it refuses.
DECLARE
    refused jsonb := '[]';
    statement text;
BEGIN
    FOR statement IN
        SELECT made.statement
        FROM jsonb_array_elements_text(current_setting('efroll.dependents')::jsonb) WITH ORDINALITY AS made (statement, position)
        WHERE made.statement ~ '^CREATE (VIEW|RULE|POLICY|TRIGGER|CONSTRAINT TRIGGER) '
        ORDER BY made.position
    LOOP
        BEGIN
            EXECUTE statement;
        EXCEPTION WHEN OTHERS THEN
            refused := refused || jsonb_build_array(jsonb_build_array(statement, sqlerrm));
        END;
    END LOOP;
    PERFORM set_config('efroll.refused', refused::text, true);
END
$efroll$
