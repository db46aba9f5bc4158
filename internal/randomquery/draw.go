package randomquery

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/model"
)

// Pair is a model in both of two graphs.
type Pair [2]*model.Model

// Pairs gives the models of both graphs that hold the same rows; those of link tables are left out.
func Pairs(a, b *engine.Session) (out []Pair) {
	for _, x := range a.Models() {
		for _, y := range b.Models() {
			if x.Table == y.Table && len(x.Relations) > 0 {
				out = append(out, Pair{x, y})
			}
		}
	}
	return out
}

// Draw makes the same random query for both graphs, and says in text what it is.
type Draw struct {
	*rand.Rand
	text strings.Builder
}

// Say adds to the text of the query.
func (d *Draw) Say(format string, args ...any) { fmt.Fprintf(&d.text, format, args...) }

// Query draws a query for each of the pair: the same conditions, includes, order and page.
func (d *Draw) Query(m Pair) (a, b *builder.Select) {
	sts := [2]*builder.Select{{Model: m[0]}, {Model: m[1]}}
	for range d.IntN(3) {
		p := d.predicate(m, 3, 3)
		sts[0].Where.Add(p[0])
		sts[1].Where.Add(p[1])
	}
	if d.IntN(6) == 0 {
		sts[0].Want, sts[1].Want = builder.WantCount, builder.WantCount
		if d.IntN(2) == 0 {
			sts[0].Want, sts[1].Want = builder.WantExists, builder.WantExists
		}
		return sts[0], sts[1]
	}
	incs := d.includes(m, 3)
	skip, take, limited := d.page()
	keys := d.order(m)
	for i, st := range sts {
		st.Includes, st.Skip, st.Take, st.HasTake = incs[i], skip, take, limited
		for _, k := range keys[i] {
			st.Order.Add(k)
		}
		st.Order.Stabilise(m[i])
	}
	return sts[0], sts[1]
}

func (d *Draw) page() (skip, take int64, limited bool) {
	if d.IntN(2) == 0 {
		return 0, 0, false
	}
	skip, take, limited = int64(d.IntN(3)), int64(d.IntN(4)), d.IntN(3) > 0
	if !limited {
		take = 0
	}
	d.Say(" skip %d take %d %v", skip, take, limited)
	return skip, take, limited
}

func (d *Draw) order(m Pair) (out [2][]builder.SortKey) {
	if d.IntN(2) == 0 {
		return out
	}
	desc, nulls := d.IntN(2) == 0, builder.Nulls(d.IntN(3))
	d.Say(" by N desc %v nulls %d", desc, nulls)
	for i := range m {
		out[i] = []builder.SortKey{{Field: must(m[i].Field("N")), Desc: desc, Nulls: nulls}}
	}
	return out
}

func (d *Draw) relation(m Pair) (a, b *model.Relation) {
	a = m[0].Relations[d.IntN(len(m[0].Relations))]
	return a, must(m[1].Relation(a.Name))
}

func (d *Draw) includes(m Pair, depth int) (out [2][]*builder.Include) {
	seen := map[string]bool{}
	for range d.IntN(depth) {
		a, b := d.relation(m)
		if seen[a.Name] {
			continue
		}
		seen[a.Name] = true
		d.Say(" with %s(", a.Name)
		incs := [2]*builder.Include{{Relation: a}, {Relation: b}}
		to := Pair{a.Target, b.Target}
		for range d.IntN(2) {
			p := d.predicate(to, 1, 1)
			incs[0].Where, incs[1].Where = append(incs[0].Where, p[0]), append(incs[1].Where, p[1])
		}
		if a.Many {
			keys := d.order(to)
			skip, take, limited := d.page()
			for i, inc := range incs {
				inc.Order, inc.Skip, inc.Take, inc.HasTake = keys[i], skip, take, limited
			}
		}
		below := d.includes(to, depth-1)
		for i, inc := range incs {
			inc.Includes = below[i]
			out[i] = append(out[i], inc)
		}
		d.Say(")")
	}
	return out
}

// predicate draws a tree with at most so many relation filters inside each other.
func (d *Draw) predicate(m Pair, depth, relations int) (out [2]builder.Expr) {
	kind := d.IntN(8)
	switch {
	case kind < 3 && relations > 0:
		a, b := d.relation(m)
		op := builder.OpSome
		if d.IntN(3) == 0 {
			op = builder.OpEvery
		}
		negated := d.IntN(3) == 0
		d.Say(" %v %d %s[", negated, op, a.Name)
		var kids [2][]builder.Expr
		for range d.IntN(3) {
			k := d.predicate(Pair{a.Target, b.Target}, depth-1, relations-1)
			kids[0], kids[1] = append(kids[0], k[0]), append(kids[1], k[1])
		}
		d.Say("]")
		for i, r := range []*model.Relation{a, b} {
			if out[i] = builder.Related(op, r, kids[i]...); negated {
				out[i] = builder.Negate(out[i])
			}
		}
		return out
	case kind < 6 && depth > 0:
		how := d.IntN(3)
		d.Say(" %s(", []string{"and", "or", "not"}[how])
		var kids [2][]builder.Expr
		for range 1 + d.IntN(3) {
			k := d.predicate(m, depth-1, relations)
			kids[0], kids[1] = append(kids[0], k[0]), append(kids[1], k[1])
		}
		d.Say(")")
		for i := range kids {
			switch how {
			case 0:
				out[i] = builder.AllOf(kids[i]...)
			case 1:
				out[i] = builder.AnyOf(kids[i]...)
			default:
				out[i] = builder.Negate(builder.AllOf(kids[i]...))
			}
		}
		return out
	}
	op := []builder.Op{builder.OpEq, builder.OpNe, builder.OpGt, builder.OpLte, builder.OpIsNull, builder.OpIsNotNull, builder.OpDistinctFrom, builder.OpIn, builder.OpNotIn}[d.IntN(9)]
	v, w := model.IntOf(1+d.Int64N(5)), model.IntOf(1+d.Int64N(5))
	d.Say(" N %d %d %d", op, v.Int(), w.Int())
	for i := range m {
		n := must(m[i].Field("N"))
		switch op {
		case builder.OpIn, builder.OpNotIn:
			out[i] = builder.Within(n, op == builder.OpNotIn, model.List{v, w})
		default:
			out[i] = builder.Compare(op, n, v)
		}
	}
	return out
}
