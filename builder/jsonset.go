package builder

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// SetPath puts v, encoded as JSON, at a path of the document, and leaves the rest of it alone. A last element that is
// a key is set or added; one that is a position is replaced. What comes before it must be there: where it is not, or
// where the document is NULL, the row keeps its document. Several changes of one document are made one after the other.
func (c JSON[T, V]) SetPath(v any, path ...any) Assign[T] {
	p := c.Path(path...)
	return Assign[T]{editOf(p.f, p.err, SetJSON, v, p.path)}
}

// RemovePath takes what is at a path out of the document. Nothing there is no error.
func (c JSON[T, V]) RemovePath(path ...any) Assign[T] {
	p := c.Path(path...)
	return Assign[T]{editOf(p.f, p.err, SetJSONRemove, nil, p.path)}
}

func editOf(f *model.Field, err error, op SetOp, v any, path []any) Set {
	s := Set{Field: f, Op: op, Err: err, Ext: &SetExt{Path: path}}
	if s.Err == nil && len(path) == 0 {
		s.Err = fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the path leads to the whole document: use Set or SetNull")
	}
	if s.Err == nil {
		s.Value, s.Err = jsonValue(f, v)
	}
	return s
}

// maxEdits bounds the changes of one document in one statement.
const maxEdits = 20

// Edits reports whether s changes a part of a document.
func (s *Set) Edits() bool { return s.Op == SetJSON || s.Op == SetJSONRemove }

// JoinEdits makes one assignment of all changes of parts of one document, in their order. Other assignments stay as they are.
func JoinEdits(sets []Set) []Set {
	var out []Set
	for i := range sets {
		x := &sets[i]
		if !x.Edits() || !slices.ContainsFunc(sets[:i], func(y Set) bool { return y.Edits() && y.Field == x.Field }) {
			if out != nil {
				out = append(out, *x)
			}
			continue
		}
		if out == nil {
			out = slices.Clone(sets[:i])
		}
		at := slices.IndexFunc(out, func(y Set) bool { return y.Edits() && y.Field == x.Field })
		first := &out[at]
		ext := SetExt{}
		if first.Ext != nil {
			ext = *first.Ext
		}
		ext.Then = append(ext.Then[:len(ext.Then):len(ext.Then)], *x)
		first.Ext = &ext
	}
	if out == nil {
		return sets
	}
	return out
}

// edits walks all changes of one document.
func (s *shaper) edits(m *model.Model, x *Set) {
	s.edit(m, x)
	var then []Set
	if x.Ext != nil {
		then = x.Ext.Then
	}
	if len(then) >= maxEdits {
		s.fail(fault.New(fault.ErrLimit, m.Name, x.Field.Name, "a document takes at most "+strconv.Itoa(maxEdits)+" changes in one statement: set it as a whole"))
		return
	}
	s.number(len(then))
	for i := range then {
		y := &then[i]
		if !y.Edits() || y.Field != x.Field || y.Err != nil || y.Ext == nil || len(y.Ext.Then) > 0 {
			s.fail(fault.New(fault.ErrInvalid, m.Name, x.Field.Name, "the changes of the document are malformed"))
			return
		}
		s.edit(m, y)
	}
}

// edit walks a change of a part of a document.
func (s *shaper) edit(m *model.Model, x *Set) {
	path := x.Path()
	n := len(path)
	if n == 0 || x.Field.Kind != model.JSON {
		s.fail(fault.New(fault.ErrInvalid, m.Name, x.Field.Name, "a change inside a document needs a path, and a column that is tagged json"))
		return
	}
	guard := path
	e := editKind(x)
	if e == dialect.JSONSetKey {
		guard = path[:n-1]
	}
	s.byte(byte(e))
	if d, ok := s.d.(dialect.JSONParents); ok {
		if slices.ContainsFunc(path, odd) {
			s.fail(fault.New(fault.ErrUnsupported, m.Name, x.Field.Name, "a change inside a document names keys of letters, digits, _ and - on "+s.d.Name()+": set the object around"))
			return
		}
		parent, last := d.JSONParent(path)
		s.arg(m, x.Field, model.StringOf(parent))
		s.arg(m, x.Field, model.StringOf(last))
	} else {
		s.arg(m, x.Field, model.StringOf(s.d.JSONPath(guard)))
	}
	text, list, isList := s.d.JSONTarget(path)
	if isList {
		l := make(model.List, len(list))
		for i := range list {
			l[i] = model.StringOf(list[i])
		}
		s.arg(m, x.Field, model.ListOf(l))
	} else {
		s.arg(m, x.Field, model.StringOf(text))
	}
	if e != dialect.JSONRemove {
		s.arg(m, x.Field, x.Value)
	}
}

// odd reports a key that JSON_MODIFY may not read as it is meant.
func odd(element any) bool {
	key, ok := element.(string)
	return ok && (key == "" || strings.ContainsFunc(key, func(r rune) bool { return r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
}

func editKind(x *Set) dialect.JSONEdit {
	if x.Op == SetJSONRemove {
		return dialect.JSONRemove
	}
	if path := x.Path(); len(path) > 0 {
		if _, position := path[len(path)-1].(int); position {
			return dialect.JSONSetElement
		}
	}
	return dialect.JSONSetKey
}

// Path is where SetJSON and SetJSONRemove change the document.
func (s *Set) Path() []any {
	if s.Ext == nil {
		return nil
	}
	return s.Ext.Path
}

// edits writes all changes of one document, each of what the one before leaves.
func (c *compiler) edits(f *frag, m *model.Model, x *Set) string {
	text := c.edit(f, m, x, c.col(c.owner(m), x.Field))
	if x.Ext == nil {
		return text
	}
	const doc, left = "d", "orm_p"
	for i := range x.Ext.Then {
		var next frag
		after := c.edit(&next, m, &x.Ext.Then[i], c.d.Quote(left)+"."+c.d.Quote(doc))
		text = "(SELECT " + after + " FROM (SELECT " + text + " AS " + c.d.Quote(doc) + ") AS " + c.d.Quote(left) + ")"
		f.args = append(next.args, f.args...)
	}
	return text
}

// edit writes a change of a part of the document doc.
func (c *compiler) edit(f *frag, m *model.Model, x *Set, doc string) string {
	e := editKind(x)
	text, ok := c.d.JSONEdit(doc, e)
	if !ok {
		if c.err == nil {
			c.err = c.lacks(m, x.Field, "a change inside a document")
		}
		return ""
	}
	c.take(f)
	c.take(f)
	if _, ok := c.d.(dialect.JSONParents); ok {
		c.take(f)
	}
	if e != dialect.JSONRemove {
		c.take(f)
	}
	return text
}
