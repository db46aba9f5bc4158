package guard

import (
	"fmt"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// nest is a relation whose rows a write may write, compiled.
type nest struct {
	wire  string
	r     *model.Relation
	rules [nestCount]*nestPlan
	words []string
}

// nestPlan is what one write of related rows may give.
type nestPlan struct {
	unique         []unique
	create, change *writing
	where          *filters
}

func (c *compiler) nest(w *writing, d *datum, where string) {
	r := d.relation
	where += "." + r.Name
	wire, ok := c.relationWire(w.m, where, r)
	if !ok || c.fail(w.m, where, d.ops.err) {
		return
	}
	if w.nests[wire] != nil {
		c.wrong(w.m, where, "the relation stands twice")
		return
	}
	n := &nest{wire: wire, r: r}
	for op := range nestCount {
		rule := &d.ops.rules[op]
		if !rule.allowed {
			continue
		}
		at := where + "." + nestWords[op][0]
		if why := misplaced(op, r, w.purpose); why != "" {
			c.wrong(w.m, at, why)
			continue
		}
		p := &nestPlan{}
		if named(op, r) {
			if u, ok := c.unique(r.Target, rule.unique, at); ok {
				p.unique = []unique{u}
			}
		}
		if op == nestUpdateMany || op == nestDeleteMany {
			p.where = c.filters(r.Target, rule.where, And|Or|Not, w.strict, at)
			if len(p.where.names) == 0 {
				c.wrong(w.m, at, "a request could not say which rows: Allow a column in its Where")
			}
		}
		if rule.create != nil || op == nestCreate || op == nestCreateMany || op == nestLinkOrCreate || op == nestUpsert {
			p.create = c.nestedWriting(r, w.strict, rule.create, creating, at)
		}
		if p.create != nil && len(p.unique) > 0 {
			c.nameable(p, at)
		}
		if op == nestUpdate || op == nestUpdateMany || op == nestUpsert {
			p.change = c.nestedWriting(r, w.strict, rule.change, updating, at)
		}
		n.rules[op] = p
		n.words = append(n.words, nestWords[op]...)
	}
	if len(n.words) == 0 {
		c.wrong(w.m, where, "it allows no write")
	}
	w.nests[wire] = n
}

// nameable checks that a new row may be given what names it.
func (c *compiler) nameable(p *nestPlan, where string) {
	for i, f := range p.unique[0].fields {
		if a := p.create.accepts[p.unique[0].wires[i]]; a == nil && !f.Auto && scopeOf(f) == "" {
			c.wrong(f.Model, where, f.Name+" names the row, so a new one is given it: Accept it in Create")
		}
	}
}

// nestedWriting is writing for rows that the row above ties to itself.
func (c *compiler) nestedWriting(r *model.Relation, strict bool, list []datum, kind purpose, where string) *writing {
	for i := range list {
		if list[i].ops != nil {
			c.wrong(r.Target, where, "a nested write has no nested writes of its own")
			return nil
		}
	}
	var inner compiler
	w := inner.tiedWriting(r, strict, list, kind, where)
	c.errs = append(c.errs, inner.errs...)
	if w == nil {
		c.wrong(r.Target, where, "it gives no columns")
	}
	return w
}

// tiedWriting leaves the columns out that tie the row to the one above: the write fills them.
func (c *compiler) tiedWriting(r *model.Relation, strict bool, list []datum, kind purpose, where string) *writing {
	var tied []*model.Field
	if r.Through == nil && !holdsKey(r) {
		tied = r.Remote
	}
	for i := range list {
		if f := list[i].field; f != nil && has(tied, f) {
			c.wrong(r.Target, where, f.Name+" ties the row to the one above: it is not for a request to give")
		}
	}
	c.tied = tied
	return c.writing(r.Target, strict, list, kind, where)
}

// misplaced tells why a write of related rows makes no sense for a relation.
func misplaced(op nestOp, r *model.Relation, kind purpose) string {
	switch op {
	case nestUpdate, nestUpdateMany, nestUpsert, nestDelete, nestDeleteMany, nestUnlink:
		if kind == creating {
			return "a new row has no related rows yet"
		}
	}
	if !r.Many {
		switch op {
		case nestCreateMany, nestSet, nestUpdateMany, nestDeleteMany:
			return "it is for relations to many rows"
		}
	}
	return ""
}

// named reports whether the request names the related row.
func named(op nestOp, r *model.Relation) bool {
	switch op {
	case nestLink, nestSet, nestLinkOrCreate:
		return true
	case nestUnlink, nestUpdate, nestUpsert, nestDelete:
		return r.Many
	}
	return false
}

// nest reads the writes of the rows of one relation.
func (q *asking) nest(w *writing, x *nest, n *Node, at *place) (out []builder.Set, err error) {
	if n.Kind != Object || len(n.Members) == 0 {
		return nil, refusal(at.String(), "it is an object of writes: "+joined(x.words))
	}
	var seen [nestCount]bool
	for i := range n.Members {
		m := &n.Members[i]
		op, known := nestOf(m.Name)
		at := at.of(m)
		if !known || x.rules[op] == nil {
			return nil, refusal(at.String(), "the shape does not allow it: it allows "+joined(x.words))
		}
		if seen[op] {
			return nil, refusal(at.String(), "it stands twice, under another word")
		}
		seen[op] = true
		sets, err := q.nestOne(w, x, op, &m.Value, at)
		if err != nil {
			return nil, err
		}
		out = append(out, sets...)
	}
	if seen[nestSet] && len(n.Members) > 1 {
		return nil, refusal(at.String(), "set says the whole relation: it stands alone")
	}
	return out, nil
}

func joined(words []string) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += ", "
		}
		out += w
	}
	return out
}

// nestOne reads one kind of write, of one row or of a list.
func (q *asking) nestOne(w *writing, x *nest, op nestOp, n *Node, at *place) ([]builder.Set, error) {
	many := x.r.Many
	switch {
	case !many && (op == nestUnlink || op == nestDelete):
		switch n.Kind {
		case True:
			kind := builder.NestedSet
			if op == nestDelete {
				kind = builder.NestedDelete
			}
			return []builder.Set{nested(&builder.Nested{Relation: x.r, Op: kind})}, nil
		case False:
			return nil, nil
		}
		return nil, refusal(at.String(), "it is true or false")
	case op == nestSet && n.Kind != List && n.Kind != Object:
		return nil, refusal(at.String(), "it is a list of rows")
	case n.Kind != List:
		return q.nestRows(w, x, op, []Node{*n}, []*place{at})
	case !many:
		return nil, refusal(at.String(), "it is one row: the relation has no more")
	case len(n.Items) > MaxItems:
		return nil, beyond(at.String(), fmt.Sprintf("a list holds %d rows at most", MaxItems))
	}
	places := make([]*place, len(n.Items))
	for i := range places {
		places[i] = at.item(i)
	}
	return q.nestRows(w, x, op, n.Items, places)
}

func nested(n *builder.Nested) builder.Set {
	return builder.Set{Op: builder.SetNested, Ext: &builder.SetExt{Nested: n}}
}

func (q *asking) nestRows(w *writing, x *nest, op nestOp, items []Node, at []*place) (out []builder.Set, err error) {
	p := x.rules[op]
	if op == nestLink || op == nestUnlink || op == nestSet || op == nestDelete {
		kind := map[nestOp]builder.NestedOp{nestLink: builder.NestedLink, nestUnlink: builder.NestedUnlink, nestSet: builder.NestedSet, nestDelete: builder.NestedDelete}[op]
		n := &builder.Nested{Relation: x.r, Op: kind}
		for i := range items {
			es, err := q.named(p.unique, &items[i], at[i], w.strict)
			if err != nil {
				return nil, err
			}
			n.Named = append(n.Named, builder.AllOf(es...))
		}
		if len(n.Named) == 0 && op != nestSet {
			return nil, nil
		}
		return []builder.Set{nested(n)}, nil
	}
	for i := range items {
		var sets []builder.Set
		switch op {
		case nestCreate:
			sets, err = q.nestCreate(x, p, &items[i], at[i], builder.NestedCreate, builder.BulkOptions{})
		case nestCreateMany:
			sets, err = q.nestMany(x, p, &items[i], at[i])
		case nestLinkOrCreate, nestUpsert, nestUpdate:
			sets, err = q.nestNamed(w, x, p, op, &items[i], at[i])
		default:
			sets, err = q.nestPicked(x, p, op, &items[i], at[i])
		}
		if err != nil {
			return nil, err
		}
		out = append(out, sets...)
	}
	return out, nil
}

// together makes one name of the comparisons of a unique set.
func together(es []builder.Expr) []builder.Expr {
	if len(es) == 0 {
		return nil
	}
	return []builder.Expr{builder.AllOf(es...)}
}

// nestCreate makes one new row.
func (q *asking) nestCreate(x *nest, p *nestPlan, n *Node, at *place, op builder.NestedOp, bulk builder.BulkOptions, named ...builder.Expr) ([]builder.Set, error) {
	data, err := q.data(p.create, n, at, named...)
	if err != nil {
		return nil, err
	}
	row, said, err := p.create.row(&data)
	if err != nil {
		return nil, outside(err, func(string) string { return "" })
	}
	return []builder.Set{nested(&builder.Nested{Relation: x.r, Op: op, Rows: []unsafe.Pointer{row}, Bulk: bulk, Named: together(named), Said: said})}, nil
}

// nestMany reads {"data": [{…}], "skipDuplicates": true}.
func (q *asking) nestMany(x *nest, p *nestPlan, n *Node, at *place) (out []builder.Set, err error) {
	if err := only(n, at, []string{wordData, wordSkipDuplicates}); err != nil {
		return nil, err
	}
	skip, err := flag(n, at, wordSkipDuplicates)
	if err != nil {
		return nil, err
	}
	rows := n.Member(wordData)
	switch at := at.at(wordData); {
	case rows == nil || rows.Kind != List:
		return nil, refusal(at.String(), "it is a list of rows")
	case len(rows.Items) > MaxItems:
		return nil, beyond(at.String(), fmt.Sprintf("a list holds %d rows at most", MaxItems))
	}
	all := &builder.Nested{Relation: x.r, Op: builder.NestedCreateMany, Bulk: builder.BulkOptions{SkipDuplicates: skip}}
	for i := range rows.Items {
		sets, err := q.nestCreate(x, p, &rows.Items[i], at.at(wordData).item(i), builder.NestedCreateMany, all.Bulk)
		if err != nil {
			return nil, err
		}
		one := sets[0].Ext.Nested
		if len(one.Said) > 0 { // its zeros are its own
			out = append(out, sets...)
			continue
		}
		all.Rows = append(all.Rows, one.Rows...)
	}
	if len(all.Rows) > 0 {
		out = append(out, nested(all))
	}
	return out, nil
}

func flag(n *Node, at *place, word string) (bool, error) {
	m := n.Member(word)
	if m == nil {
		return false, nil
	}
	yes, ok := m.boolean()
	if !ok {
		return false, refusal(at.at(word).String(), "it is true or false")
	}
	return yes, nil
}

// nestNamed reads a write of the one row that where names, or of the row of a relation to one.
func (q *asking) nestNamed(w *writing, x *nest, p *nestPlan, op nestOp, n *Node, at *place) (out []builder.Set, err error) {
	words := map[nestOp][]string{nestLinkOrCreate: {wordWhere, wordCreate}, nestUpsert: {wordWhere, wordCreate, wordUpdate}, nestUpdate: {wordWhere, wordData}}[op]
	if !named(op, x.r) {
		if words = words[1:]; op == nestUpdate { // the data by itself
			words, n = []string{wordData}, &Node{Kind: Object, Members: []Member{{Name: wordData, Value: *n}}}
		}
	}
	if err := only(n, at, words); err != nil {
		return nil, err
	}
	var e []builder.Expr
	if named(op, x.r) {
		if e, err = q.named(p.unique, n.Member(wordWhere), at.at(wordWhere), w.strict); err != nil {
			return nil, err
		}
	}
	change := func(word string, at *place) ([]builder.Set, error) {
		data, err := q.data(p.change, n.Member(word), at)
		return data.sets, err
	}
	switch op {
	case nestUpdate:
		under := at.at(wordData)
		if !named(op, x.r) {
			under = at
		}
		sets, err := change(wordData, under)
		if err != nil {
			return nil, err
		}
		return []builder.Set{nested(&builder.Nested{Relation: x.r, Op: builder.NestedUpdate, Named: together(e), Sets: sets})}, nil
	case nestUpsert:
		sets, err := change(wordUpdate, at.at(wordUpdate))
		if err != nil {
			return nil, err
		}
		if out, err = q.nestCreate(x, p, n.Member(wordCreate), at.at(wordCreate), builder.NestedUpsert, builder.BulkOptions{}, e...); err != nil {
			return nil, err
		}
		out[0].Ext.Nested.Sets = sets
		return out, nil
	}
	return q.nestCreate(x, p, n.Member(wordCreate), at.at(wordCreate), builder.NestedLinkOrCreate, builder.BulkOptions{}, e...)
}

// nestPicked reads a write of the rows that conditions pick.
func (q *asking) nestPicked(x *nest, p *nestPlan, op nestOp, n *Node, at *place) ([]builder.Set, error) {
	where, under := n, at
	if op == nestUpdateMany {
		if err := only(n, at, []string{wordWhere, wordData}); err != nil {
			return nil, err
		}
		where, under = n.Member(wordWhere), at.at(wordWhere)
		if where == nil {
			where = &Node{Kind: Object}
		}
	}
	forced, err := q.forced(p.where)
	if err != nil {
		return nil, err
	}
	e, some, err := q.where(p.where, where, under, 0)
	switch {
	case err != nil:
		return nil, err
	case !some || e.Unconditional():
		return nil, unbounded(under)
	}
	out := &builder.Nested{Relation: x.r, Op: builder.NestedDeleteMany, Named: []builder.Expr{builder.AllOf(append(forced, e)...)}}
	if op == nestUpdateMany {
		data, err := q.data(p.change, n.Member(wordData), at.at(wordData))
		if err != nil {
			return nil, err
		}
		out.Op, out.Sets = builder.NestedUpdateMany, data.sets
	}
	return []builder.Set{nested(out)}, nil
}
