package builder

import "github.com/multi-orm/orm/model"

// Seek holds for the rows that come after the place where the sort keys have these values, in the order o; with back,
// for those before it. With within, the row at the place itself passes too. All keys together tell every two
// rows apart.
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
	if values[0].IsNull() || first.nullable() {
		return seek
	}
	op := OpGte
	if first.Desc != back {
		op = OpLte
	}
	return AllOf(first.compare(op, values[0]), seek)
}

// compare compares the key with v, which is not NULL.
func (k *SortKey) compare(op Op, v model.Value) Expr {
	if k.Term != nil {
		return CompareTerm(op, k.Term, v)
	}
	return Expr{Op: op, Field: k.Field, Value: v, Fold: k.Fold}
}

// null holds where the key is NULL, or with op OpIsNotNull where it is not.
func (k *SortKey) null(op Op) Expr {
	if k.Term != nil {
		return CompareTerm(op, k.Term)
	}
	return Expr{Op: op, Field: k.Field}
}

func (k *SortKey) nullable() bool {
	if k.Term != nil {
		return k.Term.nullable()
	}
	return k.Field.Nullable
}

// at holds where the key has the value v.
func at(k *SortKey, v model.Value) Expr {
	if v.IsNull() {
		return k.null(OpIsNull)
	}
	return k.compare(OpEq, v)
}

// beyond holds where the key sorts strictly after v, or before it when the order is read backwards.
func beyond(k *SortKey, v model.Value, back bool) Expr {
	nullsAfter := k.nullsLast() != back
	if v.IsNull() {
		if nullsAfter {
			return False()
		}
		return k.null(OpIsNotNull)
	}
	op := OpGt
	if k.Desc != back {
		op = OpLt
	}
	if nullsAfter && k.nullable() {
		return AnyOf(k.compare(op, v), k.null(OpIsNull))
	}
	return k.compare(op, v)
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
