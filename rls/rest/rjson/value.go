package rjson

// Kind is the kind of a Value.
type Kind uint8

// The kinds.
const (
	Undefined Kind = iota
	Null
	False
	True
	Number // Text is a number as JSON writes it, NaN, Infinity, -Infinity or -0
	String
	Array
	Object
)

// Value is a parsed text: a tree that keeps the order of members and every digit.
type Value struct {
	Kind    Kind
	Text    string // of String and Number
	Items   []Value
	Members []Member
}

// Member is a named value of an Object.
type Member struct {
	Name  string
	Value Value
}

// Member gives the value of a name, nil where there is none.
func (v *Value) Member(name string) *Value {
	for i := range v.Members {
		if v.Members[i].Name == name {
			return &v.Members[i].Value
		}
	}
	return nil
}

// The numbers that JSON has no text for.
const (
	nan         = "NaN"
	infinity    = "Infinity"
	negInfinity = "-Infinity"
)
