package introspect

// Filter says which rows are meant: those that pass every entry. A key is the name of a column. A bare value holds where the column equals
// it, nil where it is NULL; [Not], [AnyOf], [AllOf], [LessThan], [AtMost], [MoreThan], [AtLeast], [Contains] and [StartsWith] say the rest, and nest.
// Values are always bound: a text never becomes SQL.
//
// NULL follows SQL: a comparison with a column that is NULL is neither true nor false, and neither is its Not, so that such
// rows pass neither. Not(nil) is NOT NULL; AnyOf(1, nil) is 1 or NULL.
type Filter map[string]any

// Word is a condition of a column other than to equal a value.
type Word struct {
	op   word
	args []any
}

type word uint8

const (
	noWord word = iota
	not
	anyOf
	allOf
	lessThan
	atMost
	moreThan
	atLeast
	contains
	startsWith
)

// Not holds where x, a value or a word, is false.
func Not(x any) Word { return Word{not, []any{x}} }

// AnyOf holds where one of xs, values or words, does; of none, nowhere.
func AnyOf(xs ...any) Word { return Word{anyOf, xs} }

// AllOf holds where all of xs do: a range is AllOf(AtLeast(1), LessThan(5)). It needs one.
func AllOf(xs ...any) Word { return Word{allOf, xs} }

// LessThan holds where the column is less than v.
func LessThan(v any) Word { return Word{lessThan, []any{v}} }

// AtMost holds where the column is v or less.
func AtMost(v any) Word { return Word{atMost, []any{v}} }

// MoreThan holds where the column is greater than v.
func MoreThan(v any) Word { return Word{moreThan, []any{v}} }

// AtLeast holds where the column is v or greater.
func AtLeast(v any) Word { return Word{atLeast, []any{v}} }

// Contains holds where s occurs in the text of the column, in the same letter case.
func Contains(s string) Word { return Word{contains, []any{s}} }

// StartsWith holds where the text of the column begins with s, in the same letter case.
func StartsWith(s string) Word { return Word{startsWith, []any{s}} }
