package sqlserver

import "testing"

// A text is taken for a read by the words that the server would see, however it is dressed up.
func TestMayWrite(t *testing.T) {
	for _, text := range []string{
		"", "SELECT 1", `select [update] from "delete" where a = 'insert '' into' -- drop`, "WITH x AS (SELECT 1 AS n) SELECT n FROM x /* exec /* nested */ drop */",
		"SELECT a FROM t INNER MERGE JOIN u ON t.id = u.id OPTION (MERGE UNION, USE HINT('X'))", "SELECT @update, [a]]b] FROM t ORDER BY a OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY",
		"DECLARE @n int = 1 SELECT @n", "SELECT updated, set_at FROM t",
	} {
		if mayWrite(text) {
			t.Errorf("taken for a write: %s", text)
		}
	}
	for _, text := range []string{
		"SELECT 1 /* /* */ ' */ DELETE FROM t COMMIT --'", "SELECT 1 AS [a]]'] DELETE FROM t --'", "sp_who", "dbo.proc", "[proc] 1", "proc @p1", "db..proc", "DELETE FROM t",
		"SELECT * FROM OPENQUERY(srv, 'DELETE t')", "SELECT NEXT VALUE FOR s", "SELECT 1 INTO t", "SELECT 1 -- x\rDELETE FROM t", "SELECT 1 --x\nDELETE FROM t", "WITH x AS (SELECT 1 AS n) DELETE FROM x",
		"SELECT 'a' + N'''' UPDATE t SET a = 1", "SELECT 1 MERGE t USING u ON 1 = 1", "SELECT 1 USE other", "DECLARE @n int SET @n = 1", `SELECT 1 "a""'" DROP TABLE t --'`,
	} {
		if !mayWrite(text) {
			t.Errorf("taken for a read: %s", text)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add("SELECT /* ' */ [a]]] -- x")
	f.Fuzz(func(t *testing.T, text string) {
		for _, w := range wordsOf(text) {
			if w == "" {
				t.Error("an empty word")
			}
		}
		if !mayWrite("DELETE " + text) {
			t.Error(text)
		}
	})
}
