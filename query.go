package orm

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Query is a question about rows of T. It is an immutable value: every method returns a new one, so a base
// query may be kept and branched from, by many goroutines. Nothing runs before a verb that takes a context.
type Query[T any] struct {
	s  *session
	st builder.Select

	keyed    bool // the condition names one row by its key
	everyRow bool // a mass write of the whole table is meant
}

func (q Query[T]) fail(err error) Query[T] {
	if q.st.Err == nil {
		q.st.Err = err
	}
	return q
}

func (q Query[T]) invalid(field, detail string) Query[T] {
	name := ""
	if q.st.Model != nil {
		name = q.st.Model.Name
	}
	return q.fail(fault.New(ErrInvalid, name, field, detail))
}

// Where keeps the rows that pass every p, and every p of earlier calls.
func (q Query[T]) Where(ps ...Pred[T]) Query[T] {
	q.keyed = false
	if len(ps) <= 4 {
		for i := range ps {
			q.st.Where.Add(ps[i].Expr())
		}
		return q
	}
	es := make([]builder.Expr, len(ps))
	for i := range ps {
		es[i] = ps[i].Expr()
	}
	q.st.Where.AddAll(es)
	return q
}

// With includes relations, each as its branch says, and reads what a count goes Into.
func (q Query[T]) With(branches ...Inclusion[T]) Query[T] {
	q.st.Includes = q.st.Includes[:len(q.st.Includes):len(q.st.Includes)]
	for _, b := range branches {
		inc, err := builder.IncludeOf(b)
		if err != nil {
			return q.fail(err)
		}
		if inc.Relation == nil {
			q.st.Extra = q.st.Extra.And(inc.Extra)
			continue
		}
		q.st.Includes = append(q.st.Includes, inc)
	}
	return q
}

// Include includes relations by name; a path of names joined with dots includes each on the way:
// "Orders.Items". Relations named twice are loaded once.
func (q Query[T]) Include(paths ...string) Query[T] {
	if q.st.Model == nil {
		return q
	}
	q.st.Includes = q.st.Includes[:len(q.st.Includes):len(q.st.Includes)]
	for _, path := range paths {
		inc, err := includePath(q.st.Model, path)
		if err != nil {
			return q.fail(err)
		}
		q.st.Includes = append(q.st.Includes, inc)
	}
	return q
}

func includePath(m *model.Model, path string) (*builder.Include, error) {
	name, rest, more := strings.Cut(path, ".")
	r, err := m.Relation(name)
	if err != nil {
		return nil, err
	}
	inc := &builder.Include{Relation: r}
	if more {
		kid, err := includePath(r.Target, rest)
		if err != nil {
			return nil, err
		}
		inc.Includes = []*builder.Include{kid}
	}
	return inc, nil
}

// OrderBy sorts by the keys in turn, after those of earlier calls and before the model's default order.
func (q Query[T]) OrderBy(keys ...Order[T]) Query[T] {
	for _, k := range keys {
		q.st.Order.Add(k.Key())
	}
	return q
}

// Sort sorts by field names, for orders that come from outside; "-" in front of a name sorts it from large to small.
func (q Query[T]) Sort(names ...string) Query[T] {
	for _, n := range names {
		c := builder.Named[T](strings.TrimPrefix(n, "-"))
		k := c.Asc()
		if strings.HasPrefix(n, "-") {
			k = c.Desc()
		}
		q.st.Order.Add(k.Key())
	}
	return q
}

// Skip leaves out the first n rows. The order is made stable by the primary key.
func (q Query[T]) Skip(n int) Query[T] {
	if n < 0 {
		return q.invalid("", "Skip must not be negative")
	}
	q.st.Skip = int64(n)
	return q
}

// Take keeps the first n rows; 0 keeps none. The order is made stable by the primary key.
func (q Query[T]) Take(n int) Query[T] {
	if n < 0 {
		return q.invalid("", "Take must not be negative")
	}
	q.st.Take, q.st.HasTake = int64(n), true
	return q
}

// Select reads only these columns, and those of earlier calls; other fields keep their zero value, so name the
// columns again when such a row goes into Save.
func (q Query[T]) Select(cols ...Selectable[T]) Query[T] {
	out := q.st.Columns[:len(q.st.Columns):len(q.st.Columns)]
	for _, c := range cols {
		f, err := builder.FieldOf(c)
		if err != nil {
			return q.fail(err)
		}
		dup := false
		for _, have := range out {
			dup = dup || have == f
		}
		if !dup {
			out = append(out, f)
		}
	}
	if len(out) == 0 {
		return q.invalid("", "Select needs a column")
	}
	q.st.Columns = out
	return q
}

// Omit reads every column but these.
func (q Query[T]) Omit(cols ...Selectable[T]) Query[T] {
	if q.st.Model == nil {
		return q
	}
	have := q.st.Columns
	if have == nil {
		have = q.st.Model.Fields
	}
	drop := make(map[*model.Field]bool, len(cols))
	for _, c := range cols {
		f, err := builder.FieldOf(c)
		if err != nil {
			return q.fail(err)
		}
		drop[f] = true
	}
	out := make([]*model.Field, 0, len(have))
	for _, f := range have {
		if !drop[f] {
			out = append(out, f)
		}
	}
	if len(out) == 0 {
		return q.invalid("", "Omit leaves no column")
	}
	q.st.Columns = out
	return q
}

// Distinct drops rows that are equal in every selected column. A sort key must be selected.
func (q Query[T]) Distinct() Query[T] {
	q.st.Distinct = true
	return q
}

// EveryRow says that UpdateMany or DeleteMany without a condition is meant.
func (q Query[T]) EveryRow() Query[T] {
	q.everyRow = true
	return q
}

// ByID keeps the row with this primary key; a composite key is given in field order, and its parts may be zero. A zero key, a key of
// the wrong type and a wrong number of parts make the verb fail with ErrInvalid.
func (q Query[T]) ByID(key ...any) Query[T] {
	m := q.st.Model
	if m == nil {
		return q
	}
	if len(key) != len(m.Key) {
		return q.invalid("", "ByID needs a value for each part of the primary key, in field order")
	}
	for i, f := range m.Key {
		v, err := f.ValueOf(key[i])
		if err != nil {
			return q.fail(err)
		}
		if zeroKey(v, len(key) > 1 && !f.Auto) {
			return q.invalid(f.Name, "the key is zero")
		}
		q.st.Where.Add(builder.Compare(builder.OpEq, f, v))
	}
	q.keyed = true
	return q
}

// zeroKey reports whether v is the zero of its kind, which no row has as its key. A part of a composite
// key that the source does not make may be zero or empty.
func zeroKey(v model.Value, part bool) bool {
	if part {
		return v.IsNull()
	}
	switch v.Kind() {
	case model.NullValue:
		return true
	case model.IntValue:
		return v.Int() == 0
	case model.UintValue:
		return v.Uint() == 0
	case model.StringValue:
		return v.Str() == ""
	case model.UUIDValue:
		return *v.UUID() == [16]byte{}
	}
	return false
}

// stable gives the statement of a read whose order must not depend on chance: the query's own order, the model's default
// order, and the key where either is asked for. A row that is named by its key needs none.
func (q *Query[T]) stable(paged bool) {
	m := q.st.Model
	if m == nil || !paged && (len(m.Order) == 0 || q.keyed) {
		return
	}
	var cols []*model.Field // of distinct rows, which are sorted by nothing else
	if q.st.Distinct {
		if cols = q.st.Columns; cols == nil {
			cols = m.Fields
		}
	}
	if !q.keyed {
		q.st.Order.Default(m, cols)
	}
	if !q.st.Distinct {
		q.st.Order.Stabilise(m)
		return
	}
	ties := cols
	if !paged { // what else the rows hold may have no order
		ties = m.Key
	}
	for _, f := range ties {
		if slices.Contains(cols, f) && !q.st.Order.Has(f) {
			q.st.Order.Add(builder.SortKey{Field: f})
		}
	}
}
