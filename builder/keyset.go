package builder

import "github.com/multi-orm/orm/model"

// Seek holds for the rows that come after the place where the sort keys have these values, in the order o; with back,
// for those before it. With within, the row at the place itself passes too. The keys must be columns, and all together
// tell every two rows apart.
//
// It is the staircase (a > 1) OR (a = 1 AND b > 2) OR …, which suits mixed directions and NULLs, behind a bound on
// the first key that an index can use.
func Seek(o *Sorting, values []model.Value, back, within bool) Expr {
	var stairs, same []Expr
	for i, v := range values {
		k := o.At(i)
		if after := beyond(k, v, back); after.Op != OpFalse {
			stairs = append(stairs, AllOf(append(same[:len(same):len(same)], after)...))
		}
		same = append(same, at(k, v))
	}
	if within {
		stairs = append(stairs, AllOf(same...))
	}
	seek := AnyOf(stairs...)
	if len(values) < 2 {
		return seek
	}
	first := o.At(0)
	if values[0].IsNull() || first.Field.Nullable {
		return seek
	}
	op := OpGte
	if first.Desc != back {
		op = OpLte
	}
	return AllOf(Expr{Op: op, Field: first.Field, Value: values[0], Fold: first.Fold}, seek)
}

// at holds where the key has the value v.
func at(k *SortKey, v model.Value) Expr {
	e := Compare(OpEq, k.Field, v)
	e.Fold = k.Fold && e.Op == OpEq
	return e
}

// beyond holds where the key sorts strictly after v, or before it when the order is read backwards.
func beyond(k *SortKey, v model.Value, back bool) Expr {
	nullsAfter := k.nullsLast() != back
	if v.IsNull() {
		if nullsAfter {
			return False()
		}
		return Expr{Op: OpIsNotNull, Field: k.Field}
	}
	op := OpGt
	if k.Desc != back {
		op = OpLt
	}
	e := Expr{Op: op, Field: k.Field, Value: v, Fold: k.Fold}
	if nullsAfter && k.Field.Nullable {
		return AnyOf(e, Expr{Op: OpIsNull, Field: k.Field})
	}
	return e
}

// nullsLast reports whether NULL sorts after every value.
func (k *SortKey) nullsLast() bool {
	switch k.Nulls {
	case NullsFirst:
		return false
	case NullsLast:
		return true
	}
	return !k.Desc
}

// Reversed gives the opposite order.
func (s *Sorting) Reversed() Sorting {
	var out Sorting
	for i := range s.Len() {
		k := *s.At(i)
		last := k.nullsLast()
		k.Desc = !k.Desc
		if k.Nulls != NullsLargest {
			k.Nulls = NullsLast
			if last {
				k.Nulls = NullsFirst
			}
		}
		out.Add(k)
	}
	return out
}
