package migrate

import (
	"maps"
	"slices"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

// behind has the steps that go by what a Destructive step does to a column run behind it: before it, the database refuses a value, a default or
// a condition of the new type. SQLite minds no types.
func (w *differ) behind() {
	if w.d.Name() == (dialect.SQLite{}).Name() {
		return
	}
	type late struct{ retyped, null bool }
	columns := map[string]late{}
	for i := range w.edits {
		if e := &w.edits[i]; e.destructive && (e.kind == AlterType || e.kind == SetNotNull) {
			c := columns[e.columnName()]
			columns[e.columnName()] = late{c.retyped || e.kind == AlterType, c.null || e.kind == SetNotNull}
		}
	}
	for i := range w.edits { // columns that are added come before what goes by them
		e := &w.edits[i]
		for _, name := range slices.Sorted(maps.Keys(columns)) {
			c, by := columns[name], ""
			switch {
			case e.destructive || !w.goesBy(e, name):
			case c.retyped:
				by = "it comes behind the step that changes the type of " + name
			case c.null && e.kind == AddColumn && e.column.NotNull:
				by = "it comes behind the step that has no row without " + name
			}
			if by == "" {
				continue
			}
			e.destructive, e.why = true, e.why+"; "+by
			if e.kind == AddColumn {
				columns[e.column.Name] = late{retyped: true}
			}
			break
		}
	}
}

// goesBy reports whether a step cannot run before a column has the type that the model says.
func (w *differ) goesBy(e *edit, column string) bool {
	is := func(name string) bool { return w.same(name, column) }
	names := func(text string) bool { return sqltokens.Names(text, column, w.same) }
	switch e.kind {
	case AddColumn:
		return names(e.column.From)
	case FillColumn, SetDefault, SetNotNull:
		return is(e.columnName())
	case AddIndex, AddUnique, ReplaceIndex:
		return slices.ContainsFunc(e.index.Columns, is) || slices.ContainsFunc(e.index.Include, is) || names(e.index.Where)
	case AddForeignKey:
		return slices.ContainsFunc(e.foreign.Columns, is)
	}
	return false
}

// generated reports whether a column is the database's to make, and notes where that is not what the models say: a column becomes generated, or
// ceases to be, by a step that people must write, since its values go or come with it.
func (w *differ) generated(c *ddl.Column, l *catalogue.Column) (settled bool) {
	switch {
	case w.on.live.View:
	case l.Generated != "" && !c.Field.Generated:
		w.note(l.Name, "is generated and the tag does not say so: say generated, or change it by hand")
	case l.Generated == "" && c.From != "":
		w.note(l.Name, "is a plain column, and the tag says generated=: where the rows hold nothing else, drop the column and add it by hand as "+c.Text(w.d))
		return true
	case l.Generated != "" && c.NotNull && l.Nullable && w.d.Name() == (dialect.Postgres{}).Name():
		w.edit(edit{kind: SetNotNull, column: c, was: l, destructive: true, why: "the field cannot be NULL" + rowsMade(c)})
	}
	return l.Generated != ""
}

// missing names a column that is not there and no step adds, "" where there is none.
func (w *differ) missing(columns []string) string {
	for _, name := range columns {
		if w.column(name) == nil && !slices.ContainsFunc(w.edits, func(e edit) bool { return e.kind == AddColumn && w.same(e.column.Name, name) }) {
			return name
		}
	}
	return ""
}

// derived reports whether the column of an edit is made of others, which have their types and values then.
func (e *edit) derived() bool { return e.kind == AddColumn && e.column.From != "" }

// retyped reports whether a column of a table that is there is not of the type that models want.
func (w *differ) retyped(t *ddl.Table, name string) bool {
	live := w.finds.Table(t.Schema, t.Name)
	if live == nil {
		return false
	}
	l := w.finds.Column(live, name)
	return l != nil && slices.ContainsFunc(t.Columns, func(c ddl.Column) bool {
		why, _ := suits(&c, l, w.d)
		return w.same(c.Name, name) && why != ""
	})
}

// settled takes away the steps of a table that go by a change of a column's type which is a note.
func (w *differ) settled(changes []Change, notes []Note) ([]Change, []Note) {
	if w.d.Name() == (dialect.SQLite{}).Name() {
		return changes, notes
	}
	for i := range w.on.want.Columns {
		c := &w.on.want.Columns[i]
		l := w.column(c.Name)
		if l == nil || l.Generated != "" || w.doneAbove(c, l) || slices.ContainsFunc(changes, func(o Change) bool { return o.Kind == AlterType && o.Column == c.Name }) {
			continue
		}
		why, wider := suits(c, l, w.d)
		if why == "" || wider {
			continue
		}
		w.stuck[[2]string{w.on.name(), w.finds.Fold(c.Name)}] = true
		changes = slices.DeleteFunc(changes, func(o Change) bool {
			typed := o.Kind == FillColumn || o.Kind == SetDefault || o.Kind == AddForeignKey || o.of != nil && (o.of.derived() || o.of.index != nil && o.of.index.Where != "")
			if o.of == nil || !typed || !w.goesBy(o.of, c.Name) {
				return false
			}
			notes = append(notes, Note{Table: o.Table, Column: o.Column, Text: string(o.Kind) + " is left out, since the type of " + c.Name + " is to be another first: plan again when that is done (" + o.Why + ")"})
			return true
		})
	}
	return changes, notes
}

// rowsMade is what is to be known of a generated column that may not be NULL.
func rowsMade(c *ddl.Column) string {
	if c.Field.Generated && c.NotNull {
		return "; a row that the expression gives nothing for makes the step fail"
	}
	return ""
}
