-- The columns of table $2 that view $1 reads. A row as a whole leaves no trace of columns in pg_depend: then it is all of them.
SELECT a.attname::text
FROM pg_catalog.pg_rewrite AS r
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = $2::regclass AND a.attnum > 0 AND NOT a.attisdropped
WHERE r.ev_class = $1::regclass
    AND (r.ev_action::text ~ ':varattno 0 '
        OR EXISTS (
            SELECT FROM pg_catalog.pg_depend AS d
            WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
                AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum))
ORDER BY a.attnum
