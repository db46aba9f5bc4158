package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// reading is a Select under way.
type reading struct {
	level
	d      *DataSource
	ctx    context.Context
	rows   *source.Rows
	words  wording
	groups map[string]int // the keys of the Group and their places
	cuts   bool           // the page is cut here

	mu      sync.Mutex
	limits  map[*inset]int64 // related rows asked for, of each parent
	refused map[*inset]bool  // those of which the service gives fewer than were asked for
	taken   int              // rows in memory, related ones too

	whole wholes
}

func (d *DataSource) tooManyRows(m *model.Model) error {
	return fault.New(fault.ErrLimit, m.Name, "", fmt.Sprintf("more than MaxRows (%d) rows: add conditions or Take, stream them with Rows, or raise client.MaxRows", d.maxRows))
}

// Select reads into rows.
func (d *DataSource) Select(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	if err := source.Guard(st); err != nil {
		return err
	}
	return fault.Fill(d.read(ctx, st, rows), "", st.Model.Name, d.name)
}

// read reads once more where there are more linked rows than were asked for: no row was handed on then.
func (d *DataSource) read(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	if g := st.Group; g != nil && g.Link != nil {
		return d.readLinked(ctx, st, rows)
	}
	before := make([]int, len(rows.Inside))
	for i, in := range rows.Inside {
		before[i] = len(in.Ends)
	}
	for try := 1; ; try++ {
		err := d.readOnce(ctx, st, rows)
		if !errors.Is(err, errLonger) {
			return err
		}
		if try == maxTries {
			return fault.New(fault.ErrLimit, st.Model.Name, "", "what the service gives of related rows changed with every request: say Take")
		}
		for i, in := range rows.Inside {
			takeBack(in, before[i])
		}
	}
}

func (d *DataSource) readOnce(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	x, err := d.reading(ctx, st, rows)
	if err != nil {
		return err
	}
	switch {
	case x.where.kind == never || st.Want == builder.WantRows && st.HasTake && st.Take == 0, x.groups != nil && len(x.groups) == 0:
		if st.Want == builder.WantCount {
			return x.number(0)
		}
		return nil
	case st.Want == builder.WantCount && !st.Distinct:
		return x.count()
	case st.Want == builder.WantExists:
		return x.exists()
	}
	if key, ok := x.keyed(); ok {
		done, err := x.byKey(key)
		if done || err != nil {
			return err
		}
	}
	parts, err := x.parts()
	if err != nil {
		return err
	}
	if rows.Each != nil && len(parts) == 1 && st.Group == nil && !st.Distinct && len(x.insets) == 0 {
		return x.stream(parts[0])
	}
	return x.gather(parts)
}

// reading plans st.
func (d *DataSource) reading(ctx context.Context, st *builder.Select, rows *source.Rows) (*reading, error) {
	x := &reading{d: d, ctx: ctx, rows: rows, words: wording{d.resource}, limits: map[*inset]int64{}, refused: map[*inset]bool{}}
	var err error
	if x.level, err = d.level(st, ""); err != nil {
		return nil, err
	}
	x.limit(x.insets)
	var also []*model.Field
	g := st.Group
	if g != nil {
		if len(g.Columns) != len(g.Keys) || g.Numbers {
			return nil, fault.New(fault.ErrInvalid, st.Model.Name, "", "the load of an include is malformed")
		}
		also = g.Columns
		if x.groups, err = x.places(); err != nil {
			return nil, err
		}
	}
	// the rows of several parents are paged here, since a page of the service is one of all of them
	x.cuts = g != nil && g.Paged() && len(x.groups) > 1
	paged := st.HasTake || st.Skip > 0
	if g != nil {
		paged = g.Paged() && !x.cuts
	}
	switch {
	case st.Want == builder.WantCount && st.Distinct: // the rows are told apart here
		return x, x.read(d, st.Columns, also, false, false)
	case st.Want != builder.WantRows:
		return x, x.read(d, st.Model.Key, also, false, false)
	}
	streamed := rows.Each != nil // such rows are handed on as they come, so that the service has to sort them
	return x, x.read(d, st.Columns, also, paged || streamed || !keyOnly(st), !paged)
}

// number hands on a count, or that there is a row.
func (x *reading) number(n int64) error {
	*(*int64)(x.rows.Next()) = n
	return x.rows.Done()
}

// take gives how many rows of a list are wanted and how many before them are left out. limited is false where all are.
func (x *reading) take() (skip, take int64, limited bool) {
	st := x.st
	switch g := st.Group; {
	case st.Distinct || x.cuts:
		return 0, 0, false
	case g != nil && g.Paged():
		return g.Skip, g.Take, g.HasTake
	case g != nil: // its Take is a bound for all parents, which is not to be met
		return 0, 0, false
	}
	return st.Skip, st.Take, st.HasTake
}

// bounded reports whether rows are read that the caller does not get.
func (x *reading) bounded() bool { return x.st.Distinct || x.cuts }

// overPost refuses to read on where rows are read to be cut here.
func (x *reading) overPost(n int) error {
	if n <= x.d.limits.PostFilterRows {
		return nil
	}
	return fault.New(fault.ErrLimit, x.st.Model.Name, "", fmt.Sprintf("more than PostFilterRows (%d) rows were read to be cut or made distinct here: narrow the query, or raise the limit", x.d.limits.PostFilterRows))
}

// count asks for numbers of rows.
func (x *reading) count() error {
	parts, err := x.parts()
	if err != nil {
		return err
	}
	total := int64(0)
	for _, p := range parts {
		n, err := x.countPart(p)
		if err != nil {
			return err
		}
		total += n
	}
	return x.number(total)
}

// exists asks for the first row.
func (x *reading) exists() error {
	if key, ok := x.keyed(); ok {
		done, err := x.byKey(key)
		if done || err != nil {
			return err
		}
	}
	parts, err := x.parts()
	if err != nil {
		return err
	}
	for _, p := range parts {
		found := false
		w := walk{x: x, part: p, take: 1, limited: true, visit: func([]byte) (bool, error) {
			found = true
			return true, nil
		}}
		if err := w.run(); err != nil {
			return err
		}
		if found {
			return x.number(1)
		}
	}
	return nil
}

// place finds the parent that a row belongs to, -1 for none.
func (x *reading) place(row unsafe.Pointer, b []byte) (int, []byte, error) {
	b, err := filter.AppendKey(b[:0], x.st.Group.Columns, row)
	if err != nil {
		return -1, b, err
	}
	at, ok := x.groups[string(b)]
	if !ok {
		at = -1
	}
	return at, b, nil
}

// keyed gives the key where the conditions say it and nothing else.
func (x *reading) keyed() ([]model.Value, bool) {
	if x.st.Skip > 0 || x.st.Group != nil || x.st.Distinct || x.r.is(&x.r.noPath) {
		return nil, false
	}
	return keyOf(x.st.Model, &x.where)
}

// keyOf gives the key that a condition names and nothing else.
func keyOf(m *model.Model, n *node) ([]model.Value, bool) {
	kids := []node{*n}
	if n.kind == both {
		kids = n.kids
	}
	if len(kids) != len(m.Key) {
		return nil, false
	}
	out := make([]model.Value, len(m.Key))
	for i := range kids {
		k := &kids[i]
		at := slices.Index(m.Key, k.field)
		if k.kind != leaf || k.op != builder.OpEq || k.fold || k.negated || k.path != nil || at < 0 {
			return nil, false
		}
		out[at] = k.value
	}
	return out, nameable(out)
}
