package rest

import (
	"strings"
	"unicode/utf8"
)

// parameter is one parameter of a URL's query.
type parameter struct {
	name, value string
	valued      bool // there was a =
}

// maxParameters bounds the parameters of one URL.
const maxParameters = 100

// parameters reads the query of a URL as browsers do (the URL standard's application/x-www-form-urlencoded parser): a % that
// begins no escape stands for itself, so that a pattern such as 'Hello%' need not be escaped.
func parameters(query string) ([]parameter, error) {
	if query == "" {
		return nil, nil
	}
	if n := strings.Count(query, "&"); n >= maxParameters {
		return nil, refuse("", "the query has more than 100 parameters")
	}
	out := make([]parameter, 0, 1+strings.Count(query, "&"))
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, valued := strings.Cut(part, "=")
		p := parameter{unescape(name), unescape(value), valued}
		if !utf8.ValidString(p.name) || !utf8.ValidString(p.value) {
			return nil, refuse("", "the query is no valid UTF-8")
		}
		out = append(out, p)
	}
	return out, nil
}

// unescape takes + and the escapes of s out.
func unescape(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c == '%' && i+2 < len(s) && hexDigit(s[i+1]) >= 0 && hexDigit(s[i+2]) >= 0:
			b = append(b, byte(hexDigit(s[i+1])<<4|hexDigit(s[i+2])))
			i += 2
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// asked is what the query of a URL says.
type asked struct {
	who        []string // of the flag, in its order; nil where none is said
	countTotal bool
	findFirst  bool
	selects    string // ?select=
	query      string // ?query=
	hasSelect  bool
	hasQuery   bool
	flat       []parameter
}

// readParameters sorts the parameters of a URL. Those that are not known go to flat where known says yes, and are refused
// elsewhere.
func readParameters(list []parameter, known func(name string) bool) (a asked, err error) {
	for _, p := range list {
		twice := false
		set := func(flag *bool) error {
			twice = *flag
			*flag = true
			if p.valued && p.value != "" && p.value != "true" {
				return refuse(p.name, "it is a flag: leave its value out")
			}
			return nil
		}
		switch p.name {
		case "countTotal":
			err = set(&a.countTotal)
		case "findFirst":
			err = set(&a.findFirst)
		case "select":
			twice, a.hasSelect, a.selects = a.hasSelect, true, p.value
		case "query":
			twice, a.hasQuery, a.query = a.hasQuery, true, p.value
		default:
			if who := kinds(p.name); who != nil {
				var said bool
				err = set(&said)
				twice, a.who = a.who != nil, who
				break
			}
			if known == nil || !known(p.name) {
				return a, refuse(plain(p.name), "the parameter is unknown")
			}
			a.flat = append(a.flat, p)
		}
		switch {
		case err != nil:
			return a, err
		case twice:
			return a, refuse(plain(p.name), "the parameter stands twice, or contradicts another")
		}
	}
	if a.hasSelect && a.hasQuery {
		return a, refuse("query", "select and query exclude each other")
	}
	return a, nil
}

// kinds reads a flag such as mine or mine|guest; nil is none.
func kinds(name string) []string {
	out := make([]string, 0, 3)
	for kind := range strings.SplitSeq(name, "|") {
		if kind != Guest && kind != Mine && kind != All || len(out) == 3 {
			return nil
		}
		for _, k := range out {
			if k == kind {
				return nil
			}
		}
		out = append(out, kind)
	}
	return out
}

// plain gives a name that may be said back, "" for others.
func plain(name string) string {
	if len(name) > 64 {
		return ""
	}
	for i := range len(name) {
		if c := name[i]; c != '_' && c != '-' && c != '.' && c != '|' && (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return ""
		}
	}
	return name
}
