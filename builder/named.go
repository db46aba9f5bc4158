package builder

import "github.com/multi-orm/orm/model"

// Naming is one place where a statement names a column to choose or to order rows by it.
type Naming struct {
	Field *model.Field
	// Equal says that the column is only held against values that the caller has: Eq or In. Sorts says that rows are
	// ordered by the column as it is.
	Equal, Sorts bool
}

// Named calls visit with every column that the conditions, orders and computed values of q name, those of related rows,
// sub-selects and includes too. Text of the program's own is not looked into. It ends at the first error.
func (q *Select) Named(visit func(Naming) error) error {
	if err := q.Where.Named(visit); err != nil {
		return err
	}
	for i := range q.Order.Len() {
		if err := q.Order.At(i).named(visit); err != nil {
			return err
		}
	}
	for x := q.Extra; x != nil; x = x.Before {
		if err := x.Term.named(visit); err != nil {
			return err
		}
	}
	for _, inc := range q.Includes {
		if err := inc.named(visit); err != nil {
			return err
		}
	}
	return q.Aggregate.named(visit)
}

// named leaves out the columns that group or are aggregated as they are: whether they may be shown is more than whether rows are found by them.
func (a *Aggregation) named(visit func(Naming) error) error {
	if a == nil {
		return nil
	}
	for i := range a.Groups {
		g := &a.Groups[i]
		if err := g.Term.named(visit); err != nil {
			return err
		}
		if err := g.Only.Named(visit); err != nil {
			return err
		}
	}
	return nil
}

func (i *Include) named(visit func(Naming) error) error {
	for k := range i.Where {
		if err := i.Where[k].Named(visit); err != nil {
			return err
		}
	}
	for k := range i.Order {
		if err := i.Order[k].named(visit); err != nil {
			return err
		}
	}
	for _, inc := range i.Includes {
		if err := inc.named(visit); err != nil {
			return err
		}
	}
	return nil
}

// Named is [Select.Named] of conditions.
func (c *Conjunction) Named(visit func(Naming) error) error {
	for i := range c.Len() {
		if err := c.At(i).Named(visit); err != nil {
			return err
		}
	}
	return nil
}

// Named is [Select.Named] of one condition.
func (e *Expr) Named(visit func(Naming) error) error {
	if e.Field != nil {
		if err := visit(Naming{Field: e.Field, Equal: e.Op == OpEq || e.Op == OpIn}); err != nil {
			return err
		}
	}
	x := e.Ext
	if x == nil {
		return nil
	}
	for _, f := range x.Columns {
		if err := visit(Naming{Field: f, Equal: e.Op == OpInTuples}); err != nil {
			return err
		}
	}
	for i := range x.Kids {
		if err := x.Kids[i].Named(visit); err != nil {
			return err
		}
	}
	if q := x.Query; q != nil {
		for _, f := range q.Columns {
			if err := visit(Naming{Field: f}); err != nil {
				return err
			}
		}
		if err := q.Named(visit); err != nil {
			return err
		}
	}
	if err := x.Match.named(visit); err != nil {
		return err
	}
	return x.Term.named(visit)
}

func (x *Match) named(visit func(Naming) error) error {
	if x == nil {
		return nil
	}
	for _, f := range x.Fields {
		if err := visit(Naming{Field: f}); err != nil {
			return err
		}
	}
	return nil
}

func (k *SortKey) named(visit func(Naming) error) error {
	if k.Term != nil {
		return k.Term.named(visit)
	}
	if k.Field == nil {
		return nil
	}
	return visit(Naming{Field: k.Field, Sorts: true})
}

func (t *Term) named(visit func(Naming) error) error {
	if t == nil {
		return nil
	}
	if t.Field != nil {
		if err := visit(Naming{Field: t.Field}); err != nil {
			return err
		}
	}
	if err := t.Match.named(visit); err != nil {
		return err
	}
	for i := range t.Kids {
		if err := t.Kids[i].Named(visit); err != nil {
			return err
		}
	}
	if t.Inner != nil {
		return t.Inner.named(visit)
	}
	return nil
}
