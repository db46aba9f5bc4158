package named

import "testing"

// One statement is told from several as each database cuts text.
func TestOne(t *testing.T) {
	trigger := "CREATE TRIGGER IF NOT EXISTS x AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN 1 THEN 2 END; DELETE FROM u; END"
	function := "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END"
	for _, c := range []struct {
		text, dialect string
		one           bool
	}{
		{"SELECT 1", "sqlite", true}, {"SELECT 1;", "sqlite", true}, {"SELECT 1 ; ; -- done\n /* ; */ ", "sqlite", true}, {"; SELECT 1", "sqlite", true},
		{"select 1; drop table t", "sqlite", false}, {"select 1;select 2;", "sqlite", false}, {"select 1; /* x */ drop table t", "postgres", false},
		{"SELECT ';'; ", "postgres", true}, {"SELECT ';' \"a;b\" `a;b` [a;b]", "sqlite", true}, {"SELECT 'a''; b'", "sqlite", true}, {"SELECT [a]; SELECT 2", "sqlite", false},
		{`SELECT E'a\'; b'`, "postgres", true}, {`SELECT e'a\'; drop table t`, "postgres", true}, {`SELECT 'a\'; drop table t`, "postgres", false}, {`SELECT 'a\'; drop table t`, "sqlite", false},
		{"DO $x$ BEGIN a; b; END $x$", "postgres", true}, {"SELECT $$;$$; SELECT 1", "postgres", false}, {"SELECT a[1]; SELECT a[1]", "postgres", false}, {"SELECT a$b$; SELECT $b$", "postgres", false},
		{"/* /* */ SELECT 1; SELECT 2", "sqlite", false}, {"/* /* */ ; */ SELECT 1", "postgres", true}, {"SELECT 1; /* open", "sqlite", true}, {"SELECT 1 -- x; y", "sqlite", true},
		{trigger, "sqlite", true}, {trigger + ";", "sqlite", true}, {trigger + "; DROP TABLE t", "sqlite", false}, {"EXPLAIN " + trigger + ";", "sqlite", true}, {"CREATE TEMP TRIGGER" + trigger[14:], "sqlite", true},
		{function, "postgres", true}, {function + ";", "postgres", true}, {function + "; DROP TABLE t", "postgres", false},
		{"SELECT 1\x00; DROP TABLE t", "sqlite", false}, {"SELECT trigger; SELECT 2", "sqlite", false}, {"BEGIN ATOMIC; SELECT 1", "postgres", false}, {"", "sqlite", true},
	} {
		if err := One(c.text, c.dialect); (err == nil) != c.one {
			t.Errorf("%s: %q: %v", c.dialect, c.text, err)
		}
	}
}
