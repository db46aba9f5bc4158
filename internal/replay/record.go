package replay

import (
	"context"
	"errors"
	"net"
	"sync"
)

// DialFunc connects, as the configuration of a connection takes it.
type DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// Recorder records what the connections it makes say and hear. They must not be encrypted.
type Recorder struct {
	// Dial connects; nil is the network.
	Dial DialFunc

	mu   sync.Mutex
	tape Tape
	err  error
}

// DialContext connects and records.
func (r *Recorder) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	dial := r.Dial
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	c, err := dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &recording{Conn: c, r: r, state: 'I'}, nil
}

// Tape gives what has been recorded, once every connection is done, or what went wrong.
func (r *Recorder) Tape() (*Tape, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &r.tape, r.err
}

// recording is one connection that is recorded.
type recording struct {
	net.Conn
	r *Recorder

	s       splitter
	in, out []byte   // of the response and the request at hand
	scanned int      // the end of the whole messages in in
	waiting [][]byte // requests without a response, oldest first
	state   byte
	ready   bool // start-up is over
}

// Write sends b. The request is known before the server can answer it.
func (c *recording) Write(b []byte) (int, error) {
	c.r.mu.Lock()
	c.said(b)
	c.r.mu.Unlock()
	return c.Conn.Write(b)
}

// Read receives.
func (c *recording) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	c.heard(b[:n])
	return n, err
}

func (c *recording) said(b []byte) {
	if c.r.err != nil {
		return
	}
	if c.s.started && !c.ready {
		return // passwords
	}
	c.out = append(c.out, b...)
	for {
		n, k, err := c.s.next(c.out)
		switch {
		case err != nil:
			c.r.err = err
			return
		case k == incomplete:
			return
		case k == encryption:
			c.r.err = errors.New("replay: an encrypted connection cannot be recorded: use sslmode=disable")
			return
		case k == query:
			c.waiting = append(c.waiting, append([]byte(nil), c.out[:n]...))
		}
		c.out = append(c.out[:0], c.out[n:]...)
	}
}

func (c *recording) heard(b []byte) {
	if c.r.err != nil {
		return
	}
	c.in = append(c.in, b...)
	for {
		m, err := message(c.in[c.scanned:])
		if err != nil {
			c.r.err = err
			return
		}
		if m == nil {
			return
		}
		c.scanned += len(m)
		if !ends(m) {
			continue
		}
		response := c.in[:c.scanned]
		switch {
		case !c.ready:
			c.ready = true
			c.r.err = c.r.tape.recordStartup(response)
		case len(c.waiting) == 0:
			c.r.err = errors.New("replay: the server answered what it was not asked")
		default:
			c.r.err = c.r.tape.record(c.state, c.waiting[0], response)
			c.waiting = c.waiting[1:]
		}
		if m[0] == 'Z' {
			c.state = m[5]
		}
		c.in = append(c.in[:0], c.in[c.scanned:]...)
		c.scanned = 0
	}
}
