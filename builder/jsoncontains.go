package builder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// The bounds of a document that others are asked to contain, where each of its parts is a sub-select.
const (
	maxContained      = 100
	maxContainedDepth = 8
)

// contained is a document that others are asked to contain, part by part, as jsonb's @> has it.
type contained struct {
	d       dialect.JSONElements
	m       *model.Model
	field   *model.Field
	parts   int
	visit   func(k dialect.JSONKind, parts int) // a part, with the number of its own
	key     func(key string)
	scalar  func(arg model.Value)
	refused *fault.Error
}

func (w *contained) refuse(sentinel error, detail string) {
	if w.refused == nil {
		w.refused = fault.New(sentinel, w.m.Name, w.field.Name, detail)
	}
}

// document reads the value of a test.
func (w *contained) document(v model.Value) any {
	text, ok := v.Any().(model.JSONText)
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	var doc any
	if !ok || d.Decode(&doc) != nil {
		w.refuse(fault.ErrInvalid, "what a document is to contain is no JSON")
	}
	return doc
}

// walk goes through v, and through a scalar twice where it may be an element of the whole document.
func (w *contained) walk(v any, depth int) {
	if w.parts++; w.parts > maxContained || depth > maxContainedDepth {
		w.refuse(fault.ErrLimit, fmt.Sprintf("a document that others are to contain has at most %d parts, %d deep, here", maxContained, maxContainedDepth))
	}
	if w.refused != nil {
		return
	}
	switch x := v.(type) {
	case map[string]any:
		w.visit(dialect.JSONIsObject, len(x))
		for _, k := range slices.Sorted(maps.Keys(x)) {
			w.key(w.d.JSONKey(k))
			w.walk(x[k], depth+1)
		}
	case []any:
		w.visit(dialect.JSONIsArray, len(x))
		for _, kid := range x {
			w.walk(kid, depth+1)
		}
	case nil:
		w.visit(dialect.JSONIsNull, 0)
	default:
		w.visit(kindOf(x), 0)
		arg, ok := w.d.JSONScalar(x)
		if !ok {
			w.refuse(fault.ErrUnsupported, "a number of the document to be contained cannot be compared exactly here")
			return
		}
		w.scalar(ValueOf(arg))
	}
}

func kindOf(v any) dialect.JSONKind {
	switch v.(type) {
	case bool:
		return dialect.JSONIsBool
	case string:
		return dialect.JSONIsString
	}
	return dialect.JSONIsNumber
}

// single reports a document without parts of its own, which an array contains as an element too.
func single(doc any) bool {
	switch doc.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

// contains walks a test of what a document contains.
func (s *shaper) contains(m *model.Model, e *Expr) {
	s.field(m, e.Field)
	d, parts := s.d.(dialect.JSONElements)
	if !parts {
		s.arg(m, e.Field, e.Value)
		return
	}
	w := &contained{d: d, m: m, field: e.Field,
		visit:  func(k dialect.JSONKind, parts int) { s.byte(byte(k)); s.number(parts) },
		key:    func(key string) { s.arg(m, e.Field, model.StringOf(key)) },
		scalar: func(arg model.Value) { s.arg(m, e.Field, arg) },
	}
	doc := w.document(e.Value)
	w.walk(doc, 0)
	if single(doc) {
		w.walk(doc, 1)
	}
	if w.refused != nil {
		s.fail(w.refused)
	}
}

// contains writes a test of what a document contains.
func (c *compiler) contains(f *frag, owner string, m *model.Model, e *Expr) error {
	doc := c.col(owner, e.Field)
	d, parts := c.d.(dialect.JSONElements)
	if !parts {
		text, ok := c.d.JSONContains(doc)
		if !ok {
			return c.lacks(m, e.Field, "a test of what a document contains")
		}
		f.b.WriteString(text)
		c.take(f)
		return nil
	}
	w := &contained{m: m, field: e.Field}
	value := w.document(e.Value)
	if w.refused != nil {
		return w.refused
	}
	alias := c.alias("j")
	f.b.WriteString("CASE WHEN " + doc + " IS NULL THEN NULL WHEN EXISTS (SELECT 1 FROM " + d.JSONElements(d.JSONAlone(doc), alias) + " WHERE ")
	c.holds(f, d, alias, value)
	if single(value) {
		f.b.WriteString(" OR " + d.JSONIs(alias, dialect.JSONIsArray))
		c.within(f, d, alias, func(kid string) { c.holds(f, d, kid, value) })
	}
	f.b.WriteString(") THEN 1 ELSE 0 END = 1")
	return nil
}

// within begins a sub-select of the parts of a row.
func (c *compiler) within(f *frag, d dialect.JSONElements, alias string, test func(kid string)) {
	kid := c.alias("j")
	f.b.WriteString(" AND EXISTS (SELECT 1 FROM " + d.JSONElements(d.JSONInner(alias), kid) + " WHERE ")
	test(kid)
	f.b.WriteByte(')')
}

// holds writes the test that a row contains v.
func (c *compiler) holds(f *frag, d dialect.JSONElements, alias string, v any) {
	switch x := v.(type) {
	case map[string]any:
		f.b.WriteString(d.JSONIs(alias, dialect.JSONIsObject))
		for _, k := range slices.Sorted(maps.Keys(x)) {
			c.within(f, d, alias, func(kid string) {
				f.b.WriteString(d.JSONMember(kid) + " AND ")
				c.take(f)
				c.holds(f, d, kid, x[k])
			})
		}
	case []any:
		f.b.WriteString(d.JSONIs(alias, dialect.JSONIsArray))
		for _, element := range x {
			c.within(f, d, alias, func(kid string) { c.holds(f, d, kid, element) })
		}
	case nil:
		f.b.WriteString(d.JSONIs(alias, dialect.JSONIsNull))
	default:
		f.b.WriteString(d.JSONIs(alias, kindOf(x)))
		c.take(f)
	}
}
