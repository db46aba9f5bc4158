package builder

import (
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// sight notes on a walk which of its arguments may be seen.
type sight struct {
	may    func(*model.Field) bool
	having *Aggregation // whose result's fields the walk is at
	shown  []bool       // in step with the arguments
}

// note says whether the argument just walked may be seen, given the column that it belongs to; nil is none.
func (s *sight) note(f *model.Field) {
	if f != nil && s.having != nil && f.Model == s.having.Row {
		f = s.having.source(f)
	}
	s.shown = append(s.shown, f != nil && s.may(f))
}

// source gives the column that tells what a field of the result shows; a hidden field of the result is its own.
func (a *Aggregation) source(f *model.Field) *model.Field {
	if g := a.Groups[f.Index]; !f.Hidden && g.Field != nil && g.Shows() {
		return g.Field
	}
	return f
}

// plain adds an argument that is the library's own or a count: a number that tells of no column.
func (s *shaper) plain(m *model.Model, v model.Value) {
	s.arg(m, nil, v)
	if s.sight != nil {
		s.sight.shown[len(s.sight.shown)-1] = true
	}
}

// argOf is arg for a comparison with t.
func (s *shaper) argOf(m *model.Model, t *Term, v model.Value) {
	s.asIs(m, t.Field, s.compared(t.column(), v))
	if s.sight != nil {
		s.sight.shown = s.sight.shown[:len(s.sight.shown)-1]
		s.sight.term(t)
	}
}

func (s *sight) term(t *Term) {
	for t.Op == TermRelated && t.Inner.Term != nil {
		t = t.Inner.Term
	}
	switch t.Op {
	case TermCount, TermRank:
		s.shown = append(s.shown, true)
	case TermRelated:
		s.note(t.Inner.Field)
	default:
		s.note(t.Field)
	}
}

// searched is the column among several that decides whether what is looked for in them may be seen.
func (s *sight) searched(fs []*model.Field) *model.Field {
	for _, f := range fs {
		if !s.may(f) {
			return f
		}
	}
	return fs[0]
}

// Shown gives the arguments of st in the order of its text in dialect d, and which of them may be seen: those of a
// column that may says so of, and numbers that tell of no column. Arguments of SQL text belong to none that is known.
func Shown(d dialect.Dialect, st Statement, may func(*model.Field) bool) ([]model.Value, []bool, error) {
	s := &shaper{d: d, sight: &sight{may: may}}
	st.shape(s)
	if s.err != nil {
		return nil, nil, s.err
	}
	p, err := compile(d, st, len(s.args))
	if err != nil {
		return nil, nil, err
	}
	shown := s.sight.shown
	if p.order != nil {
		shown = make([]bool, len(p.order))
		for i, at := range p.order {
			shown[i] = s.sight.shown[at]
		}
	}
	return p.arrange(s.args), shown, nil
}
