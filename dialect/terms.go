package dialect

// DatePart is a part of a point in time, in UTC or in a zone that is said.
type DatePart uint8

// The parts. Weekday counts from Sunday, 0, as Go's time.Weekday does. The last two are text, which sorts as the times do.
const (
	Year DatePart = iota
	Month
	Day
	Hour
	Minute
	Weekday
	YearMonth // 2006-01
	Date      // 2006-01-02
)

// Zone is a time zone: one of the IANA database by its name, or an offset that is always the same.
type Zone struct {
	Name    string // "" for an offset
	Seconds int    // east of UTC
}

// JSONPart says what of a document's part is meant.
type JSONPart uint8

// What a JSON path can be asked for. A part of another JSON type gives NULL, as an absent one does; JSONType is the
// word "null" for an absent part and for JSON's null.
const (
	JSONText   JSONPart = iota // the text of a string
	JSONNumber                 // a number
	JSONBool                   // a boolean
	JSONAny                    // some text that is NULL where the path leads to JSON's null or to nothing
	JSONThere                  // some text that is NULL where the path leads to nothing
)

// JSONEdit is a change of a part of a document. Where what must be there is not, the document stays as it is.
type JSONEdit uint8

// The changes.
const (
	JSONSetKey     JSONEdit = iota // set a key of the object that must be there
	JSONSetElement                 // replace the element that must be there
	JSONRemove                     // take out the part that must be there
)

// ArrayTest is a condition on the elements of an array column.
type ArrayTest uint8

// The tests, each against one list argument that is not empty.
const (
	ArrayAny ArrayTest = iota // shares an element with the list
	ArrayAll                  // holds every element of the list
)

// Terms is what differs in the text of computed values. Each piece of text holds an [Arg] where an argument goes;
// where it needs an argument more than once, the count beside it says how often.
type Terms interface {
	// Scalar makes a value of a sub-select of one column and at most one row, in parentheses already.
	Scalar(sub string) string
	// DatePart gives a part of the time expr of type t, as an integer or as text.
	DatePart(expr string, t Type, p DatePart) string
	// Zone writes a time zone as the argument of ZonePart; ok is false where the zone is not to be had.
	Zone(z Zone) (arg string, ok bool)
	// ZonePart is DatePart of the clock in the zone that the one argument says.
	ZonePart(expr string, t Type, p DatePart) string
	// Parameter gives the argument as a value of type t, which nothing beside it says.
	Parameter(t Type) string
	// Real gives a number as a 64-bit float.
	Real(expr string) string
	// TextLength gives the number of characters of the text expr.
	TextLength(expr string) string
	// ArrayLength gives the number of elements of the array expr.
	ArrayLength(expr string) string
	// Array tests the array expr of type t; ok is false where it is not to be had.
	Array(expr string, t Type, test ArrayTest) (text string, ok bool)
	// ArrayAppend gives the array expr of type t, or none for NULL, with the elements of a list behind its own; ok is
	// false where it is not to be had.
	ArrayAppend(expr string, t Type) (text string, ok bool)
	// JSONPath writes a path of keys (string) and positions (int) as an argument.
	JSONPath(path []any) string
	// JSON gives a part of the document expr; every Arg is the path. ok is false where it is not to be had.
	JSON(expr string, p JSONPart) (text string, paths int, ok bool)
	// JSONTarget writes a path as the argument of a change: text, or a list of texts where isList is true.
	JSONTarget(path []any) (text string, list []string, isList bool)
	// JSONEdit gives the document expr with a change; ok is false where it is not to be had. The first argument is the
	// JSONPath of what must be there, the second the JSONTarget of what is changed, the third, for a value, the value.
	JSONEdit(expr string, e JSONEdit) (text string, ok bool)
	// JSONContains tests whether the document expr holds the document argument; ok is false where it is not to be had.
	JSONContains(expr string) (text string, ok bool)

	// SearchText writes what somebody typed as the argument of a search; words is the number of those that look for
	// something. It has no syntax that could be wrong: see [ParseSearch].
	SearchText(text string) (arg string, words int)
	// Match tests whether a row matches; lack says why it cannot.
	Match(s Search) (text, lack string)
	// Rank gives how well a row matches, 0 where it does not; the greater the better.
	Rank(s Search) (text, lack string)
	// SearchIndex gives the statements that make the index, safe to run twice and at once.
	SearchIndex(s Search) (statements []string, lack string)
}

// JSONParents is a dialect whose JSON takes two arguments in place of each path, and whose JSONEdit takes them in place of its first:
// those of what is changed.
type JSONParents interface {
	// JSONParent gives the two arguments.
	JSONParent(path []any) (parent, last string)
}
