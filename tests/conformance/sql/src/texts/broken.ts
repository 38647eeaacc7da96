/** Texts that are no T-SQL over `t (a INT, b INT)`: slips of the pen, and what other databases would take. Each must be found by somebody. */
export const broken: readonly string[] = [
  'SELECT FROM t', 'SELECT a b c FROM t', 'SELECT * FROM t WHERE', 'SELECT a, FROM t', 'SELECT a FROM t ORDER a', 'SELECT a FROM t GROUP a', 'SELECT (1', 'SELECT 1)', 'SELECT CASE WHEN 1 = 1 THEN 2',
  'SELECT a FROM t JOIN t AS u', 'SELECT a FROM t WHERE a = = 1', 'SELECT a FROM t WHERE a IN ()', 'SELECT a FROM t WHERE a IS 1', "SELECT a FROM OPENJSON('[]') WITH (a INT '$.a'",
  'INSERT INTO t (a, b VALUES (1, 2)', 'INSERT INTO t (a, b) VALUES (1)', 'INSERT t SET a = 1', 'UPDATE t SET WHERE a = 1', 'UPDATE t a = 1', 'DELETE FROM t WHER a = 1',
  'BEGIN TRAN; INSERT INTO t (a) VALUES (1; COMMIT', 'IF @@ROWCOUNT <> 1 THEN SELECT 1', "THROW 51001 'x' 1", 'CREATE TABLE u (a INT NOT NULL,, b INT)', 'CREATE TABLE u (a INT NOT NULL',
  'SELECT a, COUNT(*) AS n FROM t', 'SELECT a FROM nowhere', 'SELECT nothing FROM t', 'SELECT @missing AS n', 'SELECT a FROM t AS x JOIN t AS y ON x.a = y.a',
  // other dialects
  'SELECT a FROM t LIMIT 5', 'SELECT TOP (5) a FROM t LIMIT 5', 'INSERT INTO t (a) VALUES (1) RETURNING a', 'SELECT a FROM t WHERE a = true', 'SELECT a::int FROM t', 'SELECT `a` FROM t', "SELECT 'a' || 'b' AS c",
  'INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING', 'SELECT a FROM t FOR UPDATE', 'CREATE TABLE IF NOT EXISTS u (a INT)', 'SELECT NOW() AS n', 'SELECT a FROM t WHERE a = $1', 'SELECT a FROM t WHERE a = ?',
  'SELECT DISTINCT ON (a) a FROM t', 'UPDATE t SET a = 1 LIMIT 1', 'BEGIN; SELECT 1 AS n; COMMIT', 'SELECT a FROM t JOIN t AS u USING (a)', 'REPLACE INTO t (a) VALUES (1)', 'SELECT a FROM t WHERE a REGEXP 1',
];
