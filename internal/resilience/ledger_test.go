package resilience

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/postgres"
)

const (
	tenants  = 3
	perWhole = 8    // accounts of a tenant
	opening  = 1000 // balance of each
)

// Account is audited, and never has a row made or removed once the ledger runs.
type Account struct {
	ID       int64 `orm:"id"`
	TenantID int64 `orm:"tenant_id,tenant"`
	Balance  int64 `orm:"balance"`
}

// Transfer is audited, and has the id that its maker gave it.
type Transfer struct {
	ID       string `orm:"id"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Payer    int64  `orm:"payer"`
	Payee    int64  `orm:"payee"`
	Amount   int64  `orm:"amount"`
}

// Slip is audited and written alone, so its transaction is the library's own.
type Slip struct {
	ID       string `orm:"id"`
	TenantID int64  `orm:"tenant_id,tenant"`
}

// Memo is written by handles without an audit, in one statement without a transaction. Its mark is not unique in the database: one that is written twice is there twice.
type Memo struct {
	ID       int64  `orm:"id,auto"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Mark     string `orm:"mark"`
	N        int64  `orm:"n"`
}

var (
	accounts = orm.Bind[Account, struct {
		ID      orm.Col[Account, int64]
		Balance orm.Col[Account, int64]
	}]()
	memos = orm.Bind[Memo, struct {
		Mark orm.Text[Memo]
		N    orm.Col[Memo, int64]
	}]()
)

var ledgerModels = []any{Account{}, Transfer{}, Slip{}, Memo{}, orm.OutboxEntry{}}

// ledger is what the workers were told, by the mark of each write.
type ledger struct {
	*world
	end time.Time
	dbs []orm.DB // one for each mode
	raw []orm.DB // the same without an audit

	mu        sync.Mutex
	told      map[string]*entry
	delivered map[string]bool
	kinds     map[string]int // errors, by call and kind
	calls     map[string]int
	faults    map[string]int
	marks     int
	slowest   time.Duration // past its deadline
}

// entry is one write and what its calls said of it.
type entry struct {
	kind     string // transfer, slip, memo, memos, bump
	tenant   int64
	done     int64 // calls that said nil
	unknown  int64
	present  bool // a repetition was refused because it is there
	from, to int64
	amount   int64
}

func soakTime(t *testing.T) time.Duration {
	s := os.Getenv("ORM_SOAK")
	if s == "" {
		return 2 * time.Second
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What a call said of its write is what the database says once all is over, whatever happened to connections in between.
// ORM_SOAK says for how long that is tried.
func TestLedger(t *testing.T) {
	l := &ledger{world: newWorld(t, ledgerModels...), told: map[string]*entry{}, delivered: map[string]bool{},
		kinds: map[string]int{}, calls: map[string]int{}, faults: map[string]int{}}
	l.seed()
	before := runtime.NumGoroutine()
	for _, m := range modes {
		l.dbs = append(l.dbs, l.open(m, true))
		l.raw = append(l.raw, l.open(m, false))
	}
	l.end = time.Now().Add(soakTime(t))
	const workers = 12
	var work, storm sync.WaitGroup
	for i := range workers {
		work.Go(func() { l.worker(l.dbs[i%len(l.dbs)], l.raw[i%len(l.raw)], int64(i/len(l.dbs)%tenants)+1) })
	}
	work.Go(func() { l.drainer(l.dbs[0]) })
	storm.Go(l.storm)
	work.Wait()
	storm.Wait()
	l.calm()
	l.drainAll(l.dbs[1])
	for _, db := range append(l.raw, l.dbs...) {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	if !l.proxy.Settled(5 * time.Second) {
		t.Error("connections are left after Close")
	}
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines, %d before:\n%s", n, before, buf[:runtime.Stack(buf, true)])
	}
	l.verify()
	l.report(workers)
}

// open gives a handle of its own with its tenants apart, and its outbox where it is audited.
func (l *ledger) open(m postgres.Mode, audited bool) orm.DB {
	db := l.connect(l.dsn, []postgres.Option{postgres.ExecMode(m), postgres.AllowSimpleProtocol(), postgres.MaxConns(4),
		postgres.Configure(func(c *pgxpool.Config) {
			c.ConnConfig.ConnectTimeout = time.Second // a stalled dial holds its place in the pool no longer
			c.ConnConfig.RuntimeParams["application_name"] = "ledger"
		})}, ledgerModels...)
	use := []hook.Extension{rls.Tenant(), rls.Global(orm.OutboxEntry{})}
	if audited {
		use = append(use, hook.Audit(orm.Outbox(db)))
	}
	if err := db.Use(use...); err != nil {
		l.Fatal(err)
	}
	return db
}

// seed opens the accounts, and has the database itself keep a record of what goes into the outbox: entries that are drained
// are removed, and the record is not.
func (l *ledger) seed() {
	l.Helper()
	var rows []Account
	for tenant := range int64(tenants) {
		for n := range int64(perWhole) {
			rows = append(rows, Account{ID: (tenant+1)*100 + n, TenantID: tenant + 1, Balance: opening})
		}
	}
	if _, err := orm.Repo[Account](l.plain).CreateMany(l.ctx, rows); err != nil {
		l.Fatal(err)
	}
	for _, text := range []string{
		"CREATE TABLE record (request text, op text, model text, key text)",
		`CREATE FUNCTION record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			INSERT INTO record VALUES (NEW.entry->>'RequestID', NEW.entry->>'Op', NEW.entry->>'Model', NEW.entry->'Key'->>'ID');
			RETURN NULL; END $$`,
		"CREATE TRIGGER record AFTER INSERT ON orm_outbox FOR EACH ROW EXECUTE FUNCTION record()",
	} {
		if _, err := l.plain.Exec(l.ctx, orm.Unsafe(text)); err != nil {
			l.Fatal(err)
		}
	}
}

func (l *ledger) report(workers int) {
	sum := func(m map[string]int) (n int) {
		for _, c := range m {
			n += c
		}
		return n
	}
	outcomes := map[string]int{}
	for _, e := range l.told {
		switch {
		case e.unknown > 0:
			outcomes["unknown"]++
		case e.done > 0:
			outcomes["done"]++
		default:
			outcomes["not done"]++
		}
	}
	text := fmt.Sprintf("%d workers, %d calls %v, %d faults %v, %d errors, writes %v, %d dials, at most %v past a deadline",
		workers, sum(l.calls), l.calls, sum(l.faults), l.faults, sum(l.kinds), outcomes, l.proxy.Dials(), l.slowest.Round(time.Millisecond))
	for kind, n := range l.kinds {
		text += fmt.Sprintf("\n\t%6d %s", n, kind)
	}
	l.Log(text)
}
