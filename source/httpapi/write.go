package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// post sends a write. Whatever came of it, replies that are kept may be old from here on.
func (d *DataSource) post(ctx context.Context, mp *mapping, r *httpcall.Request) (*httpcall.Reply, int, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, fault.Ended(httpcall.TransportFault(ctx, r.Model, err), fault.Unsent)
	}
	mp.epoch.Add(1)
	defer mp.epoch.Add(1)
	return d.call.Send(ctx, r)
}

// change is an Update or a Delete of one row by its key.
type change struct {
	d         *DataSource
	mp        *mapping
	ep        *endpoint
	verb      string
	where     builder.Conjunction
	scopes    []builder.Scope
	sets      []builder.Set // nil for a Delete
	returning []*model.Field
	rows      *source.Rows
}

// Update changes the row with the key that Where names, or with NonAtomic every row that passes.
func (d *DataSource) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	if err := source.Guard(st); err != nil {
		return 0, err
	}
	mp, err := d.mapping(st.Model)
	switch {
	case err != nil:
	case st.Err != nil:
		err = st.Err
	case st.From != nil:
		err = fault.Fill(fault.New(fault.ErrUnsupported, st.Model.Name, "", "an HTTP API changes one row at a time"), "", "", d.name)
	}
	if err != nil {
		return 0, err
	}
	for i := range st.Set {
		if s := &st.Set[i]; s.Err != nil {
			return 0, s.Err
		} else if s.Op != builder.SetValue && s.Field != st.Model.Version {
			return 0, fault.Fill(fault.New(fault.ErrUnsupported, st.Model.Name, s.Field.Name, "an HTTP API cannot add to what a row holds without losing what others add: assign a value"), "", "", d.name)
		}
	}
	c := change{d: d, mp: mp, ep: mp.update, verb: "Update", where: st.Where, scopes: st.Scopes, sets: st.Set, returning: st.Returning, rows: rows}
	n, err := c.run(ctx)
	return n, fault.Fill(err, "", st.Model.Name, d.name)
}

// Delete removes the row with the key that Where names, or with NonAtomic every row that passes.
func (d *DataSource) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	if err := source.Guard(st); err != nil {
		return 0, err
	}
	mp, err := d.mapping(st.Model)
	if err == nil && st.Err != nil {
		err = st.Err
	}
	if err != nil {
		return 0, err
	}
	c := change{d: d, mp: mp, ep: mp.del, verb: "Delete", where: st.Where, scopes: st.Scopes, returning: st.Returning, rows: rows}
	n, err := c.run(ctx)
	return n, fault.Fill(err, "", st.Model.Name, d.name)
}

func (c *change) run(ctx context.Context) (int64, error) {
	m := c.mp.model
	if c.ep == nil {
		return 0, fault.New(fault.ErrUnsupported, m.Name, "", "the API maps no "+c.verb)
	}
	conds := conditionsOf(c.scopes, &c.where, nil)
	keyed := true
	for _, f := range m.Key {
		_, at := conds.find(f, builder.OpEq)
		keyed = keyed && at >= 0
	}
	if !keyed && !c.d.scattered {
		return 0, fault.New(fault.ErrUnsupported, m.Name, "", "an HTTP API changes one row at a time: name it by its key, or give the source httpapi.NonAtomic()")
	}
	// the row as it is decides whether the conditions and the scopes let it be changed
	st := &builder.Select{Model: m, Where: c.where, Scopes: c.scopes, Scoped: true}
	found := source.Rows{Slab: source.NewSlab(m.Type)}
	if err := c.d.fresh(ctx, st, &found); err != nil {
		return 0, fault.Ended(err, fault.Undone)
	}
	var n int64
	for i := range found.Len() {
		done, err := c.one(ctx, &conds, found.At(i))
		if err != nil {
			return n, partly(err, n, int64(found.Len()))
		}
		n += done
	}
	return n, nil
}

// fresh is a read that takes no kept reply.
func (d *DataSource) fresh(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	if mp := d.state.Load().models[st.Model]; mp.cache != nil {
		mp.epoch.Add(1)
	}
	return d.Select(ctx, st, rows)
}

// partly says how much of a call of many requests was done.
func partly(err error, done, of int64) error {
	var e *fault.Error
	if of <= 1 || !errors.As(err, &e) {
		return err
	}
	x := *e
	if x.Detail != "" {
		x.Detail += "; "
	}
	x.Detail += fmt.Sprintf("%d of %d rows were written and stay so", done, of)
	if done > 0 {
		return fault.Ended(&x, fault.Unknown)
	}
	return &x
}

// one changes the row at row, which is as the API has it.
func (c *change) one(ctx context.Context, conds *conditions, row unsafe.Pointer) (int64, error) {
	m := c.mp.model
	old, err := loadRow(m.Fields, row)
	if err != nil {
		return 0, err
	}
	s := say{fields: m.Fields, row: old}
	if c.sets != nil {
		if s.data, err = c.assign(row); err != nil {
			return 0, err
		}
	}
	r, err := c.ep.request(c.d.call.Base, c.keyOf(conds, old), window{}, s)
	if err != nil {
		return 0, err
	}
	rep, tries, err := c.d.post(ctx, c.mp, r)
	if err != nil {
		if errors.Is(err, fault.ErrNotFound) && rep != nil {
			if c.sets == nil && tries > 1 { // the first try did it and its answer was lost
				return 1, c.hand(row)
			}
			return 0, nil
		}
		return 0, err
	}
	if c.sets == nil {
		return 1, c.hand(row)
	}
	return 1, c.result(ctx, rep, row)
}

// keyOf gives the conditions with those on the key that name this row.
func (c *change) keyOf(conds *conditions, old []model.Value) *conditions {
	out := conditions{conjuncts: append([]conjunct(nil), conds.conjuncts...)}
	for _, f := range c.mp.model.Key {
		out.conjuncts = append(out.conjuncts, conjunct{parts: 1})
		out.list = append(out.list, condition{field: f, op: builder.OpEq, value: old[f.Index], from: len(out.conjuncts) - 1})
	}
	out.list = append(out.list, conds.list...)
	return &out
}

// assign applies the assignments to the row and gives what is sent: with PATCH what changes, else the whole row.
func (c *change) assign(row unsafe.Pointer) (map[string]any, error) {
	m := c.mp.model
	data := map[string]any{}
	put := func(f *model.Field) error {
		v, err := f.Load(row)
		if err == nil {
			data[f.Column], err = jsonrow.JSON(f, v)
		}
		return err
	}
	for i := range c.sets {
		f, v := c.sets[i].Field, c.sets[i].Value
		if c.sets[i].Op == builder.SetInc {
			was, err := f.Load(row)
			if err != nil {
				return nil, err
			}
			v = model.IntOf(was.Int() + v.Int())
		}
		if err := f.Store(row, v); err != nil {
			return nil, err
		}
		if err := put(f); err != nil {
			return nil, err
		}
	}
	if c.ep.method == http.MethodPatch {
		return data, nil
	}
	for _, f := range m.Fields {
		if err := put(f); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// result hands on the changed row: as the reply tells it, else as it is read again by its key.
func (c *change) result(ctx context.Context, rep *httpcall.Reply, row unsafe.Pointer) error {
	if len(c.returning) == 0 || c.rows == nil {
		return nil
	}
	item, err := c.d.find(c.ep, rep).item()
	if err != nil {
		return written(err)
	}
	if item != nil {
		return written(c.replied(item, row))
	}
	st := &builder.Select{Model: c.mp.model, Columns: c.returning, Scoped: true}
	for _, f := range c.mp.model.Key {
		v, err := f.Load(row)
		if err != nil {
			return err
		}
		st.Where.Add(builder.Compare(builder.OpEq, f, v))
	}
	return written(c.d.fresh(ctx, st, c.rows))
}

// replied takes the reply over as the changed row, which must be the one that was meant.
func (c *change) replied(item []byte, row unsafe.Pointer) error {
	m := c.mp.model
	scopes, err := jsonrow.StandingOf(m, c.scopes, row)
	if err != nil {
		return err
	}
	key, err := filter.AppendKey(nil, m.Key, row)
	if err != nil {
		return err
	}
	if err := c.mp.rows.Reader(c.d.maxRows).Over(nil, item, row); err != nil {
		return err
	}
	if err := scopes.Hold(m, row); err != nil {
		return err
	}
	told, err := filter.AppendKey(nil, m.Key, row)
	if err != nil {
		return err
	}
	if string(told) != string(key) {
		return upstream(m, nil, "the API answered the write with another row")
	}
	return c.hand(row)
}

// written marks a failure after the write was done.
func written(err error) error {
	if err == nil {
		return nil
	}
	var e *fault.Error
	if !errors.As(err, &e) {
		return err
	}
	x := *e
	if x.Detail != "" {
		x.Detail += "; "
	}
	x.Detail += "the row was written"
	return &x
}

// hand gives the returned columns of a row on.
func (c *change) hand(row unsafe.Pointer) error {
	if len(c.returning) == 0 || c.rows == nil {
		return nil
	}
	if err := copyFields(c.returning, row, c.rows); err != nil {
		return err
	}
	return c.rows.Done()
}

func copyFields(fields []*model.Field, row unsafe.Pointer, rows *source.Rows) error {
	to := rows.Next()
	for _, f := range fields {
		v, err := f.Load(row)
		if err != nil {
			return err
		}
		if err := f.Store(to, v); err != nil {
			return err
		}
	}
	return nil
}

func loadRow(fields []*model.Field, row unsafe.Pointer) ([]model.Value, error) {
	out := make([]model.Value, len(fields))
	for i, f := range fields {
		var err error
		if out[i], err = f.Load(row); err != nil {
			return nil, err
		}
	}
	return out, nil
}
