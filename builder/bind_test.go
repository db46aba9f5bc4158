package builder_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
)

// panics gives the text of the error that f panics with.
func panics(t *testing.T, f func()) (text string) {
	t.Helper()
	defer func() {
		t.Helper()
		err, ok := recover().(error)
		if !ok || !errors.Is(err, fault.ErrInvalid) {
			t.Fatalf("want a panic with ErrInvalid, got %v", err)
		}
		text = err.Error()
	}()
	f()
	return ""
}

func TestBindPanics(t *testing.T) {
	type keyless struct{ Name string }
	for want, f := range map[string]func(){
		`orm: Person has no field "Emial" (did you mean "Email"?)`: func() {
			builder.Bind[Person, struct{ Emial builder.Text[Person] }]()
		},
		`orm: Person has no field "Orders" ("Orders" is a relation)`: func() {
			builder.Bind[Person, struct{ Orders builder.Text[Person] }]()
		},
		`orm: Person has no relation "Order" (did you mean "Orders"?)`: func() {
			builder.Bind[Person, struct{ Order builder.Many[Person, Order] }]()
		},
		`orm: Person has no relation "Email" ("Email" is a column)`: func() {
			builder.Bind[Person, struct{ Email builder.One[Person, Order] }]()
		},
		`orm: Person.Hits: invalid: the field holds int, not int64`: func() {
			builder.Bind[Person, struct{ Hits builder.Col[Person, int64] }]()
		},
		`orm: Person.Hits: invalid: the field holds int, not string`: func() {
			builder.Bind[Person, struct{ Hits builder.Text[Person] }]()
		},
		`orm: Person.Orders: invalid: the relation leads to Order, not builder_test.Team`: func() {
			builder.Bind[Person, struct{ Orders builder.Many[Person, Team] }]()
		},
		`orm: Person.Orders: invalid: use orm.Many for a slice and orm.One for a pointer`: func() {
			builder.Bind[Person, struct{ Orders builder.One[Person, Order] }]()
		},
		`orm: Person.Email: invalid: Bind cannot fill a string: use exported fields of orm.Col, orm.Text, orm.Many or orm.One`: func() {
			builder.Bind[Person, struct{ Email string }]()
		},
		`orm: Person.email: invalid: Bind cannot fill a builder.Text[github.com/multi-orm/orm/builder_test.Person]: use exported fields of orm.Col, orm.Text, orm.Many or orm.One`: func() {
			builder.Bind[Person, struct{ email builder.Text[Person] }]()
		},
		`orm: Person: invalid: Bind needs a struct of columns, not int`:                                  func() { builder.Bind[Person, int]() },
		`orm: keyless: invalid: no primary key: add the word "id" to a field's tag, as in orm:"code,id"`: func() { builder.Bind[keyless, struct{}]() },
	} {
		if got := panics(t, f); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestBindTakesEveryNull(t *testing.T) {
	type Role string
	type T struct {
		ID   int64
		Ptr  *int
		Null sql.Null[int]
		Old  sql.NullString
		Role *Role
		At   *time.Time
	}
	cols := builder.Bind[T, struct {
		Ptr  builder.Col[T, int]
		Null builder.Col[T, int]
		Old  builder.Text[T]
		Role builder.Text[T]
		At   builder.Col[T, *time.Time]
	}]()
	for _, p := range []builder.Pred[T]{cols.Ptr.Eq(0), cols.Null.Gt(1), cols.Old.Contains("x"), cols.Role.Eq("x"), cols.At.Eq(nil)} {
		if e := p.Expr(); e.Op == builder.OpError {
			t.Error(e.Ext.Err)
		}
	}
	if e := cols.At.Eq(nil).Expr(); e.Op != builder.OpIsNull {
		t.Errorf("Eq(nil) is %v", e.Op)
	}
	if err := cols.Ptr.SetNull().Set().Err; err != nil {
		t.Error(err)
	}
}

func failure[T any](p builder.Pred[T]) string {
	if e := p.Expr(); e.Op == builder.OpError {
		return e.Ext.Err.Error()
	}
	return "no error"
}

func TestF(t *testing.T) {
	type inner struct{ A, B int }
	type T struct {
		ID    int64
		Name  *string
		Score sql.Null[float64]
		In    *inner `orm:",json"`
		Calc  int    `orm:",computed"`
		Skip  int    `orm:"-"`
	}
	if f, err := builder.FieldOf[T](builder.F(func(x *T) **string { return &x.Name })); err != nil || f.Name != "Name" {
		t.Error(f, err)
	}
	if f, err := builder.FieldOf[T](builder.F(func(x *T) *float64 { return &x.Score.V })); err != nil || f.Name != "Score" {
		t.Error(f, err)
	}
	for i, c := range []struct{ got, want string }{
		{failure(builder.F(func(x *T) *int { return &x.Skip }).Eq(1)), "orm: T: invalid: the function given to F returns no column of the model"},
		{failure(builder.F(func(*T) *int { return new(int) }).Eq(1)), "orm: T: invalid: the function given to F returns no column of the model"},
		{failure(builder.F(func(x *T) *int { return &x.In.B }).Eq(1)), "orm: T: invalid: the function given to F panics on an empty row"},
		{failure(builder.F(func(x *T) *int { return &x.Calc }).Eq(1)), "orm: T: invalid: the function given to F returns no column of the model"},
	} {
		if c.got != c.want {
			t.Errorf("%d: got %s\nwant %s", i, c.got, c.want)
		}
	}
	if got := failure(builder.F(func(x *int) *int { return x }).Eq(1)); !strings.Contains(got, "struct") {
		t.Error(got)
	}
}

func TestNamedErrors(t *testing.T) {
	named := builder.Named[Person]
	for want, got := range map[string]string{
		`orm: Person has no field "Emial" (did you mean "Email"?)`:                                                  failure(named("Emial").Eq("a")),
		`orm: Person has no field "e_mial" (did you mean "e_mail"?)`:                                                failure(named("e_mial").In("a")),
		`orm: Person.Hits: invalid: got string, want int`:                                                           failure(named("Hits").Eq("secret")),
		`orm: Person.Hits: invalid: got string, want int `:                                                          failure(named("hit_count").Between(1, "secret")) + " ",
		`orm: Person.Hits: invalid: got string, want int  `:                                                         failure(named("Hits").NotIn(1, "x")) + "  ",
		`orm: Person.Hits: invalid: text operators need a text column`:                                              failure(named("Hits").Contains("1")),
		`orm: Person.Hits: invalid: Fold needs a text column`:                                                       failure(named("Hits").Fold().Eq(1)),
		`orm: Person.Role: invalid: the value must be one of admin, user`:                                           failure(named("Role").Eq("root")),
		`orm: Person.Hits: invalid: nil can be compared with Eq, Ne and DistinctFrom only; use IsNull or IsNotNull`: failure(named("Hits").Gt(nil)),
		`orm: Person.Hits: invalid: NotIn of a list that holds nil matches no row; take nil out and add IsNotNull`:  failure(named("Hits").NotIn(1, nil)),
		`orm: Person.Hits: invalid: Between needs two bounds that are not nil`:                                      failure(named("Hits").Between(nil, 1)),
		`orm: Mixed.Calc: invalid: a computed field is not stored, so it cannot be filtered by`:                     failure(builder.Named[Mixed]("Calc").Eq("x")),
		`orm: invalid: the column is not bound: take columns from orm.Bind, orm.F or Repo.F`:                        failure(builder.Dynamic[Person]{}.Fold().Eq(1)),
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	for _, ok := range []builder.Pred[Person]{named("Role").Contains("adm"), named("Role").Fold().Eq("ADMIN"), named("Hits").In([]int{1, 2}), named("Hits").Eq(int8(1)), named("Name").Eq(nil), named("Name").Eq((*string)(nil))} {
		if got := failure(ok); got != "no error" {
			t.Error(got)
		}
	}
}

func TestAssignmentErrors(t *testing.T) {
	named := builder.Named[Person]
	say := func(a builder.Assign[Person]) string { return fmt.Sprint(a.Set().Err) }
	for want, got := range map[string]string{
		`orm: Person.Email: invalid: the column is not nullable`:                              say(people.Email.SetNull()),
		`orm: Person.Email: invalid: the column is not nullable `:                             say(named("Email").Set(nil)) + " ",
		`orm: Person.Hits: invalid: got string, want int`:                                     say(named("Hits").Set("x")),
		`orm: Person.Email: invalid: Inc needs a number column`:                               say(named("Email").Inc("x")),
		`orm: Person.Score: invalid: Inc needs a number, not nil`:                             say(people.Score.Inc(nil)),
		`orm: Person.Score: invalid: Inc needs a number, not nil `:                            say(named("Score").Inc(nil)) + " ",
		`orm: Person has no field "X"`:                                                        say(named("X").Set(1)),
		`orm: invalid: the column is not bound: take columns from orm.Bind, orm.F or Repo.F`:  say(builder.Dynamic[Person]{}.Inc(1)),
		`orm: invalid: the column is not bound: take columns from orm.Bind, orm.F or Repo.F `: say(builder.Col[Person, int]{}.Set(1)) + " ",
		`<nil>`: say(people.Name.SetNull()),
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// The zero values of the bound types make statements fail; they never panic and never match.
func TestUnboundFails(t *testing.T) {
	var col builder.Col[Person, int]
	var text builder.Text[Person]
	var dyn builder.Dynamic[Person]
	var many builder.Many[Person, Order]
	for i, p := range []builder.Pred[Person]{col.Eq(1), col.In(1), col.Between(1, 2), col.IsNull(), text.Fold().Contains("x"), dyn.Eq(1), dyn.In(1), dyn.Between(1, 2), dyn.IsNull(), dyn.Like("x"), many.Some(), many.None(), many.Every()} {
		if _, _, err := compile(find(p)); !errors.Is(err, fault.ErrInvalid) || !strings.Contains(err.Error(), "not bound") {
			t.Errorf("%d: %v", i, err)
		}
	}
	for i, k := range []builder.Order[Person]{col.Asc(), text.Fold().Desc(), dyn.Asc(), builder.Named[Person]("Nope").Desc()} {
		st := find()
		st.Order = sorting(k)
		if _, _, err := compile(st); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("order %d: %v", i, err)
		}
	}
	if _, err := builder.FieldOf[Person](dyn); err == nil {
		t.Error("a zero Dynamic names a column")
	}
	if _, err := builder.IncludeOf[Person](many); err == nil {
		t.Error("a zero Many names a relation")
	}
}

func compile(st builder.Statement) (*builder.Compiled, int, error) {
	p, args, err := (&builder.Cache{Dialect: dialects[0]}).Compile(st, new(builder.Args))
	return p, len(args), err
}

// Hooks and hand-made data can name another model's column; the compiler cannot stop them, the shape does.
func TestForeignColumns(t *testing.T) {
	foreign := builder.PredOf[Person](orders.Total.Gt(1).Expr())
	hop := builder.PredOf[Person](builder.Related(builder.OpSome, relation[Order]("Lines")))
	st := find()
	st.Columns = fields[Order]("ID")
	for want, st := range map[string]builder.Statement{
		"the column Order.Total belongs to another model":   find(foreign),
		"the relation Order.Lines belongs to another model": find(hop),
		"the column Order.ID belongs to another model":      st,
		"a computed field is not stored":                    &builder.Select{Model: of[Mixed](), Columns: fields[Mixed]("Calc")},
	} {
		if _, _, err := compile(st); !errors.Is(err, fault.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	unscoped := &builder.Select{Model: of[Person]()}
	unscoped.Where.Add(people.Orders.Some().Expr())
	if _, _, err := compile(unscoped); !errors.Is(err, fault.ErrDenied) {
		t.Errorf("a relation filter that no scope has seen: %v", err)
	}
}
