package tds

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// Tape makes connections that remember what a server answered: a message that it has seen before, to the byte, is answered from memory, so
// that a benchmark times and counts what the client does and nothing of the server, the script or the network. What it has not seen goes
// to the server. Calls must not be cancelled.
type Tape struct {
	mu      sync.Mutex
	answers map[string][]byte
	asked   int
}

// DialContext connects; it is a dialer of the driver's.
func (t *Tape) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c := &taped{Conn: conn, tape: t}
	c.wake.L = &c.mu
	return c, nil
}

// Asked tells how many messages clients have sent so far, without those of the login.
func (t *Tape) Asked() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.asked
}

// taped is a connection of a Tape.
type taped struct {
	net.Conn
	tape *Tape

	mu     sync.Mutex
	wake   sync.Cond
	in     []byte // a message that is not whole yet
	packet int    // where its last packet begins
	out    []byte // of the answer, what was not read yet
	err    error
}

// Write takes packets, whole ones or parts.
func (c *taped) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return 0, c.err
	}
	c.in = append(c.in, b...)
	for {
		size, last := packet(c.in[c.packet:])
		if size == 0 {
			return len(b), nil
		}
		if c.packet += size; !last {
			continue
		}
		out, err := c.answer(c.in[:c.packet])
		if err != nil {
			c.err = err
		}
		c.out = out
		c.in = append(c.in[:0], c.in[c.packet:]...)
		c.packet = 0
		c.wake.Broadcast()
		if err != nil {
			return 0, err
		}
	}
}

// packet gives the size of the packet that b begins with, 0 where it is not whole, and whether it ends a message.
func packet(b []byte) (size int, last bool) {
	if len(b) < 8 {
		return 0, false
	}
	size = max(8, int(b[2])<<8|int(b[3]))
	if len(b) < size {
		return 0, false
	}
	return size, b[1]&endOfMessage != 0
}

// answer gives the answer to a message.
func (c *taped) answer(message []byte) ([]byte, error) {
	login := message[0] == packetPrelogin || message[0] == packetLogin
	c.tape.mu.Lock()
	known := c.tape.answers[string(message)]
	if !login {
		c.tape.asked++
	}
	c.tape.mu.Unlock()
	if known != nil && !login {
		return known, nil
	}
	if _, err := c.Conn.Write(message); err != nil {
		return nil, err
	}
	var out []byte
	for last := false; !last; {
		at := len(out)
		out = append(out, make([]byte, 8)...)
		if _, err := io.ReadFull(c.Conn, out[at:]); err != nil {
			return nil, err
		}
		size := max(8, int(out[at+2])<<8|int(out[at+3]))
		last = out[at+1]&endOfMessage != 0
		out = append(out, make([]byte, size-8)...)
		if _, err := io.ReadFull(c.Conn, out[at+8:]); err != nil {
			return nil, err
		}
	}
	if !login {
		c.tape.mu.Lock()
		if c.tape.answers == nil {
			c.tape.answers = map[string][]byte{}
		}
		c.tape.answers[string(message)] = out
		c.tape.mu.Unlock()
	}
	return out, nil
}

// Read gives of the answer what there is and fits.
func (c *taped) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.out) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		c.wake.Wait()
	}
	n := copy(b, c.out)
	c.out = c.out[n:]
	return n, nil
}

// Close wakes who reads.
func (c *taped) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = net.ErrClosed
	}
	c.wake.Broadcast()
	return c.Conn.Close()
}

// SetDeadline and its kin do nothing: what is in memory is there at once.
func (c *taped) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (c *taped) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (c *taped) SetWriteDeadline(time.Time) error { return nil }
