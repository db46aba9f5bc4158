package builder

import (
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// sight notes on a walk which of its arguments may be seen.
type sight struct {
	may    func(*model.Field) bool
	having *Aggregation // whose result's fields the walk is at
	seen   []seen       // in step with the arguments
}

// seen is an argument: the column that it belongs to, nil for none that is known, and whether it may be seen.
type seen struct {
	field *model.Field
	shown bool
}

// note says whether the argument just walked may be seen, given the column that it belongs to; nil is none.
func (s *sight) note(f *model.Field) {
	if f == nil || s.having == nil || f.Model != s.having.Row {
		s.seen = append(s.seen, seen{f, f != nil && s.may(f)})
		return
	}
	of := s.having.sources(f)
	shown := seen{of[0], true}
	for _, x := range of {
		shown.shown = shown.shown && s.may(x)
	}
	s.seen = append(s.seen, shown)
}

// sources gives the columns that tell what a field of the result shows; a hidden field of the result is its own.
func (a *Aggregation) sources(f *model.Field) []*model.Field {
	if g := a.Groups[f.Index]; !f.Hidden && g.Shows() {
		if of := g.Of(); len(of) > 0 {
			return of
		}
	}
	return []*model.Field{f}
}

// plain adds an argument that is the library's own or a count: a number that tells of no column.
func (s *shaper) plain(m *model.Model, v model.Value) {
	s.arg(m, nil, v)
	if s.sight != nil {
		s.sight.seen[len(s.sight.seen)-1].shown = true
	}
}

// argOf is arg for a comparison with t.
func (s *shaper) argOf(m *model.Model, t *Term, v model.Value) {
	s.asIs(m, t.Field, s.compared(t.column(), v))
	if s.sight != nil {
		s.sight.seen = s.sight.seen[:len(s.sight.seen)-1]
		s.sight.term(t)
	}
}

func (s *sight) term(t *Term) {
	for t.Op == TermRelated && t.Inner.Term != nil {
		t = t.Inner.Term
	}
	switch t.Op {
	case TermCount, TermRank:
		s.seen = append(s.seen, seen{nil, true})
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
	values, args, err := sighted(d, st, may)
	if err != nil {
		return nil, nil, err
	}
	shown := make([]bool, len(args))
	for i := range args {
		shown[i] = args[i].shown
	}
	return values, shown, nil
}

// ArgumentFields gives the column that each argument of st belongs to, in the order of its text in dialect d; nil for an
// argument of no column, or of one that is not known.
func ArgumentFields(d dialect.Dialect, st Statement) ([]*model.Field, error) {
	_, args, err := sighted(d, st, func(*model.Field) bool { return true })
	if err != nil {
		return nil, err
	}
	out := make([]*model.Field, len(args))
	for i := range args {
		out[i] = args[i].field
	}
	return out, nil
}

func sighted(d dialect.Dialect, st Statement, may func(*model.Field) bool) ([]model.Value, []seen, error) {
	s := &shaper{d: d, sight: &sight{may: may}}
	st.shape(s)
	if s.err != nil {
		return nil, nil, s.err
	}
	p, err := compile(d, st, len(s.args))
	if err != nil {
		return nil, nil, err
	}
	args := s.sight.seen
	if p.order != nil {
		args = make([]seen, len(p.order))
		for i, at := range p.order {
			args[i] = s.sight.seen[at]
		}
	}
	return p.arrange(s.args), args, nil
}
