package naming

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words cuts the name of a table or a column into words in small letters: at what is neither letter nor digit, and where
// small letters end or capitals do, so that CustomerID, customer_id and "Customer Id" are alike.
func Words(name string) (out []string) {
	rs := []rune(name)
	start := -1
	end := func(i int) {
		if start >= 0 {
			out = append(out, strings.ToLower(string(rs[start:i])))
		}
		start = -1
	}
	for i, r := range rs {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end(i)
			continue
		case start < 0:
		case unicode.IsUpper(r) && !unicode.IsUpper(rs[i-1]):
			end(i)
		case unicode.IsUpper(r) && i+1 < len(rs) && unicode.IsLower(rs[i+1]) && !plural(rs, i+1):
			end(i)
		}
		if start < 0 {
			start = i
		}
	}
	end(len(rs))
	return out
}

// plural tells the s of IDs from the beginning of a word.
func plural(rs []rune, i int) bool {
	return rs[i] == 's' && (i+1 == len(rs) || !unicode.IsLower(rs[i+1]))
}

// initialism gives the word as Go writes it where it is one.
func initialism(word string) string {
	switch word {
	case "acl", "api", "ascii", "cpu", "css", "csv", "db", "dns", "eof", "gps", "guid", "html", "http", "https", "iban", "id", "io", "ip", "isbn", "json", "jwt", "lhs", "mac", "os", "pdf",
		"qps", "ram", "rhs", "rpc", "sku", "sla", "smtp", "sql", "ssh", "ssn", "tcp", "tls", "ttl", "udp", "ui", "uid", "uri", "url", "utf8", "uuid", "vat", "vm", "xml", "xss":
		return strings.ToUpper(word)
	case "ids", "urls", "uris", "ips", "apis", "uuids", "skus", "pdfs", "uids", "vms":
		return strings.ToUpper(word[:len(word)-1]) + "s"
	case "oauth":
		return "OAuth"
	}
	return ""
}

// Go joins words to an exported Go name.
func Go(words ...string) string {
	var b strings.Builder
	for _, w := range words {
		if s := initialism(w); s != "" {
			b.WriteString(s)
			continue
		}
		r, n := utf8.DecodeRuneInString(w)
		if b.Len() == 0 && !unicode.IsUpper(unicode.ToUpper(r)) { // a digit, or a script without capitals
			b.WriteByte('N')
		}
		b.WriteRune(unicode.ToUpper(r))
		b.WriteString(w[n:])
	}
	if b.Len() == 0 {
		return "Unnamed"
	}
	return b.String()
}

// Singular gives the singular of the last word.
func Singular(words []string) []string { return last(words, singular) }

// Plural gives the plural of the last word.
func Plural(words []string) []string { return last(words, pluralOf) }

func last(words []string, f func(string) string) []string {
	if len(words) == 0 {
		return nil
	}
	out := append([]string{}, words...)
	out[len(out)-1] = f(out[len(out)-1])
	return out
}

// irregular are plurals that no rule makes, and words that have one form.
const irregular = " people:person men:man women:woman children:child teeth:tooth feet:foot geese:goose mice:mouse oxen:ox indices:index vertices:vertex matrices:matrix " +
	"appendices:appendix analyses:analysis bases:base crises:crisis theses:thesis hypotheses:hypothesis diagnoses:diagnosis axes:axis criteria:criterion phenomena:phenomenon curricula:curriculum media:medium " +
	"movies:movie cookies:cookie ties:tie pies:pie lies:lie calories:calorie zombies:zombie caches:cache heroes:hero potatoes:potato tomatoes:tomato echoes:echo quizzes:quiz " +
	"wives:wife lives:life knives:knife leaves:leaf halves:half shelves:shelf wolves:wolf selves:self thieves:thief buses:bus aliases:alias statuses:status viruses:virus bonuses:bonus campuses:campus " +
	"gases:gas lenses:lens canvases:canvas atlases:atlas houses:house cases:case purchases:purchase databases:database uses:use causes:cause responses:response expenses:expense licenses:license " +
	"releases:release phases:phase phrases:phrase courses:course nurses:nurse warehouses:warehouse leases:lease clauses:clause exercises:exercise franchises:franchise enterprises:enterprise " +
	"data:data series:series species:species news:news sheep:sheep fish:fish deer:deer equipment:equipment information:information staff:staff money:money metadata:metadata feedback:feedback " +
	"software:software hardware:hardware inventory:inventory details:detail address:address status:status process:process class:class access:access business:business bus:bus alias:alias gas:gas " +
	"analysis:analysis basis:basis axis:axis news:news lens:lens virus:virus bonus:bonus campus:campus canvas:canvas atlas:atlas progress:progress success:success chaos:chaos "

func find(word string, plural bool) string {
	key := " " + word + ":"
	if !plural {
		if i := strings.Index(irregular, key); i >= 0 {
			rest := irregular[i+len(key):]
			return rest[:strings.IndexByte(rest, ' ')]
		}
		return ""
	}
	key = ":" + word + " "
	i := strings.Index(irregular, key)
	if i < 0 {
		return ""
	}
	return irregular[strings.LastIndexByte(irregular[:i], ' ')+1 : i]
}

func singular(w string) string {
	if s := find(w, false); s != "" {
		return s
	}
	switch {
	case len(w) < 4 && !initials(w):
		return w
	case strings.HasSuffix(w, "ies") && len(w) > 4:
		return w[:len(w)-3] + "y"
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "xes"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "shes"), strings.HasSuffix(w, "zzes"):
		return w[:len(w)-2]
	case strings.HasSuffix(w, "ss"), strings.HasSuffix(w, "us"), strings.HasSuffix(w, "is"):
		return w
	case strings.HasSuffix(w, "s"):
		return w[:len(w)-1]
	}
	return w
}

// initials tells the plural of an initialism.
func initials(w string) bool { return strings.HasSuffix(w, "s") && initialism(w[:len(w)-1]) != "" }

func pluralOf(w string) string {
	if s := find(w, true); s != "" && find(s, false) == w {
		if s == w && countable(w) {
			return w + "es"
		}
		return s
	}
	switch {
	case w == "":
		return w
	case singular(w) != w: // it is a plural
		return w
	case strings.HasSuffix(w, "y") && len(w) > 1 && !strings.ContainsRune("aeiou", rune(w[len(w)-2])):
		return w[:len(w)-1] + "ies"
	case strings.HasSuffix(w, "s"), strings.HasSuffix(w, "x"), strings.HasSuffix(w, "z"), strings.HasSuffix(w, "ch"), strings.HasSuffix(w, "sh"):
		return w + "es"
	}
	return w + "s"
}

// countable tells words on -s that look like plurals from those that are both.
func countable(w string) bool {
	return strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "series") && w != "species" && w != "news"
}
