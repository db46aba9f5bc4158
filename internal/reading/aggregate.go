package reading

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/scoping"
	"github.com/multi-orm/orm/source"
)

// Aggregate runs st, which gives groups, and decodes them into rows of the result's type. It is a read like others:
// the hooks see a Count, the scopes of the model and of all that its conditions reach hold.
func Aggregate(ctx context.Context, s *engine.Session, st *builder.Select, rows *source.Rows) error {
	const name = "Aggregate"
	src, err := s.SourceOf(st.Model)
	if err != nil {
		return fault.Fill(err, name, st.Model.Name, "")
	}
	if _, ok := src.(source.SQL); !ok {
		return &fault.Error{Op: name, Model: st.Model.Name, Source: src.Name(), Err: fault.ErrUnsupported, Detail: "the source does not aggregate: read the rows and do it here"}
	}
	if a := st.Aggregate; a != nil && s.Unasked {
		for _, g := range a.Groups {
			for _, f := range g.Factors() {
				if err := scoping.Unaskable(builder.Naming{Field: f}); err != nil {
					return fault.Fill(err, name, st.Model.Name, src.Name())
				}
			}
		}
	}
	return Read(ctx, s, name, st, rows)
}
