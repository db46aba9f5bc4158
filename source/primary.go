package source

import "context"

type primaryKey struct{}

// WithPrimary keeps what runs under ctx on the primary server of a source that has read replicas.
func WithPrimary(ctx context.Context) context.Context {
	return context.WithValue(ctx, primaryKey{}, true)
}

// OnPrimary reports whether WithPrimary was said.
func OnPrimary(ctx context.Context) bool {
	said, _ := ctx.Value(primaryKey{}).(bool)
	return said
}

// Pinned is a source with several servers that can keep the reads of one call on one of them.
type Pinned interface {
	// Replicated reports whether there are replicas at all.
	Replicated() bool
	Pin(ctx context.Context) context.Context
}

// Writing gives the context for the reads that a write needs: a replica may not have the rows yet.
func Writing(ctx context.Context, s Source) context.Context {
	if p, ok := s.(Pinned); ok && p.Replicated() {
		return WithPrimary(ctx)
	}
	return ctx
}
