package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// acrossQueries is the number of random queries for each pair of sources.
const acrossQueries = 2000

// TestAcrossIsAsOne asks random queries of one graph that is bound to one source, and split over two.
func TestAcrossIsAsOne(t *testing.T) {
	for name, other := range map[string]func(t *testing.T) Engine{
		"sqlite and sqlite":   func(*testing.T) Engine { return sqliteMemory() },
		"sqlite and postgres": func(t *testing.T) Engine { return onPostgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			e := &env{T: t, ctx: t.Context()}
			defer e.stop()
			lite := sqliteMemory().Database(t)
			whole := e.bind(orm.Models(oneOwner{}, oneToy{}, oneTie{}, oneSeal{}), lite("main", Options{}))
			split := e.bind(orm.Models(twoOwner{}, twoToy{}, twoTie{}, twoSeal{}), lite("main", Options{}), other(t).Database(t)("other", Options{}))
			r := rand.New(rand.NewPCG(7, 11))
			acrossData(e, r, whole, split)
			roots := pairsOf(whole, split)
			rows, failed := 0, 0
			for i := range acrossQueries {
				d := draw{Rand: r}
				root := roots[d.IntN(len(roots))]
				a, b := d.query(root)
				x, y := answer(e, whole, a), answer(e, split, b)
				rows += len(x)
				if x != y {
					t.Errorf("query %d of %s: %s\none: %s\ntwo: %s", i, root[0].Name, d.text.String(), x, y)
					if failed++; failed > 5 {
						return
					}
				}
			}
			if rows < 100*acrossQueries {
				t.Errorf("the answers say too little: %d bytes", rows)
			}
		})
	}
}

func (e *env) bind(opts ...orm.Option) *engine.Session {
	db := must(orm.Open(e.ctx, opts...))
	e.Cleanup(func() {
		if err := db.Close(); err != nil {
			e.Errorf("Close: %v", err)
		}
	})
	ok(orm.CreateTables(e.ctx, db))
	return (*engine.Session)(reflect.ValueOf(db).Field(0).UnsafePointer())
}

// pairsOf gives the models of both graphs that hold the same rows; those of link tables are left out.
func pairsOf(a, b *engine.Session) (out [][2]*model.Model) {
	for _, x := range a.Models() {
		for _, y := range b.Models() {
			if x.Table == y.Table && len(x.Relations) > 0 {
				out = append(out, [2]*model.Model{x, y})
			}
		}
	}
	return out
}

// graph is the rows of a graph.
type graph struct {
	owners []oneOwner
	kids   []oneKid
	toys   []oneToy
	plots  []onePlot
	tags   []oneTag
	ties   []oneTie
	marks  []oneMark
	seals  []oneSeal
}

// acrossData writes the same rows to both.
func acrossData(e *env, r *rand.Rand, whole, split *engine.Session) {
	g := drawGraph(r)
	write[oneOwner, twoOwner](e, whole, split, g.owners)
	write[oneKid, twoKid](e, whole, split, g.kids)
	write[oneToy, twoToy](e, whole, split, g.toys)
	write[onePlot, twoPlot](e, whole, split, g.plots)
	write[oneTag, twoTag](e, whole, split, g.tags)
	write[oneTie, twoTie](e, whole, split, g.ties)
	write[oneMark, twoMark](e, whole, split, g.marks)
	write[oneSeal, twoSeal](e, whole, split, g.seals)
}

// drawGraph makes rows. Keys are NULL at times, or lead nowhere; links are doubled.
func drawGraph(r *rand.Rand) (g graph) {
	maybe := func(n int64) *int64 {
		if r.IntN(4) == 0 {
			return nil
		}
		return ptr(1 + r.Int64N(n))
	}
	for i := range int64(24) {
		g.kids = append(g.kids, oneKid{ID: i + 1, N: maybe(5), OwnerID: maybe(14)})
		g.toys = append(g.toys, oneToy{ID: i + 1, N: maybe(5), KidID: maybe(30)})
		g.seals = append(g.seals, oneSeal{ID: i + 1, OwnerID: maybe(14), MarkID: maybe(7)})
	}
	for i := range int64(12) {
		o := oneOwner{ID: i + 1, N: maybe(5), BestID: maybe(30), X: maybe(3)}
		if r.IntN(4) > 0 {
			o.Y = ptr(string(rune('a' + r.IntN(3))))
		}
		g.owners = append(g.owners, o)
		for _, tag := range r.Perm(7)[:r.IntN(5)] {
			g.ties = append(g.ties, oneTie{OwnerID: i + 1 + int64(r.IntN(2))*20, TagID: int64(tag + 1)})
		}
	}
	for i := range int64(6) {
		g.plots = append(g.plots, onePlot{X: i%3 + 1, Y: string(rune('a' + i/2)), N: maybe(5)})
		g.tags = append(g.tags, oneTag{ID: i + 1, N: maybe(5)})
		g.marks = append(g.marks, oneMark{ID: i + 1, N: maybe(5)})
	}
	return g
}

func write[A, B any](e *env, whole, split *engine.Session, rows []A) {
	var same []B
	ok(json.Unmarshal(must(json.Marshal(rows)), &same))
	must(orm.Repo[A](handle(whole)).CreateMany(e.ctx, rows))
	must(orm.Repo[B](handle(split)).CreateMany(e.ctx, same))
}

func handle(s *engine.Session) (db orm.DB) {
	reflect.NewAt(reflect.TypeFor[*engine.Session](), reflect.ValueOf(&db).UnsafePointer()).Elem().Set(reflect.ValueOf(s))
	return db
}

// answer runs st and gives all that came back as text.
func answer(e *env, s *engine.Session, st *builder.Select) string {
	rows := source.Rows{Slab: source.NewSlab(st.Model.Type)}
	if st.Want != builder.WantRows {
		rows.Slab = source.SlabOf[int64](1)
	}
	ok(reading.Read(e.ctx, s, "All", st, &rows))
	return string(bytes.ReplaceAll(must(json.Marshal(rows.Slab.Slice().Interface())), []byte("null"), []byte("-")))
}

// draw makes the same random query for both graphs, and says in text what it is.
type draw struct {
	*rand.Rand
	text strings.Builder
}

func (d *draw) say(format string, args ...any) { fmt.Fprintf(&d.text, format, args...) }

func (d *draw) query(m [2]*model.Model) (a, b *builder.Select) {
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

func (d *draw) page() (skip, take int64, limited bool) {
	if d.IntN(2) == 0 {
		return 0, 0, false
	}
	skip, take, limited = int64(d.IntN(3)), int64(d.IntN(4)), d.IntN(3) > 0
	if !limited {
		take = 0
	}
	d.say(" skip %d take %d %v", skip, take, limited)
	return skip, take, limited
}

func (d *draw) order(m [2]*model.Model) (out [2][]builder.SortKey) {
	if d.IntN(2) == 0 {
		return out
	}
	desc, nulls := d.IntN(2) == 0, builder.Nulls(d.IntN(3))
	d.say(" by N desc %v nulls %d", desc, nulls)
	for i := range m {
		out[i] = []builder.SortKey{{Field: must(m[i].Field("N")), Desc: desc, Nulls: nulls}}
	}
	return out
}

func (d *draw) relation(m [2]*model.Model) (a, b *model.Relation) {
	a = m[0].Relations[d.IntN(len(m[0].Relations))]
	return a, must(m[1].Relation(a.Name))
}

func (d *draw) includes(m [2]*model.Model, depth int) (out [2][]*builder.Include) {
	seen := map[string]bool{}
	for range d.IntN(depth) {
		a, b := d.relation(m)
		if seen[a.Name] {
			continue
		}
		seen[a.Name] = true
		d.say(" with %s(", a.Name)
		incs := [2]*builder.Include{{Relation: a}, {Relation: b}}
		to := [2]*model.Model{a.Target, b.Target}
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
		d.say(")")
	}
	return out
}

// predicate draws a tree with at most so many relation filters inside each other.
func (d *draw) predicate(m [2]*model.Model, depth, relations int) (out [2]builder.Expr) {
	kind := d.IntN(8)
	switch {
	case kind < 3 && relations > 0:
		a, b := d.relation(m)
		op := builder.OpSome
		if d.IntN(3) == 0 {
			op = builder.OpEvery
		}
		negated := d.IntN(3) == 0
		d.say(" %v %d %s[", negated, op, a.Name)
		var kids [2][]builder.Expr
		for range d.IntN(3) {
			k := d.predicate([2]*model.Model{a.Target, b.Target}, depth-1, relations-1)
			kids[0], kids[1] = append(kids[0], k[0]), append(kids[1], k[1])
		}
		d.say("]")
		for i, r := range []*model.Relation{a, b} {
			if out[i] = builder.Related(op, r, kids[i]...); negated {
				out[i] = builder.Negate(out[i])
			}
		}
		return out
	case kind < 6 && depth > 0:
		how := d.IntN(3)
		d.say(" %s(", []string{"and", "or", "not"}[how])
		var kids [2][]builder.Expr
		for range 1 + d.IntN(3) {
			k := d.predicate(m, depth-1, relations)
			kids[0], kids[1] = append(kids[0], k[0]), append(kids[1], k[1])
		}
		d.say(")")
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
	d.say(" N %d %d %d", op, v.Int(), w.Int())
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
