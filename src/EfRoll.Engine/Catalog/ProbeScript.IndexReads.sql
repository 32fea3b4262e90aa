-- The columns that index $1 reads: as keys, in expressions, included, in its predicate.
SELECT a.attname::text
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum > 0
WHERE i.indexrelid = $1::regclass
    AND (a.attnum = ANY (i.indkey::smallint[])
        OR EXISTS (
            SELECT FROM pg_catalog.pg_depend AS d
            WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
                AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum))
ORDER BY a.attnum
