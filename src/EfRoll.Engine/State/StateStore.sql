-- The state schema, version 1. Run in one transaction, together with the row of efroll.meta.
CREATE SCHEMA efroll;
COMMENT ON SCHEMA efroll IS 'State of EfRoll: rollouts, their steps and backfills. Applications do not use it.';

CREATE TABLE efroll.meta (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    version integer NOT NULL
);

CREATE TABLE efroll.rollouts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    base_migration text,
    -- None where the rollout only made the views of a version that was complete.
    migrations text[] NOT NULL,
    phase text NOT NULL CHECK (phase IN ('expanding', 'expanded', 'contracting', 'completed', 'rolled_back')),
    version_schemas text[] NOT NULL,
    manifest jsonb NOT NULL,
    checksum text NOT NULL,
    plan jsonb NOT NULL,
    tool_version text NOT NULL,
    -- How hard the backfills work, as BackfillOptions, and since when they are paused; both may be changed while they run.
    backfill_options jsonb,
    paused_at timestamptz,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One open rollout at most.
CREATE UNIQUE INDEX rollouts_open ON efroll.rollouts ((true)) WHERE phase IN ('expanding', 'expanded', 'contracting');

-- The journal. A step in a transaction writes its row there, finished; the others write it before they begin.
CREATE TABLE efroll.steps (
    rollout_id bigint NOT NULL REFERENCES efroll.rollouts,
    step_id text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    PRIMARY KEY (rollout_id, step_id)
);

-- The strong locks that were held, and what they cost the applications.
CREATE TABLE efroll.locks (
    rollout_id bigint NOT NULL REFERENCES efroll.rollouts,
    title text NOT NULL,
    relation text NOT NULL,
    mode text NOT NULL,
    waited_ms double precision NOT NULL,
    held_ms double precision NOT NULL,
    attempts integer NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX locks_rollout ON efroll.locks (rollout_id);

CREATE TABLE efroll.backfills (
    rollout_id bigint NOT NULL REFERENCES efroll.rollouts,
    step_id text NOT NULL,
    table_name text NOT NULL,
    next_page bigint NOT NULL DEFAULT 0,
    pages bigint NOT NULL DEFAULT 0,
    rows bigint NOT NULL DEFAULT 0,
    -- First and last page (exclusive) of ranges where rows were locked by others, two entries each.
    left_behind bigint[] NOT NULL DEFAULT '{}',
    rows_per_second double precision NOT NULL DEFAULT 0,
    seconds_left double precision,
    -- Why it is held at the moment, one sentence each.
    held_by text[] NOT NULL DEFAULT '{}',
    is_done boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (rollout_id, step_id)
);
