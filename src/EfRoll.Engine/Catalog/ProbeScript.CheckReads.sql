-- The columns that the check $2 of table $1 reads.
SELECT a.attname::text
FROM pg_catalog.pg_constraint AS c
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
WHERE c.conrelid = $1::regclass AND c.conname = $2
ORDER BY a.attnum
