package named

import "testing"

func TestSingle(t *testing.T) {
	for _, c := range []struct {
		dialect, text string
		one           bool
	}{
		{"sqlite", "select 1; drop table t", false},
		{"postgres", "select 1; drop table t", false},
		{"sqlite", "select 1;", true},
		{"sqlite", "select 1 ; -- the end ; of it\n /* ; */ ;", true},
		{"sqlite", "select ';', \";\", `;`, [;] -- ; x", true},
		{"sqlite", "select '''; drop table t; --'", true},
		{"sqlite", `select '\'; drop table t; --'`, false},
		{"postgres", `select E'\'; drop table t; --'`, true},
		{"postgres", "select $x$; drop$x$", true},
		{"sqlite", "select $x$; drop table t; select $x$", false},
		{"postgres", "select a[1;2]", false},
		{"postgres", "select /* /* ; */ ; */ 1", true},
		{"sqlite", "select /* /* */ 1; drop table t; /* */", false},
		{"sqlite", "create trigger x after insert on t begin update t set a = case when b then 1 else 2 end; delete from u; end;", true},
		{"sqlite", "CREATE TEMP TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM u; END; DROP TABLE t", false},
		{"postgres", "create function f() returns int begin atomic select 1; select 2; end", true},
		{"sqlite", "begin; drop table t", false},
		{"sqlite", "", true},
		{"sqlite", ";;", true},
	} {
		if err := Single(c.text, c.dialect); (err == nil) != c.one {
			t.Errorf("%s: %q: %v", c.dialect, c.text, err)
		}
	}
}

func FuzzSingle(f *testing.F) {
	f.Add("select 1; drop table t", "sqlite")
	f.Add("select $a$;$a$, E'\\'", "postgres")
	f.Fuzz(func(_ *testing.T, text, dialect string) { _ = Single(text, dialect) })
}
