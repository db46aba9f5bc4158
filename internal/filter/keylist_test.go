package filter_test

import (
	"errors"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/model"
)

// keyList draws a list of keys over some columns, of which none may be NULL.
func keyList(t *rapid.T, m *model.Model, rows []thing) builder.Expr {
	fields := rapid.SliceOfNDistinct(rapid.SampledFrom(m.Fields[:5]), 1, 3, func(f *model.Field) string { return f.Name }).Draw(t, "key columns")
	keys := make([]model.List, len(fields))
	var all []builder.Expr
	n := rapid.IntRange(1, 12).Draw(t, "keys")
	for i, f := range fields {
		for range n {
			keys[i] = append(keys[i], operand(t, f, rows))
		}
		all = append(all, builder.Expr{Op: builder.OpIsNotNull, Field: f})
	}
	return builder.AllOf(append(all, builder.WithinTuples(fields, keys))...)
}

// A condition that is unknown is not true, and saying so is itself never unknown.
func TestUntrueUnderNull(t *testing.T) {
	m := modelOf(t)
	a, _ := m.Field("A")
	is := builder.Compare(builder.OpEq, a, model.IntOf(1))
	for _, c := range []struct {
		row  thing
		want filter.Truth
	}{{thing{A: ptr(int64(1))}, filter.False}, {thing{A: ptr(int64(2))}, filter.True}, {thing{}, filter.True}} {
		for _, e := range []builder.Expr{builder.Untrue(is), builder.Untrue(builder.True(), is), builder.Negate(builder.Negate(builder.Untrue(is)))} {
			p, err := filter.Compile(m, e)
			if err != nil {
				t.Fatal(err)
			}
			if have, err := p.Test(unsafe.Pointer(&c.row)); have != c.want || err != nil {
				t.Errorf("A = %v: %v, %v, want %v", c.row.A, have, err, c.want)
			}
		}
	}
}

// A key of several columns matches as a whole, and one with a NULL matches nothing.
func TestTuples(t *testing.T) {
	m := modelOf(t)
	a, _ := m.Field("A")
	s, _ := m.Field("S")
	in := builder.WithinTuples([]*model.Field{a, s}, []model.List{
		{model.IntOf(1), model.IntOf(2), model.Null(), model.UintOf(4)},
		{model.StringOf("x"), model.StringOf("y"), model.StringOf("z"), model.StringOf("w")}})
	p, err := filter.Compile(m, in)
	if err != nil {
		t.Fatal(err)
	}
	not, err := filter.Compile(m, builder.Negate(in))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		row       thing
		pass, not bool
	}{
		{thing{A: ptr(int64(1)), S: ptr("x")}, true, false}, {thing{A: ptr(int64(2)), S: ptr("y")}, true, false}, {thing{A: ptr(int64(1)), S: ptr("y")}, false, true},
		{thing{A: ptr(int64(4)), S: ptr("w")}, true, false}, {thing{S: ptr("z")}, false, false}, {thing{A: ptr(int64(1))}, false, false},
	} {
		for _, x := range []struct {
			p    *filter.Predicate
			want bool
		}{{p, c.pass}, {not, c.not}} {
			if have, err := x.p.Passes(unsafe.Pointer(&c.row)); have != x.want || err != nil {
				t.Errorf("%+v: %v, %v, want %v", c.row, have, err, x.want)
			}
		}
	}
}

// A list of keys made by hand that is not whole is refused, and so is a column that cannot be compared.
func TestBadTuples(t *testing.T) {
	m := modelOf(t)
	b, _ := m.Field("B")
	one := model.ListOf(model.List{model.IntOf(1)})
	for name, x := range map[string]*builder.Ext{
		"nothing":        nil,
		"no columns":     {},
		"no lists":       {Columns: []*model.Field{b}},
		"no list":        {Columns: []*model.Field{b}, Args: []model.Value{model.IntOf(1)}},
		"no column":      {Columns: []*model.Field{nil}, Args: []model.Value{one}},
		"lengths differ": {Columns: []*model.Field{b, b}, Args: []model.Value{one, model.ListOf(nil)}},
		"another type":   {Columns: []*model.Field{b}, Args: []model.Value{model.ListOf(model.List{model.StringOf("1")})}},
	} {
		if _, err := filter.Compile(m, builder.Expr{Op: builder.OpInTuples, Ext: x}); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := filter.Compile(m, builder.Expr{Op: builder.OpUntrue}); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("untrue of nothing: %v", err)
	}
}
