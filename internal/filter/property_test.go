package filter_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/sqlite"
)

type thing struct {
	ID   int64      `orm:"id,table=things"`
	A    *int64     `orm:"a"`
	B    int64      `orm:"b"`
	T    string     `orm:"t"`
	S    *string    `orm:"s"`
	F    *float64   `orm:"f"`
	On   *bool      `orm:"is_on"`
	At   *time.Time `orm:"at"`
	U    *[16]byte  `orm:"u"`
	Blob []byte     `orm:"blob"`
}

var texts = []string{"", "a", "A", "ab", "aB", "b_", "%", "a%b", `\`, "é", "z*?[x]"}

func ptr[T any](v T) *T { return &v }

func things() []thing {
	epoch := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	var out []thing
	for i := range 60 {
		x := thing{ID: int64(i + 1), B: int64(i % 5), T: texts[i%len(texts)]}
		if i%3 != 0 {
			x.A = ptr(int64(i%4) - 1)
		}
		if i%4 != 0 {
			x.S = ptr(texts[(i/2)%len(texts)])
		}
		if i%5 != 0 {
			x.F = ptr(float64(i%3) - 0.5)
		}
		if i%2 == 0 {
			x.On = ptr(i%4 == 0)
		}
		if i%7 != 0 {
			x.At = ptr(epoch.Add(time.Duration(i%6) * time.Microsecond))
		}
		if i%6 != 0 {
			x.U = &[16]byte{byte(i % 3), 15: byte(i % 2)}
		}
		if i%8 != 0 {
			x.Blob = []byte{byte(i % 3)}
		}
		out = append(out, x)
	}
	return out
}

// engine is the same rows in SQLite.
func engine(t *testing.T, m *model.Model, rows []thing) *sqlite.DataSource {
	t.Helper()
	ctx := context.Background()
	src := sqlite.Source("main", ":memory:")
	if err := src.Open(ctx, []*model.Model{m}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	})
	ddl := `CREATE TABLE things (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER NOT NULL, t TEXT NOT NULL, s TEXT, f REAL, is_on INTEGER, at TEXT, u TEXT, "blob" BLOB)`
	if _, err := src.Exec(ctx, ddl, nil); err != nil {
		t.Fatal(err)
	}
	st := &builder.Insert{Model: m, Fields: m.Fields, Rows: len(rows), Scoped: true}
	for i := range rows {
		for _, f := range m.Fields {
			v, err := f.Load(unsafe.Pointer(&rows[i]))
			if err != nil {
				t.Fatal(err)
			}
			st.Values = append(st.Values, v)
		}
	}
	if _, err := src.Insert(ctx, st, nil); err != nil {
		t.Fatal(err)
	}
	return src
}

// operand draws a value that the column could hold.
func operand(t *rapid.T, f *model.Field, rows []thing) model.Value {
	for {
		v, err := f.Load(unsafe.Pointer(&rows[rapid.IntRange(0, len(rows)-1).Draw(t, "row")]))
		if err != nil {
			t.Fatal(err)
		}
		if !v.IsNull() {
			return v
		}
	}
}

func predicate(t *rapid.T, m *model.Model, rows []thing, depth int) builder.Expr {
	if depth > 0 && rapid.Bool().Draw(t, "inner") {
		kids := make([]builder.Expr, rapid.IntRange(1, 3).Draw(t, "kids"))
		for i := range kids {
			kids[i] = predicate(t, m, rows, depth-1)
		}
		switch rapid.IntRange(0, 3).Draw(t, "join") {
		case 0:
			return builder.AllOf(kids...)
		case 1:
			return builder.AnyOf(kids...)
		case 2:
			return builder.Untrue(kids...)
		}
		return builder.Negate(kids[0])
	}
	if rapid.IntRange(0, 9).Draw(t, "leaf") == 0 {
		return keyList(t, m, rows)
	}
	f := rapid.SampledFrom(m.Fields).Draw(t, "field")
	ops := []builder.Op{builder.OpEq, builder.OpNe, builder.OpGt, builder.OpGte, builder.OpLt, builder.OpLte, builder.OpDistinctFrom,
		builder.OpIsNull, builder.OpIsNotNull, builder.OpBetween, builder.OpIn, builder.OpNotIn}
	if f.Kind == model.String {
		ops = append(ops, builder.OpContains, builder.OpStartsWith, builder.OpEndsWith, builder.OpLike, builder.OpLike)
	}
	op := rapid.SampledFrom(ops).Draw(t, "op")
	var e builder.Expr
	switch op {
	case builder.OpBetween:
		e = builder.Range(f, operand(t, f, rows), operand(t, f, rows))
	case builder.OpIn, builder.OpNotIn:
		l := make(model.List, rapid.IntRange(0, 3).Draw(t, "items"))
		for i := range l {
			l[i] = operand(t, f, rows)
		}
		if op == builder.OpIn && len(l) > 0 && rapid.Bool().Draw(t, "null") {
			l = append(l, model.Null())
		}
		e = builder.Within(f, op == builder.OpNotIn, l)
	case builder.OpLike:
		e = builder.Compare(op, f, model.StringOf(rapid.StringOfN(rapid.SampledFrom([]rune(`aAbé%_\*?[`)), 0, 5, -1).Draw(t, "pattern")))
	default:
		e = builder.Compare(op, f, operand(t, f, rows))
	}
	// SQLite lowers ASCII letters only, and é is a small letter already
	e.Fold = f.Kind == model.String && e.Op != builder.OpIsNull && e.Op != builder.OpIsNotNull && e.Op != builder.OpTrue && e.Op != builder.OpFalse && rapid.Bool().Draw(t, "fold")
	return e
}

func order(t *rapid.T, m *model.Model) (o builder.Sorting) {
	for range rapid.IntRange(0, 3).Draw(t, "keys") {
		f := rapid.SampledFrom(m.Fields).Draw(t, "key")
		o.Add(builder.SortKey{Field: f, Desc: rapid.Bool().Draw(t, "desc"), Fold: f.Kind == model.String && rapid.Bool().Draw(t, "fold"),
			Nulls: builder.Nulls(rapid.IntRange(0, 2).Draw(t, "nulls"))})
	}
	o.Stabilise(m)
	return o
}

func evaluate(t *rapid.T, m *model.Model, rows []thing, where builder.Expr, o *builder.Sorting) []unsafe.Pointer {
	p, err := filter.Compile(m, where)
	if err != nil {
		t.Fatal(err)
	}
	var out []unsafe.Pointer
	for i := range rows {
		ok, err := p.Passes(unsafe.Pointer(&rows[i]))
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			out = append(out, unsafe.Pointer(&rows[i]))
		}
	}
	by, err := filter.NewOrder(m, o)
	if err == nil {
		err = by.Sort(out, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func ids(rows []unsafe.Pointer) []int64 {
	out := []int64{}
	for _, p := range rows {
		out = append(out, (*thing)(p).ID)
	}
	return out
}

func answer(t *rapid.T, src *sqlite.DataSource, st *builder.Select) []thing {
	rows := source.Rows{Slab: source.SlabOf[thing](0)}
	st.Scoped = true
	if err := src.Select(context.Background(), st, &rows); err != nil {
		t.Fatal(err)
	}
	return source.Take[thing](&rows.Slab)
}

// Random predicates, orders and pages give the rows that SQLite gives, in its order.
func TestSameAsSQLite(t *testing.T) {
	m, err := model.For[thing]()
	if err != nil {
		t.Fatal(err)
	}
	rows := things()
	src := engine(t, m, rows)
	rapid.Check(t, func(t *rapid.T) {
		st := &builder.Select{Model: m, Order: order(t, m), Skip: int64(rapid.IntRange(0, 5).Draw(t, "skip"))}
		if st.HasTake = rapid.Bool().Draw(t, "limited"); st.HasTake {
			st.Take = int64(rapid.IntRange(0, 20).Draw(t, "take"))
		}
		where := predicate(t, m, rows, 3)
		st.Where.Add(where)
		var want []int64
		for _, x := range answer(t, src, st) {
			want = append(want, x.ID)
		}
		got := ids(filter.Page(evaluate(t, m, rows, where, &st.Order), st.Skip, st.Take, st.HasTake))
		if !slices.Equal(got, want) {
			t.Fatalf("here %v, SQLite %v", got, want)
		}
	})
}

// Pages inside groups, and distinct rows, are those of SQLite.
func TestGroupsAndDistinctSameAsSQLite(t *testing.T) {
	m, err := model.For[thing]()
	if err != nil {
		t.Fatal(err)
	}
	rows := things()
	src := engine(t, m, rows)
	b, _ := m.Field("B")
	rapid.Check(t, func(t *rapid.T) {
		o := order(t, m)
		g := &builder.Group{Columns: []*model.Field{b}, Keys: []model.List{{model.IntOf(0), model.IntOf(1), model.IntOf(3)}},
			Skip: int64(rapid.IntRange(0, 3).Draw(t, "skip")), HasTake: true, Take: int64(rapid.IntRange(1, 5).Draw(t, "take"))}
		var want []int64
		for _, x := range answer(t, src, &builder.Select{Model: m, Order: o, Group: g}) {
			want = append(want, x.ID)
		}
		in := builder.Within(b, false, g.Keys[0])
		found := evaluate(t, m, rows, in, &builder.Sorting{})
		groups := make([]int, len(found))
		for i, p := range found {
			groups[i] = int((*thing)(p).B)
		}
		by, err := filter.NewOrder(m, &o)
		if err == nil {
			err = by.Sort(found, groups)
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := ids(filter.PagePerGroup(found, groups, g.Skip, g.Take, true)); !slices.Equal(got, want) {
			t.Fatalf("groups: here %v, SQLite %v", got, want)
		}

		fields := rapid.SliceOfNDistinct(rapid.SampledFrom(m.Fields), 1, 3, func(f *model.Field) string { return f.Name }).Draw(t, "columns")
		st := &builder.Select{Model: m, Columns: fields, Distinct: true}
		for _, f := range fields {
			st.Order.Add(builder.SortKey{Field: f})
		}
		all := evaluate(t, m, rows, builder.True(), &st.Order)
		some, err := filter.Distinct(all, fields)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := show(fields, some), show(fields, pointers(answer(t, src, st))); !cmp.Equal(got, want) {
			t.Fatalf("distinct: %s", cmp.Diff(want, got))
		}
	})
}

func pointers(rows []thing) (out []unsafe.Pointer) {
	for i := range rows {
		out = append(out, unsafe.Pointer(&rows[i]))
	}
	return out
}

func show(fields []*model.Field, rows []unsafe.Pointer) (out []string) {
	for _, p := range rows {
		line := ""
		for _, f := range fields {
			v, err := f.Load(p)
			line += fmt.Sprint(v.Any(), err, " ")
		}
		out = append(out, line)
	}
	return out
}
