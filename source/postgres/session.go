package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// defaultStatements is the number of prepared statements a connection keeps when the pool's configuration says none.
const defaultStatements = 512

// sessionKey is where a connection keeps its session. Sources that share a pool share it.
const sessionKey = "github.com/multi-orm/orm"

// session knows what is prepared, or only described, on one connection.
type session struct {
	prepared  descriptions
	described descriptions
	probe     *probe // nil before the first look
}

func sessionOf(conn *pgx.Conn) *session {
	data := conn.PgConn().CustomData()
	s, ok := data[sessionKey].(*session)
	if !ok {
		s = new(session)
		data[sessionKey] = s
	}
	return s
}

// descriptionKey is a statement and what its names mean.
type descriptionKey struct {
	name string
	in   namespace
}

// descriptions are the latest so many, in a ring.
type descriptions struct {
	of    map[descriptionKey]*pgconn.StatementDescription
	order []descriptionKey
	next  int // the place in order that is overwritten next
}

// oldest gives what has to go before another one comes, nil when there is room.
func (d *descriptions) oldest(size int) (descriptionKey, *pgconn.StatementDescription) {
	if len(d.order) < size {
		return descriptionKey{}, nil
	}
	k := d.order[d.next]
	return k, d.of[k]
}

func (d *descriptions) add(k descriptionKey, sd *pgconn.StatementDescription, size int) {
	if d.of == nil {
		d.of = map[descriptionKey]*pgconn.StatementDescription{}
	}
	if old, there := d.oldest(size); there != nil {
		delete(d.of, old)
	}
	if d.of[k] = sd; len(d.order) < size {
		d.order = append(d.order, k)
	} else {
		d.order[d.next] = k
		d.next = (d.next + 1) % size
	}
}

// forget drops a statement whose description is out of date, or that a pooler or DEALLOCATE took away. It runs also
// where the caller has given up: a statement that the server keeps and we do not know could never be prepared again.
func (s *session) forget(ctx context.Context, conn *pgx.Conn, k descriptionKey) {
	delete(s.described.of, k)
	sd := s.prepared.of[k]
	if sd == nil {
		return
	}
	delete(s.prepared.of, k)
	deallocate(ctx, conn, sd.Name)
}

// deallocate drops a statement on the server, and the connection with it where that fails.
func deallocate(ctx context.Context, conn *pgx.Conn, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
	defer cancel()
	if conn.Deallocate(ctx, name) != nil {
		_ = conn.Close(ctx) // it is closed whatever this says
	}
}
