package engine

import (
	"context"
	"strings"

	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/fault"
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
