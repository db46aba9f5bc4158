package builder

import (
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// more walks the operators that expr does not know.
func (s *shaper) more(m *model.Model, e *Expr, depth int) {
	switch e.Op {
	case OpTerm:
		s.byte(byte(e.Ext.Cmp))
		s.term(m, e.Ext.Term, depth)
		switch e.Ext.Cmp {
		case OpIsNull, OpIsNotNull:
		case OpContains, OpStartsWith, OpEndsWith, OpLike:
			s.termPattern(m, e)
		case OpBetween:
			s.argOf(m, e.Ext.Term, e.Value)
			s.argOf(m, e.Ext.Term, e.Ext.Upper)
		default:
			s.argOf(m, e.Ext.Term, e.Value)
		}
	case OpInQuery, OpNotInQuery:
		s.field(m, e.Field)
		s.subselect(m, e.Ext.Query)
	case OpHasAny, OpHasAll:
		s.field(m, e.Field)
		s.arg(m, e.Field, e.Value)
	case OpJSONContains:
		s.contains(m, e)
	case OpMatch:
		s.match(m, e.Ext.Match)
	case OpUntrue:
		s.number(len(e.Ext.Kids))
		for i := range e.Ext.Kids {
			s.expr(m, &e.Ext.Kids[i], depth+1)
		}
	case OpInTuples:
		s.tuples(m, e)
	case OpColumns:
		s.pair(m, e)
	default:
		s.fail(fault.New(fault.ErrInvalid, nameOf(m), "", "unknown operator in a predicate"))
	}
}

func (s *shaper) termPattern(m *model.Model, e *Expr) {
	if e.Value.Kind() != model.StringValue {
		s.fail(fault.New(fault.ErrInvalid, nameOf(m), "", "text operators need a text value"))
		return
	}
	s.argOf(m, e.Ext.Term, e.Value)
	s.args[len(s.args)-1] = model.StringOf(s.d.Pattern(patternOf(e.Ext.Cmp), e.Value.Str()))
}

// term walks a value computed from rows of m.
func (s *shaper) term(m *model.Model, t *Term, depth int) {
	if s.nodes++; s.nodes > MaxNodes || depth > MaxDepth {
		s.fail(fault.Fill(errTooLarge, "", nameOf(m), ""))
		return
	}
	if s.err != nil {
		return
	}
	if t == nil || !t.whole() {
		s.fail(fault.New(fault.ErrInvalid, nameOf(m), "", "a computed value lacks the parts that its kind needs"))
		return
	}
	s.byte(byte(t.Op))
	switch t.Op {
	case TermRelated, TermCount:
		s.related(m, t, depth)
	case TermRank:
		s.match(m, t.Match)
	case TermJSON:
		s.field(m, t.Field)
		s.byte(t.Part)
		if d, ok := s.d.(dialect.JSONParents); ok {
			parent, last := d.JSONParent(t.Path)
			s.arg(m, t.Field, model.StringOf(parent))
			s.arg(m, t.Field, model.StringOf(last))
			break
		}
		s.arg(m, t.Field, model.StringOf(s.d.JSONPath(t.Path)))
	case TermCase:
		s.choices(m, t, depth)
	default:
		s.field(m, t.Field)
		s.byte(t.Part)
		s.zone(m, t)
	}
}

// related walks what is read of the rows of a relation.
func (s *shaper) related(m *model.Model, t *Term, depth int) {
	r := t.Rel
	if r.Model != m {
		s.fail(fault.New(fault.ErrInvalid, nameOf(m), "", "the relation "+r.Model.Name+"."+r.Name+" belongs to another model"))
		return
	}
	if !t.Scoped && !s.asking {
		s.fail(fault.New(fault.ErrDenied, m.Name, r.Name, "the related rows have not been scoped"))
		return
	}
	if !s.deeper(m, r.Name) {
		return
	}
	defer func() { s.relations-- }()
	s.tied(r)
	s.number(len(t.Kids))
	for i := range t.Kids {
		s.expr(r.Target, &t.Kids[i], depth+1)
	}
	s.scopes(r.Target, t.Scope)
	if r.Through != nil {
		s.linkScopes(t.LinkScope)
	}
	if t.Op == TermCount {
		return
	}
	k := t.Inner
	switch {
	case k.Err != nil:
		s.fail(k.Err)
	case k.Term != nil:
		s.number(len(r.Target.Fields))
		s.term(r.Target, k.Term, depth+1)
	default:
		s.field(r.Target, k.Field)
	}
	s.byte(b2i(k.Fold))
}

// deeper counts what a statement nests of other rows.
func (s *shaper) deeper(m *model.Model, name string) bool {
	if s.relations++; s.relations > MaxRelations {
		s.fail(fault.New(fault.ErrLimit, m.Name, name, "relation filters nest too deeply"))
		return false
	}
	return true
}

// subselect walks a statement inside another.
func (s *shaper) subselect(m *model.Model, q *Select) {
	switch {
	case len(q.Columns) != 1 || q.Want != WantRows || q.Group != nil || q.Extra != nil || q.Lock != NoLock:
		s.fail(fault.New(fault.ErrInvalid, nameOf(m), "", "a sub-select gives one column: it takes no includes, counts or locks"))
		return
	case !q.Scoped && !s.asking:
		s.fail(fault.New(fault.ErrDenied, q.Model.Name, "", "the sub-select has not been scoped"))
		return
	case !s.deeper(q.Model, ""):
		return
	}
	q.shape(s)
	s.relations--
}

// extras walks what is read beside the columns.
func (s *shaper) extras(m *model.Model, x *Extra) {
	if x == nil {
		s.byte(0)
		return
	}
	list := x.list()
	s.number(len(list))
	for _, e := range list {
		if e.Beside {
			s.number(len(m.Fields)) // the index of no field
			s.number(e.Field.Index)
			s.byte(byte(e.Field.Kind))
			s.term(m, e.Term, 0)
			continue
		}
		if e.Field == nil || e.Field.Model != m || !e.Field.IsComputed {
			s.fail(fault.New(fault.ErrInvalid, nameOf(m), "", "what is computed goes into a computed field of the same model"))
			return
		}
		s.number(e.Field.Index)
		s.term(m, e.Term, 0)
	}
}
