package builder_test

import (
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
)

func TestGoldenUpdateRows(t *testing.T) {
	m := of[Person]()
	three := func() *builder.RowSet {
		return &builder.RowSet{Match: fields[Person]("ID", "TenantID"), Set: fields[Person]("Email", "Name"), Values: values(1, 3, "a", nil, 2, 3, "b", "n", 4, 3, "c", ""), Rows: 3}
	}
	short, keyless, none := three(), three(), three()
	short.Values = short.Values[1:]
	keyless.Match = fields[Person]("TenantID", "BossID")
	none.Rows, none.Values = 0, nil
	check(t, "update_rows", []golden{
		{"plain", &builder.Update{Model: m, From: three()}},
		{"scoped", &builder.Update{Model: m, From: three(), Returning: fields[Person]("ID"), Scopes: []builder.Scope{tenant(3), living(), {Name: "mine", Expr: people.Role.In("admin", "user").Expr()}}}},
		{"relation_scope", &builder.Update{Model: m, From: three(), Where: where(people.Orders.Some(orders.Total.Gt(5)))}},
		{"together", &builder.Update{Model: m, From: three(), Set: []builder.Set{people.Hits.Inc(1).Set()}, Where: where(people.Hits.Gt(1))}},
		{"schema", &builder.Update{Model: of[Order](), From: &builder.RowSet{Match: fields[Order]("ID"), Set: fields[Order]("Total"), Values: values(1, 2.5), Rows: 1}}},
		{"composite", &builder.Update{Model: of[Line](), From: &builder.RowSet{Match: fields[Line]("OrderID", "No"), Set: fields[Line]("Sku"), Values: values(1, 1, "x", 1, 2, "y"), Rows: 2}, Returning: fields[Line]("OrderID", "No")}},
		{"odd_names", &builder.Update{Model: of[Odd](), From: &builder.RowSet{Match: fields[Odd]("ID"), Set: fields[Odd]("Quote", "Mark", "Group"), Values: values(1, "a", "b", "c", 2, "d", "e", "f"), Rows: 2}}},
		{"kinds", &builder.Update{Model: of[Mixed](), From: &builder.RowSet{Match: of[Mixed]().Fields[:1], Set: of[Mixed]().Fields[1:15], Values: append(mixedRow(), mixedRow()...), Rows: 2}}},
		{"short_of_values", &builder.Update{Model: m, From: short}},
		{"no_key", &builder.Update{Model: m, From: keyless}},
		{"no_row", &builder.Update{Model: m, From: none}},
	})
}

// Any number of rows has one text where the rows are arrays, and one each where they are not.
func TestUpdateRowsShapes(t *testing.T) {
	st := func(n int, cols ...string) builder.Statement {
		r := &builder.RowSet{Match: fields[Person]("ID"), Set: fields[Person](cols...), Rows: n}
		for i := range n {
			r.Values = append(r.Values, values(i)...)
			for range cols {
				r.Values = append(r.Values, values("x")...)
			}
		}
		return &builder.Update{Model: of[Person](), From: r}
	}
	for d, want := range map[dialect.Dialect]int{dialect.Postgres{}: 3, dialect.SQLite{}: 5, dialect.SQLServer{}: 5} {
		c := builder.Cache{Dialect: d}
		texts := map[string]bool{}
		for _, x := range []builder.Statement{st(1, "Email"), st(2, "Email"), st(3, "Email"), st(2, "Name"), st(1, "Email", "Name"), st(2, "Email")} {
			p, args, err := c.Compile(x, new(builder.Args))
			if err != nil {
				t.Fatal(err)
			}
			if texts[p.SQL] = true; len(args) == 0 {
				t.Error("no arguments")
			}
		}
		if len(texts) != want {
			t.Errorf("%s: %d texts, want %d", d.Name(), len(texts), want)
		}
	}
}
