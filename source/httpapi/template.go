package httpapi

import (
	"fmt"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// word is what a template stands for.
type word uint8

const (
	literal word = iota
	where
	skip
	take
	page
	cursor
	orderBy
	columns
	data
)

// template is one parsed parameter text.
type template struct {
	word     word
	text     string // of a literal
	field    *model.Field
	op       builder.Op
	optional bool
}

func parseTemplate(m *model.Model, text string) (template, error) {
	rest, is := strings.CutPrefix(text, "$")
	switch {
	case !is:
		return template{text: text}, apart(text)
	case strings.HasPrefix(rest, "$"):
		return template{text: rest}, nil
	}
	name, optional := strings.CutSuffix(rest, "?")
	if w, known := wordOf(name); known {
		return template{word: w, optional: true}, nil
	}
	cond, is := strings.CutPrefix(name, "where.")
	if !is {
		return template{}, fmt.Errorf("%q is no template: use $where.Field.op, $skip, $take, $page, $cursor, $orderBy, $select or $data, or begin a literal with $$", text)
	}
	at := strings.LastIndexByte(cond, '.')
	if at < 0 {
		return template{}, fmt.Errorf("%q lacks the operator, as in $where.Field.eq", text)
	}
	f, err := stored(m, cond[:at])
	if err != nil {
		return template{}, err
	}
	op, err := opOf(cond[at+1:])
	if err != nil {
		return template{}, err
	}
	if isText(op) && f.Kind != model.String && f.Kind != model.Text {
		return template{}, fmt.Errorf("%q: %s is no text", text, f.Name)
	}
	return template{word: where, field: f, op: op, optional: optional}, nil
}

// apart refuses a template inside longer text, which would be sent as it stands.
func apart(text string) error {
	for i := range len(text) {
		if text[i] != '$' {
			continue
		}
		name := text[i+1:]
		end := strings.IndexFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
		if end >= 0 {
			name = name[:end]
		}
		if _, known := wordOf(name); known || name == "where" {
			return fmt.Errorf("the template $%s stands inside longer text, where it would be sent as it stands: a template is the whole value; begin a literal with $$", name)
		}
	}
	return nil
}

func isText(op builder.Op) bool { return op >= builder.OpContains && op <= builder.OpLike }

// stored finds a field that an API can be asked about.
func stored(m *model.Model, name string) (*model.Field, error) {
	f, err := m.Field(name)
	if err != nil {
		return nil, err
	}
	if f.IsComputed {
		return nil, fmt.Errorf("%s is computed, not stored", f.Name)
	}
	return f, nil
}

func wordOf(name string) (word, bool) {
	switch name {
	case "skip":
		return skip, true
	case "take":
		return take, true
	case "page":
		return page, true
	case "cursor":
		return cursor, true
	case "orderBy":
		return orderBy, true
	case "select":
		return columns, true
	case "data":
		return data, true
	}
	return 0, false
}

// ops names the operators that a mapping can say.
func ops() []struct {
	name string
	op   builder.Op
} {
	return []struct {
		name string
		op   builder.Op
	}{
		{"eq", builder.OpEq}, {"ne", builder.OpNe}, {"gt", builder.OpGt}, {"gte", builder.OpGte}, {"lt", builder.OpLt}, {"lte", builder.OpLte},
		{"in", builder.OpIn}, {"notIn", builder.OpNotIn}, {"contains", builder.OpContains}, {"startsWith", builder.OpStartsWith},
		{"endsWith", builder.OpEndsWith}, {"like", builder.OpLike}, {"isNull", builder.OpIsNull}, {"isNotNull", builder.OpIsNotNull},
	}
}

func opOf(name string) (builder.Op, error) {
	var names []string
	for _, o := range ops() {
		if o.name == name {
			return o.op, nil
		}
		names = append(names, o.name)
	}
	hint := ""
	if n := model.Nearest(name, names); n != "" {
		hint = fmt.Sprintf(" (did you mean %q?)", n)
	}
	return 0, fmt.Errorf("unknown operator %q%s; the operators are %s", name, hint, strings.Join(names, " "))
}

func opName(op builder.Op) string {
	for _, o := range ops() {
		if o.op == op {
			return o.name
		}
	}
	return "?"
}
