package sqlite

import "database/sql/driver"

// What a connection keeps: so many statements of so much text. A statement takes a few times its text in
// memory, and those of bulk inserts are long.
const (
	maxStatements = 256
	maxText       = 64 << 10
	maxAllText    = 1 << 20
)

// statement is a prepared statement; it is busy while rows of it are open. The driver resets it after each use
// and SQLite prepares it again when the schema has changed.
type statement struct {
	text       string
	stmt       fullStmt
	busy       bool
	prev, next *statement // by time of use, in a ring
}

type fullStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// statements are the statements of a connection, those used last kept longest.
type statements struct {
	by   map[string]*statement
	size int
	root statement // root.next was used last, root.prev longest ago
}

// find gives the statement of text and counts it as used.
func (l *statements) find(text string) *statement {
	s := l.by[text]
	if s != nil && l.root.next != s {
		l.unlink(s)
		l.link(s)
	}
	return s
}

// add keeps a statement, busy, and drops the oldest free ones where there are too many.
func (l *statements) add(text string, stmt fullStmt) *statement {
	s := &statement{text: text, stmt: stmt, busy: true}
	l.by[text] = s
	l.size += len(text)
	l.link(s)
	for old := l.root.prev; old != &l.root && (len(l.by) > maxStatements || l.size > maxAllText); {
		prev := old.prev
		if !old.busy {
			l.drop(old)
		}
		old = prev
	}
	return s
}

// drop closes a statement and forgets it.
func (l *statements) drop(s *statement) {
	l.unlink(s)
	delete(l.by, s.text)
	l.size -= len(s.text)
	_ = s.stmt.Close() // it is not used again, whatever this says
}

// close closes all.
func (l *statements) close() {
	for _, s := range l.by {
		_ = s.stmt.Close() // the connection is closed next
	}
	clear(l.by)
}

func (l *statements) link(s *statement) {
	if l.root.next == nil {
		l.root.next, l.root.prev = &l.root, &l.root
	}
	s.prev, s.next = &l.root, l.root.next
	s.prev.next, s.next.prev = s, s
}

func (l *statements) unlink(s *statement) {
	s.prev.next, s.next.prev = s.next, s.prev
}
