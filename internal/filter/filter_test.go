package filter_test

import (
	"errors"
	"strings"
	"testing"
	"unsafe"

	"go.uber.org/goleak"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type another struct {
	ID int64 `orm:"id,table=others"`
}

func modelOf(t *testing.T) *model.Model {
	t.Helper()
	m, err := model.For[thing]()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What cannot be evaluated is refused before any row is looked at.
func TestRefused(t *testing.T) {
	m := modelOf(t)
	b, _ := m.Field("B")
	other, err := model.For[another]()
	if err != nil {
		t.Fatal(err)
	}
	deep := builder.Expr{Op: builder.OpIsNull, Field: b}
	for range 200 {
		deep = builder.Expr{Op: builder.OpNot, Ext: &builder.Ext{Kids: []builder.Expr{deep}}}
	}
	for name, c := range map[string]struct {
		e    builder.Expr
		want error
	}{
		"sql text":       {builder.Expr{Op: builder.OpSQL, Ext: &builder.Ext{Text: "1 = 1"}}, fault.ErrUnsupported},
		"relation":       {builder.Expr{Op: builder.OpSome, Ext: &builder.Ext{}}, fault.ErrUnsupported},
		"every":          {builder.Expr{Op: builder.OpEvery, Ext: &builder.Ext{}}, fault.ErrUnsupported},
		"unknown":        {builder.Expr{Op: 250, Field: b}, fault.ErrUnsupported},
		"failed":         {builder.Fail(fault.New(fault.ErrInvalid, "", "", "x")), fault.ErrInvalid},
		"no column":      {builder.Expr{Op: builder.OpEq}, fault.ErrInvalid},
		"no kids":        {builder.Expr{Op: builder.OpAnd}, fault.ErrInvalid},
		"no bounds":      {builder.Expr{Op: builder.OpBetween, Field: b, Value: model.IntOf(1)}, fault.ErrInvalid},
		"no list":        {builder.Expr{Op: builder.OpIn, Field: b, Value: model.IntOf(1)}, fault.ErrInvalid},
		"another model":  {builder.Compare(builder.OpEq, other.Key[0], model.IntOf(1)), fault.ErrInvalid},
		"another type":   {builder.Compare(builder.OpEq, b, model.StringOf("1")), fault.ErrInvalid},
		"fold of number": {builder.Expr{Op: builder.OpEq, Fold: true, Field: b, Value: model.IntOf(1)}, fault.ErrInvalid},
		"nul":            {builder.Compare(builder.OpEq, m.Fields[3], model.StringOf("a\x00")), fault.ErrInvalid},
		"too deep":       {deep, fault.ErrLimit},
	} {
		if _, err := filter.Compile(m, c.e); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// A pattern that would make a backtracking matcher run for ages ends at once.
func TestLikeIsNotExponential(t *testing.T) {
	m := modelOf(t)
	f, _ := m.Field("T")
	p, err := filter.Compile(m, builder.Compare(builder.OpLike, f, model.StringOf(strings.Repeat("%a", 40)+"b")))
	if err != nil {
		t.Fatal(err)
	}
	row := thing{T: strings.Repeat("a", 5000)}
	if ok, err := p.Passes(unsafe.Pointer(&row)); ok || err != nil {
		t.Fatal(ok, err)
	}
}

// Fold knows letters beyond ASCII.
func TestFold(t *testing.T) {
	m := modelOf(t)
	f, _ := m.Field("T")
	e := builder.Compare(builder.OpStartsWith, f, model.StringOf("ÉCO"))
	e.Fold = true
	p, err := filter.Compile(m, e)
	if err != nil {
		t.Fatal(err)
	}
	row := thing{T: "école"}
	if ok, err := p.Passes(unsafe.Pointer(&row)); !ok || err != nil {
		t.Fatal(ok, err)
	}
}
