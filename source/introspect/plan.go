package introspect

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/migrate"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// The parts of a plan.
type (
	// Change is one step: what it does to which table, the statements that take it and take it back, and why.
	Change = migrate.Change
	// ChangeKind is what a change does: "create table", "add column" and so on.
	ChangeKind = migrate.Kind
)

// ErrNothing is what WriteFiles of an empty plan gives: the database has what the models want, so no file was written.
var ErrNothing = errors.New("introspect: the plan is empty, so no file was written")

// Migration is what would bring a database to the models. It is a value: nothing of it is ever run by the library.
type Migration struct {
	Source  string   `json:"source"`
	Dialect string   `json:"dialect"`
	Changes []Change `json:"changes"` // in the order to run them: what only adds first, what is Destructive last
	Notes   []Note   `json:"notes"`   // what is left to people: renames, keys, what a tool cannot know

	destructive bool
}

// Plan compares the models of the source that db.Source names, the first one where none is named, with its live schema, and gives the
// steps that bring the schema to the tables that orm.CreateTables would make. It reads the catalogue, and no rows; it changes nothing.
//
// What only adds comes first: tables behind those that their relations lead to, columns, wider types, indexes. What loses data, or what
// rows that are there may refuse, is Destructive and comes last; the files have it commented out unless [Destructive] is said. Tables,
// columns and indexes that no model maps belong to others and stay, unless [UnmappedColumns], [UnmappedIndexes] or [UnmappedTables] says
// otherwise. Foreign keys are added where the tag of a relation wants one (foreignkey, ondelete=, onupdate=); others stay as they are, and so do
// defaults, but for one that dbdefault= says and the column lacks, and comments. The condition of an index of some rows (where=) is not compared: an
// index of its name and columns is taken for it.
//
// A rename is never guessed: where a column is added and another of a like type is mapped by no field, a note tells how to write it. A
// NOT NULL column gets the value of default= for the rows that are there, as a default that stays for programs which do not know the
// column yet. Without one it may be NULL at first, and to make it NOT NULL is a Destructive step, or use [Fill].
//
// SQLite changes most things by making the table anew. Its rows, their numbers, indexes, triggers and keys are kept, and views go on
// reading it. The steps leave the settings of the connection as they find them. Where foreign keys are on and those that lead to the table
// have an action, they fail before they do anything, since SQLite would delete or change the rows that lead to it: say [ForeignKeysOn], or
// run them where foreign keys are off, as they are unless the connection switches them on.
//
// What a database refuses is a note, which names what stands in the way and says what to do: PostgreSQL and SQL Server change the type of no
// column that a view, a policy, a trigger, a function bound to it or another column goes by, nor do conditions and foreign keys that are written for
// the old type go with every new one. On SQL Server indexes, checks and foreign keys in the way are dropped and made again as they were.
//
// It takes [Destructive], [UnmappedColumns], [UnmappedIndexes], [UnmappedTables], [Fill], [Concurrently], [NotValid] and [ForeignKeysOn]. A
// source that cannot tell what it holds is ErrUnsupported.
func Plan(ctx context.Context, db orm.DB, opts ...Option) (*Migration, error) {
	o, err := gather(planning, opts)
	if err != nil {
		return nil, err
	}
	live, err := db.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	models, err := db.Models()
	if err != nil {
		return nil, err
	}
	d, ok := dialect.Named(live.Dialect)
	if !ok {
		return nil, &fault.Error{Op: "introspect", Source: live.Source, Err: fault.ErrUnsupported, Detail: "changes cannot be written for the dialect " + live.Dialect}
	}
	mapped := map[string]bool{}
	for _, t := range ddl.Wanted(d, models) {
		mapped[t.Name] = true
	}
	seen := *live
	seen.Tables = slices.DeleteFunc(slices.Clone(live.Tables), func(t catalogue.Table) bool { return migrations(t.Schema, t.Name) && !mapped[t.Name] })
	if o.plan.DropTables {
		s, err := db.Engine(engine.Friend{})
		if err != nil {
			return nil, err
		}
		others := slices.DeleteFunc(slices.Clone(s.Models()), func(m *model.Model) bool { return slices.Contains(models, m) })
		for _, t := range ddl.Wanted(d, others) {
			o.plan.Elsewhere = append(o.plan.Elsewhere, t.Name)
		}
	}
	changes, notes, err := migrate.Diff(d, &seen, models, o.plan.Options)
	if err != nil {
		return nil, err
	}
	out := &Migration{Source: live.Source, Dialect: live.Dialect, Changes: changes, Notes: make([]Note, len(notes)), destructive: o.plan.destructive}
	for i, n := range notes {
		out.Notes[i] = Note(n)
	}
	return out, nil
}

// Empty reports whether there is nothing to do. There may be notes all the same.
func (p *Migration) Empty() bool { return len(p.Changes) == 0 }

// String lists the changes and the notes, a line each.
func (p *Migration) String() string {
	var b strings.Builder
	for i := range p.Changes {
		c := &p.Changes[i]
		if c.Destructive {
			b.WriteString("destructive: ")
		}
		b.WriteString(heading(c) + "\n")
	}
	for _, n := range p.Notes {
		b.WriteString("note: " + oneLine(n.String()) + "\n")
	}
	if p.Empty() {
		b.WriteString("nothing to change\n")
	}
	return b.String()
}

// subject names what a change does, and to what.
func subject(c *Change) string {
	at := c.Table
	if c.Column != "" {
		at += "." + c.Column
	}
	return string(c.Kind) + " " + at
}

// heading says in one line what a change does and why.
func heading(c *Change) string { return oneLine(subject(c) + ": " + c.Why) }
