package sqltokens_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm/internal/sqltokens"
)

// marked shows what a template sees: each placeholder as <Name> or <Name:named>, and behind | what is read beside.
func marked(text, dialect string) string {
	t, why := sqltokens.ParseTemplate(text, dialect)
	switch {
	case why != "":
		return "! " + why
	case t == nil:
		return "none"
	}
	out, at := "", 0
	for _, p := range t.Places {
		name := p.Name
		if p.Named {
			name += ":named"
		}
		out += t.Text[at:p.Start] + "<" + name + ">"
		at = p.End
	}
	out += t.Text[at:]
	if t.Outside != "" {
		out += "|" + t.Outside
	}
	return out
}

func TestTemplateFindsPlaceholders(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT 1": "none",
		"SELECT '{{A}}', \"{{A}}\" -- {{A}}\n/* {{A}} */":                                                         "none",
		"SELECT '{{A}}' FROM {{A}}":                                                                               "SELECT '{{A}}' FROM <A>",
		"SELECT 1 FROM {{A}} WHERE x = 'it''s {{A}}' -- {{A}}":                                                    "SELECT 1 FROM <A> WHERE x = 'it''s {{A}}' -- {{A}}",
		"SELECT * FROM {{ A }} AS a JOIN {{B}} b ON a.x = b.x":                                                    "SELECT * FROM <A:named> AS a JOIN <B:named> b ON a.x = b.x",
		"select * from {{A}}, {{B}} left join {{C}} on true where 1 in (1, 2)":                                    "select * from <A>, <B> left join <C> on true where 1 in (1, 2)",
		"SELECT * FROM ({{A}} JOIN {{B}} ON true), (SELECT 1 FROM {{A}} \"a b\") x":                               "SELECT * FROM (<A> JOIN <B> ON true), (SELECT 1 FROM <A:named> \"a b\") x",
		"WITH t AS (SELECT * FROM {{A}}), u(x) AS (SELECT x FROM t) SELECT * FROM u JOIN T ON true":               "WITH t AS (SELECT * FROM <A>), u(x) AS (SELECT x FROM t) SELECT * FROM u JOIN T ON true",
		"WITH RECURSIVE t AS (SELECT 1 FROM {{A}} UNION ALL SELECT 2 FROM t) SELECT * FROM t":                     "WITH RECURSIVE t AS (SELECT 1 FROM <A> UNION ALL SELECT 2 FROM t) SELECT * FROM t",
		"SELECT extract(year FROM at), x IS NOT DISTINCT FROM y FROM {{A}}":                                       "SELECT extract(year FROM at), x IS NOT DISTINCT FROM y FROM <A>",
		"SELECT a.update, replace(x, 'a', 'b') FROM {{A}} a, generate_series(1, 2) g GROUP BY x, y ORDER BY x, y": "SELECT a.update, replace(x, 'a', 'b') FROM <A:named> a, generate_series(1, 2) g GROUP BY x, y ORDER BY x, y",
		"SELECT EXISTS (SELECT 1 FROM {{A}}) UNION SELECT true FROM {{B}}":                                        "SELECT EXISTS (SELECT 1 FROM <A>) UNION SELECT true FROM <B>",
		"SELECT sum(x) OVER (PARTITION BY y ORDER BY z) FROM {{A}} LIMIT 1":                                       "SELECT sum(x) OVER (PARTITION BY y ORDER BY z) FROM <A> LIMIT 1",
	} {
		if got := marked(text, "postgres"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// Whatever reads rows beside the placeholders is told.
func TestTemplateTellsWhatIsOutside(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT * FROM {{A}}, secrets":                                                  "secrets",
		"SELECT * FROM {{A}} a JOIN main.secrets s ON true":                             "main",
		"SELECT * FROM {{A}} CROSS JOIN \"secrets\"":                                    `"secrets"`,
		"SELECT * FROM {{A}} JOIN 'secrets' ON true":                                    "'secrets'",
		"SELECT * FROM {{A}} UNION SELECT * FROM secrets":                               "secrets",
		"SELECT * FROM {{A}} SELECT * FROM secrets":                                     "secrets",
		"SELECT DISTINCT FROM secrets JOIN {{A}} ON true":                               "secrets",
		"SELECT (SELECT x FROM secrets) FROM {{A}}":                                     "secrets",
		"SELECT x FROM {{A}} WHERE x IN secrets":                                        "IN",
		"SELECT x FROM {{A}} WHERE EXISTS (TABLE secrets)":                              "TABLE",
		"SELECT * FROM (secrets JOIN {{A}} ON true)":                                    "secrets",
		"SELECT * FROM ({{A}}), (secrets)":                                              "secrets",
		"SELECT * FROM {{A}} AS a, LATERAL secrets":                                     "secrets",
		"SELECT * FROM ONLY secrets, {{A}}":                                             "ONLY",
		"SELECT * FROM {{A}} WHERE x = 1 FOR UPDATE":                                    "UPDATE",
		"SELECT * INTO copy FROM {{A}}":                                                 "INTO",
		"WITH t AS (SELECT * FROM t) SELECT * FROM t, {{A}}":                            "t",
		"WITH t AS (SELECT * FROM u), u AS (SELECT 1) SELECT * FROM {{A}}":              "u",
		"WITH t AS (DELETE FROM secrets RETURNING *) SELECT * FROM {{A}}":               "DELETE",
		"SELECT * FROM (WITH secrets AS (SELECT 1) SELECT 1) x, secrets, {{A}}":         "WITH",
		"SELECT * FROM {{A}} a, (SELECT 1 AS x) b, a":                                   "a",
		"WITH t AS (SELECT 1) SELECT * FROM x.t, {{A}}":                                 "x",
		"WITH t AS (SELECT 1) SELECT * FROM t(1), {{A}}":                                "t",
		"SELECT * FROM {{A}}, my_function(1)":                                           "my_function",
		"SELECT query_to_xml('SELECT 1', true, true, '') FROM {{A}}":                    "query_to_xml",
		"SELECT \"query_to_xml\"('SELECT 1') FROM {{A}}":                                `"query_to_xml"`,
		"SELECT * FROM {{A}} AS a JOIN {{B}} AS window ON a.x = window.x, secrets":      "secrets",
		"SELECT * FROM {{A}} AS limit, secrets":                                         "secrets",
		"SELECT * FROM {{A}} JOIN {{B}} ON f(x) WITHIN GROUP (ORDER BY y) = 1, secrets": "secrets",
		"SELECT 1 FROM {{A}} EXEC sp_who":                                               "EXEC",
	} {
		if got := marked(text, "postgres"); !strings.HasSuffix(got, "|"+want) {
			t.Errorf("%s\ngot  %s\nwant …|%s", text, got, want)
		}
	}
}

// What one database would cut into other words than another is refused, and so is a placeholder that is no table.
func TestTemplateRefuses(t *testing.T) {
	for text, dialect := range map[string]string{
		"INSERT INTO {{A}} VALUES (1)": "", "UPDATE {{A}} SET x = 1": "", "DELETE FROM {{A}}": "", "EXPLAIN SELECT * FROM {{A}}": "", "TABLE {{A}}": "",
		"SELECT {{A}}": "", "SELECT x FROM {{A}} WHERE {{A}}": "", "SELECT * FROM s.{{A}}": "", "SELECT * FROM {{A}}.x": "", "SELECT * FROM {{A}}(1)": "",
		"SELECT x IN {{A}} FROM {{A}}": "", "WITH {{A}} AS (SELECT 1) SELECT * FROM {{A}}": "", `WITH "t" AS (SELECT 1) SELECT * FROM {{A}}`: "",
		"SELECT * FROM {{A}": "", "SELECT * FROM {{}}": "", "SELECT * FROM {{A B}}": "", "SELECT * FROM {{'A'}}": "", "SELECT * FROM {{{A}}}": "",
		"SELECT * FROM {{A}}; SELECT 1": "", "SELECT * FROM {{A}} WHERE x = $$a$$": "", "SELECT $a$ FROM {{A}}": "", "SELECT `x` FROM {{A}}": "", "SELECT [x] FROM {{A}}": "", "SELECT a[1] FROM {{A}}": "",
		"SELECT /* /* {{A}} */ FROM {{A}} */ 1": "", "SELECT 1 FROM {{A}} /* x": "", "SELECT E'\\'' FROM {{A}} --'": "", `SELECT '\' FROM {{A}} --'`: "", `SELECT U&"a" FROM {{A}}`: "", "SELECT U&'a' FROM {{A}}": "",
		"SELECT 'a FROM {{A}}": "none", "SELECT 1FROM secrets, {{A}}": "", "SELECT 1.FROM secrets, {{A}}": "", "SELECT ſ FROM {{A}}": "", "SELECT\u00a01 FROM {{A}}": "", "SELECT 1 -- x\rFROM {{A}}\n FROM {{A}}": "",
		"SELECT (1 FROM {{A}}": "", "SELECT 1) FROM {{A}}": "", "SELECT # FROM {{A}}": "", "SELECT \x01 FROM {{A}}": "", "SELECT $1 FROM {{A}}": "sqlite", "SELECT @x FROM {{A}}": "sqlite", "SELECT ?, ?2 FROM {{A}}": "sqlite", "SELECT $0 FROM {{A}}": "postgres",
	} {
		if dialect == "none" { // the quote takes the placeholder with it
			if got := marked(text, "sqlite"); got != "none" {
				t.Errorf("%q: %s", text, got)
			}
			continue
		}
		for _, d := range []string{"sqlite", "postgres", "sqlserver"} {
			if got := marked(text, d); (dialect == "" || dialect == d) && !strings.HasPrefix(got, "! ") {
				t.Errorf("%q on %s: %s", text, d, got)
			}
		}
	}
}

func TestTemplateCountsArguments(t *testing.T) {
	for _, c := range []struct {
		text, dialect string
		last, marks   int
	}{
		{"SELECT $2, $1, a ? 'b' FROM {{A}}", "postgres", 2, 0}, {"SELECT ?, '?', ? FROM {{A}}", "sqlite", 2, 2}, {"SELECT ?3, ?1, ? FROM {{A}}", "sqlite", 4, 1},
		{"SELECT @p2, @x, @P1 FROM {{A}}", "sqlserver", 2, 0}, {"SELECT 1 FROM {{A}}", "sqlite", 0, 0},
	} {
		got, why := sqltokens.ParseTemplate(c.text, c.dialect)
		if why != "" || got.Last != c.last || len(got.Marks) != c.marks {
			t.Errorf("%s: %+v %s", c.text, got, why)
		}
	}
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"SELECT * FROM {{A}} a JOIN {{B}} ON true", "WITH t AS (SELECT 1) SELECT * FROM t, {{A}}", "{{", "SELECT ((((", "SELECT '{{A}}' FROM ({{A}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range []string{"sqlite", "postgres", "sqlserver"} {
			got, why := sqltokens.ParseTemplate(text, d)
			if got == nil || why != "" {
				continue
			}
			for _, p := range got.Places {
				if in := text[p.Start:p.End]; !strings.HasPrefix(in, "{{") || !strings.HasSuffix(in, "}}") || strings.TrimSpace(in[2:len(in)-2]) != p.Name {
					t.Errorf("%q: %+v", text, p)
				}
			}
		}
	})
}
