package migrate

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/sqltokens"
)

// retype gives a column another type, which is written as a new table has it. What makes it the key stays as it stands, but for what goes with
// INTEGER alone: only a key of that type numbers the rows, counts, and is never NULL without saying so. numbers tells that it is to number them.
func (c *createText) retype(column, typ string, numbers bool) {
	typ, _, _ = strings.Cut(typ, " PRIMARY KEY")
	numbered := sqltokens.Same(c.rowNumber(), column)
	i := c.at(column)
	name, list := c.clauses(i)
	collates, defaults := strings.Contains(strings.ToUpper(typ), "COLLATE "), strings.Contains(typ, " DEFAULT ")
	list = slices.DeleteFunc(list, func(x clause) bool {
		return x.kind == "type" || collates && x.kind == "collate" || defaults && x.kind == "default"
	})
	for j := range list {
		if list[j].kind == "primary" {
			list[j].text = withoutWords(list[j].text, !strings.EqualFold(typ, "INTEGER"), "autoincrement")
			list[j].text = withoutWords(list[j].text, numbers, "desc")
		}
	}
	c.setClauses(i, name, append([]clause{{"type", typ}}, list...))
	if numbered && c.rowNumber() == "" {
		c.null(column, false)
	}
}

// withoutWords takes bare words out of a text where it is asked to.
func withoutWords(text string, asked bool, word string) string {
	if !asked {
		return text
	}
	for _, t := range slices.Backward(sqltokens.Split(text)) {
		if t.Is(word) {
			text = strings.TrimSpace(text[:t.Start]) + text[t.End:]
		}
	}
	return text
}

// defaulted gives a column a default.
func (c *createText) defaulted(column, expression string) {
	i := c.at(column)
	name, list := c.clauses(i)
	list = slices.DeleteFunc(list, func(x clause) bool { return x.kind == "default" })
	at := slices.IndexFunc(list, func(x clause) bool { return x.kind != "type" })
	if at < 0 {
		at = len(list)
	}
	c.setClauses(i, name, slices.Insert(list, at, clause{"default", "DEFAULT " + expression}))
}

// rowNumber is the column that holds the number of a row, "" where there is none: an INTEGER that is the whole key, of a table whose rows have
// numbers. DESC behind the column itself keeps it from that.
func (c *createText) rowNumber() string {
	if c.rowless() {
		return ""
	}
	for i, d := range c.defs {
		if d.column != "" {
			_, list := c.clauses(i)
			whole := slices.ContainsFunc(list, func(x clause) bool { return x.kind == "type" && strings.EqualFold(x.text, "INTEGER") })
			key := slices.ContainsFunc(list, func(x clause) bool {
				return x.kind == "primary" && !slices.ContainsFunc(sqltokens.Split(x.text), func(t sqltokens.Token) bool { return t.Is("desc") })
			})
			if whole && key {
				return d.column
			}
			continue
		}
		tokens := sqltokens.Split(d.text)
		if len(tokens) > 2 && tokens[0].Is("constraint") {
			tokens = tokens[2:]
		}
		if len(tokens) < 5 || !tokens[0].Is("primary") || !tokens[2].Is("(") || slices.ContainsFunc(tokens, func(t sqltokens.Token) bool { return t.Is(",") }) {
			continue
		}
		if at := c.at(tokens[3].Text); at >= 0 {
			_, list := c.clauses(at)
			if slices.ContainsFunc(list, func(x clause) bool { return x.kind == "type" && strings.EqualFold(x.text, "INTEGER") }) {
				return c.defs[at].column
			}
		}
	}
	return ""
}

// rowless reports whether the rows of the table have no numbers.
func (c *createText) rowless() bool {
	return slices.ContainsFunc(sqltokens.Split(c.tail), func(t sqltokens.Token) bool { return t.Is("without") })
}

// counts reports whether numbers of rows that are gone are not given again.
func (c *createText) counts() bool {
	return slices.ContainsFunc(c.defs, func(d definition) bool {
		return d.column != "" && slices.ContainsFunc(sqltokens.Split(d.text), func(t sqltokens.Token) bool { return t.Is("autoincrement") })
	})
}

// numbersRows reports whether the column of an edit, which the database is to make, can number the rows: it is the whole key.
func (b *rebuilding) numbersRows(e *edit) bool {
	key := b.p.live.Key.Columns
	return e.column != nil && e.was != nil && strings.HasPrefix(e.column.Type, "INTEGER PRIMARY KEY") && b.text != nil && !b.text.rowless() && len(key) == 1 && sqltokens.Same(key[0], e.was.Name)
}

// unknownType is a type that a table which enforces types does not know, "" where it knows that of the edit.
func (b *rebuilding) unknownType(e *edit) string {
	if !b.p.live.Strict || e.kind != AddColumn && e.kind != AlterType {
		return ""
	}
	typ := e.column.Type
	for _, end := range []string{" PRIMARY KEY", " DEFAULT ", " COLLATE "} {
		typ, _, _ = strings.Cut(typ, end)
	}
	if slices.Contains([]string{"INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"}, strings.ToUpper(typ)) {
		return ""
	}
	return typ
}
