package rls

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Scope keeps rows apart by the columns tagged scope=name, as Tenant does by those tagged tenant: fn says, for an actor,
// what the rows that it may touch hold there. Rows read, changed and deleted are those; new rows get the value, and are
// refused with ErrDenied when they name another; it is never changed. Scopes of several names hold at once, beside Tenant
// and all others. A model without such a column is not concerned; a name that no model has makes Use fail. Where the
// primary key itself has the tag, the model is the table of what keeps rows apart, and each actor sees its own row.
//
// No actor is ErrNoActor before any SQL, and so is what fn cannot say: an error, which errors.Is finds, a panic, nil, a
// zero, empty text and a value that the column does not hold. fn is asked for every model that a statement touches,
// from many goroutines, and is to answer alike: best from the actor's Values or the context. What it looks up in this DB
// it looks up under Bypass, or it asks for itself without end. Bypass steps out of the scope. Row policies of the
// database do not stand for it: SQL text needs a bypass.
func Scope(name string, fn func(ctx context.Context, a hook.Actor) (value any, err error)) hook.Extension {
	return scope{name, fn}
}

type scope struct {
	name string
	fn   func(ctx context.Context, a hook.Actor) (any, error)
}

// Extend adds the scope.
func (s scope) Extend(r *hook.Registrar) error {
	bad := func(detail string) error { return fault.New(fault.ErrInvalid, "", "", detail) }
	switch s.name {
	case hook.TenantScope, hook.OwnerScope:
		return bad(fmt.Sprintf("Scope %q: it has a word and an extension of its own: rls.Tenant, rls.Owner", s.name))
	}
	if s.fn == nil {
		return bad(fmt.Sprintf("Scope %q was given no function", s.name))
	}
	var names []string
	tagged := false
	for _, m := range r.Models() {
		for _, f := range m.Scopes {
			names = append(names, f.Scope)
			tagged = tagged || f.Scope == s.name
		}
	}
	if !tagged {
		hint := ""
		if n := model.Nearest(s.name, names); n != "" {
			hint = fmt.Sprintf(" (did you mean %q?)", n)
		}
		return bad(fmt.Sprintf("no model has a column tagged scope=%s%s", s.name, hint))
	}
	r.Scope(hook.Scope{Name: s.name, Secures: true, Value: s.value, Bind: func(m *model.Model) (*hook.Rule, error) {
		for _, f := range m.Scopes {
			if f.Scope == s.name {
				return (&column{field: f, what: s.name, value: s.value}).rule(), nil
			}
		}
		return nil, nil
	}})
	return nil
}

// value asks the function for the actor's value.
func (s scope) value(ctx context.Context) (v any, err error) {
	a, ok := hook.ActorFrom(ctx)
	if !ok {
		return nil, fault.New(fault.ErrNoActor, "", "", fmt.Sprintf("scope %q: put one in with orm.WithActor", s.name))
	}
	defer func() {
		if p := recover(); p != nil {
			v, err = nil, fault.New(fault.ErrNoActor, "", "", fmt.Sprintf("the function of scope %q panicked (%T)", s.name, p))
		}
	}()
	if v, err = s.fn(ctx, a); err != nil {
		return nil, fault.New(fault.ErrNoActor, "", "", fmt.Sprintf("the function of scope %q failed", s.name)).WithCause(err)
	}
	return v, nil
}
