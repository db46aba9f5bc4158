package builder

import (
	"math"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// Unconditional reports whether e is true for every row by its form alone, so that it bounds nothing.
func (e *Expr) Unconditional() bool {
	switch e.Op {
	case OpTrue:
		return true
	case OpAnd:
		for i := range e.Ext.Kids {
			if !e.Ext.Kids[i].Unconditional() {
				return false
			}
		}
		return true
	case OpOr:
		for i := range e.Ext.Kids {
			if e.Ext.Kids[i].Unconditional() {
				return true
			}
		}
		return nullOrNot(e.Ext.Kids)
	case OpUntrue:
		for i := range e.Ext.Kids {
			if e.Ext.Kids[i].never() {
				return true
			}
		}
		return false
	case OpNot:
		return e.Ext.Kids[0].never()
	case OpEvery: // every related row passes what every row passes
		for i := range e.Ext.Kids {
			if !e.Ext.Kids[i].Unconditional() {
				return false
			}
		}
		return true
	case OpNotInQuery:
		return e.Ext.Query.empty()
	case OpContains, OpStartsWith, OpEndsWith: // the empty text is part of every text
		return !e.Field.Nullable && e.Value.Kind() == model.StringValue && e.Value.Str() == ""
	case OpLike:
		text := e.Value.Kind() == model.StringValue && e.Value.Str() != ""
		return !e.Field.Nullable && text && strings.Trim(e.Value.Str(), "%") == ""
	case OpIsNotNull:
		return e.Field != nil && !e.Field.Nullable
	}
	always, _ := e.ranged()
	return always
}

// never reports whether e is false for every row by its form alone, and not unknown.
func (e *Expr) never() bool {
	switch e.Op {
	case OpFalse:
		return true
	case OpIsNull:
		return e.Field != nil && !e.Field.Nullable
	case OpUntrue:
		for i := range e.Ext.Kids {
			if !e.Ext.Kids[i].Unconditional() {
				return false
			}
		}
		return true
	case OpInQuery:
		return e.Ext.Query.empty()
	case OpSome:
		for i := range e.Ext.Kids {
			if e.Ext.Kids[i].never() {
				return true
			}
		}
		return false
	case OpNot:
		return e.Ext.Kids[0].Unconditional()
	case OpAnd:
		for i := range e.Ext.Kids {
			if e.Ext.Kids[i].never() {
				return true
			}
		}
		return false
	case OpOr:
		for i := range e.Ext.Kids {
			if !e.Ext.Kids[i].never() {
				return false
			}
		}
		return true
	}
	_, never := e.ranged()
	return never
}

// nullOrNot reports whether one of kids is that a column is NULL and another that it is not.
func nullOrNot(kids []Expr) bool {
	for i := range kids {
		for j := range kids {
			a, null, ok := kids[i].nullness()
			b, other, too := kids[j].nullness()
			if ok && too && a == b && null != other {
				return true
			}
		}
	}
	return false
}

// nullness reports whether e is that a column is NULL, or that it is not, and which column.
func (e *Expr) nullness() (f *model.Field, null, ok bool) {
	negated := false
	for e.Op == OpNot {
		e, negated = &e.Ext.Kids[0], !negated
	}
	switch e.Op {
	case OpIsNull, OpIsNotNull:
		return e.Field, (e.Op == OpIsNull) != negated, e.Field != nil
	}
	return nil, false, false
}

// interval is where whole numbers lie, both ends included.
type interval struct{ low, high int64 }

// ranged judges a comparison of a whole number, which is never NULL, by what the number can be at all.
func (e *Expr) ranged() (always, never bool) {
	op, in, ok := e.Op, interval{}, false
	if e.Op == OpTerm {
		if !e.wholeTerm() {
			return false, false
		}
		op = e.Ext.Cmp
		in, ok = e.Ext.Term.interval()
		if ok && (op == OpIsNull || op == OpIsNotNull) {
			return op == OpIsNotNull, op == OpIsNull
		}
	} else if e.Field != nil && !e.Field.Nullable {
		in, ok = intervalOf(e.Field)
		if v, is := e.unsigned(); !ok && is { // one that no int64 bounds from above
			return op == OpGte && v == 0, op == OpLt && v == 0
		}
	}
	if !ok {
		return false, false
	}
	switch op {
	case OpIn, OpNotIn:
		for _, v := range e.Value.List() {
			if n, ok := whole(v); !ok || n >= in.low && n <= in.high {
				return false, false
			}
		}
		return op == OpNotIn, op == OpIn
	case OpBetween:
		low, ok1 := whole(e.Value)
		high, ok2 := whole(e.Ext.Upper)
		if !ok1 || !ok2 {
			return false, false
		}
		return low <= in.low && high >= in.high, low > high || low > in.high || high < in.low
	}
	n, ok := whole(e.Value)
	if !ok {
		return false, false
	}
	switch outside := n < in.low || n > in.high; op {
	case OpGte:
		return n <= in.low, n > in.high
	case OpGt:
		return n < in.low, n >= in.high
	case OpLte:
		return n >= in.high, n < in.low
	case OpLt:
		return n > in.high, n <= in.low
	case OpNe, OpDistinctFrom:
		return outside, false
	case OpEq:
		return false, outside
	}
	return false, false
}

// unsigned gives the operand of a comparison of the widest unsigned column.
func (e *Expr) unsigned() (uint64, bool) {
	if e.Field.Kind != model.Uint || e.Op == OpBetween {
		return 0, false
	}
	if e.Value.Kind() == model.IntValue {
		return uint64(e.Value.Int()), e.Value.Int() >= 0
	}
	return e.Value.Uint(), e.Value.Kind() == model.UintValue
}

// whole gives a number as an int64; a larger one is no number that a range ends at.
func whole(v model.Value) (int64, bool) {
	switch v.Kind() {
	case model.IntValue:
		return v.Int(), true
	case model.UintValue:
		return int64(v.Uint()), v.Uint() <= math.MaxInt64
	}
	return 0, false
}

// intervalOf gives what a column of whole numbers can hold.
func intervalOf(f *model.Field) (interval, bool) {
	switch {
	case f.Kind == model.Int && f.Bits > 0 && f.Bits <= 64:
		return interval{-1 << (f.Bits - 1), 1<<(f.Bits-1) - 1}, true
	case f.Kind == model.Uint && f.Bits > 0 && f.Bits < 64:
		return interval{0, 1<<f.Bits - 1}, true
	}
	return interval{}, false
}

// interval gives what a computed whole number can be; ok is false where it can be NULL.
func (t *Term) interval() (in interval, ok bool) {
	switch {
	case t.nullable():
	case t.Op == TermCount, t.Op == TermLength, t.Op == TermTextLength:
		return interval{0, math.MaxInt64}, true
	case t.Op == TermDate:
		switch dialect.DatePart(t.Part) {
		case dialect.Month:
			return interval{1, 12}, true
		case dialect.Day:
			return interval{1, 31}, true
		case dialect.Hour:
			return interval{0, 23}, true
		case dialect.Minute:
			return interval{0, 59}, true
		case dialect.Weekday:
			return interval{0, 6}, true
		}
	}
	return interval{}, false
}
