package engine

import (
	"context"
	"reflect"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// sight is what the hooks get to see of one operation, in one piece of memory.
type sight struct {
	op     hook.Op
	actor  hook.Actor
	rows   []byte           // the slice that op.Rows stands for, whatever its elements are
	scopes [2]builder.Scope // the usual two; more get memory of their own
}

func (v *sight) begin(ctx context.Context, hooks []hook.Hook, kind hook.Kind, name string, src source.Source, m *model.Model) {
	op := &v.op // zero until now; a literal would be built beside it and copied
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

// Call is the memory of one read, in one piece: its statement, its rows and what the hooks get to see.
type Call struct {
	Select builder.Select
	Rows   source.Rows

	sights []sight
	cut    *cut // the page that the rows are cut to; nil for none
}

// NewCall makes a Call of st that reads into rows.
func (s *Session) NewCall(st *builder.Select, rows source.Slab) *Call {
	if st.Model == nil || len(s.Registry().Events(st.Model)) == 0 {
		return &Call{Select: *st, Rows: source.Rows{Slab: rows}}
	}
	c := &struct {
		Call
		sight [1]sight
	}{Call: Call{Select: *st, Rows: source.Rows{Slab: rows}}}
	c.sights = c.sight[:]
	return &c.Call
}

// see gives the rows as a slice of their type.
func (v *sight) see(rows *source.Slab, m *model.Model) reflect.Value {
	p, t := unsafe.Pointer(&v.rows), m.Slice
	if t == nil || m.Type != rows.Elem() {
		t = reflect.SliceOf(rows.Elem())
	}
	rows.Put(p, 0, rows.Len())
	return reflect.NewAt(t, p).Elem()
}

// sight gives the memory for one operation. A read with includes takes that of all of them at once.
func (r *reader) sight() *sight {
	if len(r.sights) == 0 {
		r.sights = make([]sight, max(1, r.reads))
		r.reads = 1
	}
	v := &r.sights[0]
	r.sights = r.sights[1:]
	return v
}

func countIncludes(incs []*builder.Include) int {
	n := len(incs)
	for _, inc := range incs {
		n += countIncludes(inc.Includes)
	}
	return n
}
