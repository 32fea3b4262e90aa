-- What lies in schemas outside the system's besides tables and their parts, sequences, and types and collations of the users': views, functions, …
SELECT n.nspname::text, pg_describe_object(d.classid, d.objid, 0)
FROM pg_namespace AS n
JOIN pg_depend AS d ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid
LEFT JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
LEFT JOIN pg_type AS t ON d.classid = 'pg_type'::regclass AND t.oid = d.objid
WHERE n.nspname NOT IN ('information_schema', 'efroll') AND n.nspname !~ '^pg_'
    AND d.classid <> 'pg_collation'::regclass
    AND (c.oid IS NULL OR c.relkind IN ('v', 'm', 'c'))
    AND (t.oid IS NULL OR t.typtype = 'd' OR t.typtype = 'b' AND t.typelem = 0)
ORDER BY 1, 2
