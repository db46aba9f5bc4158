package ormtest

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls"
)

// Option is a model, or what AssertIsolated cannot know: Actors, PlantOnly.
type Option interface{ apply(*suite) }

type optionFunc func(*suite)

func (f optionFunc) apply(s *suite) { f(s) }

// Model has rows of T planted and attacked. fill may give values that the library cannot make up, such as a text
// in a format of its own; it is called for every row before it is planted.
func Model[T any](fill ...func(row *T)) Option {
	return optionFunc(func(s *suite) {
		m, err := model.For[T]()
		if err != nil {
			s.t.Fatalf("ormtest: %v", err)
		}
		s.subjects = append(s.subjects, &kit[T]{m: m, fill: fill})
	})
}

// ReadOnly is Model for rows that the actors' roles may read and not write: that a write is denied to them proves nothing of tenants, and
// is no failure. What is planted in T must be as it was all the same.
func ReadOnly[T any](fill ...func(row *T)) Option {
	return optionFunc(func(s *suite) {
		Model(fill...).apply(s)
		s.subjects[len(s.subjects)-1].(*kit[T]).readOnly = true
	})
}

// Actors gives the two tenants their actors, for roles and permissions. A zero ID or TenantID is made up.
func Actors(a, b orm.Actor) Option {
	return optionFunc(func(s *suite) { s.sides[0].actor, s.sides[1].actor = a, b })
}

// AssertIsolated fails t for every path by which one tenant reaches another's rows. Every model of the DB must be
// given, so that none is forgotten.
func AssertIsolated(t testing.TB, db orm.DB, opts ...Option) {
	t.Helper()
	session, err := db.Engine(engine.Friend{}) // link tables without a model cannot be written through the DB
	if err != nil {
		t.Fatalf("ormtest: %v", err)
	}
	s := &suite{t: t, db: db, session: session}
	s.sides[0], s.sides[1] = &side{name: "a"}, &side{name: "b"}
	for _, o := range opts {
		o.apply(s)
	}
	if !s.complete() || !s.plant() {
		return
	}
	before := s.owned()
	s.read()
	s.write()
	s.same(before, s.owned())
}

// suite is one run.
type suite struct {
	t        testing.TB
	db       orm.DB
	session  *engine.Session
	subjects []subject
	sides    [2]*side
	serial   int
	path     string // under attack now
	mayDeny  bool   // the actors' roles may be what refuses it
	loose    []loose
}

// side is one of the two tenants.
type side struct {
	name  string
	actor orm.Actor
	ctx   context.Context
	rows  map[*model.Model][]planted
}

// planted is a row as it was given to the database.
type planted struct {
	row     reflect.Value // addressable struct
	what    string        // plain, deleted, crossed
	crossed *reference    // the key that leads to the other tenant
}

// subject is a kit without its type parameter.
type subject interface {
	model() *model.Model
	unwritten() bool
	create(ctx context.Context, db orm.DB, row reflect.Value) error
	prepare(row reflect.Value)
	reads(s *suite, me, other *side)
	writes(s *suite, me, other *side)
	ends(s *suite, me, other *side)
	all(ctx context.Context, db orm.DB) ([]reflect.Value, error)
}

// kit knows a model by its type.
type kit[T any] struct {
	m    *model.Model
	fill []func(*T)

	readOnly bool
}

func (k *kit[T]) unwritten() bool { return k.readOnly }

func (k *kit[T]) model() *model.Model { return k.m }

func (k *kit[T]) create(ctx context.Context, db orm.DB, row reflect.Value) error {
	return orm.Repo[T](db).Create(ctx, row.Addr().Interface().(*T))
}

func (k *kit[T]) prepare(row reflect.Value) {
	for _, fn := range k.fill {
		fn(row.Addr().Interface().(*T))
	}
}

func (k *kit[T]) all(ctx context.Context, db orm.DB) ([]reflect.Value, error) {
	rows, err := orm.Repo[T](db).WithDeleted().All(ctx)
	out := make([]reflect.Value, len(rows))
	for i := range rows {
		out[i] = reflect.ValueOf(&rows[i]).Elem()
	}
	return out, err
}

// leak reports what a path gave away.
func (s *suite) leak(format string, args ...any) {
	s.t.Helper()
	s.t.Errorf("ormtest: %s: %s", s.path, fmt.Sprintf(format, args...))
}

// try runs one path under its name; a panic is a failure of that path alone.
func (s *suite) try(path string, fn func()) {
	s.t.Helper()
	s.path = path
	defer func() {
		if p := recover(); p != nil {
			s.leak("panicked: %v", p)
		}
	}()
	fn()
}

func bypass() context.Context {
	return rls.Bypass(context.Background(), "ormtest plants and looks after its rows")
}

// complete reports whether every model of the DB is there to be attacked.
func (s *suite) complete() bool {
	have := map[*model.Model]bool{}
	for _, x := range s.subjects {
		have[x.model()] = true
	}
	ok := true
	for _, m := range s.session.Models() {
		if !have[m] {
			ok = false
			s.t.Errorf("ormtest: model %s is not under attack: add ormtest.Model[%s]()", m.Name, m.Name)
		}
	}
	return ok
}
