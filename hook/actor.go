package hook

import (
	"context"
	"fmt"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
)

// Actor is who asks. It travels in the context; there is no shared state to set it on.
type Actor struct {
	ID          any // integer, string or [16]byte; nil or zero means nobody
	TenantID    any // likewise
	Role        string
	Permissions []string
	RequestID   string
	IP          string
	Values      map[string]any // what an application's own policies need
}

// Can reports whether the actor holds a permission.
func (a *Actor) Can(permission string) bool {
	for _, p := range a.Permissions {
		if p == permission {
			return true
		}
	}
	return false
}

// String names the actor for errors and logs: never more than id and role.
func (a *Actor) String() string { return fmt.Sprintf("actor %v (%s)", a.ID, a.Role) }

type actorKey struct{}

// WithActor returns a context in which a acts.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, &a)
}

// ActorFrom gives the actor of ctx; ok is false when there is none.
func ActorFrom(ctx context.Context) (a Actor, ok bool) {
	p, ok := ctx.Value(actorKey{}).(*Actor)
	if !ok {
		return Actor{}, false
	}
	return *p, true
}

// CopyActor is ActorFrom into memory that is there already.
func CopyActor(ctx context.Context, to *Actor) bool {
	p := actorOf(ctx)
	if p == nil {
		return false
	}
	*to = *p
	return true
}

// actorOf is ActorFrom without the copy.
func actorOf(ctx context.Context) *Actor {
	p, _ := ctx.Value(actorKey{}).(*Actor)
	return p
}

// ActorIdentity gives what is equal for contexts that carry the very same actor, nil for nobody.
func ActorIdentity(ctx context.Context) any {
	if p := actorOf(ctx); p != nil {
		return p
	}
	return nil
}

// Same reports whether two contexts have the same actor: the same id, tenant and role, or none.
func Same(a, b context.Context) bool {
	x, y := actorOf(a), actorOf(b)
	if x == y {
		return true
	}
	if x == nil || y == nil {
		return false
	}
	return same(x.ID, y.ID) && same(x.TenantID, y.TenantID) && x.Role == y.Role
}

func same(a, b any) bool {
	return fmt.Sprintf("%T %v", a, a) == fmt.Sprintf("%T %v", b, b)
}

type bypassKey struct{}

// Bypass is the record of a context that steps out of the scopes.
type Bypass struct{ Reason string }

// WithBypass marks ctx; package rls exports it as rls.Bypass.
func WithBypass(ctx context.Context, reason string) context.Context {
	return context.WithValue(ctx, bypassKey{}, &Bypass{reason})
}

// Bypassed reports whether ctx steps out of the scopes. A bypass without a reason is ErrDenied.
func Bypassed(ctx context.Context) (bool, error) {
	b := BypassFrom(ctx)
	if b == nil {
		return false, nil
	}
	if strings.TrimSpace(b.Reason) == "" {
		return false, fault.New(fault.ErrDenied, "", "", "a bypass needs a reason")
	}
	return true, nil
}

// BypassFrom gives the bypass of ctx, nil when there is none.
func BypassFrom(ctx context.Context) *Bypass {
	b, _ := ctx.Value(bypassKey{}).(*Bypass)
	return b
}
