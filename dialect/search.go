package dialect

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode"
)

// Search says where a full-text search looks.
type Search struct {
	Config        string // one of SearchConfigs
	Schema, Table string
	Owner         string   // quoted, what qualifies the row's columns
	Columns       []string // of text
	Nullable      []bool   // beside Columns
	Key           string   // the one integer key column, "" for another key
}

// SearchConfigs lists the configurations: PostgreSQL's own. They stand in the text of statements and of the index,
// so no other name is taken.
func SearchConfigs() []string {
	return []string{"simple", "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french", "german",
		"greek", "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali", "norwegian", "portuguese", "romanian",
		"russian", "serbian", "spanish", "swedish", "tamil", "turkish", "yiddish"}
}

// IsSearchConfig reports whether name is one of SearchConfigs.
func IsSearchConfig(name string) bool { return slices.Contains(SearchConfigs(), name) }

// Sought is a word or a phrase of a search.
type Sought struct {
	Text string // without quotes
	Not  bool
}

// ParseSearch reads what somebody typed as search engines on the web do: words that must all be there, "phrases",
// -words that must not, and the word or between alternatives. Every text has a meaning: quotes that are not closed
// end with the text, what has no letter and no digit is dropped, and an alternative that looks for nothing, but only
// excludes, finds nothing and is dropped too.
func ParseSearch(text string) [][]Sought {
	var out [][]Sought
	var group []Sought
	flush := func() {
		for _, s := range group {
			if !s.Not {
				out = append(out, group)
				break
			}
		}
		group = nil
	}
	for text != "" {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		not := strings.HasPrefix(text, "-")
		text = strings.TrimLeft(text, "-")
		if rest, quoted := strings.CutPrefix(text, `"`); quoted {
			phrase, after, _ := strings.Cut(rest, `"`)
			text = after
			if sayable(phrase) {
				group = append(group, Sought{phrase, not})
			}
			continue
		}
		end := strings.IndexFunc(text, func(r rune) bool { return r == '"' || unicode.IsSpace(r) })
		if end < 0 {
			end = len(text)
		}
		word := text[:end]
		text = text[end:]
		switch {
		case !not && strings.EqualFold(word, "or"):
			flush()
		case sayable(word):
			group = append(group, Sought{word, not})
		}
	}
	flush()
	return out
}

// sayable reports whether s holds a letter or a digit.
func sayable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) >= 0
}

func countSought(groups [][]Sought) (n int) {
	for _, g := range groups {
		n += len(g)
	}
	return n
}

// searchName names what belongs to the index of s. The hash tells lists of columns apart that read alike, and keeps
// the name one that PostgreSQL need not cut.
func searchName(s Search) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s.Config + "\x00" + s.Table + "\x00" + strings.Join(s.Columns, "\x00")))
	name := s.Table + "_" + strings.Join(s.Columns, "_")
	if len(name) > 50 {
		name = strings.ToValidUTF8(name[:50], "")
	}
	return name + fmt.Sprintf("_fts_%08x", h.Sum32())
}

// SearchText is the text again, each word a phrase of its own.
func (Postgres) SearchText(text string) (string, int) {
	groups := ParseSearch(text)
	var b strings.Builder
	for i, g := range groups {
		if i > 0 {
			b.WriteString(" or ")
		}
		for j, s := range g {
			if j > 0 {
				b.WriteByte(' ')
			}
			if s.Not {
				b.WriteByte('-')
			}
			b.WriteString(`"` + s.Text + `"`)
		}
	}
	return b.String(), countSought(groups)
}

// document is what is searched, the same text in a statement and in the index.
func (d Postgres) document(s Search, owner string) string {
	if owner != "" {
		owner += "."
	}
	cols := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		cols[i] = owner + d.Quote(c)
		if s.Nullable[i] {
			cols[i] = "COALESCE(" + cols[i] + ", '')"
		}
	}
	return "to_tsvector('" + s.Config + "'::regconfig, " + strings.Join(cols, " || ' ' || ") + ")"
}

// Match is @@, which the index of SearchIndex serves.
func (d Postgres) Match(s Search) (text, lack string) {
	return d.document(s, s.Owner) + " @@ websearch_to_tsquery('" + s.Config + "'::regconfig, " + Arg + ")", ""
}

// Rank is ts_rank.
func (d Postgres) Rank(s Search) (text, lack string) {
	return "ts_rank(" + d.document(s, s.Owner) + ", websearch_to_tsquery('" + s.Config + "'::regconfig, " + Arg + "))", ""
}

// SearchIndex is a GIN index. The lock lets one of several processes that start at once make it, and the others find it.
func (d Postgres) SearchIndex(s Search) (statements []string, lack string) {
	table := Table(d, s.Schema, s.Table)
	return []string{
		"LOCK TABLE " + table + " IN SHARE ROW EXCLUSIVE MODE",
		"CREATE INDEX IF NOT EXISTS " + d.Quote(searchName(s)) + " ON " + table + " USING GIN (" + d.document(s, "") + ")",
	}, ""
}

// SearchText is FTS5's own syntax, with every word and phrase in quotes.
func (SQLite) SearchText(text string) (string, int) {
	groups := ParseSearch(text)
	if len(groups) == 0 {
		return `""`, 0 // the empty phrase is nowhere; no phrase at all would be a mistake
	}
	var b strings.Builder
	for i, g := range groups {
		if i > 0 {
			b.WriteString(" OR ")
		}
		yes, no := ftsList(g, false, " AND "), ftsList(g, true, " OR ")
		if no != "" {
			yes = "(" + yes + ") NOT (" + no + ")"
		}
		b.WriteString("(" + yes + ")")
	}
	return b.String(), countSought(groups)
}

func ftsList(g []Sought, not bool, sep string) string {
	var out []string
	for _, s := range g {
		if s.Not == not {
			out = append(out, `"`+s.Text+`"`)
		}
	}
	return strings.Join(out, sep)
}

// table names the FTS5 table of s; lack says why there is none.
func (d SQLite) fts(s Search) (table, name, tokenizer, lack string) {
	switch s.Config {
	case "simple":
		tokenizer = "unicode61"
	case "english":
		tokenizer = "porter unicode61"
	default:
		return "", "", "", "full-text search on sqlite knows the configurations simple and english only"
	}
	if s.Key == "" {
		return "", "", "", "full-text search on sqlite needs a table whose key is one integer"
	}
	for _, c := range s.Columns {
		if low := lowerASCII(c); low == "rank" || low == "rowid" {
			return "", "", "", "full-text search on sqlite takes no column called rank or rowid"
		}
	}
	return Table(d, s.Schema, searchName(s)), d.Quote(searchName(s)), tokenizer, ""
}

// Match looks the row up in the FTS5 table.
func (d SQLite) Match(s Search) (text, lack string) {
	table, name, _, lack := d.fts(s)
	return s.Owner + "." + d.Quote(s.Key) + " IN (SELECT rowid FROM " + table + " WHERE " + name + " MATCH " + Arg + ")", lack
}

// Rank is bm25 turned round, so that more is better as elsewhere.
func (d SQLite) Rank(s Search) (text, lack string) {
	table, name, _, lack := d.fts(s)
	return "COALESCE((SELECT -bm25(" + name + ") FROM " + table + " WHERE " + name + " MATCH " + Arg + " AND " + name + ".rowid = " + s.Owner + "." + d.Quote(s.Key) + "), 0.0)", lack
}

// SearchIndex is an FTS5 table that keeps no text of its own, and the triggers that keep it in step.
func (d SQLite) SearchIndex(s Search) (statements []string, lack string) {
	table, name, tokenizer, lack := d.fts(s)
	if lack != "" {
		return nil, lack
	}
	list := func(prefix string) string {
		cols := make([]string, len(s.Columns))
		for i, c := range s.Columns {
			cols[i] = prefix + d.Quote(c)
		}
		return strings.Join(cols, ", ")
	}
	key, on := d.Quote(s.Key), d.Quote(s.Table)
	schema := ""
	if s.Schema != "" {
		schema = d.Quote(s.Schema) + "."
	}
	literal := func(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
	add := "INSERT INTO " + name + " (rowid, " + list("") + ") VALUES (new." + key + ", " + list("new.") + ");"
	drop := "INSERT INTO " + name + " (" + name + ", rowid, " + list("") + ") VALUES ('delete', old." + key + ", " + list("old.") + ");"
	trigger := func(event, body string) string {
		return "CREATE TRIGGER IF NOT EXISTS " + schema + d.Quote(searchName(s)+"_"+lowerASCII(event)) + " AFTER " + event + " ON " + on + " BEGIN " + body + " END"
	}
	return []string{
		"CREATE VIRTUAL TABLE IF NOT EXISTS " + table + " USING fts5(" + list("") + ", content=" + literal(s.Table) + ", content_rowid=" + literal(s.Key) + ", tokenize='" + tokenizer + "')",
		trigger("INSERT", add),
		trigger("DELETE", drop),
		trigger("UPDATE", drop+" "+add),
		// the rows that were there before, unless they have been read in
		"INSERT INTO " + table + " (" + name + ") SELECT 'rebuild' WHERE NOT EXISTS (SELECT 1 FROM " + schema + d.Quote(searchName(s)+"_docsize") + ")",
	}, ""
}

const noSearch = "full-text search is not to be had on sqlserver"

// SearchText is not used.
func (SQLServer) SearchText(text string) (string, int) { return text, countSought(ParseSearch(text)) }

// Match is not to be had: the catalog it needs is the administrator's.
func (SQLServer) Match(Search) (text, lack string) { return "", noSearch }

// Rank is not to be had.
func (SQLServer) Rank(Search) (text, lack string) { return "", noSearch }

// SearchIndex is not to be had.
func (SQLServer) SearchIndex(Search) (statements []string, lack string) { return nil, noSearch }
