package builder

import (
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Match is a full-text search of a row's text columns.
type Match struct {
	Fields []*model.Field
	Config string // one that dialect.SearchConfigs lists
	Text   string // what somebody typed
}

func (x *Match) whole() bool {
	if x == nil || len(x.Fields) == 0 || !dialect.IsSearchConfig(x.Config) {
		return false
	}
	for _, f := range x.Fields {
		if f == nil || f.Kind != model.String || f.Model != x.Fields[0].Model {
			return false
		}
	}
	return true
}

// where says to the dialect where the search looks; owner is quoted, "" for the table itself.
func (x *Match) where(owner string) dialect.Search {
	m := x.Fields[0].Model
	s := dialect.Search{Config: x.Config, Schema: m.Schema, Table: m.Table, Owner: owner}
	for _, f := range x.Fields {
		s.Columns, s.Nullable = append(s.Columns, f.Column), append(s.Nullable, f.Nullable)
	}
	if len(m.Key) == 1 && (m.Key[0].Kind == model.Int || m.Key[0].Kind == model.Uint) && m.Key[0].DBType == "" {
		s.Key = m.Key[0].Column
	}
	return s
}

// Search is a full-text search over columns of T, without the words to look for.
type Search[T any] struct {
	m   Match
	err error
}

// SearchOf makes a search in a configuration, a language's rules of stems and stop words: "simple" for none,
// "english" and PostgreSQL's other ones.
func SearchOf[T any](config string, cols ...Selectable[T]) Search[T] {
	s := Search[T]{m: Match{Config: config}}
	m, err := model.For[T]()
	if err != nil {
		return Search[T]{err: err}
	}
	if !dialect.IsSearchConfig(config) {
		detail := "no such full-text configuration"
		if near := model.Nearest(config, dialect.SearchConfigs()); near != "" {
			detail += " (did you mean \"" + near + "\"?)"
		}
		return Search[T]{err: fault.New(fault.ErrInvalid, m.Name, "", detail)}
	}
	for _, c := range cols {
		f, err := c.column()
		if err == nil && (f.Kind != model.String || f.IsComputed) {
			err = fault.New(fault.ErrInvalid, m.Name, f.Name, "full-text search needs a text column")
		}
		if err != nil {
			return Search[T]{err: err}
		}
		s.m.Fields = append(s.m.Fields, f)
	}
	if len(s.m.Fields) == 0 {
		return Search[T]{err: fault.New(fault.ErrInvalid, m.Name, "", "full-text search needs a column")}
	}
	return s
}

// maxSought bounds the words of a search: SQLite's expressions nest no deeper.
const maxSought = 100

func (s Search[T]) match(text string) (*Match, error) {
	if s.err != nil {
		return nil, s.err
	}
	if !s.m.whole() {
		return nil, fault.New(fault.ErrInvalid, "", "", "the search is not bound: make it with orm.FullText")
	}
	m := s.m
	m.Text = text
	return &m, nil
}

// Matches holds where the row matches text as search engines on the web read it: all words, "phrases", -without, or.
// Any text will do; one that looks for nothing matches nothing. How words are cut and stemmed is the database's way.
// On SQLite the index must have been made.
func (s Search[T]) Matches(text string) Pred[T] {
	m, err := s.match(text)
	if err != nil {
		return Pred[T]{Fail(err)}
	}
	return Pred[T]{Expr{Op: OpMatch, Ext: &Ext{Match: m}}}
}

// Rank is how well the row matches text, the more the better: OrderBy(s.Rank(text).Desc()). The numbers of one
// source say nothing on another.
func (s Search[T]) Rank(text string) Expression[T, float64] {
	m, err := s.match(text)
	if err != nil {
		return Expression[T, float64]{err: err}
	}
	return Expression[T, float64]{t: &Term{Op: TermRank, Type: dialect.Type{Kind: dialect.Float, Bits: 32}, Match: m}}
}

// Root is the model that is searched, for those who make its index.
func (s Search[T]) Root() (*model.Model, error) {
	if _, err := s.match(""); err != nil {
		return nil, err
	}
	return s.m.Fields[0].Model, nil
}

// Index gives the statements that make the index of the search in a dialect.
func (s Search[T]) Index(d dialect.Dialect) ([]string, error) {
	m, err := s.Root()
	if err != nil {
		return nil, err
	}
	out, lack := d.SearchIndex(s.m.where(""))
	if lack != "" {
		return nil, fault.New(fault.ErrUnsupported, m.Name, "", lack)
	}
	return out, nil
}

// match walks a search.
func (s *shaper) match(m *model.Model, x *Match) {
	i := 0
	for at, c := range dialect.SearchConfigs() {
		if c == x.Config {
			i = at
		}
	}
	s.number(i)
	s.fields(m, x.Fields)
	f := x.Fields[0]
	if s.sight != nil {
		f = s.sight.searched(x.Fields)
	}
	s.arg(m, f, model.StringOf(x.Text))
	text, words := s.d.SearchText(strings.ToValidUTF8(x.Text, ""))
	if words > maxSought {
		s.fail(fault.New(fault.ErrLimit, nameOf(m), "", "a search looks for 100 words at most"))
	}
	s.args[len(s.args)-1] = model.StringOf(text)
}

// match writes the condition of a search.
func (c *compiler) match(f *frag, owner string, x *Match) error {
	text, lack := c.d.Match(x.where(owner))
	return c.search(f, x, text, lack)
}

// rank writes how well a row matches.
func (c *compiler) rank(f *frag, owner string, x *Match) error {
	text, lack := c.d.Rank(x.where(owner))
	return c.search(f, x, text, lack)
}

func (c *compiler) search(f *frag, x *Match, text, lack string) error {
	if lack != "" {
		return fault.New(fault.ErrUnsupported, x.Fields[0].Model.Name, "", lack)
	}
	f.b.WriteString(text)
	c.take(f)
	return nil
}
