package engine

import (
	"context"
	"log/slog"
	"sync"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/source"
)

// effort says whether a read must give everything or may give what could be had.
type effort struct {
	issues *[]source.Issue // nil = strict
}

// BestEffort gives a handle whose reads go without the includes that their source could not give, and put one issue
// for each into issues.
func (s *Session) BestEffort(issues *[]source.Issue) *Session {
	c := *s
	c.effort = &effort{issues}
	return &c
}

// Strict gives a handle whose reads fail with whatever fails, whatever Open was told.
func (s *Session) Strict() *Session {
	c := *s
	c.effort = &effort{}
	return &c
}

// Efforts reports whether a read has to ask lenient.
func (s *Session) Efforts(ctx context.Context) bool {
	return s.effort != nil || s.Engine.bestEffort || source.BestEffort(ctx)
}

// Lenient gives the context of one read of rows, which carries where its issues go.
func (s *Session) Lenient(ctx context.Context, st *builder.Select) context.Context {
	if s.effort == nil && !s.Engine.bestEffort {
		return source.Strict(ctx)
	}
	if st.Want != builder.WantRows || s.effort != nil && s.effort.issues == nil {
		return source.Strict(ctx)
	}
	if s.effort == nil {
		return source.WithIssues(ctx, s.log(ctx))
	}
	var mu sync.Mutex
	to := s.effort.issues
	*to = nil
	return source.WithIssues(ctx, func(i source.Issue) {
		mu.Lock()
		defer mu.Unlock()
		*to = append(*to, i)
	})
}

// log reports issues that nobody collects. Keys are values of rows, so only their number is logged.
func (s *Session) log(ctx context.Context) func(source.Issue) {
	l := s.logger
	if l == nil {
		l = slog.Default()
	}
	return func(i source.Issue) {
		l.LogAttrs(ctx, slog.LevelWarn, "orm: part of a result is missing", slog.String("source", i.Source), slog.String("model", i.Model),
			slog.String("path", i.Path), slog.Int("keys", len(i.Keys)), slog.Any("cause", i.Cause))
	}
}
