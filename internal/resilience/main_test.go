package resilience

import (
	"context"
	"net/url"
	"os"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/internal/testkit/faultproxy"
	"github.com/multi-orm/orm/source/postgres"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

type Note struct {
	ID   int64  `orm:"id,auto"`
	Text string `orm:"text,unique"`
	N    int64  `orm:"n"`
}

var notes = orm.Bind[Note, struct {
	ID   orm.Col[Note, int64]
	Text orm.Text[Note]
	N    orm.Col[Note, int64]
}]()

// world is a database reached two ways: through the proxy, and plainly, to see what is really there.
type world struct {
	*testing.T
	ctx   context.Context
	proxy *faultproxy.Proxy
	dsn   string // through the proxy
	plain orm.DB
	real  string // where the database is without the proxy
}

func newWorld(t *testing.T, models ...any) *world {
	direct := testkit.Postgres(t)
	u, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, ctx: context.Background(), proxy: faultproxy.New(t, u.Host)}
	w.real = direct
	w.plain = w.connect(direct, nil, models...)
	if err := orm.CreateTables(w.ctx, w.plain); err != nil {
		t.Fatal(err)
	}
	u.Host = w.proxy.Addr()
	w.dsn = u.String()
	return w
}

func (w *world) connect(dsn string, opts []postgres.Option, models ...any) orm.DB {
	w.Helper()
	db, err := orm.Open(w.ctx, postgres.Source("main", dsn, opts...), orm.Models(models...))
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(func() { _ = db.Close() })
	return db
}

func (w *world) faulty(opts ...postgres.Option) orm.DB {
	w.Helper()
	return w.connect(w.dsn, opts, Note{})
}

// texts gives what is really there.
func (w *world) texts() map[string]int64 {
	w.Helper()
	rows, err := orm.Repo[Note](w.plain).All(w.ctx)
	if err != nil {
		w.Fatal(err)
	}
	out := map[string]int64{}
	for _, r := range rows {
		out[r.Text] = r.N
	}
	return out
}
