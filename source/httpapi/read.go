package httpapi

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// asking says how far a read leaves its page to the API.
type asking uint8

const (
	resumed asking = iota // where the page before ended, if it is known
	begun                 // from the start of the list
	checked               // everything is cut and sorted here
)

// errIgnored says that the API did not keep to what it was sent, so that a page it cut cannot be trusted.
var errIgnored = errors.New("the API ignored a condition or the order")

// Select reads into rows.
func (d *DataSource) Select(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	if err := source.Guard(st); err != nil {
		return err
	}
	err := d.read(ctx, st, rows, resumed)
	if errors.Is(err, errMoved) {
		err = d.read(ctx, st, rows, begun)
	}
	if errors.Is(err, errIgnored) { // the conditions alone are checked row by row
		err = d.read(ctx, st, rows, checked)
	}
	return fault.Fill(err, "", st.Model.Name, d.name)
}

func (d *DataSource) read(ctx context.Context, st *builder.Select, rows *source.Rows, how asking) error {
	r, err := d.planPage(st, how)
	if err != nil {
		return err
	}
	x := &reader{d: d, r: r, ctx: ctx, rows: rows, seen: map[string]bool{}, slab: source.NewSlab(st.Model.Type), hidden: r.unasked()}
	x.stream = r.streams(rows)
	if st.Group != nil {
		if err := x.index(); err != nil {
			return err
		}
	}
	if r.conds.never() || st.Want == builder.WantRows && st.HasTake && st.Take == 0 || x.groups != nil && len(x.groups) == 0 {
		return x.finish()
	}
	if r.counts() && how != checked {
		n, ok, err := x.count()
		if err != nil {
			return err
		}
		if ok {
			return x.number(n)
		}
	}
	if err := x.calls(); err != nil {
		return err
	}
	if x.stream {
		return nil
	}
	if err := x.resumedWell(); err != nil {
		return err
	}
	return x.finish()
}

// reader runs one reading.
type reader struct {
	d      *DataSource
	r      *reading
	ctx    context.Context
	rows   *source.Rows
	stream bool
	hidden []*model.Field // read and not asked for
	groups map[string]int // the parents' keys and their places

	mu      sync.Mutex // requests run beside each other
	slab    source.Slab
	seen    map[string]bool // keys of the rows taken
	key     []byte          // of the row at hand
	fetched int
	emitted int64 // rows of a stream handed on
	skipped int64
	cut     bool     // a best-effort read went over PostFilterRows
	placed  bool     // a row was held against the place where the page before ended
	at      position // of the row at hand
}

// index gives every parent key its place.
func (x *reader) index() error {
	g := x.r.st.Group
	x.groups = make(map[string]int, len(g.Keys[0]))
	row := make([]model.Value, len(g.Columns))
	var b []byte
	for i := range g.Keys[0] {
		for c := range g.Columns {
			row[c] = g.Keys[c][i]
		}
		key, whole, err := filter.Key(b[:0], g.Columns, row)
		if err != nil {
			return err
		}
		if whole {
			if _, again := x.groups[string(key)]; !again {
				x.groups[string(key)] = i
			}
		}
		b = key
	}
	return nil
}

// list reads one list, or one row, of the conditions c, which only hold values that one request takes.
func (x *reader) list(ctx context.Context, c *conditions, part *filter.Predicate) error {
	r := x.r
	w := &walk{d: x.d, mp: r.mp, ep: r.ep, c: c, s: r.say, limit: r.limit, first: window{skip: r.skip, page: r.ep.pageFrom + r.pages*r.ep.pageStep, cursor: r.ep.cursorFrom}, whole: r.pages > 0}
	if r.resume != nil {
		w.resume(r)
	}
	if !x.stream && r.takesAll() {
		w.most = x.d.maxRows
	}
	decode := r.mp.rows.Reader(x.d.maxRows)
	return w.run(ctx, func(items items) (bool, error) {
		x.mu.Lock()
		defer x.mu.Unlock()
		decode.Begin()
		if w.most > 0 && x.slab.Len() == 0 {
			x.slab.Reserve(min(items.len(), w.most))
		}
		x.at = w.at
		for item := range items.all() {
			enough, err := x.take(item, decode, part)
			x.at.row++
			if err != nil || enough {
				return enough, err
			}
		}
		return false, nil
	})
}

// take decodes one item straight into the rows, where it stays if it passes.
func (x *reader) take(item []byte, decode *jsonrow.Reader, part *filter.Predicate) (enough bool, err error) {
	r, m := x.r, x.r.st.Model
	if x.fetched++; r.bounded() && x.fetched > x.d.limits.PostFilterRows {
		err := fault.New(fault.ErrLimit, m.Name, "", fmt.Sprintf("more than PostFilterRows (%d) rows were read to be filtered, sorted or counted here: map what the API can do, or raise the limit", x.d.limits.PostFilterRows))
		if r.st.Want != builder.WantCount && source.Degrade(x.ctx, source.Issue{Source: x.d.name, Model: m.Name, Cause: fault.Fill(err, "", m.Name, x.d.name)}) {
			x.cut = true
			return true, nil
		}
		return true, err
	}
	if !x.stream && x.fetched > x.d.maxRows {
		return true, x.d.tooManyRows(m)
	}
	n := x.slab.Len()
	row := x.slab.Next()
	keep, err := x.fill(item, decode, part, row)
	if err != nil || !keep {
		x.slab.Truncate(n)
		return err != nil, err
	}
	if x.stream {
		enough, err := x.emit(row)
		x.slab.Truncate(n)
		return enough, err
	}
	if r.resume != nil && int64(n)+1 == r.resume.Rows {
		r.resume.Next = x.at.append(nil)
	}
	return x.enough(), nil
}

// fill decodes one item into row; keep is false where it is not what was asked for, or was there before.
func (x *reader) fill(item []byte, decode *jsonrow.Reader, part *filter.Predicate, row unsafe.Pointer) (keep bool, err error) {
	if err := decode.Decode(x.r.fields, item, row); err != nil {
		return false, err
	}
	if keep, err = x.passes(row, part); err != nil || !keep {
		return false, err
	}
	if keep, err = x.after(row); err != nil || !keep {
		return false, err
	}
	if key := x.r.st.Model.Key; len(key) > 0 {
		if x.key, err = filter.AppendKey(x.key[:0], key, row); err != nil {
			return false, err
		}
		if x.seen[string(x.key)] { // pages shift while they are read, and bulk replies repeat rows
			return false, nil
		}
		x.seen[string(x.key)] = true
	}
	return true, nil
}

// passes checks a row against everything that was asked for, whether the API was told or not.
func (x *reader) passes(row unsafe.Pointer, part *filter.Predicate) (bool, error) {
	r := x.r
	ok, err := r.pass.Passes(row)
	if err != nil {
		return false, err
	}
	if ok && part != nil {
		if ok, err = part.Passes(row); err != nil {
			return false, err
		}
	}
	if ok && x.groups != nil {
		key, err := filter.AppendKey(nil, r.st.Group.Columns, row)
		if err != nil {
			return false, err
		}
		_, ok = x.groups[string(key)]
	}
	if ok {
		return true, nil
	}
	if err := x.outside(row); err != nil {
		return false, err
	}
	if r.exact || r.limit > 0 || r.skip > 0 { // the API cut a page of rows that it should not have counted
		return false, errIgnored
	}
	return false, nil
}

// outside reports a row that a scope forbids although the API was told the scope.
func (x *reader) outside(row unsafe.Pointer) error {
	if x.r.told == nil {
		return nil
	}
	if inside, err := x.r.told.Passes(row); inside || err != nil {
		return err
	}
	cause := upstream(x.r.st.Model, nil, "the API gave a row that lies outside of a scope it was sent: it ignores the condition")
	if source.Degrade(x.ctx, source.Issue{Source: x.d.name, Model: x.r.st.Model.Name, Cause: cause}) {
		return nil
	}
	return cause
}

// enough reports that no more rows are needed.
func (x *reader) enough() bool {
	st, n := x.r.st, int64(x.slab.Len())
	switch {
	case st.Want == builder.WantExists:
		return n > 0
	case st.Want == builder.WantCount, st.Distinct, x.r.sorts, !st.HasTake, st.Group != nil:
		return false
	}
	return n >= st.Take+st.Skip-x.r.skip
}

// copy appends a row.
func (x *reader) copy(s *source.Slab, row unsafe.Pointer) {
	t := x.r.st.Model.Type
	reflect.NewAt(t, s.Next()).Elem().Set(reflect.NewAt(t, row).Elem())
}

// emit hands a row of a stream on.
func (x *reader) emit(row unsafe.Pointer) (enough bool, err error) {
	st := x.r.st
	if x.skipped < st.Skip-x.r.skip {
		x.skipped++
		return false, nil
	}
	x.hide(row)
	x.copy(&x.rows.Slab, row)
	x.emitted++
	if err := x.rows.Done(); err != nil {
		return true, err
	}
	return st.HasTake && x.emitted >= st.Take, nil
}

// hide empties the columns that nobody asked for.
func (x *reader) hide(row unsafe.Pointer) {
	x.r.st.Model.Hide(row, x.r.st.Columns, x.hidden)
}

// unasked gives the columns that are read and that nobody asked for.
func (r *reading) unasked() (out []*model.Field) {
	if r.st.Columns == nil {
		return nil
	}
	for _, f := range r.fields {
		if !slices.Contains(r.st.Columns, f) {
			out = append(out, f)
		}
	}
	return out
}
