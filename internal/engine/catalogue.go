package engine

import (
	"context"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/catalogue"
)

// Catalogue reads what tables the source of raw SQL holds, inside the transaction where there is one. It reads no rows of
// theirs, so scopes have nothing to say; observers see its statements.
func (s *Session) Catalogue(ctx context.Context) (*catalogue.Schema, error) {
	s = s.Begin(ctx)
	defer s.End()
	src, err := s.RawSource(ctx)
	if err != nil {
		return nil, fault.Fill(err, "catalogue", "", "")
	}
	c, ok := src.(source.Catalogue)
	if !ok {
		return nil, &fault.Error{Op: "catalogue", Source: src.Name(), Err: fault.ErrUnsupported, Detail: "the source cannot tell what tables it holds"}
	}
	ex, err := s.RawExecutor(ctx, src)
	if err != nil {
		return nil, fault.Fill(err, "catalogue", "", src.Name())
	}
	in, _, err := s.WithSettings(ctx, src)
	if err != nil {
		return nil, fault.Fill(err, "catalogue", "", src.Name())
	}
	out, err := c.Catalogue(in, watched{ex, s, src})
	return out, fault.Fill(err, "catalogue", "", src.Name())
}

// Kept gives the models of the source of raw SQL, whether or not it understands any.
func (s *Session) Kept() ([]*model.Model, error) {
	src := s.Only
	switch {
	case s.Err != nil:
		return nil, s.Err
	case src == nil && len(s.sources) == 0:
		return nil, nil
	case src == nil:
		src = s.sources[0]
	}
	return s.ModelsOf(src), nil
}

// watched tells observers of the statements that a source runs on its own account.
type watched struct {
	source.RawExecutor
	s   *Session
	src source.SQL
}

// Query is that of the executor, observed.
func (w watched) Query(ctx context.Context, text string, args []model.Value, rows *source.Rows) error {
	if !w.s.Observed(ctx) {
		return w.RawExecutor.Query(ctx, text, args, rows)
	}
	_, err := w.s.Tell(ctx, w.src, Statement{Source: w.src.Name(), Verb: "catalogue", Text: text}, w.s.RawArgs(ctx, args), func(ctx context.Context) (int64, error) {
		err := w.RawExecutor.Query(ctx, text, args, rows)
		return int64(rows.Len()), err
	})
	return err
}
