package postgres_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/postgres"
)

// shelf and volume live in two databases that hold different rows, so that a row tells where it was read.
type shelf struct {
	ID      int64    `orm:"id,table=shelves"`
	Name    string   `orm:"name"`
	Version int      `orm:"version,version"`
	Volumes []volume `orm:"relation=id:shelf_id"`
}

type volume struct {
	ID      int64  `orm:"id,auto,table=volumes"`
	ShelfID int64  `orm:"shelf_id"`
	Name    string `orm:"name"`
}

// plant makes a database whose one shelf has the given name, and a volume of that name.
func plant(t *testing.T, name string) string {
	t.Helper()
	dsn := testkit.Postgres(t)
	db, err := orm.Open(t.Context(), postgres.Source("main", dsn), orm.Models(shelf{}, volume{}))
	fatal(t, err)
	fatal(t, orm.CreateTables(t.Context(), db))
	fatal(t, orm.Repo[shelf](db).Create(t.Context(), &shelf{ID: 1, Name: name}))
	fatal(t, orm.Repo[volume](db).Create(t.Context(), &volume{ShelfID: 1, Name: name}))
	fatal(t, db.Close())
	return dsn
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func replicated(t *testing.T, primary string, replicas ...string) orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), postgres.Source("main", primary, postgres.Replicas(replicas...)), orm.Models(shelf{}, volume{}))
	fatal(t, err)
	t.Cleanup(func() { fatal(t, db.Close()) })
	return db
}

// where gives the name of the database that a read of the shelf went to.
func where(t *testing.T, ctx context.Context, db orm.DB) string {
	t.Helper()
	s, err := orm.Repo[shelf](db).ByID(1).One(ctx)
	fatal(t, err)
	return s.Name
}

func TestReadsGoToReplicas(t *testing.T) {
	ctx := t.Context()
	db := replicated(t, plant(t, "primary"), plant(t, "one"), plant(t, "two"))
	seen := map[string]int{}
	for range 10 {
		seen[where(t, ctx, db)]++
	}
	if seen["one"] != 5 || seen["two"] != 5 {
		t.Errorf("%v", seen)
	}
	for range 10 {
		s, err := orm.Repo[shelf](db).Include("Volumes").First(ctx)
		fatal(t, err)
		if s.Volumes[0].Name != s.Name {
			t.Errorf("the shelf is of %s and its volume of %s", s.Name, s.Volumes[0].Name)
		}
		for s, err := range orm.Repo[shelf](db).Include("Volumes").Rows(ctx) {
			fatal(t, err)
			if s.Volumes[0].Name != s.Name || s.Name == "primary" {
				t.Errorf("streamed: the shelf is of %s and its volume of %s", s.Name, s.Volumes[0].Name)
			}
		}
	}
	for what, name := range map[string]string{
		"Primary": where(t, orm.Primary(ctx), db),
		"a transaction": func() (name string) {
			fatal(t, db.Tx(ctx, func(tx orm.DB) error { name = where(t, ctx, tx); return nil }))
			return name
		}(),
		"a read-only transaction": func() (name string) {
			fatal(t, db.Tx(ctx, func(tx orm.DB) error { name = where(t, ctx, tx); return nil }, orm.ReadOnly))
			return name
		}(),
		"raw SQL": func() string {
			names, err := orm.Raw[string](ctx, db, "SELECT name FROM shelves")
			fatal(t, err)
			return names[0]
		}(),
		"a lock": func() (name string) {
			fatal(t, db.Tx(ctx, func(tx orm.DB) error {
				s, err := orm.Repo[shelf](tx).Lock(orm.ForUpdate).First(ctx)
				name = s.Name
				return err
			}))
			return name
		}(),
		"what an update gives back": func() string {
			s, err := orm.Repo[shelf](db).ByID(1).Update(ctx, orm.Repo[shelf](db).F("Name").Set("primary"))
			fatal(t, err)
			return s.Name
		}(),
	} {
		if name != "primary" {
			t.Errorf("%s reads from %s", what, name)
		}
	}
	// a stale row is told from an absent one by the primary: the replicas do not have it
	fresh := shelf{ID: 2, Name: "fresh"}
	fatal(t, orm.Repo[shelf](db).Create(ctx, &fresh))
	fresh.Version = 7
	if err := orm.Repo[shelf](db).Save(ctx, &fresh); !errors.Is(err, orm.ErrStale) {
		t.Errorf("%v, want ErrStale", err)
	}
	findings, err := db.Check(ctx)
	fatal(t, err)
	if len(findings) != 0 {
		t.Errorf("Check: %v", findings)
	}
}

// gate is a server in front of the real one that can be shut.
type gate struct {
	dsn string
	l   net.Listener

	mu    sync.Mutex
	shut  bool
	conns []net.Conn
}

func newGate(t *testing.T, dsn string) *gate {
	t.Helper()
	u, err := url.Parse(dsn)
	fatal(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	fatal(t, err)
	target := u.Host
	u.Host = l.Addr().String()
	g := &gate{dsn: u.String(), l: l}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			up, err := net.Dial("tcp", target)
			g.mu.Lock()
			if g.conns = append(g.conns, c); err != nil || g.shut {
				_ = c.Close()
			} else {
				g.conns = append(g.conns, up)
				go func() { _, _ = io.Copy(up, c); _ = up.Close() }()
				go func() { _, _ = io.Copy(c, up); _ = c.Close() }()
			}
			g.mu.Unlock()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); g.set(true) })
	return g
}

func (g *gate) set(shut bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = shut
	if shut {
		for _, c := range g.conns {
			_ = c.Close()
		}
		g.conns = nil
	}
}

func TestAReplicaThatIsDownIsPassedBy(t *testing.T) {
	ctx := t.Context()
	one := newGate(t, plant(t, "one"))
	primary, two := plant(t, "primary"), plant(t, "two")
	db := replicated(t, primary, one.dsn, two)
	where(t, ctx, db)
	one.set(true)
	for range 6 {
		if name := where(t, ctx, db); name != "two" {
			t.Errorf("read from %s", name)
		}
	}
	alone := replicated(t, primary, one.dsn) // it is down when the source is opened
	for range 3 {
		if name := where(t, ctx, alone); name != "primary" {
			t.Errorf("read from %s", name)
		}
	}
	if s := alone.Stats()[0].Replicas; len(s) != 1 || !s[0].Down {
		t.Errorf("%+v", s)
	}
	one.set(false)
	back := false
	for range 400 {
		if back = where(t, ctx, alone) == "one"; back {
			break
		}
		select {
		case <-ctx.Done():
		case <-tick():
		}
	}
	if !back {
		t.Error("the replica is well again and is not asked")
	}
	if s := alone.Stats()[0]; s.Replicas[0].Down || s.Statements.Hits == 0 || s.Pool.Max == 0 {
		t.Errorf("%+v", s)
	}
}

func TestReplicasAreChecked(t *testing.T) {
	primary := plant(t, "primary")
	u, err := url.Parse(primary)
	fatal(t, err)
	u.Path = "/no_such_database"
	for dsn, want := range map[string]error{"": orm.ErrInvalid, "post gres": orm.ErrInvalid, u.String(): nil} {
		db, err := orm.Open(t.Context(), postgres.Source("main", primary, postgres.Replicas(dsn)), orm.Models(shelf{}, volume{}))
		if err == nil {
			_ = db.Close()
			t.Errorf("%q was taken", dsn)
		}
		if want != nil && !errors.Is(err, want) {
			t.Errorf("%q: %v", dsn, err)
		}
	}
}

func TestFailuresOfAReadAreNotTheReplicas(t *testing.T) {
	ctx := t.Context()
	db := replicated(t, plant(t, "primary"), plant(t, "one"))
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := orm.Repo[shelf](db).All(done); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := orm.Repo[shelf](db).Where(orm.SQL[shelf]("1 / (id - id) = 1")).All(ctx); !errors.Is(err, orm.ErrInvalid) {
		t.Error(err)
	}
	if name := where(t, ctx, db); name != "one" {
		t.Errorf("the replica was blamed: read from %s", name)
	}
}

// tick is a short wait.
func tick() <-chan time.Time { return time.After(10 * time.Millisecond) }
