package tds

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Script answers calls. It is called from a goroutine of each connection.
type Script func(c *Call) Reply

// Reply is an answer: results in order, or an error behind them.
type Reply struct {
	Results []Result
	Err     *Error
	// Drop closes the connection in place of an answer, or in the middle of one where there are results.
	Drop bool
}

// Result is rows, or the number of rows that a statement touched where there are no Columns.
type Result struct {
	Columns  []Column
	Rows     [][]any
	Affected int64 // of statements without columns; -1 for none that counts
}

// Rows is a reply of one result.
func Rows(columns []Column, rows ...[]any) Reply {
	return Reply{Results: []Result{{Columns: columns, Rows: rows}}}
}

// Affected is a reply of a statement that touched n rows.
func Affected(n int64) Reply { return Reply{Results: []Result{{Affected: n}}} }

// Fails is a reply of an error of the class that statements' errors have.
func Fails(number int32, message string) Reply {
	return Reply{Err: &Error{Number: number, State: 1, Class: 16, Message: message}}
}

// Server listens on the loopback until the test ends.
type Server struct {
	// Admit, where it is set before the first connection, may refuse a login.
	Admit func(Login) *Error

	tb       testing.TB
	listener net.Listener
	script   Script
	all      sync.WaitGroup
	sessions atomic.Int64
	open     atomic.Int64

	mu      sync.Mutex
	conns   map[net.Conn]bool
	stopped bool
}

// Start starts a server whose calls script answers. What steers transactions is answered by the server where the script gives the
// zero Reply.
func Start(tb testing.TB, script Script) *Server {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{tb: tb, listener: l, script: script, conns: map[net.Conn]bool{}}
	s.all.Go(s.accept)
	tb.Cleanup(s.stop)
	return s
}

// URL is the connection string.
func (s *Server) URL() string {
	return "sqlserver://sa:secret@" + s.listener.Addr().String() + "?database=test&encrypt=disable&dial+timeout=5"
}

// Sessions tells how many connections there have been, Open how many there are.
func (s *Server) Sessions() int { return int(s.sessions.Load()) }

// Open tells how many connections there are.
func (s *Server) Open() int { return int(s.open.Load()) }

// Cut closes every connection that there is.
func (s *Server) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_ = c.Close()
	}
}

func (s *Server) stop() {
	_ = s.listener.Close()
	s.mu.Lock()
	s.stopped = true // a connection that is accepted only now is not heard
	s.mu.Unlock()
	s.Cut()
	s.all.Wait()
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		stopped := s.stopped
		s.conns[conn] = true
		s.mu.Unlock()
		if stopped {
			_ = conn.Close()
			return
		}
		s.open.Add(1)
		s.all.Go(func() {
			s.serve(conn)
			_ = conn.Close()
			s.mu.Lock()
			delete(s.conns, conn)
			s.mu.Unlock()
			s.open.Add(-1)
		})
	}
}

// session is one connection.
type session struct {
	s     *Server
	id    int
	conn  net.Conn
	w     *writer
	login Login
	tx    uint64
	next  uint64
	last  string // the text before
}

func (s *Server) serve(conn net.Conn) {
	x := &session{s: s, id: int(s.sessions.Add(1)), conn: conn, w: &writer{conn: conn}}
	if !x.begin() {
		return
	}
	messages := make(chan message)
	attention := make(chan struct{}, 1)
	gone, hangUp := context.WithCancel(context.Background())
	defer hangUp()
	s.all.Go(func() { // reads ahead, so that an attention is heard while a call is answered
		defer hangUp()
		defer close(messages)
		for {
			m, err := receive(conn)
			if err != nil {
				return
			}
			if m.kind == packetAttention {
				select {
				case attention <- struct{}{}:
				default:
				}
				continue
			}
			select {
			case messages <- m:
			case <-gone.Done():
				return
			}
		}
	})
	for {
		select {
		case m, ok := <-messages:
			if !ok || !x.answer(gone, m, attention) {
				return
			}
		case <-attention: // it came behind the answer: the client waits for the word on it before it says anything else
			if !x.acknowledge() {
				return
			}
		}
	}
}

// acknowledge answers an attention, with a message of its own: clients read no further than the end of an answer.
func (x *session) acknowledge() bool {
	return x.w.send(appendDone(nil, tokenDone, doneAttention, 0)) == nil
}

// begin does the handshake.
func (x *session) begin() bool {
	m, err := receive(x.conn)
	if err != nil || m.kind != packetPrelogin || x.w.send(prelogin()) != nil {
		return false
	}
	if m, err = receive(x.conn); err != nil || m.kind != packetLogin {
		return false
	}
	if x.login, err = readLogin(m.data); err != nil {
		return false
	}
	if x.s.Admit != nil {
		if e := x.s.Admit(x.login); e != nil {
			_ = x.w.send(appendDone(e.append(nil), tokenDone, doneError, 0))
			return false
		}
	}
	return x.w.send(loggedIn(x.login.Database)) == nil
}

// answer answers one message; false ends the connection.
func (x *session) answer(gone context.Context, m message, attention chan struct{}) bool {
	var c *Call
	var err error
	switch m.kind {
	case packetBatch:
		c, err = readBatch(m.data)
	case packetRPC:
		c, err = readRPC(m.data)
	case packetBulk:
		if c, err = readBulk(m.data); err == nil {
			c.Text = x.last
		}
	default:
		err = fmt.Errorf("tds: messages of kind %d are not known here", m.kind)
	}
	if err != nil {
		x.s.tb.Error(err)
		return false
	}
	ctx, cancel := context.WithCancel(gone)
	defer cancel()
	if m.reset {
		x.tx = 0
	}
	x.last = c.Text
	c.Context, c.Session, c.Login, c.Reset, c.Tx = ctx, x.id, x.login, m.reset, x.tx
	done := make(chan Reply, 1)
	go func() { done <- x.s.script(c) }()
	var r Reply
	select {
	case r = <-done:
	case <-attention:
		cancel()
		<-done // what the script made of it is not told any more
		return x.acknowledge()
	}
	if r.Drop && len(r.Results) == 0 {
		return false
	}
	b, err := x.reply(c, &r)
	switch {
	case err != nil:
		x.s.tb.Error(err)
		return false
	case r.Drop:
		x.w.cut(b)
		return false
	}
	return x.w.send(b) == nil
}

// reply writes an answer.
func (x *session) reply(c *Call, r *Reply) (b []byte, err error) {
	if len(r.Results) == 0 && r.Err == nil {
		r.Results = []Result{{Affected: -1}}
	}
	if r.Err == nil || r.Err.Class <= 10 {
		b = x.steer(b, c.Text)
	}
	token := byte(tokenDone)
	if c.Proc != "" {
		token = tokenDoneIn
	}
	for i := range r.Results {
		res := &r.Results[i]
		status, n := uint16(0), res.Affected
		if res.Columns != nil {
			b = appendMetadata(b, res.Columns)
			for _, row := range res.Rows {
				if b, err = appendRow(b, res.Columns, row); err != nil {
					return b, err
				}
			}
			n = int64(len(res.Rows))
		}
		if n >= 0 {
			status |= doneCount
		}
		if i < len(r.Results)-1 || r.Err != nil || token == tokenDoneIn {
			status |= doneMore
		}
		b = appendDone(b, token, status, max(0, n))
	}
	if r.Err != nil {
		b = r.Err.append(b)
		status := uint16(0)
		if r.Err.Class > 10 {
			status = doneError
		}
		if token == tokenDone {
			return appendDone(b, tokenDone, status, 0), nil
		}
		return appendDone(b, tokenDoneProc, status, 0), nil
	}
	if token == tokenDoneIn {
		b = appendDone(b, tokenDoneProc, 0, 0)
	}
	return b, nil
}

// steer tells the driver when a transaction begins and ends.
func (x *session) steer(b []byte, text string) []byte {
	upper := strings.ToUpper(strings.TrimSpace(text))
	if i := strings.LastIndexByte(upper, ';'); i >= 0 && i < len(upper)-1 {
		upper = strings.TrimSpace(upper[i+1:])
	}
	switch {
	case strings.HasPrefix(upper, "BEGIN TRAN"):
		x.next++
		x.tx = x.next
		return appendEnvTx(b, envBegin, x.tx)
	case strings.HasPrefix(upper, "COMMIT") && x.tx != 0:
		b = appendEnvTx(b, envCommit, x.tx)
		x.tx = 0
	case upper == "ROLLBACK" || upper == "ROLLBACK TRAN" || upper == "ROLLBACK TRANSACTION" || strings.HasPrefix(upper, "IF @@TRANCOUNT > 0 ROLLBACK"):
		if x.tx != 0 {
			b = appendEnvTx(b, envRollback, x.tx)
			x.tx = 0
		}
	}
	return b
}
