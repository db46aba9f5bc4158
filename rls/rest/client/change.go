package client

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"unsafe"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/internal/httpcall"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/rest/rjson"
	"github.com/multi-orm/orm/source"
)

// change is an Update or a Delete: one request, of the row that a key names or of every row that passes.
type change struct {
	writing
	ctx       context.Context
	where     node
	sets      []builder.Set
	returning []*model.Field
	rows      *source.Rows
}

// Update changes every row that passes, in one request.
func (d *DataSource) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	if err := source.Guard(st); err != nil {
		return 0, err
	}
	r, err := d.resource(st.Model)
	switch {
	case err != nil:
		return 0, err
	case st.Err != nil:
		return 0, st.Err
	case st.From != nil:
		return 0, fault.Fill(refuse(nil, st.Model, "a service gives all rows of an update the same values"), "", "", d.name)
	}
	c := change{writing: writing{d: d, r: r, method: http.MethodPatch}, ctx: ctx, returning: st.Returning, rows: rows}
	for i := range st.Set {
		s := &st.Set[i]
		switch {
		case s.Err != nil:
			return 0, s.Err
		case s.Field == st.Model.Version: // the service moves it on by itself
			continue
		case s.Op != builder.SetValue:
			return 0, fault.Fill(refuse(s.Field, st.Model, "a service cannot be told to compute with what a row holds: assign a value"), "", "", d.name)
		case s.Made:
			c.made = append(c.made, s.Field)
		}
		c.sets = append(c.sets, *s)
	}
	if len(c.sets) == 0 {
		return 0, fault.Fill(fault.New(fault.ErrInvalid, st.Model.Name, "", "the update changes nothing but the version"), "", "", d.name)
	}
	n, err := c.run(st.Scopes, &st.Where)
	return n, fault.Fill(err, "", st.Model.Name, d.name)
}

// Delete removes every row that passes, in one request.
func (d *DataSource) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	if err := source.Guard(st); err != nil {
		return 0, err
	}
	r, err := d.resource(st.Model)
	switch {
	case err != nil:
		return 0, err
	case st.Err != nil:
		return 0, st.Err
	}
	c := change{writing: writing{d: d, r: r, method: http.MethodDelete}, ctx: ctx, returning: st.Returning, rows: rows}
	n, err := c.run(st.Scopes, &st.Where)
	return n, fault.Fill(err, "", st.Model.Name, d.name)
}

func (c *change) run(scopes []builder.Scope, where *builder.Conjunction) (n int64, err error) {
	if c.where, err = conditionsOf(c.r.model, scopes, where); err != nil {
		return 0, err
	}
	if c.where.kind == never {
		return 0, nil
	}
	for {
		n, err = c.once()
		if err == nil || !c.refills(err) {
			return n, err
		}
	}
}

func (c *change) once() (int64, error) {
	if key, version, ok := c.keyed(); ok {
		n, there, err := c.byKey(key, version)
		if there || err != nil {
			return n, err
		}
	}
	return c.many()
}

// keyed gives the key where the conditions say it, and at most a version beside it.
func (c *change) keyed() (key []model.Value, version model.Value, ok bool) {
	m := c.r.model
	if c.r.is(&c.r.noPath) {
		return nil, version, false
	}
	where := c.where
	if where.kind == both && m.Version != nil && len(where.kids) == len(m.Key)+1 {
		at := slices.IndexFunc(where.kids, func(n node) bool { return n.kind == leaf && n.op == builder.OpEq && n.field == m.Version })
		if at >= 0 && where.kids[at].value.Kind() == model.IntValue {
			version = where.kids[at].value
			where = joined(both, slices.Delete(slices.Clone(where.kids), at, at+1))
		}
	}
	key, ok = keyOf(m, &where)
	return key, version, ok
}

// shown says which columns come back: none where nobody asks.
func (c *change) shown() (rjson.Member, error) {
	if len(c.returning) == 0 || c.rows == nil {
		return rjson.Member{Name: wordColumns, Value: boolean(false)}, nil
	}
	v, err := columnsOf(c.r, c.returning)
	return rjson.Member{Name: wordColumns, Value: v}, err
}

func (c *change) request(key []model.Value, sel *rjson.Value) (*httpcall.Request, error) {
	req, err := c.d.request(c.r, c.method, key, sel)
	if err != nil || c.method == http.MethodDelete {
		return req, err
	}
	fields, values := make([]*model.Field, len(c.sets)), make([]model.Value, len(c.sets))
	for i := range c.sets {
		fields[i], values[i] = c.sets[i].Field, c.sets[i].Value
	}
	members, err := c.members(fields, values)
	if err != nil {
		return nil, err
	}
	return req, c.carry(req, objectOf(members))
}

// byKey writes the row of a key; there is false where the service has no paths for rows.
func (c *change) byKey(key []model.Value, version model.Value) (n int64, there bool, err error) {
	columns, err := c.shown()
	if err != nil {
		return 0, false, err
	}
	sel := object()
	if columns.Value.Kind == rjson.Object {
		sel = object(columns)
	}
	req, err := c.request(key, &sel)
	if err != nil {
		return 0, false, err
	}
	if !version.IsNull() {
		req.Header.Set("If-Match", `"`+strconv.FormatInt(version.Int(), 10)+`"`)
	}
	a, err := c.d.ask(c.ctx, c.r, req, &c.r.single, 0)
	switch p := problemIn(err); {
	case err == nil:
	case p != nil && p.strict && (p.Status == http.StatusNotFound || p.Status == http.StatusPreconditionFailed):
		return 0, true, nil
	case pathless(p):
		c.r.flag(&c.r.noPath)
		return 0, false, nil
	default:
		return 0, true, err
	}
	if n, err = a.number(a.at.affected, "rowsAffected"); err == nil && n != 1 {
		err = a.wrong("the service wrote another number of rows than the one that the path names")
	}
	if err != nil {
		return 0, true, done(err)
	}
	if columns.Value.Kind != rjson.Object {
		return 1, true, nil
	}
	item, err := a.row()
	if err == nil {
		err = c.hand(item, key)
	}
	return 1, true, done(err)
}

// many writes every row that passes.
func (c *change) many() (int64, error) {
	columns, err := c.shown()
	if err != nil {
		return 0, err
	}
	where, err := wording{c.d.resource}.where(c.r, &c.where)
	if err != nil {
		return 0, err
	}
	sel := object(columns)
	if len(where.Members) > 0 {
		sel = object(rjson.Member{Name: wordWhere, Value: where}, columns)
	}
	req, err := c.request(nil, &sel)
	if err != nil {
		return 0, err
	}
	a, err := c.d.ask(c.ctx, c.r, req, &c.r.list, 0)
	if err != nil {
		return 0, err
	}
	n, err := a.number(a.at.affected, "rowsAffected")
	if err != nil {
		return 0, done(err)
	}
	if columns.Value.Kind != rjson.Object {
		return n, nil
	}
	array, count, err := a.rows()
	if err == nil && int64(count) != n {
		err = a.wrong("the reply has another number of rows than were written")
	}
	if err != nil {
		return n, done(err)
	}
	each := jsonstream.ElementsOf(array)
	for item, more := each.Next(); more; item, more = each.Next() {
		if err := c.hand(item, nil); err != nil {
			return n, done(err)
		}
	}
	return n, nil
}

// hand gives a written row on, which must be the one that was meant where that is known.
func (c *change) hand(item []byte, key []model.Value) error {
	m := c.r.model
	row := c.rows.Next()
	if err := c.r.rows.Reader(c.d.maxRows).Decode(c.returning, item, row); err != nil {
		return err
	}
	if key != nil && readAll(c.returning, m.Key) {
		want, whole, err := filter.Key(nil, m.Key, key)
		if err != nil {
			return err
		}
		have, err := filter.AppendKey(nil, m.Key, unsafe.Pointer(row))
		if err != nil {
			return err
		}
		if !whole || string(want) != string(have) {
			return httpcall.Upstream(m, nil, "the service answered the write with another row")
		}
	}
	return c.rows.Done()
}
