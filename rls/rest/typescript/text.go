package typescript

import (
	"encoding/json"
	"regexp"
	"strings"
)

// literal writes a text as TypeScript does.
func literal(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // a text has a form
		return `""`
	}
	return string(b)
}

// word matches what may stand as a name of a member without quotes, reserved words too.
var word = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$]*$`)

// key writes the name of a member of a type.
func key(name string) string {
	if word.MatchString(name) {
		return name
	}
	return literal(name)
}

// member writes the name of a member of an object. One called __proto__ would be the object's prototype.
func member(name string) string {
	if name == "__proto__" {
		return "[" + literal(name) + "]"
	}
	return key(name)
}

// either joins types.
func either(types ...string) string {
	var kept []string
	seen := map[string]bool{}
	for _, t := range types {
		if !seen[t] {
			seen[t] = true
			kept = append(kept, t)
		}
	}
	return strings.Join(kept, " | ")
}

func literals(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = literal(n)
	}
	return either(out...)
}

// comment writes words as a comment of what follows.
func comment(words string) string {
	if words == "" {
		return ""
	}
	words = strings.ReplaceAll(words, "*/", "*\u200b/")
	return "/** " + strings.Join(strings.Fields(words), " ") + " */\n"
}

// members writes an object type.
type members []string

func (m *members) add(name, kind string, needed bool) {
	if needed {
		*m = append(*m, key(name)+": "+kind+";")
	} else {
		*m = append(*m, key(name)+"?: "+kind+";")
	}
}

// text writes the members on lines of their own.
func (m members) text() string {
	if len(m) == 0 {
		return "{}"
	}
	return "{\n  " + strings.Join(m, "\n  ") + "\n}"
}

// line writes the members on one line.
func (m members) line() string {
	if len(m) == 0 {
		return "{}"
	}
	return "{ " + strings.TrimSuffix(strings.Join(m, " "), ";") + " }"
}
