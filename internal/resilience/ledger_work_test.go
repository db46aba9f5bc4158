package resilience

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm"
)

// call is one call of a worker.
type call struct {
	l        *ledger
	db       orm.DB
	tenant   int64
	ctx      context.Context
	cancel   context.CancelFunc
	deadline time.Time
	mark     string // of its write, the request that the audit names
	kind     string
}

func (l *ledger) worker(db, raw orm.DB, tenant int64) {
	bump := l.begin(db, tenant, "bump", "")
	bump.create("bump", func() error { return orm.Repo[Memo](raw).Create(bump.ctx, &Memo{Mark: bump.mark}) })
	bump.cancel()
	for time.Now().Before(l.end) {
		c := l.begin(db, tenant, oneOf("x", "x", "x", "slip", "memo", "memos", "bump", "read", "read", "stream", "foreign"), "")
		switch c.kind {
		case "x":
			c.transfer()
		case "slip":
			c.slip()
		case "memo":
			c.create("memo", func() error { return orm.Repo[Memo](raw).Create(c.ctx, &Memo{Mark: c.mark}) })
		case "memos":
			c.create("memos", func() error {
				_, err := orm.Repo[Memo](raw).CreateMany(c.ctx, []Memo{{Mark: c.mark}, {Mark: c.mark}, {Mark: c.mark}})
				return err
			})
		case "bump":
			c.mark = bump.mark
			var n int64
			c.note("bump", nil, func() (err error) {
				n, err = orm.Repo[Memo](raw).Where(memos.Mark.Eq(bump.mark)).UpdateMany(c.ctx, memos.N.Inc(1))
				return err
			}, func(e *entry, err error) { // amount and from: how often it was surely, and how often it may have been, added to
				switch {
				case err == nil:
					e.amount += n
				case orm.OutcomeOf(err) == orm.Unknown:
					e.from++
				}
			})
		case "read", "stream":
			c.read()
		case "foreign":
			c.foreign()
		}
		c.cancel()
	}
}

// begin makes a call with a mark, a new one where none is given, and a deadline, which is short now and then.
func (l *ledger) begin(db orm.DB, tenant int64, kind, mark string) *call {
	l.mu.Lock()
	if mark == "" {
		l.marks++
		mark = fmt.Sprintf("%s-%d", kind, l.marks)
	}
	l.calls[kind]++
	l.mu.Unlock()
	c := &call{l: l, db: db, tenant: tenant, kind: kind, mark: mark}
	within := 2 * time.Second
	if rand.IntN(8) == 0 {
		within = rand.N(30 * time.Millisecond)
	}
	c.deadline = time.Now().Add(within)
	ctx := orm.WithActor(l.ctx, orm.Actor{ID: mark, TenantID: tenant, RequestID: mark})
	c.ctx, c.cancel = context.WithDeadline(ctx, c.deadline)
	return c
}

// note makes a call that writes, and keeps what it said.
func (c *call) note(kind string, set func(*entry), do func() error, settle func(*entry, error)) {
	err := do()
	c.judge(err, true)
	c.l.mu.Lock()
	defer c.l.mu.Unlock()
	e := c.l.told[c.mark]
	if e == nil {
		e = &entry{kind: kind, tenant: c.tenant}
		c.l.told[c.mark] = e
	}
	if set != nil {
		set(e)
	}
	if settle != nil {
		settle(e, err)
		return
	}
	switch {
	case err == nil:
		e.done++
	case orm.OutcomeOf(err) == orm.Unknown:
		e.unknown++
	case errors.Is(err, orm.ErrConflict) && e.unknown > 0:
		e.present = true
	}
}

func (c *call) create(kind string, do func() error) { c.note(kind, nil, do, nil) }

func (c *call) transfer() {
	from := c.tenant*100 + rand.Int64N(perWhole)
	to := c.tenant*100 + rand.Int64N(perWhole)
	for to == from {
		to = c.tenant*100 + rand.Int64N(perWhole)
	}
	amount := 1 + rand.Int64N(50)
	opts := []orm.TxOption{orm.Retry(3)}
	if rand.IntN(3) == 0 {
		opts = append(opts, oneOf[orm.TxOption](orm.Serializable, orm.RepeatableRead))
	}
	failing := rand.IntN(10) == 0
	c.note("transfer", func(e *entry) { e.from, e.to, e.amount = from, to, amount }, func() error {
		err := c.db.Tx(c.ctx, func(tx orm.DB) error {
			if _, err := orm.Repo[Account](tx).ByID(from).Update(c.ctx, accounts.Balance.Inc(-amount)); err != nil {
				return err
			}
			if err := orm.Repo[Transfer](tx).Create(c.ctx, &Transfer{ID: c.mark, Payer: from, Payee: to, Amount: amount}); err != nil {
				return err
			}
			a, err := orm.Repo[Account](tx).ByID(to).Update(c.ctx, accounts.Balance.Inc(amount))
			if err != nil {
				return err
			}
			c.own(a.TenantID)
			if failing {
				return &orm.Error{Op: "transfer", Err: orm.ErrDenied, Detail: "the worker gives it up"}
			}
			return nil
		}, opts...)
		if failing && err == nil {
			c.l.Errorf("%s: committed in spite of its error", c.mark)
		}
		return err
	}, nil)
}

// slip is written again where its outcome is unknown: it is there once then, and a conflict says that it was.
func (c *call) slip() {
	do := func() error { return orm.Repo[Slip](c.db).Create(c.ctx, &Slip{ID: c.mark}) }
	c.create("slip", do)
	c.l.mu.Lock()
	unknown := c.l.told[c.mark].unknown > 0
	c.l.mu.Unlock()
	if unknown && rand.IntN(2) == 0 {
		again := c.l.begin(c.db, c.tenant, "again", c.mark)
		defer again.cancel()
		again.create("slip", func() error { return orm.Repo[Slip](c.db).Create(again.ctx, &Slip{ID: c.mark}) })
	}
}

func (c *call) own(tenant int64) {
	if tenant != c.tenant {
		c.l.Errorf("%s of tenant %d was given a row of tenant %d", c.mark, c.tenant, tenant)
	}
}

// read reads all accounts of the tenant in one statement: none is missing and nothing is half done.
func (c *call) read() {
	rows := []Account{}
	var err error
	if c.kind == "read" {
		rows, err = orm.Repo[Account](c.db).Query().All(c.ctx)
	} else {
		for a, e := range orm.Repo[Account](c.db).Rows(c.ctx) {
			if err = e; err != nil {
				break
			}
			rows = append(rows, a)
		}
	}
	c.judge(err, false)
	sum := int64(0)
	for _, a := range rows {
		c.own(a.TenantID)
		sum += a.Balance
	}
	if err == nil && (len(rows) != perWhole || sum != perWhole*opening) {
		c.l.Errorf("%s: %d accounts with %d in all", c.mark, len(rows), sum)
	}
}

// foreign asks for the accounts of another tenant.
func (c *call) foreign() {
	id := (c.tenant%tenants+1)*100 + rand.Int64N(perWhole)
	a, err := orm.Repo[Account](c.db).ByID(id).First(c.ctx)
	if err == nil {
		c.own(a.TenantID)
	}
	if !errors.Is(err, orm.ErrNotFound) {
		c.judge(err, false)
	}
	n, err := orm.Repo[Memo](c.db).Where(memos.Mark.Eq(fmt.Sprintf("memo-%d", rand.IntN(5000)))).Count(c.ctx)
	c.judge(err, false)
	if n > 1 {
		c.l.Errorf("%s: a memo is there %d times", c.mark, n)
	}
}

// stormKinds are those that faults of connections may lead to. The first that fits counts: what the source failed at may be a
// deadline of its own, that of connecting.
var stormKinds = []struct {
	name     string
	sentinel error
}{
	{"unknown", orm.ErrCommitUnknown}, {"upstream", orm.ErrUpstream}, {"conflict", orm.ErrConflict}, {"denied", orm.ErrDenied},
	{"deadline", context.DeadlineExceeded},
}

var outcomeNames = map[orm.Outcome]string{orm.Unsent: "unsent", orm.Undone: "undone", orm.Unknown: "unknown"}

// judge holds the form of an error against what is promised of it.
func (c *call) judge(err error, write bool) {
	late := time.Since(c.deadline)
	c.l.mu.Lock()
	c.l.slowest = max(c.l.slowest, late)
	c.l.mu.Unlock()
	if err == nil {
		return
	}
	if _, ours := errors.AsType[*orm.Error](err); !ours {
		c.l.Errorf("%s: an error of another type: %T: %v", c.mark, err, err)
	}
	kind := ""
	for _, k := range stormKinds {
		if errors.Is(err, k.sentinel) {
			kind = k.name
			break
		}
	}
	outcome := orm.OutcomeOf(err)
	if kind == "" || kind == "deadline" && c.ctx.Err() == nil || outcomeNames[outcome] == "" {
		c.l.Errorf("%s: no such error was to come: %v, outcome %d, cause %s", c.mark, err, outcome, causes(err))
	}
	if unknown := errors.Is(err, orm.ErrCommitUnknown); write && unknown != (outcome == orm.Unknown) || !write && unknown {
		c.l.Errorf("%s: outcome %d, and yet: %v, cause %s", c.mark, outcome, err, causes(err))
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		kind += " " + pg.Code
	}
	c.l.mu.Lock()
	c.l.kinds[c.kind+": "+kind+", "+outcomeNames[outcome]]++
	c.l.mu.Unlock()
}

// causes shows what an error covers, for the one who has to find out.
func causes(err error) string {
	switch e := err.(type) { //nolint:errorlint // the tree is walked here
	case interface{ Unwrap() []error }:
		out := ""
		for _, part := range e.Unwrap() {
			out += " [" + causes(part) + "]"
		}
		return out
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return fmt.Sprintf("%T %v > %s", err, err, causes(inner))
		}
	}
	return fmt.Sprintf("%T %v", err, err)
}
