package builder

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/decimal"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// JSON is a column that holds a document: Col[T, V] and what looks inside.
type JSON[T, V any] struct{ Col[T, V] }

// Path names a part of the document: keys are strings, positions in arrays ints from 0. A key is never looked for
// in an array, nor a position in an object.
func (c JSON[T, V]) Path(path ...any) JSONPath[T] { return pathOf[T](c.f, c.unbound(), path) }

// Path names a part of a document; the column must be tagged json.
func (c Dynamic[T]) Path(path ...any) JSONPath[T] {
	f, err := c.column()
	return pathOf[T](f, err, path)
}

// PathOf names a part of the document in column c.
func PathOf[T any](c Selectable[T], path ...any) JSONPath[T] {
	f, err := c.column()
	return pathOf[T](f, err, path)
}

func pathOf[T any](f *model.Field, err error, path []any) JSONPath[T] {
	p := JSONPath[T]{f: f, path: path}
	switch {
	case f == nil:
		p.err = err
	case f.Kind != model.JSON || f.IsComputed:
		p.err = fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "a path needs a column that is tagged json")
	default:
		p.path, p.err = checkPath(f, path)
	}
	return p
}

// maxPath bounds the elements of a path.
const maxPath = 100

// checkPath copies path and refuses what no document can hold.
func checkPath(f *model.Field, path []any) ([]any, error) {
	bad := func(detail string) error {
		return fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "JSON path: "+detail)
	}
	if len(path) > maxPath {
		return nil, fault.New(fault.ErrLimit, f.Model.Name, f.Name, fmt.Sprintf("a JSON path has at most %d elements", maxPath))
	}
	out := make([]any, len(path))
	for i, e := range path {
		switch x := e.(type) {
		case string:
			if !utf8.ValidString(x) || strings.IndexByte(x, 0) >= 0 {
				return nil, bad("a key must be UTF-8 without NUL")
			}
			out[i] = x
		case int:
			if x < 0 || x > 1<<30 {
				return nil, bad("a position counts from 0")
			}
			out[i] = x
		default:
			return nil, bad(fmt.Sprintf("an element is a string or an int, not a %T", e))
		}
	}
	return out, nil
}

// JSONPath is a part of a document. A comparison reads it as the type of the value it is compared with: a part of
// another JSON type, like one that is absent, compares as NULL.
type JSONPath[T any] struct {
	f    *model.Field
	path []any
	err  error
}

func jsonTerm[T, V any](p JSONPath[T], part dialect.JSONPart, k dialect.Kind) Expression[T, V] {
	if p.err != nil {
		return Expression[T, V]{err: p.err}
	}
	return Expression[T, V]{t: &Term{Op: TermJSON, Type: dialect.Type{Kind: k, Bits: 64}, Field: p.f, Part: uint8(part), Path: p.path}}
}

// Text is the part as text; NULL where it is no string.
func (p JSONPath[T]) Text() TextExpression[T] {
	return TextExpression[T]{jsonTerm[T, string](p, dialect.JSONText, dialect.String)}
}

// Number is the part as a number; NULL where it is none.
func (p JSONPath[T]) Number() Expression[T, float64] {
	return jsonTerm[T, float64](p, dialect.JSONNumber, dialect.Scanner)
}

// Bool is the part as a boolean; NULL where it is none.
func (p JSONPath[T]) Bool() Expression[T, bool] {
	return jsonTerm[T, bool](p, dialect.JSONBool, dialect.Bool)
}

func (p JSONPath[T]) compare(op Op, v any) Pred[T] {
	if p.err != nil {
		return Pred[T]{Fail(p.err)}
	}
	x := ValueOf(v)
	if n, ok := v.(json.Number); ok {
		var err error
		if x, err = p.number(n); err != nil {
			return Pred[T]{Fail(err)}
		}
	}
	switch x.Kind() {
	case model.StringValue:
		return p.Text().compare(op, x)
	case model.IntValue, model.UintValue:
		return p.Number().compare(op, x)
	case model.FloatValue:
		if f := x.Float(); f-f != 0 {
			return Pred[T]{Fail(fault.New(fault.ErrInvalid, p.f.Model.Name, p.f.Name, "JSON has no NaN and no infinity"))}
		}
		return p.Number().compare(op, x)
	case model.BoolValue:
		return p.Bool().compare(op, x)
	case model.NullValue:
		switch op {
		case OpEq:
			return p.IsNull()
		case OpNe:
			return p.IsNotNull()
		}
	}
	return Pred[T]{Fail(fault.New(fault.ErrInvalid, p.f.Model.Name, p.f.Name, fmt.Sprintf("a part of a document is compared with text, a number or a boolean, not a %T", v)))}
}

// number takes a number of a document as its digits say it.
func (p JSONPath[T]) number(n json.Number) (model.Value, error) {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return model.IntOf(i), nil
	}
	if u, err := strconv.ParseUint(string(n), 10, 64); err == nil {
		return model.UintOf(u), nil
	}
	x, err := strconv.ParseFloat(string(n), 64)
	written, ok := decimal.Canonical(string(n))
	if err != nil || !ok || decimal.Compare(strconv.FormatFloat(x, 'f', -1, 64), written) != 0 {
		return model.Value{}, fault.New(fault.ErrInvalid, p.f.Model.Name, p.f.Name, "the number is neither a whole one of 64 bits nor a float64: it would be compared as another")
	}
	return model.FloatOf(x), nil
}

// Eq holds where the part equals v: text, a number or a boolean; nil means IsNull.
func (p JSONPath[T]) Eq(v any) Pred[T] { return p.compare(OpEq, v) }

// Ne holds where the part is of v's type and differs from it; nil means IsNotNull.
func (p JSONPath[T]) Ne(v any) Pred[T] { return p.compare(OpNe, v) }

// Gt holds where the part is greater than v.
func (p JSONPath[T]) Gt(v any) Pred[T] { return p.compare(OpGt, v) }

// Gte holds where the part is v or greater.
func (p JSONPath[T]) Gte(v any) Pred[T] { return p.compare(OpGte, v) }

// Lt holds where the part is less than v.
func (p JSONPath[T]) Lt(v any) Pred[T] { return p.compare(OpLt, v) }

// Lte holds where the part is v or less.
func (p JSONPath[T]) Lte(v any) Pred[T] { return p.compare(OpLte, v) }

// DistinctFrom is the null-safe Ne: a part of another type, or an absent one, differs from every value.
func (p JSONPath[T]) DistinctFrom(v any) Pred[T] { return p.compare(OpDistinctFrom, v) }

// Contains holds where the part is a string in which s occurs.
func (p JSONPath[T]) Contains(s string) Pred[T] { return p.compare(OpContains, s) }

// StartsWith holds where the part is a string that begins with s.
func (p JSONPath[T]) StartsWith(s string) Pred[T] { return p.compare(OpStartsWith, s) }

// EndsWith holds where the part is a string that ends with s.
func (p JSONPath[T]) EndsWith(s string) Pred[T] { return p.compare(OpEndsWith, s) }

// IsNull holds where the part is JSON's null or absent.
func (p JSONPath[T]) IsNull() Pred[T] {
	return jsonTerm[T, string](p, dialect.JSONAny, dialect.String).IsNull()
}

// IsNotNull holds where the part is there and not JSON's null.
func (p JSONPath[T]) IsNotNull() Pred[T] {
	return jsonTerm[T, string](p, dialect.JSONAny, dialect.String).IsNotNull()
}

// Exists holds where the part is there, JSON's null included.
func (p JSONPath[T]) Exists() Pred[T] {
	return jsonTerm[T, string](p, dialect.JSONThere, dialect.String).IsNotNull()
}

// TextExpression is an Expression of text with the string operators. Case counts.
type TextExpression[T any] struct{ Expression[T, string] }

// Contains holds where s occurs in the text.
func (x TextExpression[T]) Contains(s string) Pred[T] {
	return x.compare(OpContains, model.StringOf(s))
}

// StartsWith holds where the text begins with s.
func (x TextExpression[T]) StartsWith(s string) Pred[T] {
	return x.compare(OpStartsWith, model.StringOf(s))
}

// EndsWith holds where the text ends with s.
func (x TextExpression[T]) EndsWith(s string) Pred[T] {
	return x.compare(OpEndsWith, model.StringOf(s))
}

// Like matches a pattern, as Text.Like does.
func (x TextExpression[T]) Like(pattern string) Pred[T] {
	return x.compare(OpLike, model.StringOf(pattern))
}

// ContainsJSON holds where the document in column c contains v, which is encoded as JSON: PostgreSQL's @>.
func ContainsJSON[T any](c Selectable[T], v any) Pred[T] {
	f, err := c.column()
	if err == nil && (f.Kind != model.JSON || f.IsComputed) {
		err = fault.New(fault.ErrInvalid, f.Model.Name, f.Name, "the column is not tagged json")
	}
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	x, err := jsonValue(f, v)
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	return Pred[T]{Expr{Op: OpJSONContains, Field: f, Value: x, Ext: &Ext{}}}
}
