package guard

import (
	"context"
	"maps"
	"slices"

	"github.com/multi-orm/orm/model"
)

// Outline is what a shape allows, as plain data under the names of the wire: documents, forms and clients are made from it, so
// that they cannot differ from what requests meet. Lists of names are in the order of the shape where it has one, else sorted.
type Outline struct {
	Model     *model.Model
	Columns   []OutlineColumn // what may be read
	Relations []OutlineRelation
	Counts    []OutlineCount
	Where     OutlineWhere
	OrderBy   []OutlineColumn // what may be sorted by
	Default   []string        // the order when none is asked: Go names of fields, with a - before those that fall
	Take      Take            // with its defaults said; Max is NoLimit where there is none
	Skip      int64           // rows that may be left out
	Unique    [][]OutlineColumn
	Create    *OutlineData // nil where the shape does not allow the write
	Update    *OutlineData
	Groups    *OutlineGroups // nil where it has none
	Strict    bool           // values are not converted
}

// OutlineColumn is a column under its name on the wire.
type OutlineColumn struct {
	Name  string
	Field *model.Field
	Text  bool // a number or boolean that answers hold as text: its json tag says ,string
}

// OutlineRelation is a relation that may be read.
type OutlineRelation struct {
	Name   string
	Of     *model.Relation
	Always bool // it comes when nothing is asked
	Shape  *Outline
}

// OutlineCount is a count of related rows that may be read.
type OutlineCount struct {
	Name  string
	Of    *model.Relation
	Where OutlineWhere
}

// ByKey reports whether requests name one row by the parts of its primary key in their order. That is the same row for as long as it is there; another
// unique set may be another row's tomorrow.
func (o *Outline) ByKey() bool {
	return len(o.Unique) > 0 && slices.EqualFunc(o.Unique[0], o.Model.Key, func(c OutlineColumn, f *model.Field) bool { return c.Field == f })
}

// OutlineWhere is what may be filtered by.
type OutlineWhere struct {
	Columns []OutlineFilter
	Related []OutlineRelated
	Logic   Logic
	Echoes  []string // names that may be said and are not heeded: the shape forces them
	Forced  bool     // there are conditions that hold whatever is asked
}

// OutlineFilter is a column to filter by, with the words of its operators.
type OutlineFilter struct {
	OutlineColumn
	Ops []Op
}

// OutlineRelated is a relation to filter by.
type OutlineRelated struct {
	Name  string
	Of    *model.Relation
	Kinds Quantifier
	Where *OutlineWhere
}

// OutlineData is what a write may give.
type OutlineData struct {
	Columns []OutlineInput
	Nests   []OutlineNest
	Echoes  []string   // names that may be given and are not heeded: the shape fixes them
	Either  [][]string // of each list a new row is given one name at least: a column, or a relation that fills it
}

// OutlineInput is a column that a write may give.
type OutlineInput struct {
	OutlineColumn
	Required bool   // a new row is refused without it
	Rule     string // of validator/v10
	Across   bool   // its tag has rules that look at other fields too
}

// OutlineNest is a relation whose rows a write may write, by operation.
type OutlineNest struct {
	Name string
	Of   *model.Relation
	Ops  []OutlineNestOp
}

// OutlineNestOp is one of the eleven writes of related rows.
type OutlineNestOp struct {
	Words  []string          // what a request calls it
	Unique [][]OutlineColumn // how the related row is named; nil where it is not
	Create *OutlineData
	Change *OutlineData
	Where  *OutlineWhere
}

// OutlineGroups is what GroupBy may ask.
type OutlineGroups struct {
	By         []OutlineColumn
	Aggregates []OutlineAggregate
}

// OutlineAggregate is an aggregate; Name is "" for the count of rows.
type OutlineAggregate struct {
	Word string // _count, _sum, _avg, _min or _max
	OutlineColumn
}

// Outline tells what the shape allows; ctx chooses among Variants and makes a Dynamic one.
func (c *Compiled[T]) Outline(ctx context.Context) (*Outline, error) {
	p, err := c.choose(ctx)
	if err != nil {
		return nil, err
	}
	return p.outline(), nil
}

func outlined(wire string, f *model.Field) OutlineColumn { return OutlineColumn{wire, f, asText(f)} }

func (p *plan) outline() *Outline {
	o := &Outline{Model: p.m, Where: *p.filters.outline(), Take: p.take, Skip: p.skip, Strict: p.strict, Create: p.create.outline(), Update: p.update.outline()}
	for _, c := range p.shown {
		o.Columns = append(o.Columns, outlined(c.wire, c.field))
	}
	for _, r := range slices.SortedFunc(maps.Values(p.readers), func(a, b *relation) int { return a.index - b.index }) {
		o.Relations = append(o.Relations, OutlineRelation{r.wire, r.r, slices.Contains(p.always, r), r.of.outline()})
	}
	for _, n := range slices.SortedFunc(maps.Values(p.counts), func(a, b *count) int { return a.index - b.index }) {
		o.Counts = append(o.Counts, OutlineCount{n.wire, n.r, *n.filters.outline()})
	}
	for _, wire := range slices.Sorted(maps.Keys(p.sorts)) {
		o.OrderBy = append(o.OrderBy, outlined(wire, p.sorts[wire]))
	}
	for i := range p.order {
		if k := &p.order[i]; k.Field != nil {
			name := k.Field.Name
			if k.Desc {
				name = "-" + name
			}
			o.Default = append(o.Default, name)
		}
	}
	for i := range p.uniques {
		o.Unique = append(o.Unique, p.uniques[i].outline())
	}
	if g := p.groups; g != nil {
		o.Groups = &OutlineGroups{}
		for _, x := range g.by {
			o.Groups.By = append(o.Groups.By, outlined(x.wire, x.field))
		}
		for _, x := range g.aggs {
			a := OutlineAggregate{Word: x.word}
			if x.field != nil {
				a.OutlineColumn = outlined(x.wire, x.field)
			}
			o.Groups.Aggregates = append(o.Groups.Aggregates, a)
		}
	}
	return o
}

func (u *unique) outline() []OutlineColumn {
	out := make([]OutlineColumn, len(u.wires))
	for i, wire := range u.wires {
		out[i] = outlined(wire, u.fields[i])
	}
	return out
}

func (f *filters) outline() *OutlineWhere {
	o := &OutlineWhere{Logic: f.logic, Echoes: slices.Sorted(maps.Keys(f.echoes)), Forced: len(f.forced)+len(f.force) > 0}
	for _, wire := range slices.Sorted(maps.Keys(f.columns)) {
		c := f.columns[wire]
		x := OutlineFilter{OutlineColumn: outlined(wire, c.field)}
		for op := range opCount {
			if c.ops.has(op) {
				x.Ops = append(x.Ops, op)
			}
		}
		o.Columns = append(o.Columns, x)
	}
	for _, wire := range slices.Sorted(maps.Keys(f.related)) {
		r := f.related[wire]
		o.Related = append(o.Related, OutlineRelated{wire, r.r, r.kinds, r.of.outline()})
	}
	return o
}

func (w *writing) outline() *OutlineData {
	if w == nil {
		return nil
	}
	o := &OutlineData{Echoes: slices.Sorted(maps.Keys(w.echoes))}
	for _, wire := range slices.Sorted(maps.Keys(w.accepts)) {
		a := w.accepts[wire]
		o.Columns = append(o.Columns, OutlineInput{outlined(wire, a.field), slices.Contains(w.required, a), a.rule, a.whole})
	}
	o.Either = w.either()
	for _, wire := range slices.Sorted(maps.Keys(w.nests)) {
		n := w.nests[wire]
		x := OutlineNest{Name: wire, Of: n.r}
		for op, p := range n.rules {
			if p == nil {
				continue
			}
			y := OutlineNestOp{Words: nestWords[op], Create: p.create.outline(), Change: p.change.outline()}
			for i := range p.unique {
				y.Unique = append(y.Unique, p.unique[i].outline())
			}
			if p.where != nil {
				y.Where = p.where.outline()
			}
			x.Ops = append(x.Ops, y)
		}
		o.Nests = append(o.Nests, x)
	}
	return o
}

// either gives the names by which a new row gets each column that a related row may fill. Where a FixFor may fill it too, it is not
// known what a request must give.
func (w *writing) either() (out [][]string) {
	if len(w.fix) > 0 {
		return nil
	}
	for _, f := range w.open {
		var names []string
		for _, wire := range w.names {
			a, x := w.accepts[wire], w.nests[wire]
			if a != nil && a.field == f || x != nil && holdsKey(x.r) && has(x.r.Local, f) {
				names = append(names, wire)
			}
		}
		out = append(out, names)
	}
	return out
}

// Words gives how a request may write the operator, the usual way first.
func (o Op) Words() []string {
	if o >= opCount {
		return nil
	}
	return slices.Clone(opWords[o])
}
