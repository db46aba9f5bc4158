//go:build unix

package postgres

import (
	"context"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5"
)

// probe looks at a socket without taking from it or waiting.
type probe struct {
	raw  syscall.RawConn
	peek func(fd uintptr)
	n    int
	err  error
}

func newProbe(conn net.Conn) *probe {
	p := &probe{}
	for {
		inner, ok := conn.(interface{ NetConn() net.Conn }) // TLS
		if !ok {
			break
		}
		conn = inner.NetConn()
	}
	if s, ok := conn.(syscall.Conn); ok {
		p.raw, p.err = s.SyscallConn()
	}
	var b [1]byte
	p.peek = func(fd uintptr) {
		p.n, _, p.err = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	}
	return p
}

// alive reports whether a connection of the pool still has a server at its other end, as far as this side can know without
// asking: the end of the stream and the server's farewell are there to be read. What else is there is asked about. The look must
// not wait for the read lock of the socket: the driver may have a read pending there, which a slow write begins.
func alive(ctx context.Context, conn *pgx.Conn) bool {
	s := sessionOf(conn)
	if s.probe == nil {
		s.probe = newProbe(conn.PgConn().Conn())
	}
	p := s.probe
	if p.raw == nil || p.raw.Control(p.peek) != nil {
		return !conn.IsClosed()
	}
	switch {
	case p.err == syscall.EAGAIN || p.err == syscall.EINTR: //nolint:errorlint // an errno as it is
		return true
	case p.err != nil || p.n == 0:
		return false
	}
	return conn.Ping(ctx) == nil
}
