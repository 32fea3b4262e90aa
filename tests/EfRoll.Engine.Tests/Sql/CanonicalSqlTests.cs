using EfRoll.Engine.Sql;

namespace EfRoll.Engine.Tests.Sql;

public sealed class CanonicalSqlTests
{
    [Theory]
    [InlineData("UPDATE users SET a = 1", "update USERS\n    set a=1;")]
    [InlineData("SELECT 1; SELECT 2", "-- first\nSELECT 1;;\nSELECT /* and /* then */ */ 2;\n")]
    [InlineData("SELECT f ( a , b ) :: text", "select f(a,b)::text")]
    [InlineData("numeric(10,2)", "numeric ( 10, 2 )")]
    [InlineData("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$BEGIN RETURN 1; END$$", "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$\n  begin\n    -- one\n    return 1;\n  end;\n$body$")]
    [InlineData("DO $$ BEGIN PERFORM 1; END $$", "do $do$begin perform 1; end$do$")]
    public void Layout_does_not_matter(string text, string other) => Assert.Equal(CanonicalSql.Of(text), CanonicalSql.Of(other));

    [Theory]
    [InlineData("SELECT 'a b'", "SELECT 'a  b'")]
    [InlineData("SELECT 'a'", "SELECT 'A'")]
    [InlineData("SELECT \"A\"", "SELECT \"a\"")]
    [InlineData("SELECT $$a b$$", "SELECT $$a  b$$")]
    [InlineData("SELECT '--x'", "SELECT ''")]
    [InlineData("SELECT E'\\n'", "SELECT '\\n'")]
    [InlineData("SELECT a <- b", "SELECT a < -b")]
    [InlineData("SELECT a b", "SELECT ab")]
    [InlineData("SELECT 1; SELECT 2", "SELECT 2; SELECT 1")]
    [InlineData("CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$\nif x:\n  return 1\nreturn 2\n$$", "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$\nif x:\n  return 1\n  return 2\n$$")]
    public void What_PostgreSQL_reads_differently_stays_different(string text, string other) => Assert.NotEqual(CanonicalSql.Of(text), CanonicalSql.Of(other));
}
