package replay

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Dial gives a function that makes connections which play the tape. workload names them in errors.
func (t *Tape) Dial(workload string) DialFunc {
	return func(context.Context, string, string) (net.Conn, error) {
		c := &playing{tape: t, workload: workload, state: 'I'}
		c.wake.L = &c.mu
		return c, nil
	}
}

// playing is one connection that plays a tape. Nothing runs beside its caller: Write finds the responses
// and Read copies them.
type playing struct {
	tape     *Tape
	workload string

	mu     sync.Mutex // a driver may read in the background while it writes
	wake   sync.Cond
	s      splitter
	in     []byte // a request that is not whole yet
	state  byte
	queue  []*exchange // responses not read yet; head is how many of them are done
	head   int
	part   int // where in the first of them: which part, how often it was played, and how far
	times  int
	at     int
	closed bool
	err    error
}

// Write takes requests. One that was not recorded is an error that says so.
func (c *playing) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return 0, net.ErrClosed
	case c.err != nil:
		return 0, c.err
	}
	data := b
	if len(c.in) > 0 {
		c.in = append(c.in, b...)
		data = c.in
	}
	whole := len(data)
	for len(data) > 0 {
		n, k, err := c.s.next(data)
		if err == nil && k == incomplete {
			break
		}
		if err == nil {
			err = c.serve(k, data[:n])
		}
		if err != nil {
			c.err = err
			c.wake.Broadcast()
			return 0, err
		}
		data = data[n:]
	}
	if len(data) < whole || len(c.in) == 0 {
		c.in = append(c.in[:0], data...)
	}
	if c.head < len(c.queue) {
		c.wake.Broadcast()
	}
	return len(b), nil
}

var refusal = &exchange{parts: []part{{[]byte{'N'}, 1}}}

func (c *playing) serve(k kind, request []byte) error {
	switch k {
	case startup:
		c.queue = append(c.queue, &exchange{parts: []part{{c.tape.startup, 1}}})
	case encryption:
		c.queue = append(c.queue, refusal)
	case query:
		x := c.tape.find(c.state, request)
		if x == nil {
			return fmt.Errorf("replay: %s sends a request that was not recorded (%s): record it with go test ./internal/bench -run TestRecord -record", c.workload, describe(request))
		}
		c.state = x.after
		c.queue = append(c.queue, x)
	}
	return nil
}

// Read gives as much of the responses as there is and fits.
func (c *playing) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.head == len(c.queue) {
		switch {
		case c.closed:
			return 0, io.EOF
		case c.err != nil:
			return 0, c.err
		}
		c.wake.Wait()
	}
	n := 0
	for n < len(b) && c.head < len(c.queue) {
		x := c.queue[c.head]
		if c.part == len(x.parts) {
			c.part = 0
			if c.head++; c.head == len(c.queue) {
				c.queue, c.head = c.queue[:0], 0
			}
			continue
		}
		p := &x.parts[c.part]
		m := copy(b[n:], p.data[c.at:])
		n += m
		if c.at += m; c.at == len(p.data) {
			c.at = 0
			if c.times++; c.times >= p.times {
				c.times = 0
				c.part++
			}
		}
	}
	return n, nil
}

// Close wakes who reads.
func (c *playing) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.wake.Broadcast()
	return nil
}

type address struct{}

func (address) Network() string { return "replay" }
func (address) String() string  { return "replay" }

func (c *playing) LocalAddr() net.Addr              { return address{} }
func (c *playing) RemoteAddr() net.Addr             { return address{} }
func (c *playing) SetDeadline(time.Time) error      { return nil }
func (c *playing) SetReadDeadline(time.Time) error  { return nil }
func (c *playing) SetWriteDeadline(time.Time) error { return nil }
