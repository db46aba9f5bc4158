package builder_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
)

// Writes that give their rows back by way of a table variable take the same arguments, in the same order, as those that give them back
// at once: a source changes from one to the other. internal/tsql reads the file.
func TestGoldenKept(t *testing.T) {
	m := of[Person]()
	told := false
	var out strings.Builder
	for _, st := range []builder.Statement{
		&builder.Insert{Model: m, Fields: fields[Person]("Email", "Name"), Values: values("a", nil), Rows: 1, Returning: fields[Person]("ID")},
		&builder.Insert{Model: m, Fields: fields[Person]("ID", "Email"), Values: values(1, "a", 2, "b"), Rows: 2, Returning: m.Fields},
		&builder.Insert{Model: m, Fields: fields[Person]("Email", "Name"), Values: values("a", "n"), Rows: 1, Returning: fields[Person]("ID", "Name"), Inserted: &told,
			Conflict: &builder.Conflict{Target: fields[Person]("Email"), FromRow: fields[Person]("Name")}, Scopes: []builder.Scope{tenant(3)}},
		&builder.Insert{Model: of[Mixed](), Fields: of[Mixed]().Fields[:15], Rows: 1, Values: mixedRow(), Returning: of[Mixed]().Fields},
		&builder.Update{Model: m, Set: []builder.Set{people.Hits.Inc(2).Set()}, Where: where(people.ID.Eq(1)), Returning: m.Fields, Scopes: []builder.Scope{tenant(3)}},
		&builder.Delete{Model: m, Where: where(people.ID.Eq(1)), Returning: fields[Person]("ID", "Email")},
		&builder.Delete{Model: m, Where: where(people.ID.Eq(1))},
	} {
		usual := builder.Cache{Dialect: dialect.SQLServer{}}
		_, want, err := usual.Compile(st, new(builder.Args))
		if err != nil {
			t.Fatal(err)
		}
		c := builder.Cache{Dialect: dialect.SQLServer{Keep: true}}
		p, args, err := c.Compile(st, new(builder.Args))
		if err != nil {
			t.Fatal(err)
		}
		if render(args) != render(want) {
			t.Errorf("%s\nhas the arguments %s, not %s", p.SQL, render(args), render(want))
		}
		out.WriteString(p.SQL + "\n")
	}
	const path = "testdata/tsql/kept.txt"
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || string(want) != out.String() {
		t.Errorf("%v: %s differs\n--- got\n%s--- want\n%s", err, path, &out, want)
	}
}
