package engine

import (
	"context"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// CreateTables creates what is absent of the tables of every SQL source.
func (s *Session) CreateTables(ctx context.Context) error {
	for _, src := range s.sources {
		sql, ok := src.(source.SQL)
		if !ok {
			continue
		}
		statements := ddl.Statements(sql.Dialect(), s.ModelsOf(src))
		run := func(ex source.RawExecutor) error {
			for _, text := range statements {
				if _, err := ex.Exec(ctx, text, nil); err != nil {
					return err
				}
			}
			return nil
		}
		if err := s.define(ctx, sql, run); err != nil {
			return fault.Fill(err, "create tables", "", src.Name())
		}
	}
	return nil
}

// keyable tells why the foreign key that the relation r wants cannot be written; "" where it can, or none is wanted.
func (e *Engine) keyable(r *model.Relation) string {
	if !r.ForeignKey.Wanted || e.Bound[r.Model] == nil || e.Bound[r.Target] == nil {
		return ""
	}
	sql, ok := e.Bound[r.Model].(source.SQL)
	switch {
	case e.Apart(r):
		return "no foreign key leads from one source to another: leave foreignkey, ondelete= and onupdate= out"
	case !ok:
		return "the source " + e.Bound[r.Model].Name() + " has no foreign keys: leave foreignkey, ondelete= and onupdate= out"
	}
	apart := r.Model.Schema != r.Target.Schema || r.Through != nil && r.Through.Schema != r.Model.Schema
	if apart && sql.Dialect().Name() == (dialect.SQLite{}).Name() {
		return "no foreign key of SQLite leads from one attached database to another: leave foreignkey, ondelete= and onupdate= out"
	}
	return ""
}

// define runs DDL in one transaction where the source can.
func (s *Session) define(ctx context.Context, sql source.SQL, run func(source.RawExecutor) error) error {
	if !sql.Capabilities().TransactionalDDL {
		return run(sql)
	}
	tx, err := sql.Begin(ctx, source.TxOptions{})
	if err != nil {
		return err
	}
	if err := run(tx); err != nil {
		return also(err, tx.Rollback(ctx))
	}
	return tx.Commit(ctx)
}

// Schema prints the DDL of every SQL source.
func (s *Session) Schema() string {
	var b strings.Builder
	for _, src := range s.sources {
		sql, ok := src.(source.SQL)
		if !ok {
			continue
		}
		models := s.ModelsOf(src)
		if len(models) == 0 {
			continue
		}
		b.WriteString("-- source " + src.Name() + "\n")
		for _, text := range ddl.Statements(sql.Dialect(), models) {
			b.WriteString(text + ";\n")
		}
	}
	return b.String()
}
