package migrate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

// sqliteWriter writes the changes of SQLite, which adds columns and indexes and for all else makes a table anew.
type sqliteWriter struct {
	d    dialect.Dialect
	live *catalogue.Schema
	o    Options
}

func (w sqliteWriter) changes(p *pair, edits []edit) (out []Change, notes []Note) {
	b := &rebuilding{sqliteWriter: w, p: p}
	if len(p.live.Statements) > 0 {
		b.text, _ = readCreate(p.live.Statements[0])
		b.beside = slices.Clone(p.live.Statements[1:])
	}
	var keep, lose []*edit
	for i := range edits {
		e := &edits[i]
		switch typ := b.unknownType(e); {
		case typ != "":
			notes = append(notes, b.note(e, "the table is STRICT, which knows no "+typ))
		case e.kind == AddColumn && plainlyAdded(e) && !pairedFill(edits, e):
			out = append(out, b.add(e))
		case isIndexEdit(e):
		case e.kind == SetDefault && slices.ContainsFunc(edits, func(o edit) bool { return o.kind == AlterType && o.column == e.column }) && (b.numbersRows(e) || defaultIn(e) != "" && e.column.Default == ""): // the new type says it
		case e.kind == SetDefault && b.numbersRows(e):
			e.destructive, e.why = true, e.why+"; a value that is no whole number makes the step fail"
			lose = append(lose, e)
		case e.kind == SetDefault && defaultIn(e) == "":
			notes = append(notes, b.note(e, "only an INTEGER PRIMARY KEY of a table whose rows have numbers makes its own"))
		case e.kind == FillColumn && !filledIn(edits, e):
			col := w.d.Quote(e.column.Name)
			out = append(out, e.change(one("UPDATE "+p.sql()+" SET "+col+" = "+e.fill+" WHERE "+col+" IS NULL"), nil))
		case e.destructive:
			lose = append(lose, e)
		default:
			keep = append(keep, e)
		}
	}
	rebuilt := func(edits []*edit) {
		if len(edits) == 0 {
			return
		}
		c, note := b.rebuild(edits)
		if note.Text != "" {
			notes = append(notes, note)
			return
		}
		out = append(out, c)
	}
	indexes := func(destructive bool) {
		for i := range edits {
			e := &edits[i]
			if !isIndexEdit(e) || e.destructive != destructive {
				continue
			}
			switch c, note := b.index(e); {
			case note.Text != "":
				notes = append(notes, note)
			case len(c.Up) > 0:
				out = append(out, c)
			}
		}
	}
	// In the order in which they run, since each finds what those before it have left.
	rebuilt(keep)
	indexes(false)
	rebuilt(lose)
	indexes(true)
	return out, notes
}

// defaultIn is the default that the database is to make a value by, "" where it numbers rows.
func defaultIn(e *edit) string {
	_, text, _ := strings.Cut(e.column.Type, " DEFAULT ")
	return cmp.Or(e.column.Default, text)
}

func isIndexEdit(e *edit) bool {
	return e.kind == AddIndex || e.kind == AddUnique || e.kind == ReplaceIndex || e.kind == DropIndex
}

// plainlyAdded reports whether ALTER TABLE adds a column: the default of one that it adds is a constant.
func plainlyAdded(e *edit) bool {
	if e.column.Made {
		return false
	}
	text := defaultAdded(e)
	return !strings.HasPrefix(text, "(") && text != "CURRENT_TIMESTAMP"
}

// filledIn reports whether a column is filled while its table is made anew, since it becomes NOT NULL there.
func filledIn(edits []edit, e *edit) bool {
	return slices.ContainsFunc(edits, func(o edit) bool { return o.kind == SetNotNull && !o.destructive && o.column == e.column })
}

func pairedFill(edits []edit, e *edit) bool {
	return filledIn(edits, e) && slices.ContainsFunc(edits, func(o edit) bool { return o.kind == FillColumn && o.column == e.column })
}

// rebuilding is a table on its way.
type rebuilding struct {
	sqliteWriter
	p      *pair
	text   *createText // as it is after the changes so far; nil where it is not known
	beside []string    // the statements of its indexes and triggers
	more   []string    // columns that changes so far have added

	replaced map[string]string // conditions of checks, by what they were
}

func (b *rebuilding) add(e *edit) Change {
	text := addedColumn(b.d, e)
	alter := "ALTER TABLE " + b.p.sql() + " "
	if b.text != nil {
		b.text.add(e.column.Name, text)
	}
	b.more = append(b.more, e.column.Name)
	return e.change(one(alter+"ADD COLUMN "+text), one(alter+"DROP COLUMN "+b.d.Quote(e.column.Name)))
}

func (b *rebuilding) note(e *edit, why string) Note {
	n := Note{Table: b.p.name(), Text: string(e.kind) + " is to be done by hand, since " + why + " (" + e.why + ")"}
	if e.column != nil {
		n.Column = e.column.Name
	} else if e.was != nil {
		n.Column = e.was.Name
	}
	return n
}

func (b *rebuilding) index(e *edit) (Change, Note) {
	schema := b.p.schema()
	drop := func(name string) string { return "DROP INDEX " + dialect.Table(b.d, schema, name) }
	var gone, back []string
	if x := e.wasIndex; x != nil {
		if x.Constraint {
			return Change{}, b.note(e, "SQLite drops no constraint by itself")
		}
		for i, text := range b.beside {
			if what, name := made(text); what == "index" && sqltokens.Same(name, x.Name) {
				gone, back = one(drop(x.Name)), one(text)
				b.beside = slices.Delete(b.beside, i, i+1)
				break
			}
		}
	}
	if e.kind == DropIndex {
		return e.change(gone, back), Note{}
	}
	create := createIndex(b.p, e.index, false)
	b.beside = append(b.beside, create)
	return e.change(append(gone, create), append(one(drop(e.index.Name)), back...)), Note{}
}

// apply changes the text of a table.
func (b *rebuilding) apply(to *createText, e *edit) bool {
	name := ""
	switch {
	case e.was != nil:
		name = e.was.Name
	case e.column != nil:
		name = e.column.Name
	}
	if e.kind != AddColumn && e.kind != FillColumn && to.at(name) < 0 {
		return false
	}
	switch e.kind {
	case AddColumn:
		to.add(e.column.Name, addedColumn(b.d, e))
	case DropNotNull, SetNotNull:
		to.null(name, e.kind == DropNotNull)
	case AlterType:
		to.retype(name, e.column.Type, b.numbersRows(e))
	case SetDefault:
		if text := defaultIn(e); text != "" {
			to.defaulted(name, text)
		} else {
			to.retype(name, "INTEGER", true)
		}
	case AddValues, TakeValues, AddCheck:
		old := ""
		if e.check != nil {
			old = e.check.Expression
			if held, ok := b.replaced[old]; ok {
				old = held
			}
		}
		condition := ddl.OneOf(b.d, name, e.values)
		if !to.check(name, old, condition) {
			return false
		}
		if e.check != nil {
			if b.replaced == nil {
				b.replaced = map[string]string{}
			}
			b.replaced[e.check.Expression] = condition
		}
	case DropColumn:
		return to.drop(name)
	}
	return true
}
