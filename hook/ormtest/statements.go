package ormtest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/engine"
)

// Statements runs fn and gives the statements that the sources of db ran for it, in the order in which they ended: those under the context
// that fn is given, and under contexts made of it, whatever other tests do meanwhile. A statement of an HTTP source is one,
// however many requests it took; begin and commit of a transaction, and questions about the schema, are none.
func Statements(ctx context.Context, t testing.TB, db orm.DB, fn func(ctx context.Context)) []orm.Statement {
	t.Helper()
	session, err := db.Engine(engine.Friend{})
	if err != nil {
		t.Fatalf("ormtest: %v", err)
	}
	var mu sync.Mutex
	var ran []orm.Statement
	in, stop := session.Watching(ctx, func(s orm.Statement) {
		switch s.Verb {
		case "select", "insert", "update", "delete", "raw":
			mu.Lock()
			ran = append(ran, s)
			mu.Unlock()
		}
	})
	defer stop()
	fn(in)
	mu.Lock()
	defer mu.Unlock()
	return ran[:len(ran):len(ran)]
}

// AssertStatements runs fn and fails t unless it took exactly want statements, as Statements counts them. The failure lists what
// ran, without values.
func AssertStatements(ctx context.Context, t testing.TB, db orm.DB, want int, fn func(ctx context.Context)) {
	t.Helper()
	ran := Statements(ctx, t, db, fn)
	if len(ran) == want {
		return
	}
	var b strings.Builder
	for i, s := range ran {
		_, _ = fmt.Fprintf(&b, "\n\t%d. %s %s on %s", i+1, s.Verb, s.Model, s.Source)
		if s.Text != "" {
			_, _ = fmt.Fprintf(&b, ": %s", s.Text)
		}
		if s.Err != nil {
			b.WriteString(" (failed)")
		}
	}
	hint := ""
	if len(ran) == 0 {
		hint = ": does the call use the context that the function is given?"
	}
	t.Errorf("ormtest: %d statement(s) ran, want %d%s%s", len(ran), want, hint, b.String())
}
