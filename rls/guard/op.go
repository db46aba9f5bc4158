package guard

import (
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// Op is an operator of a filter.
type Op uint8

// The operators, and how a request writes them.
const (
	Eq         Op = iota // equals, eq, or the value by itself
	Ne                   // not, ne
	In                   // in
	NotIn                // notIn
	Lt                   // lt; so are the next four, of UUIDs and booleans only where a shape names them
	Lte                  // lte
	Gt                   // gt
	Gte                  // gte
	Between              // between: [lower, upper]
	Contains             // contains, with mode: "insensitive" to ignore case; so do the next two
	StartsWith           // startsWith
	EndsWith             // endsWith
	IsNull               // isNull: true or false
	Has                  // has, of lists: an element
	HasEvery             // hasEvery, of lists: all of these
	HasSome              // hasSome, of lists: one of these
	IsEmpty              // isEmpty, of lists: true or false
	Path                 // path: ["a", 0, "b"], of documents, beside one comparison
	Like                 // like: % is any text, _ one character, \ takes the next as it is; only where a shape names it
	opCount
)

var opWords = [opCount][]string{
	{"equals", "eq"}, {"not", "ne"}, {"in"}, {"notIn"}, {"lt"}, {"lte"}, {"gt"}, {"gte"}, {"between"},
	{"contains"}, {"startsWith"}, {"endsWith"}, {"isNull"}, {"has"}, {"hasEvery"}, {"hasSome"}, {"isEmpty"}, {"path"}, {"like"},
}

// opOf finds an operator by its word.
func opOf(word string) (Op, bool) {
	for op, words := range opWords {
		for _, w := range words {
			if w == word {
				return Op(op), true
			}
		}
	}
	return 0, false
}

func (o Op) word() string { return opWords[o][0] }

// isText reports whether the operator looks into a text.
func (o Op) isText() bool { return o == Contains || o == StartsWith || o == EndsWith || o == Like }

// compares gives the builder's operator of one that takes one value.
func (o Op) compares() builder.Op {
	switch o {
	case Eq:
		return builder.OpEq
	case Ne:
		return builder.OpNe
	case Lt:
		return builder.OpLt
	case Lte:
		return builder.OpLte
	case Gt:
		return builder.OpGt
	case Gte:
		return builder.OpGte
	case Contains:
		return builder.OpContains
	case StartsWith:
		return builder.OpStartsWith
	case EndsWith:
		return builder.OpEndsWith
	case Like:
		return builder.OpLike
	}
	return 0
}

// opSet is a set of operators.
type opSet uint32

func opsOf(ops ...Op) (s opSet) {
	for _, o := range ops {
		s |= 1 << o
	}
	return s
}

func (s opSet) has(o Op) bool { return s&(1<<o) != 0 }

// naming gives the operators that a shape may name for a column. Like is not among those that come by themselves: a pattern of
// many wildcards makes a database work hard. Neither are those by which pages go on after a UUID or a boolean, which people
// have no use for.
func naming(f *model.Field) opSet {
	s := suiting(f)
	if f.Kind == model.Bool || f.Kind == model.UUID {
		s |= opsOf(Lt, Lte, Gt, Gte, Between)
	}
	if s.has(Contains) {
		s |= opsOf(Like)
	}
	return s
}

// suiting gives the operators that suit a column: none where a request must not filter by its type.
func suiting(f *model.Field) (s opSet) {
	same := opsOf(Eq, Ne, In, NotIn)
	sorted := same | opsOf(Lt, Lte, Gt, Gte, Between)
	switch {
	case f.Kind == model.Bool:
		s = opsOf(Eq, Ne)
	case f.Kind == model.Array:
		s = opsOf(Has, HasEvery, HasSome, IsEmpty)
		if !readable(f.Elem) {
			return 0
		}
	case f.Kind == model.JSON:
		s = opsOf(Path)
	case f.Decimal != nil, f.Kind == model.Int, f.Kind == model.Uint, f.Kind == model.Float, f.Kind == model.Time, f.CivilTime():
		s = sorted
	case f.Kind == model.String && len(f.Enum) > 0, f.Kind == model.UUID, f.Kind == model.Text:
		s = same
	case f.Kind == model.String:
		s = sorted | opsOf(Contains, StartsWith, EndsWith)
	default:
		return 0
	}
	if f.Nullable {
		s |= opsOf(IsNull)
	}
	return s
}
