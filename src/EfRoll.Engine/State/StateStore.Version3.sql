-- From version 2 to 3: what the tables were like when an author's own SQL began for which no transaction vouches.
ALTER TABLE efroll.steps
    -- NULL for every other step.
    ADD COLUMN tables_before jsonb;
