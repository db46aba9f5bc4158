package engine

import (
	"context"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

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
	err = s.define(ctx, sql, func(ex source.RawExecutor) error {
		for _, text := range list {
			if _, err := ex.Exec(ctx, text, nil); err != nil {
				return err
			}
		}
		return nil
	})
	return fault.Fill(err, "index", m.Name, sql.Name())
}
