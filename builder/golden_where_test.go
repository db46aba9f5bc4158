package builder_test

import (
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

func find(ps ...builder.Pred[Person]) *builder.Select {
	return &builder.Select{Model: of[Person](), Columns: fields[Person]("ID"), Where: where(ps...)}
}

func many(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = "x"
	}
	return out
}

func TestGoldenOperators(t *testing.T) {
	p := people
	check(t, "op", []golden{
		{"eq", find(p.Email.Eq("a"))},
		{"ne", find(p.Email.Ne("a"))},
		{"gt_gte_lt_lte", find(p.Hits.Gt(1), p.Hits.Gte(2), p.Hits.Lt(3), p.Hits.Lte(4))},
		{"eq_nil", find(p.Score.Eq(nil), p.Score.Ne(nil), p.Score.DistinctFrom(nil))},
		{"eq_pointer", find(p.Score.Eq(ptr(1.5)))},
		{"between", find(p.CreatedAt.Between(someTime, someTime))},
		{"null", find(p.Name.IsNull(), p.Name.IsNotNull())},
		{"distinct_from", find(p.Name.DistinctFrom("x"))},
		{"in_0", find(p.Role.In())},
		{"in_1", find(p.Role.In("user"))},
		{"in_2101", find(p.Role.In(many(2101)...))},
		{"not_in_0", find(p.Role.NotIn())},
		{"not_in_1", find(p.Role.NotIn("user"))},
		{"not_in_2101", find(p.Role.NotIn(many(2101)...))},
		{"in_numbers", find(p.Hits.In(1, 2))},
		{"contains", find(p.Email.Contains(`50%_[*?\`))},
		{"starts_ends", find(p.Email.StartsWith("a"), p.Email.EndsWith("z"))},
		{"like", find(p.Email.Like(`a%_\%[*`))},
		{"fold", find(p.Email.Fold().Eq("A"), p.Email.Fold().Ne("B"), p.Email.Fold().Between("A", "B"), p.Name.Fold().DistinctFrom("C"))},
		{"fold_text", find(p.Email.Fold().Contains("A"), p.Email.Fold().StartsWith("A"), p.Email.Fold().EndsWith("A"), p.Email.Fold().Like("A%"))},
		{"fold_in", find(p.Email.Fold().In("A", "B"), p.Email.Fold().NotIn("C"))},
		{"columns", find(p.Hits.GtCol(p.BossID), p.Email.NeCol(p.Name), builder.Not(p.Hits.LteCol(p.BossID)))},
		{"fold_null", find(p.Name.Fold().IsNull())},
		{"sql", find(builder.ConstantSQL[Person](`"hit_count" % ? = ? AND "full_name" <> '?'`, 2, 0))},
	})
	mixed := func(e builder.Expr) builder.Statement {
		s := &builder.Select{Model: of[Mixed](), Columns: fields[Mixed]("ID")}
		s.Where.Add(e)
		return s
	}
	in := func(name string, vs ...model.Value) builder.Statement {
		return mixed(builder.Within(field[Mixed](name), false, vs))
	}
	check(t, "op", []golden{
		{"in_uuid", in("ID", model.UUIDOf(&[16]byte{1}))},
		{"in_bool", in("Flag", model.BoolOf(true))},
		{"in_int8", in("I8", model.IntOf(1))},
		{"in_uint64", in("U64", model.UintOf(1<<63))},
		{"in_float", in("F32", model.FloatOf(1))},
		{"in_bytes", in("Blob", model.BytesOf([]byte{0, 1}))},
		{"in_time", in("At", model.TimeOf(someTime))},
		{"in_sized", in("Code", model.StringOf("x"))},
		{"in_typed", in("Short", model.StringOf("x"))},
		{"like_address", mixed(builder.Compare(builder.OpStartsWith, field[Mixed]("Addr"), model.StringOf("10.")))},
	})
}

func TestGoldenLogic(t *testing.T) {
	a, b, c := people.Role.Eq("admin"), people.Hits.Gt(1), people.Name.IsNull()
	check(t, "logic", []golden{
		{"and", find(builder.And(a, b))},
		{"or", find(builder.Or(a, b))},
		{"or_beside_and", find(builder.Or(a, b), c)},
		{"not", find(builder.Not(a), builder.Not(builder.Or(a, b)), builder.Not(builder.And(a, b)), builder.Not(builder.Not(c)))},
		{"nested", find(builder.Or(builder.And(a, builder.Or(b, c)), builder.Not(builder.And(b, builder.Or(a, c)))))},
		{"empty", find(builder.And[Person](), builder.Or[Person](), builder.Not(builder.Or[Person]()))},
		{"one", find(builder.And(a), builder.Or(b))},
		{"zero", find(builder.Pred[Person]{})},
		{"not_sql", find(builder.Not(builder.ConstantSQL[Person]("1 = ? OR 2 = 2", 1)))},
		{"or_sql", find(builder.Or(a, builder.ConstantSQL[Person]("1 = 1 OR 2 = 2")))},
	})
}

// A scope stands last and outermost, whatever the user's condition is.
func TestGoldenScopes(t *testing.T) {
	with := func(s *builder.Select, scopes ...builder.Scope) *builder.Select { s.Scopes = scopes; return s }
	orScope := builder.Scope{Name: "owner", Expr: builder.AnyOf(people.BossID.Eq(7).Expr(), people.ID.Eq(7).Expr())}
	sqlScope := builder.Scope{Name: "sql", Expr: builder.ConstantSQL[Person]("1 = 1 OR 2 = ?", 2).Expr()}
	related := find(people.Reports.Some(people.Hits.Gt(1)))
	related.Where = builder.Conjunction{}
	related.Where.Add(scoped(builder.Or(people.Reports.Some(people.Hits.Gt(1), builder.Or(people.Hits.Lt(5), people.Hits.Eq(9))), people.Role.Eq("user")).Expr(), tenant(3), living()))
	check(t, "scope", []golden{
		{"alone", with(find(), tenant(3))},
		{"or_cannot_escape", with(find(builder.Or(people.Role.Eq("admin"), people.Hits.Gt(1))), tenant(3), living())},
		{"sql_cannot_escape", with(find(builder.ConstantSQL[Person]("1 = 1 OR 2 = ?", 2)), tenant(3))},
		{"or_scope", with(find(people.Role.Eq("admin")), orScope, sqlScope, tenant(3))},
		{"related", with(related, tenant(3))},
	})
}

func TestGoldenRelations(t *testing.T) {
	p, o := people, orders
	order := func(ps ...builder.Pred[Order]) builder.Statement {
		return &builder.Select{Model: of[Order](), Columns: fields[Order]("ID"), Where: where(ps...)}
	}
	link := find(p.Teams.Some(teams.Name.Eq("x")))
	linked := *link.Where.At(0).Ext
	linked.Scope = []builder.Scope{{Name: "t", Expr: teams.Area.Eq("eu").Expr()}}
	linked.LinkScope = []builder.Scope{{Name: "t", Expr: builder.Compare(builder.OpEq, field[Membership]("TenantID"), model.IntOf(3))}}
	link.Where = builder.Conjunction{}
	link.Where.Add(builder.Expr{Op: builder.OpSome, Ext: &linked})
	check(t, "rel", []golden{
		{"some", find(p.Orders.Some(o.Total.Gt(10), o.PaidAt.IsNull()))},
		{"some_empty", find(p.Orders.Some())},
		{"none", find(p.Orders.None(o.Total.Gt(10)))},
		{"every", find(p.Orders.Every(o.PaidAt.Gt(someTime)))},
		{"every_many", find(p.Orders.Every(builder.Or(o.Total.Gt(1), o.Total.Lt(0)), o.PaidAt.IsNotNull()))},
		{"every_empty", find(p.Orders.Every())},
		{"is", order(o.Buyer.Is(p.Email.Eq("a")))},
		{"is_not", order(o.Buyer.IsNot())},
		{"self", find(p.Boss.Is(p.Role.Eq("admin")), p.Reports.Some(p.Reports.Some(p.Hits.Gt(1))))},
		{"m2m", find(p.Teams.Some(teams.Name.Eq("x")))},
		{"m2m_every", find(p.Teams.Every(teams.Name.Eq("x")))},
		{"m2m_scoped", link},
		{"composite", &builder.Select{Model: of[Line](), Where: where(lines.Splits.Some())}},
		{"nested", find(p.Orders.Some(o.Lines.Some(lines.Sku.StartsWith("a"), lines.Splits.None())))},
		{"distinct_from", find(p.Orders.Some(o.PaidAt.DistinctFrom(someTime)))},
		{"alias_taken", &builder.Select{Model: of[R1](), Columns: fields[R1]("ID"), Where: where(builder.PredOf[R1](builder.Related(builder.OpSome, relation[R1]("Sub"))))}},
		{"in", find(p.Orders.Some(o.ID.In(1, 2)))},
		{"fold", find(p.Boss.Is(p.Email.Fold().In("A"), p.Email.Fold().Eq("B")))},
		{"sql", find(p.Orders.Some(builder.ConstantSQL[Order]("? = ?", 1, 2), o.Total.Gt(3)), p.Hits.Gt(4))},
	})
}
