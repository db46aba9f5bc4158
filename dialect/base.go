package dialect

import "strings"

// base is what PostgreSQL and SQLite say alike.
type base struct{}

func (base) Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (base) Page(p Paging) (options, suffix string) {
	switch {
	case p.Take && p.Skip:
		return "", "LIMIT " + Arg + " OFFSET " + Arg
	case p.Take:
		return "", "LIMIT " + Arg
	}
	return "", ""
}

func (base) TakeFirst() bool { return true }

func (base) FoldArg(_, arg string) string { return "lower(" + arg + ")" }

func (base) AsText(expr string) string { return "CAST(" + expr + " AS TEXT)" }

func (base) Returning(_ string, columns []string, _ bool) (output, suffix string) {
	if len(columns) == 0 {
		return "", ""
	}
	return "", "RETURNING " + strings.Join(columns, ", ")
}

func (base) Upsert(u Upsert) (string, bool) {
	var b strings.Builder
	b.WriteString("ON CONFLICT")
	if len(u.Target) > 0 {
		b.WriteString(" (" + strings.Join(u.Target, ", ") + ")")
		if u.Living != "" {
			b.WriteString(" WHERE " + u.Living)
		}
	}
	if u.DoNothing {
		b.WriteString(" DO NOTHING")
		return b.String(), true
	}
	b.WriteString(" DO UPDATE SET " + strings.Join(u.Set, ", "))
	if u.Where != "" {
		b.WriteString(" WHERE " + u.Where)
	}
	return b.String(), true
}

func (base) Incoming(column string) string { return "excluded." + column }
func (base) DefaultValues() string         { return "DEFAULT VALUES" }

func (base) CreateTable(table, body string) string {
	return "CREATE TABLE IF NOT EXISTS " + table + " (" + body + ")"
}

func (base) CreateIndex(unique bool, name, table string, columns, include []string, where string) string {
	return createIndex("IF NOT EXISTS ", unique, name, table, columns, include, where)
}

func createIndex(guard string, unique bool, name, table string, columns, include []string, where string) string {
	var b strings.Builder
	b.WriteString("CREATE ")
	if unique {
		b.WriteString("UNIQUE ")
	}
	b.WriteString("INDEX " + guard + name + " ON " + table + " (" + strings.Join(columns, ", ") + ")")
	if len(include) > 0 {
		b.WriteString(" INCLUDE (" + strings.Join(include, ", ") + ")")
	}
	if where != "" {
		b.WriteString(" WHERE " + where)
	}
	return b.String()
}

func lower(expr string, fold bool) string {
	if fold {
		return "lower(" + expr + ")"
	}
	return expr
}

// lowerASCII keeps every byte in its place, which strings.ToLower does not.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func direction(desc bool) string {
	if desc {
		return " DESC"
	}
	return " ASC"
}

// nullsFirst resolves where NULL goes.
func nullsFirst(desc bool, n Nulls) bool {
	return n == NullsFirst || n == NullsLargest && desc
}
