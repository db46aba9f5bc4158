package resilience

import (
	"math/rand/v2"
	"time"

	"github.com/multi-orm/orm/internal/testkit/faultproxy"
)

func oneOf[T any](of ...T) T { return of[rand.IntN(len(of))] }

// storm makes faults until the end. Each is over before the next, or stays for as long as its rule finds nothing to do.
func (l *ledger) storm() {
	for time.Now().Before(l.end) {
		time.Sleep(rand.N(40 * time.Millisecond))
		l.strike()
	}
}

func (l *ledger) strike() {
	fault := oneOf("cut all", "cut some", "cut some", "lost", "lost", "lost", "lost commit", "lost commit", "stall", "stall some",
		"slow", "trickle", "refuse", "terminate", "terminate", "calm")
	l.mu.Lock()
	l.faults[fault]++
	l.mu.Unlock()
	end := oneOf(faultproxy.Reset, faultproxy.Close)
	way := oneOf(faultproxy.Reset, faultproxy.Close, faultproxy.Half, faultproxy.HalfClose)
	request := oneOf("x-", "slip-", "memo-", "memos-", "bump-", "BEGIN", "ROLLBACK", "")
	rule := faultproxy.Rule{Request: []byte(request), Before: rand.IntN(2) == 0, Do: way, Times: 1 + rand.IntN(3)}
	switch fault {
	case "cut all":
		l.proxy.Cut(end)
	case "cut some":
		l.proxy.CutSome(end, rand.Float64())
	case "lost":
		l.proxy.On(rule)
	case "lost commit":
		rule.Request = []byte("COMMIT")
		l.proxy.On(rule)
	case "stall":
		rule.Request, rule.Do = []byte(oneOf("COMMIT", request)), faultproxy.Stall
		l.proxy.On(rule)
	case "stall some":
		l.proxy.CutSome(faultproxy.Stall, 0.3)
	case "slow":
		l.proxy.Slow(rand.N(10*time.Millisecond), 0)
		time.Sleep(rand.N(100 * time.Millisecond))
		l.proxy.Slow(0, 0)
	case "trickle":
		l.proxy.Slow(0, rand.N(200*time.Microsecond))
		time.Sleep(rand.N(100 * time.Millisecond))
		l.proxy.Slow(0, 0)
	case "refuse":
		l.proxy.Refuse(true)
		l.proxy.CutSome(end, rand.Float64())
		time.Sleep(rand.N(80 * time.Millisecond))
		l.proxy.Refuse(false)
	case "terminate":
		if _, err := l.plain.Exec(l.ctx, `SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'ledger' ORDER BY random() LIMIT 2) AS victims`); err != nil {
			l.Error(err)
		}
	case "calm":
		l.proxy.On()
		time.Sleep(rand.N(200 * time.Millisecond))
	}
}

// calm takes away every fault.
func (l *ledger) calm() {
	l.proxy.On()
	l.proxy.Slow(0, 0)
	l.proxy.Refuse(false)
	l.proxy.Cut(faultproxy.Reset) // those that stall
}
