package resilience

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

// deliver keeps what the outbox hands over, which may come twice.
func (l *ledger) deliver(_ context.Context, e hook.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delivered[fmt.Sprintf("%s %s %s %v", e.RequestID, e.Op, e.Model, e.Key["ID"])] = true
	return nil
}

// drainer drains the outbox through the storm.
func (l *ledger) drainer(db orm.DB) {
	for time.Now().Before(l.end) {
		c := l.begin(db, 1, "drain", "")
		_, err := orm.DrainOutbox(c.ctx, db, 200, l.deliver)
		c.judge(err, true)
		c.cancel()
		time.Sleep(rand.N(20 * time.Millisecond))
	}
}

// drainAll drains what is left. The first calls may meet connections that were cut.
func (l *ledger) drainAll(db orm.DB) {
	l.Helper()
	for fails := 0; ; {
		n, err := orm.DrainOutbox(l.ctx, db, 1000, l.deliver)
		if err != nil {
			if fails++; fails > 5 {
				l.Fatal(err)
			}
			continue
		}
		if n == 0 {
			return
		}
	}
}

// verify holds what was told against what is there, seen through a connection that knows nothing of the library.
func (l *ledger) verify() {
	l.Helper()
	conn, err := pgx.Connect(l.ctx, l.real)
	if err != nil {
		l.Fatal(err)
	}
	defer func() { _ = conn.Close(l.ctx) }()
	l.wait(conn)
	l.verifyMemos(conn)
	l.verifyTransfers(conn)
	there := map[string]int64{}
	l.scan(conn, "SELECT id, tenant_id FROM slips", func(id string, tenant int64) {
		there[id]++
		if e := l.told[id]; e == nil || e.tenant != tenant {
			l.Errorf("%s of tenant %d is nobody's", id, tenant)
		}
	})
	l.compare("slip", 1, there)
	l.verifyOutbox(conn)
}

// wait lets what was sent come to its end, so that nothing is written any more.
func (l *ledger) wait(conn *pgx.Conn) {
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		var n int
		if err := conn.QueryRow(l.ctx, `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'ledger'`).Scan(&n); err != nil {
			l.Fatal(err)
		}
		if n == 0 {
			return
		}
		if time.Now().After(end) {
			l.Fatalf("%d sessions go on", n)
		}
	}
}

// scan reads rows of a text and a number.
func (l *ledger) scan(conn *pgx.Conn, text string, each func(string, int64)) {
	l.Helper()
	rows, err := conn.Query(l.ctx, text)
	if err != nil {
		l.Fatal(err)
	}
	var s string
	var n int64
	if _, err := pgx.ForEachRow(rows, []any{&s, &n}, func() error { each(s, n); return nil }); err != nil {
		l.Fatal(err)
	}
}

// compare holds how often each write of a kind is there against what was said of it. whole is how many rows it has.
func (l *ledger) compare(kind string, whole int64, there map[string]int64) {
	l.Helper()
	for mark, e := range l.told {
		if e.kind != kind {
			continue
		}
		n := there[mark]
		switch {
		case n != 0 && n != whole:
			l.Errorf("%s has %d rows of %d", mark, n, whole)
		case n == 0 && (e.done > 0 || e.present):
			l.Errorf("%s was acknowledged and is not there", mark)
		case n != 0 && e.done == 0 && e.unknown == 0:
			l.Errorf("%s was told not to be done and is there", mark)
		}
	}
}

func (l *ledger) verifyMemos(conn *pgx.Conn) {
	there := map[string]int64{}
	l.scan(conn, "SELECT mark, tenant_id FROM memos", func(mark string, tenant int64) {
		there[mark]++
		if e := l.told[mark]; e == nil || e.tenant != tenant {
			l.Errorf("%s of tenant %d is nobody's", mark, tenant)
		}
	})
	l.compare("memo", 1, there)
	l.compare("memos", 3, there)
	l.compare("bump", 1, there)
	l.scan(conn, "SELECT mark, n FROM memos WHERE mark LIKE 'bump-%'", func(mark string, n int64) {
		if e := l.told[mark]; n < e.amount || n > e.amount+e.from {
			l.Errorf("%s was added to %d times: %d were acknowledged, %d unknown", mark, n, e.amount, e.from)
		}
	})
}

func (l *ledger) verifyTransfers(conn *pgx.Conn) {
	there := map[string]int64{}
	balance := map[string]int64{}
	l.scan(conn, "SELECT id, tenant_id FROM transfers", func(id string, tenant int64) {
		there[id]++
		e := l.told[id]
		if e == nil || e.tenant != tenant {
			l.Errorf("%s of tenant %d is nobody's", id, tenant)
			return
		}
		balance[fmt.Sprint(e.from)] -= e.amount
		balance[fmt.Sprint(e.to)] += e.amount
	})
	l.compare("transfer", 1, there)
	n, sum := 0, int64(0)
	l.scan(conn, "SELECT id::text, balance FROM accounts", func(id string, is int64) {
		n++
		sum += is
		if want := opening + balance[id]; is != want {
			l.Errorf("account %s has %d, its transfers make %d", id, is, want)
		}
	})
	if n != tenants*perWhole || sum != tenants*perWhole*opening {
		l.Errorf("%d accounts with %d in all", n, sum)
	}
}

// verifyOutbox wants one entry for each audited row that was written, all of them delivered.
func (l *ledger) verifyOutbox(conn *pgx.Conn) {
	written := map[string]int64{}
	l.scan(conn, `SELECT id || ' create Transfer ' || id, 0 FROM transfers
		UNION ALL SELECT id || ' update Account ' || payer, 0 FROM transfers
		UNION ALL SELECT id || ' update Account ' || payee, 0 FROM transfers
		UNION ALL SELECT id || ' create Slip ' || id, 0 FROM slips`, func(what string, _ int64) { written[what] = 0 })
	l.scan(conn, "SELECT concat_ws(' ', request, op, model, key), count(*) FROM record GROUP BY 1", func(what string, n int64) {
		if _, is := written[what]; !is || n != 1 {
			l.Errorf("%q is %d times in the outbox; written is %v", what, n, is)
		}
		written[what] = n
	})
	for what, n := range written {
		if n == 0 {
			l.Errorf("%q was never in the outbox", what)
		}
		if !l.delivered[what] {
			l.Errorf("%q was not delivered", what)
		}
	}
	if len(l.delivered) != len(written) {
		l.Errorf("%d entries were delivered, %d written", len(l.delivered), len(written))
	}
	l.scan(conn, "SELECT 'left', count(*) FROM orm_outbox", func(_ string, n int64) {
		if n != 0 {
			l.Errorf("%d entries are left", n)
		}
	})
}
