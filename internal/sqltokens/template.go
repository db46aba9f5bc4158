package sqltokens

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Place is a placeholder {{Name}} in a text, which it is text[Start:End] of.
type Place struct {
	Name       string
	Start, End int
	Named      bool // a name of its own follows
}

// Template is a text with placeholders in the places of tables.
type Template struct {
	Text    string
	Places  []Place
	Marks   []int    // where SQLite's arguments without a number stand
	Numbers int      // the largest number of an argument of SQLite that has one before all that have none
	Last    int      // the largest number of an argument
	Given   []string // the names that WITH gives
	Outside string   // what the text reads beside its placeholders, or might; "" for nothing

	tokens []Token
}

// ParseTemplate finds the placeholders of a text; none gives nil. Only what every database cuts into the same words is taken: fault says
// what is not.
func ParseTemplate(text, dialect string) (t *Template, fault string) {
	if !strings.Contains(text, "{{") {
		return nil, ""
	}
	p := &template{Template: Template{Text: text}, dialect: dialect, all: Split(text)}
	fault = p.join()
	switch {
	case len(p.Places) == 0 && !p.opened: // braces in texts and comments alone
		return nil, ""
	case fault == "":
		fault = p.plain()
	}
	if fault != "" {
		return nil, fault
	}
	if fault = p.placed(); fault != "" {
		return nil, fault
	}
	return &p.Template, ""
}

// template reads a text.
type template struct {
	Template
	dialect string
	all     []Token // of which each placeholder is five signs and words
	opened  bool    // a brace stands in the code
	places  map[int]int
	ctes    []cte
}

// cte is a name that WITH gives: it is known in what begins behind from.
type cte struct {
	name string
	from int
}

// join makes one token of each placeholder.
func (p *template) join() string {
	p.places = map[int]int{}
	adjacent := func(i int, signs ...string) bool {
		for k, s := range signs {
			if i+k >= len(p.all) || p.all[i+k].Kind != Sign || p.all[i+k].Text != s || k > 0 && p.all[i+k].Start != p.all[i+k-1].End {
				return false
			}
		}
		return true
	}
	for i := 0; i < len(p.all); i++ {
		t := p.all[i]
		if t.Kind != Sign || t.Text != "{" && t.Text != "}" {
			p.tokens = append(p.tokens, t)
			continue
		}
		p.opened = true
		if !adjacent(i, "{", "{") || i+2 >= len(p.all) || p.all[i+2].Kind != Word || !adjacent(i+3, "}", "}") {
			return "a brace is no placeholder: write {{Model}}"
		}
		p.places[len(p.tokens)] = len(p.Places)
		p.Places = append(p.Places, Place{Name: p.all[i+2].Text, Start: t.Start, End: p.all[i+4].End})
		p.tokens = append(p.tokens, Token{Kind: Word, Text: "{{" + p.all[i+2].Text + "}}", Start: t.Start, End: p.all[i+4].End})
		i += 4
	}
	return ""
}

var sqlServerArgument = regexp.MustCompile(`^[pP]\d+$`)

var number = regexp.MustCompile(`^(\d+\.?\d*|\.\d+)(?:[eE]\d+)?$`)

// plain refuses what one database reads as a quote, a comment or a name and another does not.
func (p *template) plain() string {
	if !utf8.ValidString(p.Text) {
		return "it is not UTF-8"
	}
	at := 0
	for i, t := range p.tokens {
		if why := gap(p.Text[at:t.Start]); why != "" {
			return why
		}
		joined := i > 0 && t.Start == at
		at = t.End
		raw := p.Text[t.Start:t.End]
		before := Token{}
		if joined {
			before = p.tokens[i-1]
		}
		switch t.Kind {
		case String:
			if c := raw[0]; c != '\'' && c != 'N' || strings.Count(raw, "'")%2 != 0 || raw[len(raw)-1] != '\'' || strings.Contains(raw, `\'`) || joined && (before.Kind == Word || before.Is("&")) {
				return "a text in quotes is not closed, or is escaped by backslashes or a prefix: double its quotes"
			}
		case Name:
			if raw[0] != '"' || strings.Count(raw, `"`)%2 != 0 || raw[len(raw)-1] != '"' || len(raw) < 3 || joined && (before.Kind == Word || before.Is("&")) {
				return `a name in quotes is not closed, or stands in other quotes than "`
			}
		case Number:
			if !number.MatchString(raw) {
				return "a number runs into a word: put a space between"
			}
		case Word:
			if strings.IndexFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
				return `a name without quotes holds other letters than those of ASCII: put it into "`
			}
		case Sign:
			if why := p.sign(i, t); why != "" {
				return why
			}
		}
	}
	return gap(p.Text[at:])
}

// sign looks at a sign, and at the argument that it may be.
func (p *template) sign(i int, t Token) string {
	next := Token{}
	if i+1 < len(p.tokens) && p.tokens[i+1].Start == t.End {
		next = p.tokens[i+1]
	}
	switch t.Text {
	case ";":
		return "it holds a semicolon"
	case "[", "]", "`", "\\", "#":
		return "it holds " + t.Text + ` outside quotes: quote names with ", and use a bypass for what needs it`
	case "$":
		if p.dialect == "sqlite" || next.Kind != Number || strings.ContainsAny(next.Text, ".eE") || i > 0 && p.tokens[i-1].End == t.Start && p.tokens[i-1].Kind != Sign {
			return "it holds a $ that is no argument"
		}
		return p.argument(next.Text)
	case "@", ":":
		if p.dialect == "sqlite" && (next.Kind == Word || next.Kind == Number) && next.End > 0 {
			return "an argument is ?, or :name with orm.Args"
		}
		if t.Text == "@" && p.dialect == "sqlserver" && sqlServerArgument.MatchString(next.Text) {
			return p.argument(next.Text[1:])
		}
	case "?":
		if p.dialect != "sqlite" {
			return ""
		}
		if next.Kind != Number || next.End == 0 {
			p.Marks = append(p.Marks, t.Start)
			p.Last++
			return ""
		}
		if len(p.Marks) > 0 {
			return "arguments with a number stand behind such without"
		}
		why := p.argument(next.Text)
		p.Numbers = p.Last
		return why
	default:
		if t.Text[0] < ' ' || t.Text[0] >= 0x7f {
			return "it holds a character outside quotes that is no letter, number or sign"
		}
	}
	return ""
}

// argument notes the number of one.
func (p *template) argument(text string) string {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1<<16 {
		return "an argument has no number that counts"
	}
	p.Last = max(p.Last, n)
	return ""
}

// gap refuses comments that databases end at other places.
func gap(text string) string {
	for text != "" {
		switch {
		case strings.HasPrefix(text, "--"):
			end := strings.IndexByte(text, '\n')
			if end < 0 {
				end = len(text)
			}
			if strings.ContainsRune(text[:end], '\r') && !strings.HasSuffix(text[:end], "\r") || strings.Count(text[:end], "\r") > 1 {
				return "a comment holds a carriage return"
			}
			text = text[min(end+1, len(text)):]
		case strings.HasPrefix(text, "/*"):
			end := strings.Index(text[2:], "*/")
			if end < 0 || strings.Contains(text[2:2+end], "/*") {
				return "a comment is not closed, or holds another"
			}
			text = text[end+4:]
		default:
			text = text[1:]
		}
	}
	return ""
}

const (
	// writers are the words of statements that do more than read, and of those that SQL Server takes without a semicolon before them.
	writers = ` insert update delete merge into table drop alter create truncate grant revoke deny backup restore exec execute call declare set dbcc bulk waitfor attach detach pragma vacuum copy openrowset openquery opendatasource `
	// tableFunctions make rows of their arguments.
	tableFunctions = ` generate_series unnest json_each json_tree json_each_text jsonb_each jsonb_each_text json_array_elements jsonb_array_elements json_array_elements_text jsonb_array_elements_text json_to_recordset jsonb_to_recordset regexp_split_to_table string_to_table openjson string_split `
	// behind are the words that may follow a table that has no name of its own.
	behind = ` where join inner left right full cross natural outer on using group order having limit offset fetch union intersect except window for option tablesample with `
	// ends are the words that end a list of tables, which no database takes for the name of one: behind others a comma is one of the list.
	ends = ` where having union intersect except `
)

// frame is what a parenthesis holds.
type frame struct {
	selects bool // SELECT stands in it
	from    bool // a list of tables is being read
	expects bool // a table comes next
}

// placed looks at every place where a table may stand. A placeholder anywhere else is a fault; another table goes to Outside.
func (p *template) placed() string {
	if why := p.with(); why != "" {
		return why
	}
	stack := []frame{{}}
	for i, t := range p.tokens {
		f := &stack[len(stack)-1]
		place, is := p.places[i]
		if is && !f.expects {
			return "the placeholder " + t.Text + " stands where no table can: placeholders belong behind FROM and JOIN of a SELECT"
		}
		if f.expects && !t.Is("lateral") {
			f.expects = false
			switch {
			case is:
				if why := p.follows(i, &p.Places[place]); why != "" {
					return why
				}
				continue
			case t.Is("("):
				stack = append(stack, frame{from: !p.isAt(i+1, "select") && !p.isAt(i+1, "values"), expects: !p.isAt(i+1, "select") && !p.isAt(i+1, "values")})
				continue
			case t.Kind == Word && among(tableFunctions, t.Text) && p.isAt(i+1, "("):
				continue
			case t.Kind == Word && p.known(t.Text, i) && !p.isAt(i+1, ".") && !p.isAt(i+1, "("):
				continue
			default:
				p.outside(t)
			}
		}
		switch {
		case t.Is("("):
			stack = append(stack, frame{})
		case t.Is(")"):
			if len(stack) == 1 {
				return "a parenthesis is closed that was not opened"
			}
			stack = stack[:len(stack)-1]
		case t.Is(","):
			f.expects = f.from
		case t.IsName() && p.isAt(i+1, "(") && ReadsByName(strings.ToLower(t.Text)):
			p.outside(t)
		}
		if t.Kind != Word || p.isAt(i-1, ".") {
			continue
		}
		switch {
		case among(writers, t.Text):
			p.outside(t)
		case t.Is("select"):
			f.selects, f.from = true, false
		case t.Is("from"):
			if f.selects && !(p.isAt(i-1, "distinct") && (p.isAt(i-2, "is") || p.isAt(i-2, "not"))) {
				f.from, f.expects = true, true
			}
		case t.Is("join"), t.Is("apply"):
			f.expects = true
		case t.Is("in") && !p.isAt(i+1, "("):
			p.outside(t)
		case among(ends, t.Text), (t.Is("group") || t.Is("order")) && p.isAt(i+1, "by"): // not WITHIN GROUP
			f.from = false
		}
	}
	if len(stack) > 1 {
		return "a parenthesis is not closed"
	}
	return ""
}

func (p *template) outside(t Token) {
	if p.Outside == "" {
		p.Outside = p.Text[t.Start:t.End]
	}
}

func (p *template) isAt(i int, word string) bool {
	return i >= 0 && i < len(p.tokens) && p.tokens[i].Is(word)
}

// known reports whether WITH has given a name that is known at i.
func (p *template) known(name string, i int) bool {
	return slices.ContainsFunc(p.ctes, func(c cte) bool { return i > c.from && strings.EqualFold(c.name, name) })
}

// with reads the names before the statement. One is known behind its own SELECT, and inside it where it may name itself.
func (p *template) with() string {
	i, recursive := 0, p.dialect == "sqlserver"
	if p.isAt(i, "with") {
		if i++; p.isAt(i, "recursive") {
			i, recursive = i+1, true
		}
		for {
			if i >= len(p.tokens) || p.tokens[i].Kind != Word {
				return "WITH gives names without quotes here"
			}
			c := cte{name: p.tokens[i].Text}
			if _, is := p.places[i]; is {
				return "WITH gives a name of its own, no placeholder"
			}
			if i++; p.isAt(i, "(") {
				i = p.closing(i) + 1
			}
			if !p.isAt(i, "as") {
				return "the names of WITH cannot be read"
			}
			for i++; p.isAt(i, "not") || p.isAt(i, "materialized"); i++ {
			}
			end := p.closing(i)
			if !p.isAt(i, "(") || end < 0 {
				return "the names of WITH cannot be read"
			}
			if c.from = end; recursive {
				c.from = i
			}
			p.ctes, p.Given = append(p.ctes, c), append(p.Given, c.name)
			if i = end + 1; !p.isAt(i, ",") {
				break
			}
			i++
		}
	}
	if !p.isAt(i, "select") {
		return "a text with placeholders is one SELECT, which WITH may stand before"
	}
	return ""
}

// closing gives the parenthesis that ends the one at i, -1 for none.
func (p *template) closing(i int) int {
	depth := 0
	for ; i >= 0 && i < len(p.tokens); i++ {
		switch {
		case p.tokens[i].Is("("):
			depth++
		case p.tokens[i].Is(")"):
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// follows looks at what stands behind a placeholder.
func (p *template) follows(i int, at *Place) string {
	if i+1 >= len(p.tokens) {
		return ""
	}
	switch next := p.tokens[i+1]; {
	case next.Is("."), next.Is("("):
		return "the placeholder " + p.tokens[i].Text + " is a table by itself: nothing qualifies it"
	case next.Is("as"), next.Kind == Name, next.Kind == Word && !among(behind, next.Text):
		at.Named = true
	}
	return ""
}
