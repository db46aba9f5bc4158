package migrate

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/sqltokens"
)

// createText is the text of a CREATE TABLE of SQLite, which is the one place that says all of a table: it is changed where a change
// asks for it, and stands as it was elsewhere.
type createText struct {
	text string
	defs []definition
	tail string // behind the closing parenthesis
}

// definition is a column or a constraint of the table.
type definition struct {
	column string // "" of a constraint
	text   string
}

// readCreate takes a CREATE TABLE apart; ok is false where it is of a form that is not known.
func readCreate(text string) (*createText, bool) {
	tokens := sqltokens.Split(text)
	open := slices.IndexFunc(tokens, func(t sqltokens.Token) bool { return t.Is("(") })
	if open < 0 {
		return nil, false
	}
	out := &createText{text: text}
	depth, start := 0, open+1
	add := func(end int) {
		if def := tokens[start:end]; len(def) > 0 {
			d := definition{text: text[def[0].Start:def[len(def)-1].End]}
			if !constraint(def) {
				d.column = def[0].Text
			}
			out.defs = append(out.defs, d)
		}
		start = end + 1
	}
	for i := open + 1; i < len(tokens); i++ {
		switch t := tokens[i]; {
		case t.Is("("):
			depth++
		case t.Is(")") && depth > 0:
			depth--
		case t.Is(")"):
			add(i)
			out.tail = text[t.End:]
			return out, true
		case t.Is(",") && depth == 0:
			add(i)
		}
	}
	return nil, false
}

// constraint reports whether a definition is of a constraint of the table.
func constraint(def []sqltokens.Token) bool {
	two := func(a, b string) bool { return len(def) > 1 && def[0].Is(a) && def[1].Is(b) }
	return def[0].Is("constraint") || two("primary", "key") || two("unique", "(") || two("check", "(") || two("foreign", "key")
}

// create is the statement for a table of another name.
func (c *createText) create(quoted string) string {
	parts := make([]string, len(c.defs))
	for i, d := range c.defs {
		parts[i] = d.text
	}
	return "CREATE TABLE " + quoted + " (\n\t" + strings.Join(parts, ",\n\t") + "\n)" + c.tail
}

func (c *createText) clone() *createText {
	out := *c
	out.defs = slices.Clone(c.defs)
	return &out
}

func (c *createText) at(column string) int {
	return slices.IndexFunc(c.defs, func(d definition) bool { return d.column != "" && sqltokens.Same(d.column, column) })
}

// add puts a column behind the others.
func (c *createText) add(column, text string) {
	i := slices.IndexFunc(c.defs, func(d definition) bool { return d.column == "" })
	if i < 0 {
		i = len(c.defs)
	}
	c.defs = slices.Insert(c.defs, i, definition{column, text})
}

// drop takes a column away with the constraints that are of it; ok is false where the key or another column is made of it.
func (c *createText) drop(column string) bool {
	i := c.at(column)
	if i < 0 {
		return false
	}
	defs := slices.Delete(slices.Clone(c.defs), i, i+1)
	for j := 0; j < len(defs); j++ {
		if !(&createText{defs: defs}).of(j, column) {
			continue
		}
		tokens := sqltokens.Split(defs[j].text)
		if defs[j].column != "" || slices.ContainsFunc(tokens[:min(3, len(tokens))], func(t sqltokens.Token) bool { return t.Is("primary") }) {
			return false
		}
		defs = slices.Delete(defs, j, j+1)
		j--
	}
	c.defs = defs
	return true
}

// of reports whether a definition is made of a column beside the one that it defines: what follows REFERENCES names columns of another table.
func (c *createText) of(i int, column string) bool {
	text := c.defs[i].text
	if c.defs[i].column != "" {
		_, parts := c.clauses(i)
		return slices.ContainsFunc(parts, func(x clause) bool {
			return (x.kind == "check" || x.kind == "generated") && sqltokens.Names(x.text, column, sqltokens.Same)
		})
	}
	for _, t := range sqltokens.Split(text) {
		if t.Is("references") {
			text = text[:t.Start]
			break
		}
	}
	return sqltokens.Names(text, column, sqltokens.Same)
}

// clause is a part of a column's definition: its type, or one constraint with its name.
type clause struct{ kind, text string }

// clauses takes the definition of a column apart.
func (c *createText) clauses(i int) (name string, out []clause) {
	text := c.defs[i].text
	tokens := sqltokens.Split(text)
	name = text[tokens[0].Start:tokens[0].End]
	kind, start, named := "type", 1, -1
	end := func(j int) {
		if j > start {
			out = append(out, clause{kind, text[tokens[start].Start:tokens[j-1].End]})
		}
		start = j
	}
	begin := func(j int, k string) {
		if named >= 0 {
			end(named)
			named = -1
		} else {
			end(j)
		}
		kind = k
	}
	depth := 0
	for j := 1; j < len(tokens); j++ {
		t := tokens[j]
		is := func(k int, w string) bool { return k >= 0 && k < len(tokens) && tokens[k].Is(w) }
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		}
		if depth > 0 || t.Is(")") {
			continue
		}
		switch {
		case t.Is("constraint"):
			named = j
			j++ // its name
		case t.Is("primary") && is(j+1, "key"):
			begin(j, "primary")
		case t.Is("not") && is(j+1, "null"):
			begin(j, "not null")
			j++
		case t.Is("null") && !is(j-1, "default") && !is(j-1, "set"):
			begin(j, "null")
		case t.Is("unique"), t.Is("check"), t.Is("collate"), t.Is("references"), t.Is("generated"), t.Is("default") && !is(j-1, "set"):
			begin(j, strings.ToLower(t.Text))
		case t.Is("as") && kind != "generated":
			begin(j, "generated")
		}
	}
	end(len(tokens))
	return name, out
}

func (c *createText) setClauses(i int, name string, list []clause) {
	parts := []string{name}
	for _, x := range list {
		parts = append(parts, x.text)
	}
	c.defs[i].text = strings.Join(parts, " ")
}

// null lets a column be NULL, or not.
func (c *createText) null(column string, may bool) {
	i := c.at(column)
	name, list := c.clauses(i)
	list = slices.DeleteFunc(list, func(x clause) bool { return x.kind == "not null" || x.kind == "null" })
	if !may {
		list = append(list, clause{"not null", "NOT NULL"})
	}
	c.setClauses(i, name, list)
}

// check puts a condition in the place of another, or behind the column where there is none. ok is false where the other is not found.
func (c *createText) check(column, old, condition string) bool {
	i := c.at(column)
	name, list := c.clauses(i)
	if old == "" {
		c.setClauses(i, name, append(list, clause{"check", "CHECK (" + condition + ")"}))
		return true
	}
	for j := range list {
		if list[j].kind == "check" && strings.Contains(list[j].text, old) {
			list[j].text = strings.Replace(list[j].text, old, condition, 1)
			c.setClauses(i, name, list)
			return true
		}
	}
	for j := range c.defs {
		if d := &c.defs[j]; d.column == "" && strings.Contains(d.text, old) {
			d.text = strings.Replace(d.text, old, condition, 1)
			return true
		}
	}
	return false
}
