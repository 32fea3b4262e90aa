-- What raw SQL may define, as kind and name. $1 version schemas.
WITH here AS (
    SELECT oid, nspname FROM pg_namespace WHERE nspname NOT IN ('information_schema', 'efroll') AND nspname !~ '^pg_' AND nspname <> ALL ($1::text[])
)
SELECT 'schema ' || nspname FROM here
UNION ALL SELECT 'extension ' || extname FROM pg_extension
UNION ALL SELECT 'routine ' || nspname || '.' || proname FROM pg_proc JOIN here ON here.oid = pronamespace
UNION ALL SELECT 'type ' || nspname || '.' || typname FROM pg_type JOIN here ON here.oid = typnamespace
UNION ALL SELECT 'collation ' || nspname || '.' || collname FROM pg_collation JOIN here ON here.oid = collnamespace
UNION ALL SELECT 'relation ' || nspname || '.' || relname FROM pg_class JOIN here ON here.oid = relnamespace
UNION ALL SELECT 'trigger ' || nspname || '.' || relname || ' ' || tgname
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid JOIN here ON here.oid = relnamespace WHERE NOT tgisinternal
UNION ALL SELECT 'rule ' || schemaname || '.' || tablename || ' ' || rulename FROM pg_rules JOIN here ON here.nspname = schemaname
UNION ALL SELECT 'policy ' || schemaname || '.' || tablename || ' ' || policyname FROM pg_policies JOIN here ON here.nspname = schemaname
