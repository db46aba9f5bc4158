package orm

import (
	"context"

	"github.com/multi-orm/orm/hook"
)

// Actor is who asks: the identity that scopes, policies and the audit read from the context.
type Actor = hook.Actor

// WithActor returns a context in which a acts. A context has one actor; the innermost counts.
func WithActor(ctx context.Context, a Actor) context.Context { return hook.WithActor(ctx, a) }

// WithoutActor is [hook.WithoutActor].
func WithoutActor(ctx context.Context) context.Context { return hook.WithoutActor(ctx) }

// ActorFrom gives the actor of ctx; ok is false when there is none.
func ActorFrom(ctx context.Context) (a Actor, ok bool) { return hook.ActorFrom(ctx) }
