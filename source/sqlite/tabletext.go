package sqlite

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

// tableText is what only the text of a CREATE TABLE tells: names of constraints, conditions and expressions.
type tableText struct {
	checks     []catalogue.Check
	columns    map[string]*columnText // by their names in small letters
	key        string                 // the name of the primary key
	descending bool                   // PRIMARY KEY DESC behind a column, which then is not the row's number
	uniques    []constraintText
	foreign    []constraintText // in the order of the text
}

type columnText struct{ generated, collation string }

// constraintText is a constraint over columns.
type constraintText struct {
	name                 string
	columns              []string
	deferrable, deferred bool
}

// readTable reads the text of a CREATE TABLE that SQLite has taken. What it does not know it passes over.
func readTable(text string) *tableText {
	r := tableReader{text: text, out: &tableText{columns: map[string]*columnText{}}}
	tokens := sqltokens.Split(text)
	open := slices.IndexFunc(tokens, func(t sqltokens.Token) bool { return t.Is("(") })
	if open < 0 {
		return r.out
	}
	for _, def := range parts(tokens[open+1:]) {
		r.tokens = def
		r.definition()
	}
	return r.out
}

// parts cuts the list that tokens begin with at its commas, up to its closing parenthesis.
func parts(tokens []sqltokens.Token) (out [][]sqltokens.Token) {
	depth, start := 0, 0
	for i, t := range tokens {
		switch {
		case t.Is("("):
			depth++
		case t.Is(")") && depth > 0:
			depth--
		case t.Is(")"):
			return append(out, tokens[start:i])
		case t.Is(",") && depth == 0:
			out = append(out, tokens[start:i])
			start = i + 1
		}
	}
	return append(out, tokens[start:])
}

// tableReader reads one definition at a time.
type tableReader struct {
	text   string
	tokens []sqltokens.Token
	out    *tableText
	name   string // of the constraint that follows
}

func (r *tableReader) is(words ...string) bool {
	if len(r.tokens) < len(words) {
		return false
	}
	for i, w := range words {
		if !r.tokens[i].Is(w) {
			return false
		}
	}
	return true
}

func (r *tableReader) take(words ...string) bool {
	if !r.is(words...) {
		return false
	}
	r.tokens = r.tokens[len(words):]
	return true
}

func (r *tableReader) next() (t sqltokens.Token) {
	if len(r.tokens) > 0 {
		t, r.tokens = r.tokens[0], r.tokens[1:]
	}
	return t
}

// group takes what stands in the parentheses that follow.
func (r *tableReader) group() (inside []sqltokens.Token, text string) {
	if !r.is("(") {
		return nil, ""
	}
	depth := 0
	for i, t := range r.tokens {
		if t.Is("(") {
			depth++
		} else if t.Is(")") {
			depth--
		}
		if depth == 0 {
			inside, text = r.tokens[1:i], strings.TrimSpace(r.text[r.tokens[0].End:t.Start])
			r.tokens = r.tokens[i+1:]
			return inside, text
		}
	}
	inside, r.tokens = r.tokens[1:], nil
	return inside, ""
}

// names takes a list of columns.
func (r *tableReader) names() (out []string) {
	inside, _ := r.group()
	if inside == nil {
		return nil
	}
	for _, part := range parts(inside) {
		if len(part) > 0 {
			out = append(out, part[0].Text)
		}
	}
	return out
}

func (r *tableReader) definition() {
	r.name = ""
	column := ""
	if !r.is("constraint") && !r.is("primary", "key") && !r.is("unique", "(") && !r.is("check", "(") && !r.is("foreign", "key") {
		column = r.next().Text
		r.out.columns[sqltokens.Fold(column)] = new(columnText)
	}
	for len(r.tokens) > 0 {
		r.constraint(column)
	}
}

// constraint reads a constraint, or passes over a word of the column's type.
func (r *tableReader) constraint(column string) {
	one := func(names []string) []string {
		if names == nil && column != "" {
			return []string{column}
		}
		return names
	}
	switch {
	case r.take("constraint"):
		r.name = r.next().Text
		return
	case r.take("primary", "key"):
		r.out.key = r.name
		if names := r.names(); names == nil && r.take("desc") {
			r.out.descending = true
		}
	case r.take("unique"):
		r.out.uniques = append(r.out.uniques, constraintText{name: r.name, columns: one(r.names())})
	case r.take("check"):
		_, text := r.group()
		r.out.checks = append(r.out.checks, catalogue.Check{Name: r.name, Expression: text})
	case r.take("default"):
		if inside, _ := r.group(); inside == nil && !r.take("-") && !r.take("+") {
			r.next()
			return
		}
	case r.take("collate"):
		if c := r.out.columns[sqltokens.Fold(column)]; c != nil {
			c.collation = r.next().Text
		}
	case r.take("generated", "always", "as"), r.is("as", "(") && r.take("as"):
		_, text := r.group()
		if c := r.out.columns[sqltokens.Fold(column)]; c != nil {
			c.generated = text
		}
	case r.take("foreign", "key"):
		r.foreign(r.names())
	case r.is("references"):
		r.foreign(one(nil))
	default:
		r.next()
		return
	}
	r.name = ""
}

// foreign reads what REFERENCES says.
func (r *tableReader) foreign(columns []string) {
	f := constraintText{name: r.name, columns: columns}
	if !r.take("references") {
		return
	}
	r.next()
	r.names()
	for {
		switch {
		case r.take("on"):
			r.next()
			if !r.take("set") && !r.take("no") {
				r.next()
				continue
			}
			r.next()
		case r.take("match"):
			r.next()
		case r.take("not", "deferrable"):
			f.deferrable = false
			r.initially(nil)
		case r.take("deferrable"):
			f.deferrable = true
			r.initially(&f.deferred)
		default:
			r.out.foreign = append(r.out.foreign, f)
			return
		}
	}
}

func (r *tableReader) initially(deferred *bool) {
	if !r.take("initially") {
		return
	}
	if word := r.next(); deferred != nil {
		*deferred = word.Is("deferred")
	}
}

// unique finds the name of a unique constraint by its columns.
func (t *tableText) unique(columns []string) string {
	for _, u := range t.uniques {
		if slices.EqualFunc(u.columns, columns, sqltokens.Same) {
			return u.name
		}
	}
	return ""
}

// readIndex gives the keys of a CREATE INDEX as they are written, and its condition.
func readIndex(text string) (keys []string, where string) {
	tokens := sqltokens.Split(text)
	on := slices.IndexFunc(tokens, func(t sqltokens.Token) bool { return t.Is("on") })
	if on < 0 {
		return nil, ""
	}
	r := tableReader{text: text, tokens: tokens[on+1:]}
	r.next() // the table
	inside, _ := r.group()
	for _, part := range parts(inside) {
		for len(part) > 1 && (part[len(part)-1].Is("asc") || part[len(part)-1].Is("desc")) {
			part = part[:len(part)-1]
		}
		if len(part) > 2 && part[len(part)-2].Is("collate") {
			part = part[:len(part)-2]
		}
		if len(part) > 0 {
			keys = append(keys, text[part[0].Start:part[len(part)-1].End])
		}
	}
	if r.take("where") && len(r.tokens) > 0 {
		where = text[r.tokens[0].Start:r.tokens[len(r.tokens)-1].End]
	}
	return keys, where
}
