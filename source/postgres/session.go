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

// session knows the statements that are prepared on one connection, and in what order they came.
type session struct {
	prepared map[string]*pgconn.StatementDescription
	order    []string
	next     int // the place in order that is overwritten next
}

func sessionOf(conn *pgx.Conn) *session {
	data := conn.PgConn().CustomData()
	s, ok := data[sessionKey].(*session)
	if !ok {
		s = &session{prepared: map[string]*pgconn.StatementDescription{}}
		data[sessionKey] = s
	}
	return s
}

// prepare makes a statement on conn. When size statements are there the oldest goes, so
// that neither side's memory grows without bound.
func (s *session) prepare(ctx context.Context, conn *pgx.Conn, st *statement, size int) (*pgconn.StatementDescription, error) {
	if len(s.order) >= size {
		if old := s.order[s.next]; s.prepared[old] != nil {
			if err := conn.Deallocate(ctx, old); err != nil {
				return nil, err
			}
			delete(s.prepared, old)
		}
	}
	sd, err := conn.Prepare(ctx, st.name, st.sql)
	if err != nil {
		return nil, err
	}
	if s.prepared[st.name] = sd; len(s.order) < size {
		s.order = append(s.order, st.name)
	} else {
		s.order[s.next] = st.name
		s.next = (s.next + 1) % size
	}
	return sd, nil
}

// forget drops a statement whose plan is out of date, or that a pooler or DEALLOCATE took away.
func (s *session) forget(ctx context.Context, conn *pgx.Conn, st *statement) {
	delete(s.prepared, st.name)
	// The connection is lost when this fails, and the next call will say so.
	_ = conn.Deallocate(ctx, st.name)
}
