package builder_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

var update = flag.Bool("update", false, "write the golden files")

var dialects = []dialect.Dialect{dialect.Postgres{}, dialect.SQLite{}, dialect.SQLServer{}}

// golden is one case: a statement compiled for every dialect.
type golden struct {
	name string
	st   builder.Statement
}

// check compares each case with testdata/golden/<theme>_<name>.txt.
func check(t *testing.T, theme string, cases []golden) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var b strings.Builder
			for _, d := range dialects {
				b.WriteString("== " + d.Name() + "\n" + compiled(d, c.st))
			}
			compare(t, theme+"_"+c.name, b.String())
		})
	}
}

// compiled renders text, arguments and columns, or the error.
func compiled(d dialect.Dialect, st builder.Statement) string {
	c := builder.Cache{Dialect: d}
	p, args, err := c.Compile(st, new(builder.Args))
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	again, _, err := c.Compile(st, new(builder.Args))
	if err != nil || again != p {
		return "error: the second compilation missed the cache\n"
	}
	out := p.SQL + "\n"
	if len(args) > 0 {
		out += "args: " + render(args) + "\n"
	}
	if len(p.Columns) > 0 {
		names := make([]string, len(p.Columns))
		for i, col := range p.Columns {
			names[i] = col.Field.Name
			if col.Link {
				names[i] = "link " + names[i]
			}
			if col.Join > 0 {
				names[i] = fmt.Sprintf("join %d %s", col.Join, names[i])
			}
		}
		out += "columns: " + strings.Join(names, ", ") + "\n"
	}
	return out
}

func render(vs []model.Value) string {
	out := make([]string, len(vs))
	for i, v := range vs {
		switch v.Kind() {
		case model.ListValue:
			l := v.List()
			if len(l) > 5 {
				out[i] = fmt.Sprintf("[%s … %d]", render(l[:2]), len(l))
			} else {
				out[i] = "[" + render(l) + "]"
			}
		case model.NullValue:
			out[i] = "NULL"
		case model.StringValue:
			out[i] = fmt.Sprintf("%q", v.Str())
		case model.TimeValue:
			out[i] = v.Time().Format("2006-01-02T15:04:05.999999Z")
		case model.UUIDValue:
			out[i] = fmt.Sprintf("uuid %x", *v.UUID())
		default:
			out[i] = fmt.Sprint(v.Any())
		}
	}
	return strings.Join(out, ", ")
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with go test ./builder -update", err)
	}
	if got != string(want) {
		t.Errorf("%s differs\n--- got\n%s--- want\n%s", path, got, want)
	}
}
