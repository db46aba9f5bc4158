package client

import (
	"math"
	"strconv"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/rest/rjson"
)

func text(s string) rjson.Value { return rjson.Value{Kind: rjson.String, Text: s} }

func number(n int64) rjson.Value {
	return rjson.Value{Kind: rjson.Number, Text: strconv.FormatInt(n, 10)}
}

func boolean(b bool) rjson.Value {
	if b {
		return rjson.Value{Kind: rjson.True}
	}
	return rjson.Value{Kind: rjson.False}
}

func object(members ...rjson.Member) rjson.Value {
	return rjson.Value{Kind: rjson.Object, Members: members}
}

func list(items ...rjson.Value) rjson.Value { return rjson.Value{Kind: rjson.Array, Items: items} }

// valueOf writes a value as a request compares a column with it.
func valueOf(f *model.Field, v model.Value) (rjson.Value, error) {
	if why := builder.TextFault(v); why != "" {
		return rjson.Value{}, jsonrow.Invalid(f, why)
	}
	switch v.Kind() {
	case model.NullValue:
		return rjson.Value{Kind: rjson.Null}, nil
	case model.BoolValue:
		return boolean(v.Bool()), nil
	case model.IntValue:
		return number(v.Int()), nil
	case model.UintValue:
		return rjson.Value{Kind: rjson.Number, Text: strconv.FormatUint(v.Uint(), 10)}, nil
	case model.FloatValue:
		x := v.Float()
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return rjson.Value{}, jsonrow.Invalid(f, "the number is not finite")
		}
		return rjson.Value{Kind: rjson.Number, Text: strconv.FormatFloat(x, 'g', -1, v.Bits())}, nil
	case model.ListValue:
		out := rjson.Value{Kind: rjson.Array, Items: make([]rjson.Value, len(v.List()))}
		for i, x := range v.List() {
			var err error
			if out.Items[i], err = valueOf(f, x); err != nil {
				return out, err
			}
		}
		return out, nil
	}
	s, err := jsonrow.Text(f, v)
	return text(s), err
}
