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
	s = s.Begin(ctx)
	defer s.End()
	if s.Err != nil {
		return fault.Fill(s.Err, "create tables", "", "")
	}
	for _, src := range s.sources {
		sql, ok := src.(source.SQL)
		if !ok {
			continue
		}
		if err := s.define(ctx, sql, ddl.Statements(sql.Dialect(), s.ModelsOf(src))); err != nil {
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
func (s *Session) define(ctx context.Context, sql source.SQL, list []string) error {
	run := func(ex source.RawExecutor) error {
		for _, text := range list {
			if err := s.exec(ctx, sql, ex, text); err != nil {
				return err
			}
		}
		return nil
	}
	if !sql.Capabilities().TransactionalDDL {
		return run(sql)
	}
	t := &transaction{ctx: ctx, src: sql}
	err := t.step(ctx, s.Engine, "begin", 0, nil, func(ctx context.Context) (err error) {
		t.tx, err = sql.Begin(ctx, source.TxOptions{})
		return err
	})
	if err != nil {
		return err
	}
	if err := run(t.tx); err != nil {
		return also(err, t.finish(ctx, s.Engine, false, err))
	}
	return t.finish(ctx, s.Engine, true, nil)
}

// exec runs one statement of DDL, seen by observers.
func (s *Session) exec(ctx context.Context, sql source.SQL, ex source.RawExecutor, text string) error {
	run := func(ctx context.Context) (int64, error) { return ex.Exec(ctx, text, nil) }
	if !s.Observed(ctx) {
		_, err := run(ctx)
		return err
	}
	_, err := s.Tell(ctx, sql, Statement{Source: sql.Name(), Verb: "ddl", Text: text}, nil, run)
	return err
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

// IndexText gives the statements that make an index of m on its source.
func (s *Session) IndexText(m *model.Model, write func(dialect.Dialect) ([]string, error)) ([]string, error) {
	_, list, err := s.index(m, write)
	return list, err
}

func (s *Session) index(m *model.Model, write func(dialect.Dialect) ([]string, error)) (source.SQL, []string, error) {
	src, err := s.SourceOf(m)
	if err != nil {
		return nil, nil, fault.Fill(err, "index", m.Name, "")
	}
	sql, ok := src.(source.SQL)
	if !ok {
		return nil, nil, &fault.Error{Op: "index", Model: m.Name, Source: src.Name(), Err: fault.ErrUnsupported, Detail: "the source does not speak SQL"}
	}
	list, err := write(sql.Dialect())
	return sql, list, fault.Fill(err, "index", m.Name, src.Name())
}

// CreateIndex makes an index of m, in one transaction where the source can.
func (s *Session) CreateIndex(ctx context.Context, m *model.Model, write func(dialect.Dialect) ([]string, error)) error {
	s = s.Begin(ctx)
	defer s.End()
	sql, list, err := s.index(m, write)
	if err != nil {
		return err
	}
	err = s.define(ctx, sql, list)
	return fault.Fill(err, "index", m.Name, sql.Name())
}
