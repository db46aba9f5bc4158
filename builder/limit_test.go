package builder_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

func TestLimits(t *testing.T) {
	p := people.Hits.Eq(1)
	wide := make([]builder.Pred[Person], builder.MaxNodes)
	for i := range wide {
		wide[i] = p
	}
	deep, shared := p, p
	for range builder.MaxDepth + 1 {
		deep = builder.Not(deep)
	}
	for range 200 { // 2^200 nodes, if anything visited them
		shared = builder.Or(shared, shared)
	}
	for name, st := range map[string]builder.Statement{
		"wide":    find(builder.Or(wide...)),
		"many":    find(append(wide, p)...),
		"endless": find(append(append(wide, wide...), wide...)...),
		"deep":    find(deep),
		"shared":  find(shared),
	} {
		if _, _, err := compile(st); !errors.Is(err, fault.ErrLimit) || !strings.Contains(err.Error(), "Person") {
			t.Errorf("%s: %v", name, err)
		}
	}
	almost := p
	for range builder.MaxDepth {
		almost = builder.Not(almost)
	}
	if _, _, err := compile(find(almost)); err != nil {
		t.Error(err)
	}
	if _, _, err := compile(find(wide[1:]...)); err != nil {
		t.Error(err)
	}
}

func TestArgumentLimit(t *testing.T) {
	ps := make([]builder.Pred[Person], 2099)
	for i := range ps {
		ps[i] = people.Hits.Eq(i)
	}
	ms := builder.Cache{Dialect: dialect.SQLServer{}}
	_, _, err := ms.Compile(find(ps...), new(builder.Args))
	if !errors.Is(err, fault.ErrLimit) || err.Error() != "orm: Person: limit exceeded: the statement has 2099 arguments and sqlserver takes 2098" {
		t.Error(err)
	}
	if _, _, err := ms.Compile(find(ps[1:]...), new(builder.Args)); err != nil {
		t.Error(err)
	}
}

// Text with NUL is refused wherever it is an argument.
func TestNULIsRefused(t *testing.T) {
	bad := "a\x00b"
	ins := func(rows int) builder.Statement {
		st := &builder.Insert{Model: of[Person](), Fields: fields[Person]("Email"), Rows: rows}
		for range rows {
			st.Values = append(st.Values, model.StringOf(bad))
		}
		return st
	}
	for i, st := range []builder.Statement{
		find(people.Email.Eq(bad)), find(people.Email.Contains(bad)), find(people.Email.In("x", bad)), find(people.Email.Between("a", bad)),
		find(builder.ConstantSQL[Person]("? = ?", 1, bad)), ins(1), ins(2),
		&builder.Update{Model: of[Person](), Set: []builder.Set{people.Email.Set(bad).Set()}},
		&builder.Insert{Model: of[Mixed](), Fields: fields[Mixed]("Tags"), Rows: 1, Values: []model.Value{model.ListOf(values(bad))}},
	} {
		if _, _, err := compile(st); !errors.Is(err, fault.ErrInvalid) || !strings.Contains(err.Error(), "NUL") || strings.Contains(err.Error(), "a\x00b") {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// Expressions made by hand without the parts they need are errors, not panics.
func TestHandMadeExpressions(t *testing.T) {
	for op := builder.Op(0); op <= builder.OpError+1; op++ {
		for i, e := range []builder.Expr{{Op: op}, {Op: op, Ext: &builder.Ext{}}} {
			if op == builder.OpTrue || op == builder.OpFalse {
				continue
			}
			st := &builder.Select{Model: of[Person](), Scopes: []builder.Scope{{Name: "x", Expr: e}}}
			if _, _, err := compile(st); !errors.Is(err, fault.ErrInvalid) {
				t.Errorf("operator %d, %d: no error", op, i)
			}
		}
	}
}

func TestBounded(t *testing.T) {
	p := people
	never, always := builder.Or[Person](), builder.And[Person]()
	for i, c := range []struct {
		p    builder.Pred[Person]
		want bool
	}{
		{p.Hits.Eq(1), true}, {always, false}, {never, true}, {builder.Not(never), false}, {builder.Not(always), true},
		{p.Role.NotIn(), false}, {builder.Not(p.Role.In()), false}, {builder.Or(p.Hits.Eq(1), always), false}, {builder.And(p.Hits.Eq(1), always), true},
		{builder.Or(p.Hits.Eq(1), builder.Not(never)), false}, {builder.Pred[Person]{}, false},
		{p.Orders.Every(), false}, {p.Orders.Some(), true}, {p.Orders.None(), true}, {p.Orders.None(builder.Or[Order]()), false}, {p.Orders.Every(orders.ID.Eq(1)), true},
		{p.Email.Contains(""), false}, {p.Email.StartsWith(""), false}, {p.Name.Contains(""), true}, {p.Email.Contains("x"), true}, {p.Email.Fold().EndsWith(""), false},
	} {
		var con builder.Conjunction
		con.Add(c.p.Expr())
		if got := con.Bounded(); got != c.want {
			t.Errorf("%d: %v", i, got)
		}
	}
}

func TestValueOf(t *testing.T) {
	type level int
	type name string
	for _, c := range []struct {
		v    any
		want string
	}{
		{nil, "NULL"}, {true, "true"}, {level(3), "3"}, {uint8(4), "4"}, {name("x"), `"x"`}, {ptr(5), "5"}, {(*int)(nil), "NULL"}, {1.5, "1.5"},
		{[]int{1, 2}, "[1, 2]"}, {[]name{"a"}, `["a"]`}, {[2]int{1, 2}, "[1, 2]"}, {[]byte("a"), "[97]"}, {someTime, "2024-02-29T12:30:00.123456Z"}, {[16]byte{1}, "uuid 01000000000000000000000000000000"},
		{model.IntOf(7), "7"},
	} {
		if got := render([]model.Value{builder.ValueOf(c.v)}); got != c.want {
			t.Errorf("ValueOf(%v) = %s, want %s", c.v, got, c.want)
		}
	}
}

func TestLinkRow(t *testing.T) {
	typ, fs := builder.LinkRow(relation[Person]("Teams"))
	if fmt.Sprint(typ) != "struct { K0 int64 }" || len(fs) != 1 || fs[0].Nullable {
		t.Fatal(typ, fs)
	}
	if at, ok := fs[0].Inline(); at != 0 || !ok {
		t.Error(typ, fs)
	}
}
