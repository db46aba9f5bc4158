package introspect

import (
	"context"
	"slices"
	"strconv"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Tables are the tables of a live database, for programs that have no structs for them. It is a value: keep it, and use it
// from many goroutines.
type Tables struct{ in *tables }

type tables struct {
	session *engine.Session // of the DB, or of a transaction
	engine  *engine.Engine
	names   map[string]*table
	known   []string
}

// table is one table of a Tables.
type table struct {
	name      string // as errors call it
	err       error  // why it cannot be used
	model     *model.Model
	columns   []*model.Field        // what records show, in the order of the table
	required  map[*model.Field]bool // columns that a new row has to give
	readOnly  string                // why nothing is written, "" where it is
	relations map[string]*relatedTo // by name
	mapped    bool                  // a model that the program registered
}

// Open reads the live schema of the source that db.Source names, and gives its tables for use without structs. It takes [Only], [Schemas],
// [Tenant], [Owner], [Scope], [SoftDelete], [Version], [UpdatedAt], [Key], [Global] and [Relate]. Open once and keep the
// result; open again when the schema has changed. What is made of a schema is kept as long as the program runs.
//
// Records run through the same engine as models: the hooks and scopes of db hold for them, also those that db.Use registers
// later. A table that a registered model maps is that model, with its tags and scopes: hidden columns are not there, whatever
// the options say. All other tables have what the options say: with rls.Tenant registered, each needs a column that Tenant names or
// has to be Global, else Open fails; and one that has a column by which rls.Owner or rls.Scope keep rows of a model apart has to say so of it.
// rls.RBAC denies what it does not list, so that only tables of models can be
// allowed by it. A view over the table of a model is a table of its own: it shows what it selects.
//
// Where variables are set for each session, as by rls.Native, tables outside the default schema are opened only where Schemas or Only names
// them, since a search path may lead there by the caller.
//
// A table that has no form in records is ErrUnsupported where it is used, and so is one whose rows are among those of a model's table by
// inheritance. A reference to a table that Only or Schemas leave out is checked where a model maps that table, else by the database alone.
func Open(ctx context.Context, db orm.DB, opts ...Option) (Tables, error) {
	o, err := gather(opening, opts)
	if err != nil {
		return Tables{}, err
	}
	s, err := db.Engine(engine.Friend{})
	if err != nil {
		return Tables{}, err
	}
	live, err := db.Catalogue(ctx)
	if err != nil {
		return Tables{}, err
	}
	part, err := o.choose(live)
	if err != nil {
		return Tables{}, err
	}
	b := &opener{file: file{schema: part, o: &o.structs}, options: o, session: s, source: s.SourceFor(), whole: live, of: map[*Table]*table{},
		out: &tables{names: map[string]*table{}}}
	if err := b.build(); err != nil {
		return Tables{}, fault.Fill(err, "introspect", "", b.source.Name())
	}
	return Tables{b.out}, nil
}

// In gives the tables inside the transaction tx. It is ErrInvalid for a transaction of another DB, which the verbs say.
func (t Tables) In(tx orm.DB) Tables {
	if t.in == nil {
		return t
	}
	in := *t.in
	s, err := tx.Engine(engine.Friend{})
	if err != nil {
		s = &engine.Session{Engine: t.in.engine, Err: err}
	}
	in.session = s
	return Tables{&in}
}

// Names gives the names of the tables, in order: "name", or "schema.name" outside the default schema.
func (t Tables) Names() []string {
	if t.in == nil {
		return nil
	}
	return slices.Clone(t.in.known)
}

// Rows are the rows of one table.
type Rows struct {
	in    *tables
	t     *table
	every bool
	err   error
}

// Table gives the rows of a table by its name, "name" or "schema.name". For one that is not there every verb is ErrInvalid, and
// suggests the nearest.
func (t Tables) Table(name string) Rows {
	if t.in == nil {
		return Rows{err: invalid(name, "the tables were not opened")}
	}
	if found := t.in.names[name]; found != nil {
		return Rows{in: t.in, t: found, err: found.err}
	}
	detail := "there is no table " + strconv.Quote(name)
	if near := model.Nearest(name, t.in.known); near != "" {
		detail += " (did you mean " + strconv.Quote(near) + "?)"
	}
	return Rows{in: t.in, err: invalid(name, detail)}
}

// EveryRow says that a Change or Delete without a filter is meant.
func (r Rows) EveryRow() Rows {
	r.every = true
	return r
}

// start gives the session that a verb runs on.
func (r Rows) start() (*engine.Session, error) {
	if r.err != nil {
		return nil, r.err
	}
	if r.in == nil {
		return nil, invalid("", "the rows were made by hand: take them from Tables.Table")
	}
	return r.in.session.On(r.in.engine)
}

// column finds a column by name. One that is hidden is not there.
func (t *table) column(name string) (*model.Field, error) {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		if c.Column == name {
			return c, nil
		}
		names[i] = c.Column
	}
	detail := "there is no column " + strconv.Quote(name)
	if t.relations[name] != nil {
		detail += ": it is a relation"
	} else if near := model.Nearest(name, names); near != "" {
		detail += " (did you mean " + strconv.Quote(near) + "?)"
	}
	return nil, fault.New(fault.ErrInvalid, t.name, name, detail)
}
