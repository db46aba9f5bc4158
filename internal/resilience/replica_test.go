package resilience

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/internal/testkit/faultproxy"
	"github.com/multi-orm/orm/source/postgres"
)

// planted makes a database with one note that tells its name.
func planted(t *testing.T, name string) string {
	t.Helper()
	dsn := testkit.Postgres(t)
	db, err := orm.Open(t.Context(), postgres.Source("main", dsn), orm.Models(Note{}))
	if err == nil {
		err = orm.CreateTables(t.Context(), db)
	}
	if err == nil {
		err = orm.Repo[Note](db).Create(t.Context(), &Note{Text: name})
	}
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

// behind gives dsn as seen through a proxy.
func behind(t *testing.T, dsn string) (*faultproxy.Proxy, string) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	p := faultproxy.New(t, u.Host)
	u.Host = p.Addr()
	return p, u.String()
}

func replicated(t *testing.T, primary, standby string, opts ...postgres.Option) orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), postgres.Source("main", primary, append(opts, postgres.Replicas(standby))...), orm.Models(Note{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// read gives the text of the first note, which tells where it was read.
func read(ctx context.Context, db orm.DB) (string, error) {
	n, err := orm.Repo[Note](db).OrderBy(notes.ID.Asc()).First(ctx)
	return n.Text, err
}

// A standby that hangs costs one read its deadline, not every read.
func TestHungStandbyIsLeftOut(t *testing.T) {
	primary, standby := planted(t, "primary"), planted(t, "standby")
	p, dsn := behind(t, standby)
	db := replicated(t, primary, dsn, postgres.MaxConns(4))
	if name, err := read(t.Context(), db); name != "standby" || err != nil {
		t.Fatal(name, err)
	}
	p.On(faultproxy.Rule{Before: true, Do: faultproxy.Stall})
	late := 0
	for range 10 {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		name, err := read(ctx, db)
		cancel()
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			late++
		case err != nil || name != "primary":
			t.Error(name, err)
		}
	}
	if late > 1 {
		t.Errorf("%d of 10 reads waited for a standby that hangs", late)
	}
	p.On()
	p.Cut(faultproxy.Reset)
}

// One cut is one failure, however many readers meet it.
func TestOneCutCountsOnce(t *testing.T) {
	primary, standby := planted(t, "primary"), planted(t, "standby")
	p, dsn := behind(t, standby)
	db := replicated(t, primary, dsn, postgres.MaxConns(16))
	var work sync.WaitGroup
	stop := make(chan struct{})
	for range 8 {
		work.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := read(t.Context(), db); err != nil {
					t.Error(err)
				}
			}
		})
	}
	time.Sleep(200 * time.Millisecond)
	p.Refuse(true)
	p.Cut(faultproxy.Reset)
	time.Sleep(100 * time.Millisecond)
	p.Refuse(false)
	close(stop)
	work.Wait()
	end := time.Now().Add(3 * time.Second) // it rests for a second
	for {
		name, err := read(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		if name == "standby" {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the standby is back, and still left out")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Who wrote reads from the primary for a while, and nobody else.
func TestReadYourWrites(t *testing.T) {
	const window = 500 * time.Millisecond
	db := replicated(t, planted(t, "primary"), planted(t, "standby"), postgres.ReadYourWrites(window))
	a, b := orm.WithActor(t.Context(), orm.Actor{ID: 1}), orm.WithActor(t.Context(), orm.Actor{ID: 2})
	for about, write := range map[string]func(ctx context.Context) error{
		"one statement": func(ctx context.Context) error { return orm.Repo[Note](db).Create(ctx, &Note{Text: "x"}) },
		"a transaction": func(ctx context.Context) error {
			return db.Tx(ctx, func(tx orm.DB) error { return orm.Repo[Note](tx).Create(ctx, &Note{Text: "y"}) })
		},
		"SQL text": func(ctx context.Context) error { _, err := db.Exec(ctx, "UPDATE notes SET n = n + 1"); return err },
	} {
		if err := write(a); err != nil {
			t.Fatal(err)
		}
		if name, err := read(a, db); name != "primary" || err != nil {
			t.Errorf("after %s: %s, %v", about, name, err)
		}
		if name, err := read(b, db); name != "standby" || err != nil {
			t.Errorf("another actor after %s: %s, %v", about, name, err)
		}
		time.Sleep(window + 20*time.Millisecond)
		if name, err := read(a, db); name != "standby" || err != nil {
			t.Errorf("long after %s: %s, %v", about, name, err)
		}
	}
}

// Load after a write under the same context sees what was written.
func TestLoadAfterAWrite(t *testing.T) {
	db := replicated(t, planted(t, "primary"), planted(t, "standby"))
	ctx := orm.WithLoader(t.Context())
	n, err := orm.Repo[Note](db).Load(ctx, 1)
	if err != nil || n.Text != "standby" {
		t.Fatal(n, err)
	}
	if _, err := orm.Repo[Note](db).ByID(1).UpdateMany(ctx, notes.N.Set(5)); err != nil {
		t.Fatal(err)
	}
	if n, err = orm.Repo[Note](db).Load(ctx, 1); err != nil || n.Text != "primary" || n.N != 5 {
		t.Error(n, err)
	}
}

// A server that has become read-only is left for one that writes.
func TestReadOnlyServerIsLeft(t *testing.T) {
	w := newWorld(t, Note{})
	name := w.plain
	if _, err := name.Exec(w.ctx, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$"); err != nil {
		t.Fatal(err)
	}
	db := w.faulty(postgres.MaxConns(3))
	if _, err := read(w.ctx, db); !errors.Is(err, orm.ErrNotFound) {
		t.Fatal(err)
	}
	err := orm.Repo[Note](db).Create(w.ctx, &Note{Text: "refused"})
	if !errors.Is(err, orm.ErrUpstream) || orm.OutcomeOf(err) != orm.Undone {
		t.Errorf("a server that stays read-only: %v", err)
	}
	if _, err := name.Exec(w.ctx, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database()); END $$"); err != nil {
		t.Fatal(err)
	}
	for about, write := range map[string]func() error{
		"alone": func() error { return orm.Repo[Note](db).Create(w.ctx, &Note{Text: "alone"}) },
		"in a transaction": func() error {
			return db.Tx(w.ctx, func(tx orm.DB) error { return orm.Repo[Note](tx).Create(w.ctx, &Note{Text: "tx"}) }, orm.Retry(2))
		},
	} {
		if err := write(); err != nil {
			t.Errorf("%s: %v", about, err)
		}
	}
	err = db.Tx(w.ctx, func(tx orm.DB) error { return orm.Repo[Note](tx).Create(w.ctx, &Note{Text: "never"}) }, orm.ReadOnly)
	if !errors.Is(err, orm.ErrInvalid) || errors.Is(err, orm.ErrUpstream) {
		t.Errorf("a transaction that was to read only: %v", err)
	}
}
