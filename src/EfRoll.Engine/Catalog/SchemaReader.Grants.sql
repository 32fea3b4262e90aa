-- Rights on tables (attribute number 0) and on single columns of the tables with the object ids $1; what an owner has anyway is left out.
SELECT c.oid, 0::smallint, CASE WHEN acl.grantee <> 0 THEN pg_get_userbyid(acl.grantee)::text END, acl.privilege_type, acl.is_grantable
FROM pg_class AS c, aclexplode(c.relacl) AS acl
WHERE c.oid = ANY ($1::oid[]) AND acl.grantee <> c.relowner
UNION
SELECT c.oid, a.attnum, CASE WHEN acl.grantee <> 0 THEN pg_get_userbyid(acl.grantee)::text END, acl.privilege_type, acl.is_grantable
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND NOT a.attisdropped, aclexplode(a.attacl) AS acl
WHERE c.oid = ANY ($1::oid[]) AND acl.grantee <> c.relowner
ORDER BY 1, 2, 3 NULLS FIRST, 4
