// Package pgproxy stands between a test and a PostgreSQL server. It keeps the texts of the statements that pass, and may make
// the tags lie that say how many rows a statement touched, as routers of clusters do.
package pgproxy

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// Proxy stands before one server. It is safe for concurrent use.
type Proxy struct {
	listener net.Listener
	to       string

	mu    sync.Mutex
	texts []string
	tag   func(string) string
	open  map[net.Conn]bool
	work  sync.WaitGroup
}

// New stands before the server at the address to until the test ends. It speaks no TLS.
func New(tb testing.TB, to string) *Proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("pgproxy: %v", err)
	}
	p := &Proxy{listener: l, to: to, open: map[net.Conn]bool{}}
	p.work.Go(p.accept)
	tb.Cleanup(func() {
		_ = l.Close()
		p.mu.Lock()
		for c := range p.open {
			_ = c.Close()
		}
		p.mu.Unlock()
		p.work.Wait()
	})
	return p
}

// Addr is where it listens.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Tags has fn rewrite the tags of commands; nil leaves them alone.
func (p *Proxy) Tags(fn func(tag string) string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tag = fn
}

// Take gives the texts that ran since the last Take: those executed, prepared statements each time.
func (p *Proxy) Take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.texts
	p.texts = nil
	return out
}

func (p *Proxy) ran(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.texts = append(p.texts, text)
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.open[client], p.open[server] = true, true
		p.mu.Unlock()
		over := func() { _, _ = client.Close(), server.Close() } // a second time for the one that goes last
		p.work.Go(func() { defer over(); _ = p.requests(client, server) })
		p.work.Go(func() { defer over(); _ = p.answers(server, client) })
	}
}

// requests passes what the client sends. The first message has no kind.
func (p *Proxy) requests(from io.Reader, to io.Writer) error {
	kind, body, err := byte(0), []byte(nil), error(nil)
	if body, err = read(from); err == nil {
		err = write(to, 0, body)
	}
	prepared := map[string]string{}
	for err == nil {
		if kind, body, err = message(from); err != nil {
			return err
		}
		switch kind {
		case 'Q':
			p.ran(strings.TrimRight(string(body), "\x00"))
		case 'P':
			name, rest, _ := strings.Cut(string(body), "\x00")
			prepared[name], _, _ = strings.Cut(rest, "\x00")
		case 'B':
			_, rest, _ := strings.Cut(string(body), "\x00")
			name, _, _ := strings.Cut(rest, "\x00")
			p.ran(prepared[name])
		}
		err = write(to, kind, body)
	}
	return err
}

// answers passes what the server sends, with the tags that it is told to make of them.
func (p *Proxy) answers(from io.Reader, to io.Writer) error {
	for {
		kind, body, err := message(from)
		if err != nil {
			return err
		}
		p.mu.Lock()
		tag := p.tag
		p.mu.Unlock()
		if kind == 'C' && tag != nil {
			body = append([]byte(tag(strings.TrimRight(string(body), "\x00"))), 0)
		}
		if err := write(to, kind, body); err != nil {
			return err
		}
	}
}

func message(from io.Reader) (kind byte, body []byte, err error) {
	var b [1]byte
	if _, err := io.ReadFull(from, b[:]); err != nil {
		return 0, nil, err
	}
	body, err = read(from)
	return b[0], body, err
}

// mostBytes bounds a message, so that a peer that speaks something else is noticed.
const mostBytes = 1 << 26

func read(from io.Reader) ([]byte, error) {
	var b [4]byte
	if _, err := io.ReadFull(from, b[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(b[:])
	if n < 4 || n > mostBytes {
		return nil, errors.New("pgproxy: this is no message of the protocol")
	}
	body := make([]byte, n-4)
	_, err := io.ReadFull(from, body)
	return body, err
}

func write(to io.Writer, kind byte, body []byte) error {
	var out []byte
	if kind != 0 {
		out = append(out, kind)
	}
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)+4))
	_, err := to.Write(append(out, body...))
	return err
}
