package conformance

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// differentialQueries is the number of random queries for each kind of database.
const differentialQueries = 5000

// TestQueriesEqualAModelInMemory asks random queries, with relation filters, orders, pages and includes, and compares
// the answers with those of a model in memory that knows nothing of SQL.
func TestQueriesEqualAModelInMemory(t *testing.T) {
	for name, kind := range map[string]func(t *testing.T) Engine{
		"sqlite":   func(*testing.T) Engine { return sqliteMemory() },
		"postgres": func(t *testing.T) Engine { return onPostgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			e := &env{T: t, ctx: t.Context()}
			defer e.stop()
			other := e.bind(orm.Models(twoOwner{}, twoToy{}, twoTie{}, twoSeal{}), sqliteMemory().Database(t)("main", Options{}), sqliteMemory().Database(t)("other", Options{}))
			s := e.bind(orm.Models(oneOwner{}, oneToy{}, oneTie{}, oneSeal{}), kind(t).Database(t)("main", Options{}))
			r := rand.New(rand.NewPCG(3, 5))
			acrossData(e, r, s, other)
			must(handle(s).Exec(e.ctx, "ANALYZE")) // PostgreSQL takes a table it knows nothing of for a large one, and compiles machine code
			w := e.world(s)
			roots := pairsOf(s, s)
			said, failed := 0, 0
			for i := range differentialQueries {
				d := draw{Rand: r}
				st, same := d.query(roots[d.IntN(len(roots))])
				want := w.answer(same)
				joinSome(r, st.Includes)
				have := answer(e, s, st)
				said += len(have)
				if have != want {
					t.Errorf("query %d of %s: %s\nhave: %s\nwant: %s", i, st.Model.Name, d.text.String(), have, want)
					if failed++; failed > 5 {
						return
					}
				}
			}
			if said < 100*differentialQueries {
				t.Errorf("the answers say too little: %d bytes", said)
			}
		})
	}
}

// joinSome asks for joins, which must not change an answer.
func joinSome(r *rand.Rand, incs []*builder.Include) {
	for _, inc := range incs {
		inc.Strategy = ptr(model.Strategy(r.IntN(2)))
		joinSome(r, inc.Includes)
	}
}

// world is every row of a graph.
type world struct {
	rows map[*model.Model][]reflect.Value
	far  map[*model.Relation]map[string][]reflect.Value // related rows by the local key
}

func (e *env) world(s *engine.Session) world {
	w := world{map[*model.Model][]reflect.Value{}, map[*model.Relation]map[string][]reflect.Value{}}
	for _, m := range s.Models() {
		rows := source.Rows{Slab: source.NewSlab(m.Type)}
		ok(reading.Read(e.ctx, s, "All", &builder.Select{Model: m}, &rows))
		all := rows.Slab.Slice()
		for i := range all.Len() {
			w.rows[m] = append(w.rows[m], all.Index(i))
		}
	}
	return w
}

func load(row reflect.Value, f *model.Field) model.Value {
	return must(f.Load(row.Addr().UnsafePointer()))
}

// answer gives what a query gives, as text.
func (w world) answer(st *builder.Select) string {
	where := st.Where.Expr()
	var found []reflect.Value
	for _, row := range w.rows[st.Model] {
		if w.truth(&where, row) == holds {
			found = append(found, row)
		}
	}
	var out any
	switch st.Want {
	case builder.WantCount:
		out = []int64{int64(len(found))}
	case builder.WantExists:
		out = []int64{}
		if len(found) > 0 {
			out = []int64{1}
		}
	default:
		var order []builder.SortKey
		for i := range st.Order.Len() {
			order = append(order, *st.Order.At(i))
		}
		sortBy(found, st.Model, order)
		out = w.with(cut(found, st.Skip, st.Take, st.HasTake), st.Model, st.Includes).Interface()
	}
	return string(bytes.ReplaceAll(must(json.Marshal(out)), []byte("null"), []byte("-")))
}

// with copies rows and gives them their related rows.
func (w world) with(rows []reflect.Value, m *model.Model, incs []*builder.Include) reflect.Value {
	out := reflect.MakeSlice(reflect.SliceOf(m.Type), len(rows), len(rows))
	for i, row := range rows {
		out.Index(i).Set(row)
		for _, inc := range incs {
			r := inc.Relation
			where := builder.AllOf(inc.Where...)
			var found []reflect.Value
			for _, x := range w.related(r, row) {
				if w.truth(&where, x) == holds {
					found = append(found, x)
				}
			}
			sortBy(found, r.Target, inc.Order)
			kids := w.with(cut(found, inc.Skip, inc.Take, inc.HasTake), r.Target, inc.Includes)
			at := out.Index(i).FieldByName(r.Name)
			switch {
			case r.Many:
				at.Set(kids)
			case kids.Len() > 0:
				at.Set(kids.Index(0).Addr())
			}
		}
	}
	return out
}

func cut(rows []reflect.Value, skip, take int64, limited bool) []reflect.Value {
	rows = rows[min(int(skip), len(rows)):]
	if limited {
		rows = rows[:min(int(take), len(rows))]
	}
	return rows
}

// related gives the rows of a relation, once for each link.
func (w world) related(r *model.Relation, row reflect.Value) []reflect.Value {
	far := w.far[r]
	if far == nil {
		far = w.follow(r)
		w.far[r] = far
	}
	key := keyOf(row, r.Local)
	if key == "" {
		return nil
	}
	return far[key]
}

// follow gives the related rows for every local key there is.
func (w world) follow(r *model.Relation) map[string][]reflect.Value {
	out, targets := map[string][]reflect.Value{}, map[string][]reflect.Value{}
	for _, x := range w.rows[r.Target] {
		key := keyOf(x, r.Remote)
		targets[key] = append(targets[key], x)
	}
	if r.Through == nil {
		return targets
	}
	for lm, links := range w.rows {
		if lm.Table != r.Through.Table {
			continue
		}
		for _, link := range links {
			near, far := keyOf(link, columns(lm, r.Through.Local)), keyOf(link, columns(lm, r.Through.Remote))
			if near != "" && far != "" {
				out[near] = append(out[near], targets[far]...)
			}
		}
	}
	return out
}

func columns(m *model.Model, names []string) (out []*model.Field) {
	for _, n := range names {
		out = append(out, must(m.Field(n)))
	}
	return out
}

// keyOf gives the values as text, "" where one is NULL.
func keyOf(row reflect.Value, fields []*model.Field) string {
	var b []byte
	for _, f := range fields {
		v := load(row, f)
		if v.IsNull() {
			return ""
		}
		b = model.AppendKey(b, v)
	}
	return string(b)
}

// sortBy sorts by keys and then by the primary key; NULL is the largest value unless a key says otherwise.
func sortBy(rows []reflect.Value, m *model.Model, keys []builder.SortKey) {
	for _, f := range m.Key {
		keys = append(keys[:len(keys):len(keys)], builder.SortKey{Field: f})
	}
	slices.SortStableFunc(rows, func(a, b reflect.Value) int {
		for _, k := range keys {
			x, y := load(a, k.Field), load(b, k.Field)
			var c int
			switch {
			case x.IsNull() && y.IsNull():
				continue
			case x.IsNull() || y.IsNull():
				last := k.Nulls == builder.NullsLast || k.Nulls == builder.NullsLargest && !k.Desc
				if x.IsNull() == last {
					return 1
				}
				return -1
			case x.Kind() == model.StringValue:
				c = cmp.Compare(x.Str(), y.Str())
			default:
				c = cmp.Compare(x.Int(), y.Int())
			}
			if k.Desc {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
}

// verdict is a truth value of three.
type verdict int

const (
	fails verdict = iota
	unsure
	holds
)

func (w world) truth(e *builder.Expr, row reflect.Value) verdict {
	of := func(b bool) verdict {
		if b {
			return holds
		}
		return fails
	}
	every := func(kids []builder.Expr, row reflect.Value) verdict {
		out := holds
		for i := range kids {
			out = min(out, w.truth(&kids[i], row))
		}
		return out
	}
	switch e.Op {
	case builder.OpTrue:
		return holds
	case builder.OpFalse:
		return fails
	case builder.OpAnd:
		return every(e.Ext.Kids, row)
	case builder.OpOr:
		out := fails
		for i := range e.Ext.Kids {
			out = max(out, w.truth(&e.Ext.Kids[i], row))
		}
		return out
	case builder.OpNot:
		return holds - w.truth(&e.Ext.Kids[0], row)
	case builder.OpSome, builder.OpEvery:
		for _, x := range w.related(e.Ext.Rel, row) {
			if passes := every(e.Ext.Kids, x) == holds; passes == (e.Op == builder.OpSome) {
				return of(passes)
			}
		}
		return of(e.Op == builder.OpEvery)
	}
	v := load(row, e.Field)
	switch {
	case e.Op == builder.OpIsNull:
		return of(v.IsNull())
	case e.Op == builder.OpIsNotNull:
		return of(!v.IsNull())
	case e.Op == builder.OpDistinctFrom:
		return of(v.IsNull() || v.Int() != e.Value.Int())
	case v.IsNull():
		return unsure
	}
	n := v.Int()
	switch e.Op {
	case builder.OpEq:
		return of(n == e.Value.Int())
	case builder.OpNe:
		return of(n != e.Value.Int())
	case builder.OpGt:
		return of(n > e.Value.Int())
	case builder.OpLte:
		return of(n <= e.Value.Int())
	case builder.OpIn, builder.OpNotIn:
		in := slices.ContainsFunc(e.Value.List(), func(x model.Value) bool { return x.Int() == n })
		return of(in == (e.Op == builder.OpIn))
	}
	panic("an operator that the model does not know")
}
