package httpapi

import (
	"context"
	"reflect"
	"slices"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Insert makes rows: one with Create, many with CreateMany, or with NonAtomic one after the other. A conflict that is
// to be resolved goes to Upsert.
func (d *DataSource) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	if err := source.Guard(st); err != nil {
		return 0, err
	}
	mp, err := d.mapping(st.Model)
	if err != nil {
		return 0, err
	}
	in := insertion{d: d, mp: mp, st: st, rows: rows}
	n, err := in.run(ctx)
	return n, fault.Fill(err, "", st.Model.Name, d.name)
}

type insertion struct {
	d    *DataSource
	mp   *mapping
	st   *builder.Insert
	rows *source.Rows

	check jsonrow.Standing
}

func (in *insertion) refuse(detail string) error {
	return fault.New(fault.ErrUnsupported, in.mp.model.Name, "", detail)
}

func (in *insertion) run(ctx context.Context) (int64, error) {
	st, mp := in.st, in.mp
	switch {
	case st.Err != nil:
		return 0, st.Err
	case st.Rows < 1 || len(st.Values) != st.Rows*len(st.Fields):
		return 0, fault.New(fault.ErrInvalid, mp.model.Name, "", "the insert has another number of values than its rows and columns need")
	case st.Conflict != nil && st.Conflict.DoNothing:
		return 0, in.refuse("an HTTP API does not tell duplicates from new rows: create the rows without SkipDuplicates")
	case st.Conflict != nil:
		return in.upsert(ctx)
	case st.Rows == 1 && mp.create != nil:
		return in.single(ctx, mp.create, 0)
	case mp.createMany != nil:
		return in.many(ctx)
	case mp.create == nil:
		return 0, in.refuse("the API maps no Create")
	case !in.d.scattered:
		return 0, in.refuse("the API creates one row at a time: map CreateMany, or give the source httpapi.NonAtomic()")
	}
	for i := range st.Rows {
		if _, err := in.single(ctx, mp.create, i); err != nil {
			return int64(i), partly(err, int64(i), int64(st.Rows))
		}
	}
	return int64(st.Rows), nil
}

// row gives the JSON of one new row.
func (in *insertion) row(i int) (map[string]any, error) {
	n := len(in.st.Fields)
	out := make(map[string]any, n)
	for c, f := range in.st.Fields {
		if withheld(f, in.st.Values[i*n+c]) {
			continue
		}
		v, err := jsonrow.JSON(f, in.st.Values[i*n+c])
		if err != nil {
			return nil, err
		}
		out[f.Column] = v
	}
	return out, nil
}

// withheld reports a field that a create does not give, so that the API makes what it will of it: one tagged readonly or
// updateonly, unless default= fills it.
func withheld(f *model.Field, v model.Value) bool {
	if !f.ReadOnly && !f.UpdateOnly {
		return false
	}
	if v.IsNull() {
		return true
	}
	zero, err := f.Load(reflect.New(f.Model.Type).UnsafePointer())
	return err == nil && string(model.AppendKey(nil, v)) == string(model.AppendKey(nil, zero))
}

func (in *insertion) values(i int) []model.Value {
	n := len(in.st.Fields)
	return in.st.Values[i*n : (i+1)*n]
}

// single sends one row.
func (in *insertion) single(ctx context.Context, ep *endpoint, i int) (int64, error) {
	if err := in.readable(ep, ep.item != nil); err != nil {
		return 0, err
	}
	data, err := in.row(i)
	if err != nil {
		return 0, err
	}
	r, err := ep.request(in.d.call.Base, &conditions{}, window{}, say{data: data, fields: in.st.Fields, row: in.values(i)})
	if err != nil {
		return 0, err
	}
	rep, _, err := in.d.post(ctx, in.mp, r)
	if err != nil {
		return 0, err
	}
	if in.rows == nil {
		return 1, nil
	}
	item, err := in.d.find(ep, rep).item()
	switch {
	case err != nil:
		return 0, written(err)
	case item != nil:
		return 1, written(in.hand(item, i))
	}
	return 1, written(in.again(ctx, i))
}

// readable refuses a write whose made columns could not be read afterwards.
func (in *insertion) readable(ep *endpoint, replies bool) error {
	if replies || in.rows == nil {
		return nil
	}
	for _, f := range in.st.Returning {
		if (f.Auto || f.Default == model.FillDatabase) && !in.given(f) {
			return in.refuse(ep.role + " maps no row of the reply, so " + f.Name + ", which the API makes, could not be read: say Item or Items")
		}
	}
	return nil
}

func (in *insertion) given(f *model.Field) bool {
	for _, x := range in.st.Fields {
		if x == f {
			return true
		}
	}
	return false
}

// hand takes an item over as row i: what the API replies is the row, what it does not tell is what was sent.
func (in *insertion) hand(item []byte, i int) error {
	row, err := in.sent(i) // what is half read stays out of the caller's row
	if err != nil {
		return err
	}
	in.check = in.check[:0]
	if in.st.Reply != nil {
		if in.check, err = jsonrow.StandingOf(in.mp.model, in.st.Reply.Scopes, row); err != nil {
			return err
		}
	}
	if err := in.mp.rows.Reader(in.d.maxRows).Over(in.required(), item, row); err != nil {
		return err
	}
	if err := in.check.Hold(in.mp.model, row); err != nil {
		return err
	}
	return in.give(row)
}

// sent makes row i as it was sent.
func (in *insertion) sent(i int) (unsafe.Pointer, error) {
	row := newRow(in.mp.model)
	for c, v := range in.values(i) {
		if err := in.st.Fields[c].Store(row, v); err != nil {
			return nil, err
		}
	}
	return row, nil
}

// required gives the columns that a reply must tell: those that were asked for and not sent.
func (in *insertion) required() []*model.Field {
	var out []*model.Field
	for _, f := range in.st.Returning {
		if !in.given(f) {
			out = append(out, f)
		}
	}
	return out
}

func (in *insertion) give(row unsafe.Pointer) error {
	fields := in.st.Returning
	if in.st.Reply != nil {
		fields = in.mp.model.Fields
	}
	if err := copyFields(fields, row, in.rows); err != nil {
		return err
	}
	return in.rows.Done()
}

// again reads a row that was written by its key.
func (in *insertion) again(ctx context.Context, i int) error {
	if len(in.required()) == 0 {
		row, err := in.sent(i)
		if err != nil {
			return err
		}
		return in.give(row)
	}
	st := &builder.Select{Model: in.mp.model, Scoped: true}
	for _, f := range in.mp.model.Key {
		for c, x := range in.st.Fields {
			if x == f {
				st.Where.Add(builder.Compare(builder.OpEq, f, in.values(i)[c]))
			}
		}
	}
	if st.Where.Len() != len(in.mp.model.Key) || st.Where.Len() == 0 {
		return upstream(in.mp.model, nil, "the reply holds no row, and the key of the new one is not known")
	}
	found := source.Rows{Slab: source.NewSlab(in.mp.model.Type)}
	if err := in.d.fresh(ctx, st, &found); err != nil {
		return err
	}
	if found.Len() != 1 {
		return upstream(in.mp.model, nil, "the row that was just written is not to be found")
	}
	return in.give(found.At(0))
}

// many sends all rows in one request.
func (in *insertion) many(ctx context.Context) (int64, error) {
	ep, st := in.mp.createMany, in.st
	if err := in.readable(ep, ep.items != nil); err != nil {
		return 0, err
	}
	data := make([]any, st.Rows)
	for i := range data {
		var err error
		if data[i], err = in.row(i); err != nil {
			return 0, err
		}
	}
	r, err := ep.request(in.d.call.Base, &conditions{}, window{}, say{data: data, fields: st.Fields, row: in.values(0)})
	if err != nil {
		return 0, err
	}
	rep, _, err := in.d.post(ctx, in.mp, r)
	if err != nil {
		return 0, err
	}
	if in.rows == nil {
		return int64(st.Rows), nil
	}
	if ep.items == nil {
		for i := range st.Rows {
			if err := in.again(ctx, i); err != nil {
				return 0, written(err)
			}
		}
		return int64(st.Rows), nil
	}
	items, err := in.d.find(ep, rep).items()
	if err != nil {
		return 0, written(err)
	}
	if items.len() != st.Rows {
		return 0, written(upstream(in.mp.model, nil, "the reply has another number of rows than were sent"))
	}
	return in.deal(ep, items)
}

// deal takes the items of a reply over. Those that say that their row was not written make the call fail: it tells
// how many were.
func (in *insertion) deal(ep *endpoint, items items) (int64, error) {
	failed := int64(0)
	for item := range items.all() {
		refused, err := ep.refuses(item, in.d.maxRows)
		if err != nil {
			return 0, written(err)
		}
		if refused {
			failed++
		}
	}
	all := int64(items.len())
	if n := all - failed; failed > 0 {
		return n, partly(upstream(in.mp.model, nil, "the API did not write every row"), n, all)
	}
	i := 0
	for item := range items.all() {
		if err := in.hand(item, i); err != nil {
			return 0, written(err)
		}
		i++
	}
	return all, nil
}

// refuses reports whether an item says that its row was not written.
func (e *endpoint) refuses(item []byte, most int) (bool, error) {
	if e.at.error.streamed {
		v, ok := jsonstream.Get(item, e.at.error.below...)
		return ok && says(v), nil
	}
	if e.itemError != nil {
		doc, err := build(e, item, most)
		return err == nil && slices.ContainsFunc(e.itemError.Get(doc), said), err
	}
	for _, name := range []string{"error", "errors"} {
		v, ok := jsonstream.Get(item, jsonstream.Step{Name: name})
		if f, err := e.model.Field(name); ok && says(v) && (err != nil || f.Column != name) {
			return true, nil
		}
	}
	return false, nil
}

// says reports whether a value says that something went wrong: null, false, "" and an empty list do not.
func says(v []byte) bool {
	switch v[0] {
	case 'n', 'f':
		return false
	case '"':
		return len(v) > 2
	case '[':
		each := jsonstream.ElementsOf(v)
		_, some := each.Next()
		return some
	}
	return true
}

// said is says for a value that was built.
func said(v any) bool {
	text, err := jsonrow.Encode(v)
	return err != nil || says(text)
}

// upsert makes or replaces one row. An existing row must lie within the scopes.
func (in *insertion) upsert(ctx context.Context) (int64, error) {
	st, mp, k := in.st, in.mp, in.st.Conflict
	if mp.upsert == nil {
		return 0, in.refuse("the API maps no Upsert")
	}
	if st.Rows != 1 {
		return 0, in.refuse("the API upserts one row at a time")
	}
	for i := range k.Set {
		if k.Set[i].Field != mp.model.Version {
			return 0, in.refuse("the API replaces the whole row: upsert without assignments")
		}
	}
	if len(st.Scopes) > 0 {
		at := &builder.Select{Model: mp.model, Scoped: true}
		for _, f := range k.Target {
			for c, x := range st.Fields {
				if x == f {
					at.Where.Add(builder.Compare(builder.OpEq, f, st.Values[c]))
				}
			}
		}
		if at.Where.Len() != len(k.Target) {
			return 0, in.refuse("the row's unique columns must be given, so that the row that has them can be checked")
		}
		all, mine := source.Rows{Slab: source.NewSlab(mp.model.Type)}, source.Rows{Slab: source.NewSlab(mp.model.Type)}
		if err := in.d.fresh(ctx, at, &all); err != nil {
			return 0, err
		}
		at.Scopes = st.Scopes
		if err := in.d.fresh(ctx, at, &mine); err != nil {
			return 0, err
		}
		if all.Len() != mine.Len() { // a row of another's: it must neither change nor show
			return 0, nil
		}
	}
	return in.single(ctx, mp.upsert, 0)
}
