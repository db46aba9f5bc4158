package sqltokens

import (
	"slices"
	"strings"
)

const (
	// reserved are the words that no bare name can be.
	reserved = ` add all alter and as between case check collate column commit constraint create cross default delete distinct drop else end escape except exists foreign from full group having in index inner insert intersect into is isnull join left limit not notnull null on or order outer primary references right select set table then to trigger union unique update using values view when where with `
	// notColumns are the words whose next name is no column's.
	notColumns = ` as collate constraint from index into join table trigger update view :: `
)

func among(list, word string) bool {
	return strings.Contains(list, " "+strings.ToLower(word)+" ")
}

// Names reports whether text names a column, as same compares names. What is called as a function, qualifies another name, or stands where
// a table, a type, a collation or a constraint is named, is none. An alias without AS is taken for a column.
func Names(text, column string, same func(a, b string) bool) bool {
	tokens := Split(text)
	for i, t := range tokens {
		if !t.IsName() || !same(t.Text, column) {
			continue
		}
		is := func(at int, words ...string) bool {
			return at >= 0 && at < len(tokens) && slices.ContainsFunc(words, tokens[at].Is)
		}
		switch {
		case t.Kind == Word && among(reserved, t.Text):
		case t.Kind == Word && is(i, "asc", "desc") && !is(i-1, "(", ",", "."):
		case is(i+1, "(", "."):
		case i > 0 && (tokens[i-1].Kind == Word || tokens[i-1].Kind == Sign) && among(notColumns, tokens[i-1].Text):
		default:
			return true
		}
	}
	return false
}

// Mentions reports whether a name stands anywhere in text, as same compares names.
func Mentions(text, name string, same func(a, b string) bool) bool {
	return slices.ContainsFunc(Split(text), func(t Token) bool { return t.IsName() && same(t.Text, name) })
}

// ReadsByName reports whether a function reads tables, files or settings that its arguments name. Functions of the
// user's own are beyond what text can tell.
func ReadsByName(name string) bool {
	for _, part := range [...]string{"_to_xml", "dblink", "crosstab", "pg_read_", "pg_ls_", "pg_logical_", "get_raw_page", "heap_page", "lo_import", "lo_export", "lo_get", "lo_put", "loread", "lowrite", "lo_open"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	switch name {
	case "ts_stat", "ts_rewrite", "xpath_table", "connectby", "set_config", "setval", "pg_stat_file", "pgstattuple",
		"load_extension", "readfile", "writefile", "edit", "eval", "openquery", "openrowset", "opendatasource", "fts5_source_id":
		return true
	}
	return false
}

// Fold brings the names that SQLite takes for one to one spelling: its letters are those of ASCII.
func Fold(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// Same compares names as SQLite does.
func Same(a, b string) bool { return strings.EqualFold(a, b) && Fold(a) == Fold(b) }
