package engine

import (
	"context"
	"fmt"
	"reflect"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// OtherKind is said of a hook that put another statement in the place of its own.
const OtherKind = "a hook replaced the statement by one of another kind"

// Contained runs a statement that hooks may have changed: one that cannot be run is an error, whatever it breaks.
func Contained(m *model.Model, run func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.ErrDenied, m.Name, "", fmt.Sprintf("the statement as hooks left it cannot be run (%T)", p))
		}
	}()
	return run()
}

// Sight is what the hooks get to see of one operation, in one piece of memory.
type Sight struct {
	Op     hook.Op
	actor  hook.Actor
	rows   []byte           // the slice that op.Rows stands for, whatever its elements are
	within carrier          // the context that hooks are given
	Scopes [2]builder.Scope // the usual two; more get memory of their own
}

// carrier is WithSession in memory that is there.
type carrier struct {
	context.Context
	s *Session
}

// Value gives the session, and what the context it was made of holds.
func (c *carrier) Value(key any) any {
	if key == (ambientKey{}) {
		return c.s
	}
	return c.Context.Value(key)
}

// Carried is that of s, in the memory of v.
func (v *Sight) Carried(ctx context.Context, s *Session) context.Context {
	if s.tx == nil && ctx.Value(ambientKey{}) != nil {
		return ctx
	}
	v.within = carrier{ctx, s}
	return &v.within
}

// Begin readies what the hooks of one call see.
func (v *Sight) Begin(ctx context.Context, hooks []hook.Hook, kind hook.Kind, name string, src source.Source, m *model.Model) {
	op := &v.Op // zero until now; a literal would be built beside it and copied
	op.Kind, op.Name, op.Model, op.Source = kind, name, m, src.Name()
	if hook.CopyActor(ctx, &v.actor) {
		op.Actor = &v.actor
	}
	for i := range hooks {
		if hooks[i].Timed {
			op.Start = time.Now()
			break
		}
	}
}

// See gives the rows as a slice of their type.
func (v *Sight) See(rows *source.Slab, m *model.Model) reflect.Value {
	p, t := unsafe.Pointer(&v.rows), m.Slice
	if t == nil || m.Type != rows.Elem() {
		t = reflect.SliceOf(rows.Elem())
	}
	rows.Put(p, 0, rows.Len())
	return reflect.NewAt(t, p).Elem()
}

// LooksBack reports whether one of the hooks looks at rows after they were read.
func LooksBack(hooks []hook.Hook) bool {
	for i := range hooks {
		if hooks[i].LooksBack() {
			return true
		}
	}
	return false
}

// Op gives what the hooks of one call see.
func (s *Session) Op(ctx context.Context, hooks []hook.Hook, kind hook.Kind, name string, src source.Source, m *model.Model) *hook.Op {
	v := new(Sight)
	v.Begin(ctx, hooks, kind, name, src, m)
	return &v.Op
}

// Effects runs what hooks put off until the commit, or leaves it to the transaction that is open.
func (s *Session) Effects(ctx context.Context, op *hook.Op) {
	fns := op.Effects()
	if len(fns) == 0 {
		return
	}
	if s.tx != nil {
		s.tx.mu.Lock()
		s.tx.effects = append(s.tx.effects, fns...)
		s.tx.mu.Unlock()
		return
	}
	s.run(ctx, fns)
}

// run runs what hooks put off, as part of the operation that they saw.
func (s *Session) run(ctx context.Context, effects []func(context.Context)) {
	if len(effects) == 0 {
		return
	}
	ctx = s.Carried(ctx)
	for _, fn := range effects {
		fn(ctx)
	}
}
