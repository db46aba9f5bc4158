package hook

import (
	"context"
	"fmt"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/identity"
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

type principalKey struct{}

// principal is who asks and how. Actor and bypass stand in one place of the context, so that the innermost counts.
type principal struct {
	actor  *Actor
	bypass *Bypass
	// outer is the context around a bypass of the library's own, which hooks are not to inherit; nil for others
	outer context.Context
}

func principalOf(ctx context.Context) *principal {
	p, _ := ctx.Value(principalKey{}).(*principal)
	return p
}

// WithActor returns a context in which a acts. It ends a bypass: what is done in an actor's name is done in its scopes.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, principalKey{}, &principal{actor: &a})
}

// WithoutActor returns a context in which nobody acts, whoever acts in ctx. It ends a bypass too: it is for servers that have
// found out that a request comes from nobody they know.
func WithoutActor(ctx context.Context) context.Context {
	return context.WithValue(ctx, principalKey{}, &principal{})
}

// ActorFrom gives the actor of ctx; ok is false when there is none.
func ActorFrom(ctx context.Context) (a Actor, ok bool) {
	return a, CopyActor(ctx, &a)
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
	if p := principalOf(ctx); p != nil {
		return p.actor
	}
	return nil
}

// ActorIdentity gives what is equal for contexts that carry the very same actor, nil for nobody.
func ActorIdentity(ctx context.Context) any {
	if p := actorOf(ctx); p != nil {
		return p
	}
	return nil
}

// ActorKey gives a text that tells the actor of ctx from every other one, "" where there is none: by ID and tenant, and with
// rights also by what decides what it may see, which is its role, permissions and values. What differs from request to request
// without changing who asks is left out.
func ActorKey(ctx context.Context, rights bool) string {
	a := actorOf(ctx)
	switch {
	case a == nil:
		return ""
	case rights:
		return string(identity.Key(nil, a.ID, a.TenantID, a.Role, a.Permissions, a.Values))
	}
	return string(identity.Key(nil, a.ID, a.TenantID))
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
	return identity.Equal(x.ID, y.ID) && identity.Equal(x.TenantID, y.TenantID) && x.Role == y.Role
}

// Bypass is the record of a context that steps out of the scopes.
type Bypass struct{ Reason string }

// WithBypass marks ctx, whose actor stays known; package rls exports it as rls.Bypass.
func WithBypass(ctx context.Context, reason string) context.Context {
	return context.WithValue(ctx, principalKey{}, &principal{actor: actorOf(ctx), bypass: &Bypass{reason}})
}

// WithOwnBypass is WithBypass for what the library itself writes and reads: hooks of those operations run under the
// context as it was.
func WithOwnBypass(ctx context.Context, reason string) context.Context {
	return context.WithValue(ctx, principalKey{}, &principal{actor: actorOf(ctx), bypass: &Bypass{reason}, outer: ctx})
}

// forHooks gives the context that hooks run under.
func forHooks(ctx context.Context) context.Context {
	if p := principalOf(ctx); p != nil && p.outer != nil {
		return context.WithValue(ctx, principalKey{}, principalOf(p.outer))
	}
	return ctx
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
	if p := principalOf(ctx); p != nil {
		return p.bypass
	}
	return nil
}
