-- From version 1 to 2: what every migration did when it was applied.
ALTER TABLE efroll.rollouts
    -- Of all of them together, by which it could not be said which one had changed.
    DROP COLUMN checksum,
    -- By the place in migrations; NULL where it is not known.
    ADD COLUMN checksums text[] NOT NULL DEFAULT '{}',
    -- EF Core's history table: two contexts may have migrations of the same name. NULL for hand-written files.
    ADD COLUMN history_table text;
