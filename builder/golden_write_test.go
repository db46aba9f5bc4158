package builder_test

import (
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

func values(vs ...any) []model.Value {
	out := make([]model.Value, len(vs))
	for i, v := range vs {
		out[i] = builder.ValueOf(v)
	}
	return out
}

func TestGoldenInsert(t *testing.T) {
	m := of[Person]()
	check(t, "insert", []golden{
		{"one", &builder.Insert{Model: m, Fields: fields[Person]("Email", "Name"), Values: values("a", nil), Rows: 1, Returning: fields[Person]("ID")}},
		{"plain", &builder.Insert{Model: of[Order](), Fields: fields[Order]("Total"), Values: values(1.5), Rows: 1}},
		{"defaults", &builder.Insert{Model: m, Rows: 1, Returning: fields[Person]("ID", "Email")}},
		{"defaults_many", &builder.Insert{Model: m, Rows: 2}},
		{"no_row", &builder.Insert{Model: m, Fields: fields[Person]("Email")}},
		{"short_of_values", &builder.Insert{Model: m, Fields: fields[Person]("Email", "Name"), Values: values("a"), Rows: 1}},
		{"many", &builder.Insert{Model: m, Fields: fields[Person]("Email", "Hits"), Values: values("a", 1, "b", 2, "c", 3), Rows: 3, Returning: fields[Person]("ID")}},
		{"many_kinds", &builder.Insert{Model: of[Mixed](), Fields: of[Mixed]().Fields[:15], Rows: 2, Values: append(mixedRow(), mixedRow()...)}},
		{"odd_names", &builder.Insert{Model: of[Odd](), Fields: fields[Odd]("ID", "Quote", "Mark"), Values: values(1, "a", "b"), Rows: 1, Returning: fields[Odd]("Mark")}},
		{"skip_duplicates", &builder.Insert{Model: m, Fields: fields[Person]("Email"), Values: values("a", "b"), Rows: 2, Conflict: &builder.Conflict{DoNothing: true}}},
		{"skip_duplicates_target", &builder.Insert{Model: m, Fields: fields[Person]("Email"), Values: values("a"), Rows: 1, Conflict: &builder.Conflict{DoNothing: true, Target: fields[Person]("Email")}}},
	})
}

func mixedRow() []model.Value {
	return []model.Value{model.UUIDOf(&[16]byte{1}), model.BoolOf(true), model.IntOf(1), model.UintOf(2), model.UintOf(1 << 63), model.FloatOf(1), model.BytesOf([]byte{1}),
		model.TimeOf(someTime), model.AnyOf(model.JSONText(`{}`)), model.ListOf(values("a")), model.StringOf("::1"), model.StringOf("c"), model.StringOf("1.5"), model.StringOf("s"), model.IntOf(1)}
}

func TestGoldenUpsert(t *testing.T) {
	m := of[Person]()
	up := func(k builder.Conflict, scopes ...builder.Scope) *builder.Insert {
		return &builder.Insert{Model: m, Fields: fields[Person]("ID", "Email", "Name", "TenantID"), Values: values(1, "a", "n", 3), Rows: 1,
			Returning: fields[Person]("ID", "Name"), Conflict: &k, Scopes: scopes}
	}
	set := []builder.Set{people.Name.Set("y").Set(), people.Hits.Inc(1).Set()}
	check(t, "upsert", []golden{
		{"from_row", up(builder.Conflict{Target: fields[Person]("Email"), FromRow: fields[Person]("Name")})},
		{"set", up(builder.Conflict{Target: fields[Person]("Email"), Set: set})},
		{"set_from_row_scoped", up(builder.Conflict{Target: fields[Person]("Email"), FromRow: fields[Person]("Name"), Set: set[1:]}, tenant(3), living())},
		{"key_target", up(builder.Conflict{Target: fields[Person]("ID"), FromRow: fields[Person]("Name")})},
		{"key_in_target", up(builder.Conflict{Target: fields[Person]("ID", "Email"), FromRow: fields[Person]("Name")})},
		{"nothing_to_change", up(builder.Conflict{Target: fields[Person]("Email")}, tenant(3))},
		{"no_target", up(builder.Conflict{FromRow: fields[Person]("Name")})},
		{"schema", &builder.Insert{Model: of[Order](), Fields: fields[Order]("ID", "Total"), Values: values(1, 2.5), Rows: 1,
			Conflict: &builder.Conflict{Target: fields[Order]("ID"), Set: []builder.Set{orders.Total.Inc(2).Set()}}}},
	})
}

func TestGoldenUpdate(t *testing.T) {
	p := people
	m := of[Person]()
	sets := func(as ...builder.Assign[Person]) (out []builder.Set) {
		for _, a := range as {
			out = append(out, a.Set())
		}
		return out
	}
	check(t, "update", []golden{
		{"set", &builder.Update{Model: m, Set: sets(p.Name.Set("x"), p.Hits.Set(0)), Where: where(p.ID.Eq(1))}},
		{"inc_null", &builder.Update{Model: m, Set: sets(p.Hits.Inc(2), p.Score.SetNull()), Where: where(p.ID.Eq(1))}},
		{"returning", &builder.Update{Model: m, Set: sets(p.Hits.Inc(2)), Where: where(builder.Or(p.ID.Eq(1), p.ID.Eq(2))), Returning: m.Fields, Scopes: []builder.Scope{tenant(3), living()}}},
		{"every_row", &builder.Update{Model: m, Set: sets(p.Hits.Set(0))}},
		{"scope_only", &builder.Update{Model: m, Set: sets(p.Hits.Set(0)), Scopes: []builder.Scope{tenant(3)}}},
		{"by_relation", &builder.Update{Model: m, Set: sets(p.Hits.Set(0)), Where: where(p.Reports.Some(p.Orders.None()))}},
		{"nothing", &builder.Update{Model: m}},
		{"bad_inc", &builder.Update{Model: m, Set: sets(p.Score.Inc(nil))}},
		{"schema", &builder.Update{Model: of[Order](), Set: []builder.Set{orders.Total.Inc(1).Set()}, Where: where(orders.ID.Eq(1)), Returning: fields[Order]("Total")}},
		{"odd_names", &builder.Update{Model: of[Odd](), Set: []builder.Set{odds.Mark.Set("m").Set(), odds.Up.Inc(1).Set()}, Where: where(odds.Quote.Eq("q")), Returning: fields[Odd]("Quote")}},
	})
}

func TestGoldenDelete(t *testing.T) {
	p := people
	m := of[Person]()
	check(t, "delete", []golden{
		{"one", &builder.Delete{Model: m, Where: where(p.ID.Eq(1)), Returning: fields[Person]("ID", "Email")}},
		{"scoped", &builder.Delete{Model: m, Where: where(builder.Or(p.ID.Eq(1), p.ID.Eq(2))), Scopes: []builder.Scope{tenant(3)}}},
		{"every_row", &builder.Delete{Model: of[Order]()}},
		{"by_relation", &builder.Delete{Model: m, Where: where(p.Orders.None(), p.Teams.Some())}},
		{"odd_names", &builder.Delete{Model: of[Odd](), Where: where(odds.Group.In("a")), Returning: fields[Odd]("Mark")}},
	})
}

// Rows of one statement that are told apart, and numbers that the database would make.
func TestGoldenInsertBatch(t *testing.T) {
	m := of[Person]()
	told := false
	many := func(k *builder.Conflict, inserted *bool, scopes ...builder.Scope) *builder.Insert {
		return &builder.Insert{Model: m, Fields: fields[Person]("Email", "Name"), Values: values("a", "n", "b", nil), Rows: 2, Returning: fields[Person]("ID"), Conflict: k, Inserted: inserted, Scopes: scopes}
	}
	inc := []builder.Set{people.Hits.Inc(1).Set()}
	check(t, "batch", []golden{
		{"skip_told", many(&builder.Conflict{DoNothing: true}, nil)},
		{"skip_keys", &builder.Insert{Model: m, Fields: fields[Person]("ID", "Email"), Values: values(1, "a", 2, "b"), Rows: 2, Returning: fields[Person]("ID"), Conflict: &builder.Conflict{DoNothing: true}}},
		{"upsert_many", many(&builder.Conflict{Target: fields[Person]("Email"), FromRow: fields[Person]("Name"), Set: inc}, &told, tenant(3))},
		{"numbers", &builder.Insert{Model: m, Fields: fields[Person]("ID", "Email"), Values: values(1, "a", 2, "b"), Rows: 2}},
		{"number", &builder.Insert{Model: m, Fields: fields[Person]("ID", "Email"), Values: values(1, "a"), Rows: 1, Returning: fields[Person]("Email")}},
		{"no_values_skip", &builder.Insert{Model: m, Rows: 1, Conflict: &builder.Conflict{DoNothing: true}}},
		{"target_made", &builder.Insert{Model: m, Fields: fields[Person]("Email"), Values: values("a"), Rows: 1, Returning: fields[Person]("ID"), Conflict: &builder.Conflict{Target: fields[Person]("ID"), FromRow: fields[Person]("Email")}}},
		{"not_given", &builder.Insert{Model: m, Fields: fields[Person]("Email"), Values: values("a"), Rows: 1, Conflict: &builder.Conflict{Target: fields[Person]("Email"), FromRow: fields[Person]("Name")}}},
	})
}
