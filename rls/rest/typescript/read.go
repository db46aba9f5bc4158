package typescript

import (
	"strings"

	"github.com/multi-orm/orm/internal/naming"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// shape is the type of what rows are made of.
func (b *builder) shape(p place, o *guard.Outline, custom bool) string {
	var columns, relations, counts members
	for i := range o.Columns {
		columns.add(o.Columns[i].Name, shown(&o.Columns[i]), true)
	}
	for i := range o.Relations {
		r := &o.Relations[i]
		var of members
		word := "one"
		if r.Of.Many {
			word = "many"
		}
		of.add(word, b.shape(p.at(r.Name), r.Shape, false), true)
		if r.Always {
			of.add("always", "true", true)
		}
		relations.add(r.Name, of.line(), true)
	}
	for i := range o.Counts {
		counts.add(o.Counts[i].Name, "number", true)
	}
	var m members
	m.add("columns", columns.line(), true)
	m.add("relations", relations.line(), true)
	m.add("counts", counts.line(), true)
	if custom {
		m.add("custom", "true", true)
	}
	return b.declare(p, "Shape", m.text())
}

// where is the type of conditions.
func (b *builder) where(p place, w *guard.OutlineWhere, stage string) string {
	var m members
	for i := range w.Columns {
		m.add(w.Columns[i].Name, filter(&w.Columns[i], p.strict), false)
	}
	for i := range w.Related {
		r := &w.Related[i]
		of := b.where(p.at(r.Name), r.Where, "Where")
		var kinds members
		for _, x := range []struct {
			kind guard.Quantifier
			word string
		}{{guard.Some, "some"}, {guard.None, "none"}, {guard.Every, "every"}, {guard.Is, "is"}, {guard.IsNot, "isNot"}} {
			switch {
			case r.Kinds&x.kind == 0:
			case x.kind == guard.Is || x.kind == guard.IsNot:
				kinds.add(x.word, of+" | null", false)
			default:
				kinds.add(x.word, of, false)
			}
		}
		m.add(r.Name, kinds.line(), false)
	}
	for _, x := range []struct {
		logic guard.Logic
		word  string
	}{{guard.And, "AND"}, {guard.Or, "OR"}, {guard.Not, "NOT"}} {
		if w.Logic&x.logic != 0 {
			m.add(x.word, "OneOrMany<"+itself+">", false)
		}
	}
	return b.declare(p, stage, m.text())
}

// filters reports whether there is something to filter by.
func filters(w *guard.OutlineWhere) bool { return len(w.Columns)+len(w.Related) > 0 }

// filter is the type of conditions on a column.
func filter(f *guard.OutlineFilter, strict bool) string {
	value := given(&f.OutlineColumn, strict)
	if f.Field.Elem != nil {
		value = enumerated(f.Field, plain(f.Field.Elem, false))
	}
	var ops []string
	path, folds := false, false
	text := f.Field.Kind == model.String && len(f.Field.Enum) == 0 && f.Field.Decimal == nil
	for _, op := range f.Ops {
		switch op {
		case guard.Path:
			path = true
			continue
		case guard.Eq, guard.Ne, guard.In, guard.NotIn, guard.Contains, guard.StartsWith, guard.EndsWith, guard.Like:
			folds = text
		}
		ops = append(ops, op.Words()[0])
	}
	if folds {
		ops = append(ops, "mode")
	}
	var kinds []string
	if path {
		kinds = append(kinds, "PathFilter")
	}
	if len(ops) > 0 {
		of := "Filter<" + value + ", " + literals(ops)
		if f.Field.Nullable {
			of += ", null"
		}
		kinds = append(kinds, of+">")
	}
	return either(kinds...)
}

// chosen gives the types of select and include, never where there is none.
func (b *builder) chosen(p place, o *guard.Outline, forbid outline.Part, counts bool) (pick, beside string) {
	word := ""
	if !counts {
		word = "Deleted"
	}
	var columns, relations members
	for i := range o.Columns {
		columns.add(o.Columns[i].Name, "true", false)
	}
	if forbid&outline.ForbidWith == 0 {
		for i := range o.Relations {
			r := &o.Relations[i]
			at := p.at(r.Name)
			at.strict = r.Shape.Strict
			relations.add(r.Name, "true | "+b.query(at, r.Shape, r.Of.Many, counts), false)
		}
		if counts && len(o.Counts) > 0 {
			var of members
			for i := range o.Counts {
				c := &o.Counts[i]
				kinds := "true"
				if filters(&c.Where) {
					kinds += " | { where?: " + b.where(p.at(c.Name), &c.Where, "CountWhere") + " }"
				}
				of.add(c.Name, kinds, false)
			}
			relations.add("_count", "true | "+of.line(), false)
		}
	}
	pick, beside = "never", "never"
	if forbid&outline.ForbidColumns == 0 {
		pick = b.declare(p, word+"Select", append(columns, relations...).text())
	}
	if len(relations) > 0 {
		beside = b.declare(p, word+"Include", relations.text())
	}
	return pick, beside
}

// query is the type of what is asked of a relation.
func (b *builder) query(p place, o *guard.Outline, many, counts bool) string {
	word := ""
	if !counts {
		word = "Deleted"
	}
	var m members
	if filters(&o.Where) {
		m.add("where", b.where(p, &o.Where, "IncludedWhere"), false)
	}
	if many {
		b.paged(&m, o, 0)
	}
	pick, beside := b.chosen(p, o, 0, counts)
	m.add("select", pick, false)
	if beside != "never" {
		m.add("include", beside, false)
	}
	return b.declare(p, word+"Query", m.text())
}

// paged adds what sorts and bounds a list.
func (b *builder) paged(m *members, o *guard.Outline, forbid outline.Part) {
	if len(o.OrderBy) > 0 && forbid&outline.ForbidOrderBy == 0 {
		var names []string
		for i := range o.OrderBy {
			names = append(names, o.OrderBy[i].Name)
		}
		m.add("orderBy", "OneOrMany<SortKey<"+literals(names)+">>", false)
	}
	if forbid&outline.ForbidLimit == 0 {
		m.add("take", "number", false)
	}
	if o.Skip > 0 && forbid&outline.ForbidOffset == 0 {
		m.add("skip", "number", false)
	}
}

// asked is the type of what a list may be asked.
func (b *builder) asked(p place, r *outline.Resource, o *guard.Outline) string {
	var m members
	if r.Forbid&outline.ForbidWhere == 0 && filters(&o.Where) {
		m.add("where", b.where(p, &o.Where, "Where"), false)
	}
	forbid := r.Forbid
	if r.Single == outline.Always {
		forbid |= outline.ForbidLimit
	}
	b.paged(&m, o, forbid)
	if turns(r) {
		m.add("cursor", "string", false)
	}
	if r.CountTotal {
		m.add("countTotal", "boolean", false)
	}
	return b.declare(p, "Ask", m.text())
}

// turns reports whether lists have pages by cursor.
func turns(r *outline.Resource) bool {
	return r.Single != outline.Always && r.Forbid&outline.ForbidOffset == 0 && (r.Envelope == outline.Default || r.Envelope == outline.Nicot)
}

// rows is how the numbers of a resource's rows are read. The rows of every caller are of one model.
func rows(shapes ...*guard.Outline) string {
	var parts []string
	seen := map[string]bool{}
	related := map[string][]*guard.Outline{}
	var names []string
	for _, o := range shapes {
		for i := range o.Columns {
			c := &o.Columns[i]
			if f := form(c); f != "" && !seen[c.Name] {
				seen[c.Name] = true
				parts = append(parts, "["+literal(c.Name)+", "+f+"]")
			}
		}
		for i := range o.Relations {
			r := &o.Relations[i]
			if related[r.Name] == nil {
				names = append(names, r.Name)
			}
			related[r.Name] = append(related[r.Name], r.Shape)
		}
	}
	for _, name := range names {
		if f := rows(related[name]...); f != "members()" {
			parts = append(parts, "["+literal(name)+", "+f+"]")
		}
	}
	return "members(" + strings.Join(parts, ", ") + ")"
}

// place is where in the API a type is made, and for whom.
type place struct {
	naming.Place
	strict bool
	fresh  bool // a new row is written
}

func (p place) at(relation string) place {
	p.Place = p.At(relation)
	return p
}
