package guard

import (
	"strconv"
	"unicode/utf8"

	"github.com/multi-orm/orm/model"
)

// Kind is the kind of a Node.
type Kind uint8

// The kinds of nodes, those of JSON.
const (
	Null Kind = iota
	False
	True
	Number
	String
	List
	Object
)

// Node is one value of a request. It is data: a grammar makes it, and verbs only read it.
type Node struct {
	Kind    Kind
	Text    string   // of String; of Number as it was written, so that no digit is lost
	Items   []Node   // of List
	Members []Member // of Object, in the order written; names differ
	// At is where who asked wrote the value, as in where.title.inArray, for a grammar whose words are others than these: paths of
	// errors begin with it, as it is. "" is the place that the value has in the tree.
	At string
}

// Member is a named value of an Object.
type Member struct {
	Name  string
	Value Node
}

// Request is a whole request as a tree. ParseJSON makes one of JSON; another grammar, such as a query string, makes its
// own of an Object and gives it to [Compiled.Ask]. What a tree may hold is checked by the verbs: names, kinds, repeated
// names and every bound but that of the body's length.
type Request struct{ Root Node }

// Member gives the value of a name, nil where there is none.
func (n *Node) Member(name string) *Node {
	for i := range n.Members {
		if n.Members[i].Name == name {
			return &n.Members[i].Value
		}
	}
	return nil
}

func (n *Node) boolean() (v, ok bool) { return n.Kind == True, n.Kind == True || n.Kind == False }

// appendJSON writes the node as JSON.
func (n *Node) appendJSON(b []byte) []byte {
	switch n.Kind {
	case Null:
		return append(b, "null"...)
	case False:
		return append(b, "false"...)
	case True:
		return append(b, "true"...)
	case Number:
		return append(b, n.Text...)
	case String:
		return appendString(b, n.Text)
	case List:
		b = append(b, '[')
		for i := range n.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = n.Items[i].appendJSON(b)
		}
		return append(b, ']')
	}
	b = append(b, '{')
	for i := range n.Members {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, n.Members[i].Name)
		b = append(b, ':')
		b = n.Members[i].Value.appendJSON(b)
	}
	return append(b, '}')
}

// place is where in the request the reader is, for errors only.
type place struct {
	up    *place
	name  string
	index int // of an item; -1 for a member, -2 for a whole path
}

func (p *place) at(name string) *place { return &place{p, name, -1} }

func (p *place) item(i int) *place { return &place{p, "", i} }

// of is the place of a member's value, or of an item's, as who asked wrote it.
func (p *place) of(m *Member) *place { return m.Value.place(p.at(m.Name)) }

func (n *Node) place(p *place) *place {
	if n == nil || n.At == "" {
		return p
	}
	return &place{nil, n.At, -2}
}

// String gives the path of the place. Names that are no plain words are left out: they come from the request.
func (p *place) String() string {
	if p == nil {
		return ""
	}
	up := p.up.String()
	switch {
	case p.index == -2:
		return p.name
	case p.index >= 0:
		return up + "[" + strconv.Itoa(p.index) + "]"
	case !plainName(p.name):
		return up
	case up == "":
		return p.name
	}
	return up + "." + p.name
}

// plainName reports whether s is a name that may be said back: a letter or _, then letters, digits, _ and -.
func plainName(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || i > 0 && (c == '-' || c >= '0' && c <= '9') {
			continue
		}
		return false
	}
	return true
}

// unknown refuses the name of a place that is not among names, and suggests the nearest of them.
func unknown(p *place, name string, names []string) *Error {
	return refusal(p.String(), "the shape does not name it"+meant(name, names))
}

// meant suggests the nearest of names.
func meant(name string, names []string) string {
	if !plainName(name) {
		return ""
	}
	if near := model.Nearest(name, names); near != "" {
		return ` (did you mean "` + near + `"?)`
	}
	return ""
}

// check holds a tree that another grammar made against what ParseJSON would have refused.
func (r *Request) check() error {
	if r.Root.Kind != Object {
		return refusal("", "a request is an object")
	}
	total := 0
	return r.Root.check(nil, 0, &total)
}

// check counts in total the values that it came by.
func (n *Node) check(at *place, depth int, total *int) error {
	if *total++; *total > MaxTotal {
		return beyond("", "it holds more than "+strconv.Itoa(MaxTotal)+" values")
	}
	if len(n.Items) > MaxItems || len(n.Members) > MaxItems {
		return beyond(at.String(), "it holds more than "+strconv.Itoa(MaxItems)+" values")
	}
	if depth > MaxDepth {
		return beyond(at.String(), "it nests deeper than "+strconv.Itoa(MaxDepth)+" levels")
	}
	switch n.Kind {
	case Null, False, True:
	case Number:
		if !number(n.Text) {
			return refusal(at.String(), "it is no number")
		}
	case String:
		if !utf8.ValidString(n.Text) {
			return refusal(at.String(), "it is no valid UTF-8")
		}
	case List:
		for i := range n.Items {
			if err := n.Items[i].check(n.Items[i].place(at.item(i)), depth+1, total); err != nil {
				return err
			}
		}
	case Object:
		names := make(map[string]bool, len(n.Members))
		for i := range n.Members {
			m := &n.Members[i]
			switch {
			case names[m.Name]:
				return refusal(at.at(m.Name).String(), "the name stands twice")
			case !utf8.ValidString(m.Name):
				return refusal(at.String(), "a name is no valid UTF-8")
			}
			names[m.Name] = true
			if err := m.Value.check(at.of(m), depth+1, total); err != nil {
				return err
			}
		}
	default:
		return refusal(at.String(), "it is of no kind that a request has")
	}
	return nil
}

// MarshalJSON gives the node as JSON.
func (n Node) MarshalJSON() ([]byte, error) { return n.appendJSON(nil), nil }
