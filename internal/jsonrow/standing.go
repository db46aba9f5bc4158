package jsonrow

import (
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/model"
)

// Standing are the scopes that a row which is written passes: its reply must pass them too.
type Standing []*filter.Predicate

// StandingOf gives those of scopes that row passes as it is sent. A scope that the write itself leads out of, as a soft
// delete does, says nothing of the reply.
func StandingOf(m *model.Model, scopes []builder.Scope, row unsafe.Pointer) (Standing, error) {
	var out Standing
	for i := range scopes {
		p, err := filter.Compile(m, scopes[i].Expr)
		if err != nil {
			return nil, err
		}
		passes, err := p.Passes(row)
		if err != nil {
			return nil, err
		}
		if passes {
			out = append(out, p)
		}
	}
	return out, nil
}

// Hold refuses a reply with a row that is not for whoever asks.
func (s Standing) Hold(m *model.Model, row unsafe.Pointer) error {
	for _, p := range s {
		switch passes, err := p.Passes(row); {
		case err != nil:
			return err
		case !passes:
			return upstream(m, nil, "the API answered the write with a row outside of the scopes")
		}
	}
	return nil
}
