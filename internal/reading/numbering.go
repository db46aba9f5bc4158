package reading

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/model"
)

// numbering is how a load tells which key a row was found by.
type numbering struct {
	on bool     // by the number of the key, which the database tells
	as []string // the types that keys are compared as, where the database has some for them
}

// numbersOf says how rows are found whose columns equal keys that came from the columns given.
func numbersOf(ctx context.Context, s *engine.Session, columns, from []*model.Field) (n numbering, err error) {
	for i, f := range columns {
		if engine.Bytewise(f) {
			continue
		}
		have, err := s.KeyType(ctx, f)
		if err != nil {
			return n, err
		}
		as := have
		if o := from[i]; have.Text && s.Bound[o.Model] == s.Bound[f.Model] && o.Decimal == nil {
			if of, err := s.KeyType(ctx, o); err != nil {
				return n, err
			} else if of.Text {
				as = of
			}
		}
		n.on = n.on || !have.Exact || !as.Exact
		if n.as == nil {
			n.as = make([]string, len(columns))
		}
		if n.as[i] = as.As; as.As == "" {
			n.as[i] = have.As
		}
	}
	if !n.on {
		n.as = nil
	}
	return n, nil
}

// number has g tell rows by the numbers of their keys, which begin with first.
func (n *numbering) number(g *builder.Group, first int) {
	if n.on {
		g.Numbers, g.As, g.First = true, n.as, int64(first)
	}
}
