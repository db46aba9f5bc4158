package openapi

import (
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// reading says what requests of a method may say of what is read.
type reading struct {
	forbid outline.Part // of the rows themselves, not of related ones
	counts bool         // counts of related rows: not where rows are gone
	word   string       // begins the names of schemas
}

// row is the schema of a row in answers. A request may pick among its columns, so none is always there.
func (b *builder) row(p place, o *guard.Outline) object {
	properties := object{}
	for i := range o.Columns {
		properties = properties.with(o.Columns[i].Name, shownColumn(&o.Columns[i]))
	}
	for i := range o.Relations {
		r := &o.Relations[i]
		of := b.row(p.at(r.Name), r.Shape)
		if r.Of.Many {
			of = listOf(of)
		} else {
			of = anyOf(of, typed("null"))
		}
		words := "Where it is asked for."
		if r.Always {
			words = "Unless the request picks without it."
		}
		properties = properties.with(r.Name, described(of, words))
	}
	if len(o.Counts) > 0 {
		counts := object{}
		for i := range o.Counts {
			counts = counts.with(o.Counts[i].Name, typed("integer").with("minimum", 0))
		}
		properties = properties.with("_count", described(structure(counts, nil), "Numbers of related rows, where they are asked for."))
	}
	return b.component(p, "Result", structure(properties, nil))
}

// chosen gives the members select and include of a request.
func (b *builder) chosen(p place, o *guard.Outline, r reading) object {
	columns, relations := object{}, object{}
	if r.forbid&outline.ForbidColumns == 0 {
		for i := range o.Columns {
			columns = columns.with(o.Columns[i].Name, constant(true))
		}
	}
	below := r
	below.forbid = 0
	if r.forbid&outline.ForbidWith == 0 {
		for i := range o.Relations {
			x := &o.Relations[i]
			at := p.at(x.Name)
			at.strict = x.Shape.Strict
			relations = relations.with(x.Name, anyOf(constant(true), b.query(at, x.Shape, x.Of.Many, below)))
		}
		if r.counts && len(o.Counts) > 0 {
			relations = relations.with("_count", b.counted(p, o))
		}
	}
	var out object
	if r.forbid&outline.ForbidColumns == 0 {
		pick := described(closed(append(columns, relations...)).with("minProperties", 1), "The columns and relations to read, and no others.")
		out = out.with("select", b.component(p, r.word+"Select", pick))
	}
	if len(relations) > 0 {
		out = out.with("include", b.component(p, r.word+"Include", described(closed(relations), "The relations to read beside every column.")))
	}
	return out
}

func (b *builder) counted(p place, o *guard.Outline) object {
	counts := object{}
	for i := range o.Counts {
		c := &o.Counts[i]
		of := closed(members("where", b.where(p.at(c.Name), &c.Where, "CountWhere", false, nil)))
		counts = counts.with(c.Name, anyOf(constant(true), of))
	}
	return anyOf(constant(true), closed(counts).with("minProperties", 1))
}

// query is the schema of what is asked of the rows of a relation.
func (b *builder) query(p place, o *guard.Outline, many bool, r reading) object {
	properties := members("where", b.where(p, &o.Where, "IncludedWhere", false, o.Columns))
	if many {
		properties = append(properties, b.paged(p, o, 0)...)
	}
	properties = append(properties, b.chosen(p, o, r)...)
	return b.component(p, r.word+"Query", exclusive(closed(properties)))
}

// exclusive keeps apart what a request may not say together.
func exclusive(s object) object {
	properties, _ := s.get("properties").(object)
	var all []object
	for _, pair := range [][2]string{{"select", "include"}, {"cursor", "skip"}} {
		if properties.get(pair[0]) != nil && properties.get(pair[1]) != nil {
			all = append(all, notBoth(pair[0], pair[1]))
		}
	}
	switch len(all) {
	case 0:
		return s
	case 1:
		return append(s, all[0]...)
	}
	return s.with("allOf", all)
}

// paged gives the members that sort and bound a list.
func (b *builder) paged(p place, o *guard.Outline, forbid outline.Part) (out object) {
	if len(o.OrderBy) > 0 && forbid&outline.ForbidOrderBy == 0 {
		out = out.with("orderBy", b.order(p, o))
	}
	if forbid&outline.ForbidLimit == 0 {
		take := typed("integer").with("minimum", 1)
		if o.Take.Max > 0 {
			take = take.with("maximum", o.Take.Max)
		} else {
			take = take.with("maximum", int64(1)<<31)
		}
		if o.Take.Default > 0 {
			take = take.with("default", o.Take.Default)
		}
		out = out.with("take", described(take, "The most rows to give."))
	}
	if o.Skip > 0 && forbid&outline.ForbidOffset == 0 {
		out = out.with("skip", described(typed("integer").with("minimum", 0).with("maximum", o.Skip), "The rows to leave out."))
	}
	return out
}

// order is the schema of an order: an object of one column, or a list of them that names none twice.
func (b *builder) order(p place, o *guard.Outline) object {
	columns := object{}
	var once []object
	for i := range o.OrderBy {
		name := o.OrderBy[i].Name
		columns = columns.with(name, ref(nameDirection))
		once = append(once, object{{"contains", required(name)}, {"minContains", 0}, {"maxContains", 1}})
	}
	key := b.component(p, "SortKey", closed(columns).with("minProperties", 1).with("maxProperties", 1))
	list := listOf(key).with("maxItems", len(columns)).with("allOf", once)
	return b.component(p, "OrderBy", anyOf(key, list))
}

// direction is the schema of how a column is sorted.
func direction() object {
	word := typed("string").with("enum", []any{"asc", "desc"})
	return anyOf(word, closed(object{{"sort", word}, {"nulls", typed("string").with("enum", []any{"first", "last"})}}, "sort"))
}
