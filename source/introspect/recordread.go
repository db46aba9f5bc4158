package introspect

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/reading"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Args say which records are read.
type Args struct {
	Filter Filter
	// OrderBy names columns, several with commas between; "-" in front sorts from large to small. NULL sorts as the largest. What is
	// then left open goes by the key, where there is a limit or an offset.
	OrderBy string
	Limit   int // records at most, below a relation of each parent; 0 for no bound of its own
	Offset  int // records left out at the front
	// With are the relations to read, by the names that Relate gave, each with arguments of its own. One statement reads a relation of all
	// records. orm.Limits hold: MaxIncludeDepth levels, MaxFanOut records of a relation below one.
	With map[string]Args
}

// plan is Args held against a table.
type plan struct {
	t        *table
	where    builder.Conjunction
	order    builder.Sorting
	columns  []*model.Field // read, those that relations start at included
	limit    int
	offset   int
	branches []branch
}

type branch struct {
	to   *relatedTo
	plan *plan
}

// plan checks everything that the arguments say, at every level, before a statement runs.
func (t *table) plan(a Args, depth int) (p *plan, err error) {
	p = &plan{t: t, limit: a.Limit, offset: a.Offset, columns: slices.Clone(t.columns)}
	if a.Limit < 0 || a.Offset < 0 {
		return nil, fault.New(fault.ErrInvalid, t.name, "", "Limit and Offset must not be negative")
	}
	if p.where, err = t.where(a.Filter); err != nil {
		return nil, err
	}
	if err := p.sort(a.OrderBy); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(a.With)) {
		to, err := t.relation(name)
		if err != nil {
			return nil, err
		}
		if depth < 1 {
			return nil, fault.New(fault.ErrLimit, t.name, name, "relations are nested deeper than MaxIncludeDepth allows")
		}
		below, err := to.target.plan(a.With[name], depth-1)
		if err != nil {
			return nil, err
		}
		for _, f := range to.local {
			if !slices.Contains(p.columns, f) {
				p.columns = append(p.columns, f)
			}
		}
		p.branches = append(p.branches, branch{to, below})
	}
	return p, nil
}

func (p *plan) sort(by string) error {
	if strings.TrimSpace(by) == "" {
		return nil
	}
	for name := range strings.SplitSeq(by, ",") {
		name, desc := strings.CutPrefix(strings.TrimSpace(name), "-")
		if desc && slices.ContainsFunc(p.t.columns, func(f *model.Field) bool { return f.Column == "-"+name }) {
			return fault.New(fault.ErrInvalid, p.t.name, "-"+name, "the column's own name begins with -, so that OrderBy cannot say it")
		}
		f, err := p.t.asked(name)
		if err != nil {
			return err
		}
		if f.Kind == model.JSON || f.Kind == model.Array {
			return fault.New(fault.ErrInvalid, p.t.name, name, "the column's values have no order")
		}
		if p.order.Has(f) {
			return fault.New(fault.ErrInvalid, p.t.name, name, "OrderBy names the column twice")
		}
		p.order.Add(builder.SortKey{Field: f, Desc: desc})
	}
	return nil
}

func (t *table) relation(name string) (*relatedTo, error) {
	if to := t.relations[name]; to != nil {
		return to, nil
	}
	detail := "there is no relation \"" + name + "\""
	if near := model.Nearest(name, slices.Sorted(maps.Keys(t.relations))); near != "" {
		detail += " (did you mean \"" + near + "\"?)"
	} else {
		detail += ": introspect.Relate names the ends of foreign keys"
	}
	return nil, fault.New(fault.ErrInvalid, t.name, name, detail)
}

// List gives the records that the arguments say, an empty slice where there is none. Unknown names and values of another
// type than the column's are ErrInvalid before any statement, and suggest the nearest name.
func (r Rows) List(ctx context.Context, a Args) ([]Record, error) { return r.list(ctx, "List", a) }

func (r Rows) list(ctx context.Context, name string, a Args) ([]Record, error) {
	s, err := r.start()
	if err != nil {
		return nil, err
	}
	p, err := r.t.plan(a, s.Limits.MaxIncludeDepth)
	if err != nil {
		return nil, fault.Fill(err, name, "", "")
	}
	st := &builder.Select{Model: r.t.model, Where: p.where, Order: p.order, Columns: p.columns, Take: int64(p.limit), HasTake: p.limit > 0, Skip: int64(p.offset)}
	st.Order.Default(r.t.model, nil)
	if p.limit > 0 || p.offset > 0 {
		st.Order.Stabilise(r.t.model)
	}
	if len(p.branches) > 0 {
		ctx = s.Pinned(ctx, r.t.model)
	}
	rows := source.Rows{Slab: source.NewSlab(r.t.model.Type)}
	if err := reading.Read(ctx, s, name, st, &rows); err != nil {
		return nil, err
	}
	at := make([]unsafe.Pointer, rows.Len())
	for i := range at {
		at[i] = rows.At(i)
	}
	return p.records(ctx, s, name, at, 0)
}

// First gives the first record in the order that the arguments say, then by key. None is ErrNotFound.
func (r Rows) First(ctx context.Context, a Args) (Record, error) {
	if a.Limit >= 0 {
		a.Limit = 1
	}
	rows, err := r.list(ctx, "First", a)
	if err == nil && len(rows) == 0 {
		err = fault.Fill(fault.New(fault.ErrNotFound, r.t.name, "", ""), "First", "", "")
	}
	if err != nil {
		return Record{}, err
	}
	return rows[0], nil
}

// Count gives the number of rows that pass the filter.
func (r Rows) Count(ctx context.Context, f Filter) (int64, error) {
	s, err := r.start()
	if err != nil {
		return 0, err
	}
	where, err := r.t.where(f)
	if err != nil {
		return 0, fault.Fill(err, "Count", "", "")
	}
	n, err := reading.Count(ctx, s, "Count", &builder.Select{Model: r.t.model, Where: where})
	return n, fault.Fill(err, "Count", r.t.name, "")
}

// records makes records of rows, and reads what is below them: one statement for each relation.
func (p *plan) records(ctx context.Context, s *engine.Session, name string, rows []unsafe.Pointer, depth int) ([]Record, error) {
	names := make([]string, 0, len(p.t.columns)+len(p.branches))
	for _, c := range p.t.columns {
		names = append(names, c.Column)
	}
	for _, b := range p.branches {
		names = append(names, b.to.name)
	}
	at := make(map[string]int, len(names))
	for i, n := range names {
		at[n] = i
	}
	out := make([]Record, len(rows))
	for i, row := range rows {
		values := make([]any, len(names))
		for k, c := range p.t.columns {
			v, err := load(c, row)
			if err != nil {
				return nil, fault.Fill(err, name, p.t.name, "")
			}
			values[k] = v
		}
		out[i] = Record{&record{names, values, at}}
	}
	for k, b := range p.branches {
		if err := b.load(ctx, s, name, rows, out, len(p.t.columns)+k, depth); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// load reads one relation of rows into place at of their records.
func (b branch) load(ctx context.Context, s *engine.Session, name string, rows []unsafe.Pointer, records []Record, at, depth int) error {
	rel, q := b.to.relation, b.plan
	inc := &builder.Include{Relation: rel, Columns: q.columns, Skip: int64(q.offset), Take: int64(q.limit), HasTake: q.limit > 0}
	for i := range q.where.Len() {
		inc.Where = append(inc.Where, *q.where.At(i))
	}
	for i := range q.order.Len() {
		inc.Order = append(inc.Order, *q.order.At(i))
	}
	parents := source.NewSlab(rel.Model.Type)
	parents.Reserve(len(rows))
	var of []int // the row of each parent: a row without a key has nothing below it
next:
	for i, row := range rows {
		values := make([]model.Value, len(b.to.local))
		for k, f := range b.to.local {
			v, err := f.Load(row)
			if err != nil {
				return fault.Fill(err, name, "", "")
			}
			if v.IsNull() {
				continue next
			}
			values[k] = v
		}
		p := parents.Next()
		for k, f := range b.to.keys {
			if err := f.Store(p, values[k]); err != nil {
				return fault.Fill(err, name, "", "")
			}
		}
		of = append(of, i)
	}
	if parents.Len() > 0 {
		if err := reading.Below(ctx, s, name, inc, &parents, depth); err != nil {
			return err
		}
	}
	var children []unsafe.Pointer
	from := make([]int, len(rows)+1) // where those of each row begin
	next := 0
	for i := range rows {
		from[i] = len(children)
		if next == len(of) || of[next] != i {
			continue
		}
		v := reflect.NewAt(rel.Type, unsafe.Add(parents.At(next), rel.Offset)).Elem()
		next++
		switch {
		case b.to.many:
			for k := range v.Len() {
				children = append(children, v.Index(k).Addr().UnsafePointer())
			}
		case !v.IsNil():
			children = append(children, v.UnsafePointer())
		}
	}
	from[len(rows)] = len(children)
	below, err := q.records(ctx, s, name, children, depth+1)
	if err != nil {
		return err
	}
	for i := range rows {
		mine := below[from[i]:from[i+1]:from[i+1]]
		switch {
		case b.to.many:
			records[i].r.values[at] = mine
		case len(mine) > 0:
			records[i].r.values[at] = mine[0]
		}
	}
	return nil
}
