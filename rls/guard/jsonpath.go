package guard

import (
	"errors"
	"math"
	"strconv"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
)

// jsonPath is what a part of a document can be compared by, whatever the model.
func comparePath[T any](p orm.JSONPath[T], op Op, v any) builder.Expr {
	var e orm.Pred[T]
	text, _ := v.(string)
	switch op {
	case Eq:
		e = p.Eq(v)
	case Ne:
		e = p.Ne(v)
	case Lt:
		e = p.Lt(v)
	case Lte:
		e = p.Lte(v)
	case Gt:
		e = p.Gt(v)
	case Gte:
		e = p.Gte(v)
	case Contains:
		e = p.Contains(text)
	case StartsWith:
		e = p.StartsWith(text)
	case EndsWith:
		e = p.EndsWith(text)
	case IsNull:
		if e = p.IsNotNull(); v == true {
			e = p.IsNull()
		}
	}
	return e.Expr()
}

var errRange = errors.New("out of range")

// documentNumber reads a number to be compared with one of a document: as an integer where it is one.
func documentNumber(text string) (any, error) {
	if k, ok := wholeNumber(text); ok {
		return k, nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(x, 0) {
		return nil, errRange
	}
	return x, nil
}
