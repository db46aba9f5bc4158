package builder_test

import (
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

func TestGoldenSelect(t *testing.T) {
	p := people
	person := func(f func(*builder.Select)) builder.Statement {
		s := &builder.Select{Model: of[Person](), Columns: fields[Person]("ID", "Name")}
		f(s)
		return s
	}
	check(t, "select", []golden{
		{"all", &builder.Select{Model: of[Person]()}},
		{"schema", &builder.Select{Model: of[Order](), Where: where(orders.ID.Eq(1))}},
		{"odd_names", &builder.Select{Model: of[Odd](), Where: where(odds.Quote.Eq("x"), odds.Mark.Fold().In("y"), odds.Group.Contains("z"), odds.Kids.Some(odds.Mark.DistinctFrom("w"))), Order: sorting(odds.Up.Asc(), odds.Mark.Desc())}},
		{"order", person(func(s *builder.Select) { s.Order = sorting(p.CreatedAt.Desc(), p.Email.Asc()) })},
		{"order_nullable", person(func(s *builder.Select) { s.Order = sorting(p.Name.Asc(), p.Score.Desc()) })},
		{"order_nulls", person(func(s *builder.Select) {
			s.Order = sorting(p.Name.Asc().NullsFirst(), p.Score.Desc().NullsLast(), p.BossID.Desc().NullsFirst(), p.DeletedAt.Asc().NullsLast(), p.ID.Asc().NullsFirst())
		})},
		{"order_fold", person(func(s *builder.Select) { s.Order = sorting(p.Email.Fold().Asc(), p.Name.Fold().Desc()) })},
		{"order_twice", person(func(s *builder.Select) {
			s.Order = sorting(p.Email.Fold().Asc(), p.Email.Asc(), p.Email.Fold().Desc(), p.Email.Desc(), p.ID.Asc(), p.ID.Desc())
		})},
		{"take", person(func(s *builder.Select) {
			s.Take, s.HasTake = 5, true
			s.Order = sorting(p.ID.Asc())
			s.Where = where(p.Hits.Gt(1))
		})},
		{"take_unordered", person(func(s *builder.Select) { s.Take, s.HasTake = 5, true })},
		{"take_0", person(func(s *builder.Select) { s.HasTake = true; s.Order = sorting(p.ID.Asc()) })},
		{"take_0_skip", person(func(s *builder.Select) { s.HasTake = true; s.Skip = 3; s.Order = sorting(p.ID.Asc()) })},
		{"skip", person(func(s *builder.Select) { s.Skip = 5; s.Order = sorting(p.ID.Asc()) })},
		{"skip_unordered", person(func(s *builder.Select) { s.Skip = 5 })},
		{"skip_take", person(func(s *builder.Select) {
			s.Take, s.HasTake, s.Skip = 5, true, 10
			s.Order, s.Where, s.Scopes = sorting(p.ID.Asc()), where(p.Hits.Gt(1)), []builder.Scope{tenant(3)}
		})},
		{"negative", person(func(s *builder.Select) { s.Skip = -1 })},
		{"distinct", person(func(s *builder.Select) { s.Distinct = true; s.Columns = fields[Person]("Role") })},
		{"distinct_order", person(func(s *builder.Select) {
			s.Distinct, s.Order, s.Where = true, sorting(p.Name.Fold().Desc(), p.ID.Asc()), where(p.Hits.Gt(1))
			s.Take, s.HasTake, s.Skip = 5, true, 10
		})},
		{"distinct_unordered_page", person(func(s *builder.Select) { s.Distinct = true; s.Skip = 1 })},
		{"distinct_foreign_order", person(func(s *builder.Select) { s.Distinct, s.Order = true, sorting(p.Email.Asc()) })},
		{"column_twice", person(func(s *builder.Select) { s.Columns = fields[Person]("ID", "Name", "ID") })},
		{"no_column", person(func(s *builder.Select) { s.Columns = []*model.Field{} })},
		{"count", person(func(s *builder.Select) {
			s.Want, s.Where, s.Scopes = builder.WantCount, where(p.Hits.Gt(1)), []builder.Scope{tenant(3)}
		})},
		{"count_ignores_order_and_page", person(func(s *builder.Select) {
			s.Want, s.Order, s.Take, s.HasTake, s.Skip = builder.WantCount, sorting(p.ID.Asc()), 5, true, 3
		})},
		{"count_distinct", person(func(s *builder.Select) {
			s.Want, s.Distinct, s.Columns, s.Where = builder.WantCount, true, fields[Person]("Role", "Name"), where(p.Hits.Gt(1))
		})},
		{"exists", person(func(s *builder.Select) {
			s.Want, s.Where, s.Skip, s.Scopes = builder.WantExists, where(p.Hits.Gt(1)), 3, []builder.Scope{tenant(3)}
		})},
		{"lock", person(func(s *builder.Select) { s.Lock, s.Where = builder.ForUpdate, where(p.ID.Eq(1)) })},
		{"lock_share_nowait", person(func(s *builder.Select) { s.Lock, s.LockWait = builder.ForShare, builder.NoWait })},
		{"lock_share_skip", person(func(s *builder.Select) { s.Lock, s.LockWait = builder.ForShare, builder.SkipLocked })},
		{"lock_skip", person(func(s *builder.Select) {
			s.Lock, s.LockWait, s.Order, s.Take, s.HasTake = builder.ForUpdate, builder.SkipLocked, sorting(p.ID.Asc()), 1, true
		})},
		{"lock_exists", person(func(s *builder.Select) { s.Want, s.Lock = builder.WantExists, builder.ForUpdate })},
		{"lock_count", person(func(s *builder.Select) { s.Want, s.Lock = builder.WantCount, builder.ForUpdate })},
		{"lock_distinct", person(func(s *builder.Select) { s.Distinct, s.Lock = true, builder.ForUpdate })},
	})
}

func ints(vs ...int64) model.List {
	var l model.List
	for _, v := range vs {
		l = append(l, model.IntOf(v))
	}
	return l
}

func TestGoldenIncludes(t *testing.T) {
	load := func(m *model.Model, g builder.Group, f func(*builder.Select)) builder.Statement {
		s := &builder.Select{Model: m, Group: &g}
		s.Order.Stabilise(m)
		if f != nil {
			f(s)
		}
		return s
	}
	byBuyer := builder.Group{Columns: fields[Order]("BuyerID"), Keys: []model.List{ints(1, 2, 3)}}
	paged := byBuyer
	paged.Skip, paged.Take, paged.HasTake = 1, 5, true
	byKey := builder.Group{Columns: fields[Person]("ID"), Keys: []model.List{ints(1, 2)}}
	byKeyPaged := byKey
	byKeyPaged.Take, byKeyPaged.HasTake = 1, true
	pair := builder.Group{Columns: fields[Split]("OrderID", "LineNo"), Keys: []model.List{ints(1, 1), ints(1, 2)}}
	pairPaged := pair
	pairPaged.Take, pairPaged.HasTake = 2, true
	link := builder.Group{Link: relation[Person]("Teams"), Keys: []model.List{ints(1, 2)},
		LinkScope: []builder.Scope{{Name: "link", Expr: builder.Compare(builder.OpEq, field[Membership]("TenantID"), model.IntOf(3))}}}
	linkPaged := link
	linkPaged.Skip, linkPaged.Take, linkPaged.HasTake = 2, 3, true
	r1 := builder.Group{Columns: fields[R1]("Up"), Keys: []model.List{ints(1)}, Take: 1, HasTake: true}
	check(t, "include", []golden{
		{"to_many", load(of[Order](), byBuyer, nil)},
		{"to_many_filtered", load(of[Order](), byBuyer, func(s *builder.Select) {
			s.Where, s.Take, s.HasTake = where(orders.Total.Gt(9)), 3001, true
			s.Scopes = []builder.Scope{{Name: "x", Expr: orders.PaidAt.IsNull().Expr()}}
		})},
		{"to_many_paged", load(of[Order](), paged, func(s *builder.Select) {
			s.Order = sorting(orders.PaidAt.Desc(), orders.ID.Asc())
			s.Where, s.Take, s.HasTake = where(orders.Total.Gt(9)), 3001, true
		})},
		{"to_one", load(of[Person](), byKey, nil)},
		{"to_one_paged", load(of[Person](), byKeyPaged, nil)},
		{"unordered_paged", load(of[Order](), paged, func(s *builder.Select) { s.Order = builder.Sorting{} })},
		{"partial_columns_paged", load(of[Order](), paged, func(s *builder.Select) { s.Columns = fields[Order]("ID") })},
		{"composite", load(of[Split](), pair, nil)},
		{"composite_paged", load(of[Split](), pairPaged, nil)},
		{"m2m", load(of[Team](), link, nil)},
		{"m2m_paged", load(of[Team](), linkPaged, func(s *builder.Select) { s.Order = sorting(teams.Area.Asc(), teams.ID.Desc()) })},
		{"names_taken", load(of[R1](), r1, nil)},
		{"malformed", load(of[Split](), builder.Group{Columns: fields[Split]("OrderID", "LineNo"), Keys: []model.List{ints(1)}}, nil)},
		{"distinct", load(of[Order](), byBuyer, func(s *builder.Select) { s.Distinct = true })},
	})
}
