-- Schemas outside the system's, with the rights on them that do not come with owning them.
SELECT n.nspname::text, acl.grantee IS NOT NULL, CASE WHEN acl.grantee <> 0 THEN pg_get_userbyid(acl.grantee)::text END,
    coalesce(acl.privilege_type, ''), coalesce(acl.is_grantable, false)
FROM pg_namespace AS n
LEFT JOIN LATERAL aclexplode(n.nspacl) AS acl ON acl.grantee <> n.nspowner
WHERE n.nspname NOT IN ('information_schema', 'efroll') AND n.nspname !~ '^pg_'
ORDER BY n.nspname, 3 NULLS FIRST, 4
