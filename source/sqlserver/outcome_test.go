package sqlserver_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit/tds"
	"github.com/multi-orm/orm/source/sqlserver"
)

// A write whose answer is lost is unknown and sent once; one that the server refused, and all of a transaction that broke, is undone;
// a read is sent again as long as no row of it came.
func TestOutcomes(t *testing.T) {
	var sent, lose atomic.Int64
	s := &script{answer: func(c *tds.Call) tds.Reply {
		switch {
		case strings.HasPrefix(c.Text, "UPDATE") || strings.HasPrefix(c.Text, "SELECT"):
			sent.Add(1)
			if lose.Add(-1) >= 0 {
				return tds.Reply{Drop: true}
			}
			if strings.HasPrefix(c.Text, "SELECT") {
				return tds.Rows(tds.Columns("n", tds.BigInt), []any{int64(3)})
			}
			if c.Value("@p1") == "refused" {
				return tds.Fails(547, "The UPDATE statement conflicted with a constraint.")
			}
			return changed(1)
		}
		return tds.Reply{}
	}}
	db, _ := opened(t, s, sqlserver.MaxConns(1))
	items := orm.Repo[Item](db)
	update := func(ctx context.Context, db orm.DB, name string) error {
		_, err := orm.Repo[Item](db).Where(Items.ID.Eq(1)).UpdateMany(ctx, Items.Name.Set(name))
		return err
	}
	for what, c := range map[string]struct {
		lose int64
		do   func() error
		sent int64
		want orm.Outcome
		kind error
	}{
		"a write that is lost":         {1, func() error { return update(t.Context(), db, "x") }, 1, orm.Unknown, orm.ErrCommitUnknown},
		"a write that is refused":      {0, func() error { return update(t.Context(), db, "refused") }, 1, orm.Undone, orm.ErrReference},
		"a write of a transaction":     {1, func() error { return db.Tx(t.Context(), func(tx orm.DB) error { return update(t.Context(), tx, "x") }) }, 1, orm.Undone, orm.ErrUpstream},
		"a text that is lost":          {1, func() error { _, err := db.Exec(t.Context(), "UPDATE items SET name = 'x'"); return err }, 1, orm.Unknown, orm.ErrCommitUnknown},
		"a read that is lost twice":    {2, func() error { _, err := items.Query().Count(t.Context()); return err }, 3, 0, nil},
		"a read that is lost for good": {9, func() error { _, err := items.Query().Count(t.Context()); return err }, 3, orm.Unknown, orm.ErrUpstream},
	} {
		sent.Store(0)
		lose.Store(c.lose)
		err := c.do()
		lose.Store(0)
		if orm.OutcomeOf(err) != c.want || c.kind == nil && err != nil || c.kind != nil && !errors.Is(err, c.kind) || sent.Load() != c.sent {
			t.Errorf("%s: %v, outcome %v, sent %d times", what, err, orm.OutcomeOf(err), sent.Load())
		}
		if c.want == orm.Undone && errors.Is(err, orm.ErrCommitUnknown) {
			t.Errorf("%s: %v", what, err)
		}
	}

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	s.mu.Lock()
	s.answer = func(c *tds.Call) tds.Reply {
		if strings.HasPrefix(c.Text, "UPDATE") {
			<-c.Context.Done()
		}
		return changed(1)
	}
	s.mu.Unlock()
	if err := update(ctx, db, "x"); !errors.Is(err, orm.ErrCommitUnknown) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a write that its caller gave up: %v", err)
	}
	if err := update(ctx, db, "x"); orm.OutcomeOf(err) != orm.Unsent || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a write whose time was over before it was sent: %v, %v", err, orm.OutcomeOf(err))
	}
}
