package builder

import (
	"strconv"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// RowSet is what an update of many rows gives each of them.
type RowSet struct {
	Match  []*model.Field // columns that the row must have, the key among them
	Set    []*model.Field // columns that it gets
	Values []model.Value  // row-major: those of Match, then those of Set
	Rows   int
}

// Get gives what row is assigned; ok is false for a column that is not.
func (r *RowSet) Get(row int, f *model.Field) (v model.Value, ok bool) {
	for i, x := range r.Set {
		if x == f {
			return r.Values[row*r.width()+len(r.Match)+i], true
		}
	}
	return model.Null(), false
}

// Matched gives what row must have in a column of Match, NULL for another.
func (r *RowSet) Matched(row int, f *model.Field) model.Value {
	for i, x := range r.Match {
		if x == f {
			return r.Values[row*r.width()+i]
		}
	}
	return model.Null()
}

// Sets gives the assignments of row in buf.
func (r *RowSet) Sets(row int, buf []Set) []Set {
	buf = buf[:0]
	at := row*r.width() + len(r.Match)
	for i, f := range r.Set {
		buf = append(buf, Set{Field: f, Value: r.Values[at+i]})
	}
	return buf
}

// Put takes back what Sets gave, changed or not; only other values for the same columns can be put.
func (r *RowSet) Put(row int, sets []Set) error {
	at := row*r.width() + len(r.Match)
	for i, f := range r.Set {
		if len(sets) != len(r.Set) || sets[i].Field != f || sets[i].Op != SetValue {
			return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "an update of many rows gives each of them values, and nothing else")
		}
		if sets[i].Err != nil {
			return sets[i].Err
		}
		r.Values[at+i] = sets[i].Value
	}
	return nil
}

func (r *RowSet) width() int { return len(r.Match) + len(r.Set) }

// whole checks that the rows name themselves by their key.
func (r *RowSet) whole(m *model.Model) error {
	if r.Rows < 1 || len(r.Set) == 0 || len(r.Values) != r.Rows*r.width() {
		return fault.New(fault.ErrInvalid, m.Name, "", "the update has another number of values than its rows and columns need")
	}
	for _, k := range m.Key {
		named := false
		for _, f := range r.Match {
			named = named || f == k
		}
		if !named {
			return fault.New(fault.ErrInvalid, m.Name, k.Name, "an update of many rows matches them by their key")
		}
	}
	return nil
}

// rowSet walks the values of an update of many rows.
func (s *shaper) rowSet(m *model.Model, r *RowSet) {
	if err := r.whole(m); err != nil {
		s.fail(err)
		return
	}
	rows := r.Rows
	if s.d.Bulk() == dialect.Unnest {
		rows = 0 // one shape for any number of rows
	}
	s.number(rows)
	s.fields(m, r.Match)
	s.fields(m, r.Set)
	all := append(append(make([]*model.Field, 0, r.width()), r.Match...), r.Set...)
	if s.d.Bulk() == dialect.Unnest {
		s.columns(m, all, r.Values, r.Rows, len(r.Match))
		return
	}
	for i := range r.Values {
		if c := i % len(all); c < len(r.Match) {
			s.arg(m, all[c], r.Values[i])
		} else {
			s.written(m, all[c], r.Values[i])
		}
	}
}

// rowUpdate writes what the columns get, and what follows SET: where stands in it as often as the dialect needs it.
func (c *compiler) rowUpdate(m *model.Model, r *RowSet, spread bool, where func(*frag) error) (values []string, tail frag, err error) {
	u := dialect.RowUpdate{Table: c.table(m), Owner: c.owner(m), Values: c.free("orm_v", m), Order: c.free("orm_n", m), Rows: r.Rows, Spread: spread}
	var match []string
	for i, f := range append(append(make([]*model.Field, 0, r.width()), r.Match...), r.Set...) {
		name := c.free("orm_"+strconv.Itoa(i+1), m)
		u.Columns, u.Types, u.Named = append(u.Columns, name), append(u.Types, TypeOf(f)), append(u.Named, f.Column)
		if i < len(r.Match) {
			match = append(match, c.comparable(u.Owner, f)+" = "+u.Values+"."+name)
		} else {
			values = append(values, u.Values+"."+name)
		}
	}
	u.Match = strings.Join(match, " AND ")
	n := len(u.Columns)
	if c.d.Bulk() != dialect.Unnest {
		n *= r.Rows
	}
	for range n {
		c.take(&tail)
	}
	var w frag
	if err := where(&w); err != nil {
		return nil, tail, err
	}
	u.Where = w.b.String()
	text, times := c.d.UpdateRows(u)
	tail.b.WriteString(text)
	for range times {
		tail.args = append(tail.args, w.args...)
	}
	c.repeated += (times - 1) * len(w.args)
	return values, tail, nil
}
