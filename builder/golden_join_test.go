package builder_test

import (
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

func TestGoldenJoin(t *testing.T) {
	p, o := people, orders
	// branch is the load of a relation of root, as the engine makes it.
	branch := func(root *builder.Select, relation string, f func(*builder.Select)) *builder.Select {
		r, err := root.Model.Relation(relation)
		if err != nil {
			t.Fatal(err)
		}
		q := &builder.Select{Model: r.Target, Scoped: true, Group: &builder.Group{Columns: r.Remote}}
		if r.Through != nil {
			q.Group.Link = r
		}
		f(q)
		root.Joins = append(root.Joins, builder.Join{Relation: r, Rows: q})
		return root
	}
	person := func() *builder.Select {
		return &builder.Select{Model: of[Person](), Columns: fields[Person]("ID", "Email", "BossID")}
	}
	plain := func(q *builder.Select) { q.Columns = q.Model.Key }
	check(t, "join", []golden{
		{"to_one", branch(person(), "Boss", func(q *builder.Select) { q.Columns = fields[Person]("Name", "ID") })},
		{"to_one_page", func() builder.Statement {
			s := branch(person(), "Boss", func(q *builder.Select) {
				q.Columns, q.Where, q.Scopes = fields[Person]("ID", "Name"), where(p.Hits.Gt(7)), []builder.Scope{tenant(3), living()}
			})
			s.Where, s.Scopes, s.Order = where(p.Role.Eq("admin")), []builder.Scope{tenant(3)}, sorting(p.Name.Desc(), p.ID.Asc())
			s.Take, s.HasTake, s.Skip = 5, true, 10
			return s
		}()},
		{"to_many", func() builder.Statement {
			s := branch(person(), "Orders", func(q *builder.Select) { q.Where, q.Order = where(o.Total.Gt(9)), sorting(o.Total.Desc(), o.ID.Asc()) })
			s.Order = sorting(p.ID.Asc())
			return s
		}()},
		{"links", branch(person(), "Teams", func(q *builder.Select) {
			q.Where, q.Group.LinkScope = where(teams.Name.Eq("x")), []builder.Scope{{Name: "t", Expr: builder.Compare(builder.OpEq, field[Membership]("TenantID"), model.IntOf(3))}}
		})},
		{"composite", branch(&builder.Select{Model: of[Line]()}, "Splits", plain)},
		{"two_to_one", branch(branch(person(), "Boss", plain), "Boss", plain)},
		{"computed_order", func() builder.Statement {
			s := branch(person(), "Boss", plain)
			s.Take, s.HasTake = 2, true
			return sortBy(s, p.Orders.Count(o.Total.Gt(5)).Desc())
		}()},
		{"names", branch(&builder.Select{Model: of[R1]()}, "Sub", func(*builder.Select) {})},
		{"unscoped", branch(person(), "Boss", func(q *builder.Select) { q.Scoped = false })},
		{"paged_branch", branch(person(), "Orders", func(q *builder.Select) { q.Group.HasTake = true })},
		{"foreign", &builder.Select{Model: of[Order](), Joins: branch(person(), "Boss", plain).Joins}},
		{"counted", func() builder.Statement {
			s := branch(person(), "Boss", plain)
			s.Want = builder.WantCount
			return s
		}()},
		{"locked", func() builder.Statement {
			s := branch(person(), "Boss", plain)
			s.Lock = builder.ForUpdate
			return s
		}()},
	})
}
