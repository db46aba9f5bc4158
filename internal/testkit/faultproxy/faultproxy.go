// Package faultproxy is a TCP proxy in the process of a test, which does to connections what networks and servers do to them:
// it cuts, stalls, delays and trickles them, loses answers, and refuses new ones.
package faultproxy

import (
	"bytes"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"
)

// Action is what happens to a connection.
type Action uint8

// The actions. Reset ends it with RST, Close with FIN, Half with FIN in the middle of the answer; HalfClose ends only what the
// server sends and goes on taking requests; Stall leaves it open and passes nothing on any more.
const (
	Pass Action = iota
	Reset
	Close
	Half
	HalfClose
	Stall
)

// Rule is what happens when a request holds certain bytes.
type Rule struct {
	Request []byte // empty for every request
	Before  bool   // the request does not arrive; else it does, and its answer is lost
	Do      Action
	Times   int // how often, 0 for always
}

// Proxy stands before one server. It is safe for concurrent use.
type Proxy struct {
	listener net.Listener
	to       string

	mu      sync.Mutex
	links   map[*link]bool
	rules   []Rule
	refuses bool
	delay   time.Duration // before each answer
	trickle time.Duration // after each byte of an answer
	dials   int
	passed  int64 // bytes of answers
	closed  bool
	work    sync.WaitGroup
}

// New stands before the server at the address to until the test ends.
func New(tb testing.TB, to string) *Proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("faultproxy: %v", err)
	}
	p := &Proxy{listener: l, to: to, links: map[*link]bool{}}
	p.work.Go(p.accept)
	tb.Cleanup(func() {
		p.mu.Lock()
		p.closed = true
		p.mu.Unlock()
		_ = l.Close()
		p.Cut(Reset)
		p.work.Wait()
	})
	return p
}

// Addr is where it listens.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Refuse ends new connections at once, or takes them again.
func (p *Proxy) Refuse(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuses = on
}

// Slow waits before each answer, and after each byte of one.
func (p *Proxy) Slow(delay, trickle time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay, p.trickle = delay, trickle
}

// On replaces the rules. The first that fits a request holds.
func (p *Proxy) On(rules ...Rule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rules = rules
}

// Dials gives the number of connections made so far.
func (p *Proxy) Dials() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dials
}

// Answered gives the number of bytes that the server has sent so far.
func (p *Proxy) Answered() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed
}

// Cut does something to every connection there is, and gives their number.
func (p *Proxy) Cut(do Action) int { return p.CutSome(do, 1) }

// CutSome is Cut for each connection with the likelihood share.
func (p *Proxy) CutSome(do Action, share float64) int {
	p.mu.Lock()
	all := make([]*link, 0, len(p.links))
	for l := range p.links {
		if rand.Float64() < share {
			all = append(all, l)
		}
	}
	p.mu.Unlock()
	for _, l := range all {
		l.end(do)
	}
	return len(all)
}

// Settled waits until no connection is left.
func (p *Proxy) Settled(within time.Duration) bool {
	for end := time.Now().Add(within); ; time.Sleep(time.Millisecond) {
		p.mu.Lock()
		n := len(p.links)
		p.mu.Unlock()
		if n == 0 || time.Now().After(end) {
			return n == 0
		}
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		p.dials++
		refuse := p.refuses || p.closed
		p.mu.Unlock()
		if refuse {
			reset(client)
			continue
		}
		server, err := net.Dial("tcp", p.to)
		if err != nil {
			reset(client)
			continue
		}
		l := &link{p: p, client: client, server: server}
		p.mu.Lock()
		p.links[l] = true
		p.mu.Unlock()
		p.work.Go(l.requests)
		p.work.Go(l.answers)
	}
}

// rule takes the rule for a request.
func (p *Proxy) rule(request []byte) Rule {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.rules {
		r := &p.rules[i]
		if r.Times < 0 || !bytes.Contains(request, r.Request) {
			continue
		}
		out := *r
		if r.Times == 1 {
			r.Times = -1
		} else if r.Times > 1 {
			r.Times--
		}
		return out
	}
	return Rule{}
}

// link is one connection.
type link struct {
	p              *Proxy
	client, server net.Conn

	mu      sync.Mutex
	next    Action // for the answer that is waited for
	stalled bool
	once    sync.Once
}

func (l *link) requests() {
	defer l.over()
	buf := make([]byte, 64<<10)
	for {
		n, err := l.client.Read(buf)
		if n > 0 {
			r := l.p.rule(buf[:n])
			if r.Do != Pass && r.Before {
				l.end(r.Do)
				if r.Do != Stall {
					return
				}
			}
			l.mu.Lock()
			if r.Do != Pass {
				l.next = r.Do
			}
			stalled := l.stalled
			l.mu.Unlock()
			if !stalled {
				if _, err := l.server.Write(buf[:n]); err != nil {
					return
				}
			}
		}
		if err != nil {
			return
		}
	}
}

func (l *link) answers() {
	defer l.over()
	buf := make([]byte, 64<<10)
	for {
		n, err := l.server.Read(buf)
		if n > 0 && !l.pass(buf[:n]) {
			return
		}
		if err != nil {
			return
		}
	}
}

// pass hands an answer on, and reports whether there may be another.
func (l *link) pass(answer []byte) bool {
	l.mu.Lock()
	do := l.next
	l.next = Pass
	stalled := l.stalled
	l.mu.Unlock()
	switch {
	case stalled:
		return true
	case do == Half:
		_, _ = l.client.Write(answer[:len(answer)/2])
		l.end(Close)
		return false
	case do == HalfClose:
		if c, ok := l.client.(*net.TCPConn); ok {
			_ = c.CloseWrite()
		}
		l.mu.Lock()
		l.stalled = true
		l.mu.Unlock()
		return true
	case do != Pass:
		l.end(do)
		return do == Stall
	}
	l.p.mu.Lock()
	l.p.passed += int64(len(answer))
	delay, trickle := l.p.delay, l.p.trickle
	l.p.mu.Unlock()
	time.Sleep(delay)
	if trickle == 0 {
		_, err := l.client.Write(answer)
		return err == nil
	}
	for i := range answer {
		if _, err := l.client.Write(answer[i : i+1]); err != nil {
			return false
		}
		time.Sleep(trickle)
	}
	return true
}

// end does something to the connection now.
func (l *link) end(do Action) {
	switch do {
	case Pass:
	case Stall:
		l.mu.Lock()
		l.stalled = true
		l.mu.Unlock()
	case Reset:
		reset(l.client)
		_ = l.server.Close()
	default:
		_ = l.client.Close()
		_ = l.server.Close()
	}
}

func (l *link) over() {
	l.once.Do(func() {
		_ = l.client.Close()
		_ = l.server.Close()
		l.p.mu.Lock()
		delete(l.p.links, l)
		l.p.mu.Unlock()
	})
}

// reset closes with RST, which loses what was not read yet.
func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}
