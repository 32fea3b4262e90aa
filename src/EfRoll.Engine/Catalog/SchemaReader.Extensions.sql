-- The extensions that the server has, whether this database has them, and what each requires.
SELECT e.name::text, e.installed_version IS NOT NULL, coalesce(v.requires::text[], '{}')
FROM pg_available_extensions AS e
LEFT JOIN pg_available_extension_versions AS v ON v.name = e.name AND v.version = e.default_version
UNION ALL
-- One whose files are gone is still installed.
SELECT x.extname::text, true, '{}'
FROM pg_extension AS x
WHERE NOT EXISTS (SELECT FROM pg_available_extensions AS e WHERE e.name = x.extname)
