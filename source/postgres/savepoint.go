package postgres

import "context"

// Savepoint sets a mark to come back to.
func (t *tx) Savepoint(ctx context.Context, name string) error {
	_, err := t.d.exec(ctx, t, "SAVEPOINT "+t.d.Dialect().Quote(name), nil)
	if err == nil {
		t.marks = append(t.marks, mark{name, t.naming})
	}
	return t.undone(err)
}

// RollbackTo undoes what came after the mark, settings too, and makes a broken transaction whole again.
func (t *tx) RollbackTo(ctx context.Context, name string) error {
	_, err := t.d.exec(ctx, t, "ROLLBACK TO SAVEPOINT "+t.d.Dialect().Quote(name), nil)
	if err != nil {
		return t.undone(err)
	}
	t.failed = nil
	if i := t.marked(name); i >= 0 {
		t.naming, t.marks = t.marks[i].naming, t.marks[:i+1]
	}
	return nil
}

// Release forgets the mark and keeps what came after it.
func (t *tx) Release(ctx context.Context, name string) error {
	_, err := t.d.exec(ctx, t, "RELEASE SAVEPOINT "+t.d.Dialect().Quote(name), nil)
	if i := t.marked(name); err == nil && i >= 0 {
		t.marks = t.marks[:i]
	}
	return t.undone(err)
}

// marked gives the place of the latest mark of a name, -1 when there is none.
func (t *tx) marked(name string) int {
	for i := len(t.marks) - 1; i >= 0; i-- {
		if t.marks[i].name == name {
			return i
		}
	}
	return -1
}
