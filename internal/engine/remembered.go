package engine

import (
	"context"
	"slices"
)

// RememberKey is the key under which a context holds what remembers rows that were read with it.
type RememberKey struct{}

// remembering is what remembers rows that were read.
type remembering interface {
	Forget() // drops them, since no more is known of what they are now
}

// Wrote lets what remembers rows for ctx forget them; inside a transaction once more when the commit is over.
func (s *Session) Wrote(ctx context.Context) {
	l, ok := ctx.Value(RememberKey{}).(remembering)
	if !ok {
		return
	}
	l.Forget()
	if s.tx == nil {
		return
	}
	s.tx.mu.Lock()
	defer s.tx.mu.Unlock()
	if !slices.Contains(s.tx.loaders, l) {
		s.tx.loaders = append(s.tx.loaders, l)
	}
}
