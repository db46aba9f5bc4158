package dialect_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm/dialect"
)

var all = []dialect.Dialect{dialect.Postgres{}, dialect.SQLite{}, dialect.SQLServer{}}

func TestNumber(t *testing.T) {
	text := "a = " + dialect.Arg + " AND '?$1@p1' = " + dialect.Arg
	for d, want := range map[dialect.Dialect]string{
		dialect.Postgres{}:  "a = $1 AND '?$1@p1' = $2",
		dialect.SQLite{}:    "a = ?1 AND '?$1@p1' = ?2",
		dialect.SQLServer{}: "a = @p1 AND '?$1@p1' = @p2",
	} {
		if got := dialect.Number(d, text); got != want {
			t.Errorf("%s: %s", d.Name(), got)
		}
		if got := dialect.Number(d, "plain"); got != "plain" {
			t.Errorf("%s: %s", d.Name(), got)
		}
	}
}

func TestTable(t *testing.T) {
	for d, want := range map[dialect.Dialect]string{dialect.Postgres{}: `"s"."t"`, dialect.SQLServer{}: `[s].[t]`} {
		if got := dialect.Table(d, "s", "t"); got != want {
			t.Errorf("%s: %s", d.Name(), got)
		}
	}
	if got := dialect.Table(dialect.SQLite{}, "", `t"x`); got != `"t""x"` {
		t.Error(got)
	}
}

// unquote reads an identifier back; ok is false where it ends before the text does.
func unquote(s string, open, end byte) (name string, ok bool) {
	if len(s) < 2 || s[0] != open {
		return "", false
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != end {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == end {
			b.WriteByte(end)
			i++
			continue
		}
		return b.String(), i == len(s)-1
	}
	return "", false
}

// FuzzQuote: an identifier is one token that reads back as the name, whatever the name.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"id", "", `a"b`, "a]b", `""`, "]]", `"; DROP TABLE x; --`, "a\\", "[", "é", "$1 ?"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, d := range all {
			open, end := byte('"'), byte('"')
			if d.Name() == "sqlserver" {
				open, end = '[', ']'
			}
			if got, ok := unquote(d.Quote(name), open, end); !ok || got != name {
				t.Errorf("%s: %q becomes %s", d.Name(), name, d.Quote(name))
			}
		}
	})
}

// A cast leaves fitting to the column: what the DDL says of size, default or collation is off.
func TestPostgresCastsDoNotCut(t *testing.T) {
	for ddl, want := range map[string]string{
		"varchar(5)": "varchar", "character varying(5)": "character varying", "char(5)": "bpchar", "character(3)": "bpchar", "CHAR": "bpchar", "bit(3)": "varbit",
		"numeric(10,2)": "numeric", "timestamp(3) with time zone": "timestamp with time zone", "bigserial": "bigint", "serial": "integer", "smallserial": "smallint",
		"text COLLATE \"C\"": "text", "int DEFAULT 5": "int", "int NOT NULL": "int", "int CHECK (a > 0)": "int", "varchar(5)[]": "varchar[]", "geometry(Point,4326)": "geometry",
		`"My(type)"`: `"My(type)"`, "İ(5) collate x": "İ",
	} {
		got := dialect.Postgres{}.UnnestRows([]dialect.Type{{Kind: dialect.String, Name: ddl}})
		if !strings.Contains(got, "unnest("+dialect.Arg+"::"+want+"[])") {
			t.Errorf("%s: %s, want %s", ddl, got, want)
		}
	}
	if got := (dialect.Postgres{}).UnnestRows([]dialect.Type{{Kind: dialect.String, Size: 5}}); !strings.Contains(got, "::varchar[])") {
		t.Error(got)
	}
	elem := dialect.Type{Kind: dialect.Int, Bits: 32}
	if got := (dialect.Postgres{}).UnnestRows([]dialect.Type{{Kind: dialect.Array, Elem: &elem}}); !strings.Contains(got, "u.c1::integer[] FROM unnest("+dialect.Arg+"::text[])") {
		t.Error(got)
	}
}

// A list's elements are as wide as they come, and are compared by the column's collation.
func TestSQLServerLists(t *testing.T) {
	ms := dialect.SQLServer{}
	for want, typ := range map[string]dialect.Type{
		"SELECT [v] COLLATE Latin1_General_100_BIN2 FROM OPENJSON(\x00) WITH ([v] nvarchar(4000) '$')":                                                                                                                          {Kind: dialect.String, Size: 5},
		"SELECT [v] COLLATE Latin1_General_100_BIN2 FROM OPENJSON(\x00) WITH ([v] nvarchar(max) '$')":                                                                                                                           {Kind: dialect.String, Size: 4000},
		"SELECT CAST([v] COLLATE X AS varchar(8000)) FROM OPENJSON(\x00) WITH ([v] nvarchar(4000) '$') WHERE [v] IS NULL OR CAST(CAST([v] COLLATE X AS varchar(8000)) AS nvarchar(4000)) COLLATE Latin1_General_100_BIN2 = [v]": {Kind: dialect.String, Name: "varchar(9) COLLATE X NOT NULL"},
		"SELECT [v] FROM OPENJSON(\x00) WITH ([v] nvarchar(max) '$')":                                                                                                                                                           {Kind: dialect.String, Name: "varchar(8000)"},
		"SELECT [v] FROM OPENJSON(\x00) WITH ([v] bigint '$')":                                                                                                                                                                  {Kind: dialect.Int, Bits: 64},
	} {
		if got := ms.In("e", typ, true, false); got != "e NOT IN ("+want+")" {
			t.Error(got)
		}
	}
	got := ms.Tuples([]string{"a", "b"}, []dialect.Type{{Kind: dialect.String, Key: true}, {Kind: dialect.Int, Bits: 64}})
	want := "EXISTS (SELECT 1 FROM OPENJSON(\x00) AS [orm_j0] JOIN OPENJSON(\x00) AS [orm_j1] ON [orm_j1].[key] = [orm_j0].[key] " +
		"WHERE a = CAST([orm_j0].[value] AS nvarchar(4000)) COLLATE Latin1_General_100_BIN2 AND b = CAST([orm_j1].[value] AS bigint))"
	if got != want {
		t.Error(got)
	}
}

func TestColumnTypes(t *testing.T) {
	for _, c := range []struct {
		t    dialect.Type
		auto bool
		want string // postgres | sqlite | sqlserver
	}{
		{dialect.Type{Kind: dialect.Bool}, false, "boolean | INTEGER | bit"},
		{dialect.Type{Kind: dialect.Int, Bits: 8}, false, "smallint | INTEGER | smallint"},
		{dialect.Type{Kind: dialect.Int, Bits: 16}, false, "smallint | INTEGER | smallint"},
		{dialect.Type{Kind: dialect.Int, Bits: 32}, false, "integer | INTEGER | int"},
		{dialect.Type{Kind: dialect.Int, Bits: 64}, false, "bigint | INTEGER | bigint"},
		{dialect.Type{Kind: dialect.Uint, Bits: 8}, false, "smallint | INTEGER | tinyint"},
		{dialect.Type{Kind: dialect.Uint, Bits: 16}, false, "integer | INTEGER | int"},
		{dialect.Type{Kind: dialect.Uint, Bits: 32}, false, "bigint | INTEGER | bigint"},
		{dialect.Type{Kind: dialect.Uint, Bits: 64}, false, "numeric(20) | INTEGER | decimal(20)"},
		{dialect.Type{Kind: dialect.Int, Bits: 64}, true, "bigint GENERATED BY DEFAULT AS IDENTITY | INTEGER PRIMARY KEY AUTOINCREMENT | bigint IDENTITY(1,1)"},
		{dialect.Type{Kind: dialect.Float, Bits: 32}, false, "real | REAL | real"},
		{dialect.Type{Kind: dialect.Float, Bits: 64}, false, "double precision | REAL | float"},
		{dialect.Type{Kind: dialect.String}, false, `text COLLATE "C" | TEXT | nvarchar(max) COLLATE Latin1_General_100_BIN2`},
		{dialect.Type{Kind: dialect.String, Key: true}, false, `text COLLATE "C" | TEXT | nvarchar(450) COLLATE Latin1_General_100_BIN2`},
		{dialect.Type{Kind: dialect.String, Size: 9}, false, `varchar(9) COLLATE "C" | TEXT | nvarchar(9) COLLATE Latin1_General_100_BIN2`},
		{dialect.Type{Kind: dialect.Bytes}, false, "bytea | BLOB | varbinary(max)"},
		{dialect.Type{Kind: dialect.Time}, false, "timestamptz | TEXT | datetime2(6)"},
		{dialect.Type{Kind: dialect.UUID}, false, "uuid | TEXT | uniqueidentifier"},
		{dialect.Type{Kind: dialect.JSON}, false, "jsonb | TEXT | nvarchar(max)"},
		{dialect.Type{Kind: dialect.Array, Elem: &dialect.Type{Kind: dialect.String}}, false, "text[] | TEXT | nvarchar(max)"},
		{dialect.Type{Kind: dialect.Text, GoType: "netip.Addr"}, false, "inet | TEXT | nvarchar(max) COLLATE Latin1_General_100_BIN2"},
		{dialect.Type{Kind: dialect.Scanner}, false, "numeric | TEXT | decimal(38, 10)"},
		{dialect.Type{Kind: dialect.String, Name: "citext"}, true, "citext | citext | citext"},
	} {
		var got []string
		for _, d := range all {
			got = append(got, d.ColumnType(c.t, c.auto))
		}
		if s := strings.Join(got, " | "); s != c.want {
			t.Errorf("%+v: %s, want %s", c.t, s, c.want)
		}
	}
}

func TestInsertBudget(t *testing.T) {
	for _, d := range all {
		for columns := range 200 {
			n, l := d.InsertBudget(columns), d.Limits()
			if n < 1 || n > l.Rows || d.Bulk() == dialect.RowValues && n*columns > l.Params {
				t.Errorf("%s: %d rows of %d columns", d.Name(), n, columns)
			}
		}
	}
}

// Keys and positions are told apart, and no space at the end of a key is lost in a comparison.
func TestSQLServerJSONParent(t *testing.T) {
	for _, c := range []struct {
		path         []any
		parent, last string
	}{
		{nil, "$", "[0."},
		{[]any{"a"}, "$[0]", "{a."},
		{[]any{"a "}, "$[0]", "{a ."},
		{[]any{""}, "$[0]", "{."},
		{[]any{3}, "$[0]", "[3."},
		{[]any{"a", 1, `b"`}, `$[0]."a"[1]`, `{b".`},
	} {
		if parent, last := (dialect.SQLServer{}).JSONParent(c.path); parent != c.parent || last != c.last {
			t.Errorf("%v: %q %q", c.path, parent, last)
		}
	}
}
