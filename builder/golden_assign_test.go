package builder_test

import (
	"bytes"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
)

func TestGoldenAssign(t *testing.T) {
	m := of[Person]()
	up := func(sets ...builder.Assign[Person]) *builder.Update {
		st := &builder.Update{Model: m, Where: where(people.Email.Eq("x")), Returning: fields[Person]("ID"), Scopes: []builder.Scope{tenant(3)}, Scoped: true}
		for _, s := range sets {
			st.Set = append(st.Set, s.Set())
		}
		return st
	}
	told := new(bool)
	check(t, "assign", []golden{
		{"product", up(people.Hits.Mul(3), people.Name.Set("n"))},
		{"copy", up(people.Name.SetFrom(people.Email), people.Hits.Inc(1))},
		{"text", up(people.Name.Set("n"), builder.ConstantSet(people.Hits, "coalesce(hit_count, ?) + ?", 1, 2), people.Email.Set("e"))},
		{"nested", up(builder.AssignOf[Person](builder.Set{Op: builder.SetNested, Field: m.Key[0]}))},
		{"copy_of_nothing", up(builder.AssignOf[Person](builder.Set{Op: builder.SetCopy, Field: m.Key[0]}))},
		{"append_nothing", up(builder.AssignOf[Person](builder.Set{Op: builder.SetAppend, Field: m.Key[0]}))},
		{"unknown", up(builder.AssignOf[Person](builder.Set{Op: 99, Field: m.Key[0]}))},
		{"upsert_told", &builder.Insert{Model: m, Fields: fields[Person]("Email", "Name"), Values: values("a", "n"), Rows: 1, Inserted: told,
			Returning: fields[Person]("ID", "Name"), Conflict: &builder.Conflict{Target: fields[Person]("Email"), FromRow: fields[Person]("Name")}}},
	})
}

// Statements that differ in one part of an assignment do not share their text.
func TestAssignmentsThatDifferAreApart(t *testing.T) {
	m := of[Person]()
	st := func(a builder.Assign[Person]) builder.Statement {
		return &builder.Update{Model: m, Set: []builder.Set{a.Set()}, Scoped: true}
	}
	near := []builder.Statement{
		st(people.Hits.Set(1)), st(people.Hits.Inc(1)), st(people.Hits.Mul(1)),
		st(people.Name.SetFrom(people.Email)), st(people.Email.SetFrom(people.Email)), st(people.Name.SetFrom(people.Name)),
		st(builder.ConstantSet(people.Hits, "hits + ?", 1)), st(builder.ConstantSet(people.Hits, "hits - ?", 1)),
	}
	c := builder.Cache{Dialect: dialect.Postgres{}}
	seen := map[string]bool{}
	var texts [][]byte
	for range 2 {
		for i, s := range near {
			p, _, err := c.Compile(s, new(builder.Args))
			if err != nil {
				t.Fatal(err)
			}
			if i >= len(texts) {
				if texts = append(texts, []byte(p.SQL)); seen[p.SQL] {
					t.Errorf("two statements have the text %s", p.SQL)
				}
				seen[p.SQL] = true
			} else if !bytes.Equal(texts[i], []byte(p.SQL)) {
				t.Errorf("the second time %s, the first %s", p.SQL, texts[i])
			}
		}
	}
}
