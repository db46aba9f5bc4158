package migrate

import (
	"cmp"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/source/catalogue"
)

// sqlServerWriter writes the changes of SQL Server, whose constraints have names that only the server knows where they were given
// none: those are looked up when the step runs.
type sqlServerWriter struct {
	d    dialect.Dialect
	live *catalogue.Schema
}

func (w sqlServerWriter) changes(p *pair, edits []edit) (out []Change, notes []Note) {
	edits = w.atOnce(edits)
	for i := range edits {
		e := &edits[i]
		if e.kind == SetDefault && strings.Contains(e.column.Type, "IDENTITY") {
			notes = append(notes, Note{Table: p.name(), Column: e.was.Name, Text: e.why + ", and SQL Server makes no column an identity that is none: change it by hand"})
			continue
		}
		if !alters(e) {
			out = append(out, w.change(p, e))
			continue
		}
		c := w.change(p, e)
		h, beyond := w.holding(p, edits, e)
		if len(beyond) > 0 {
			notes = append(notes, Note{Table: p.name(), Column: e.columnName(), Text: e.why + byHand("SQL Server", &c, beyond)})
			continue
		}
		out = append(out, h.around(c))
	}
	return out, notes
}

// atOnce makes one edit of a change of a column's type and of whether it may be NULL: ALTER COLUMN says both each time.
func (w sqlServerWriter) atOnce(edits []edit) (out []edit) {
	of := func(kind Kind, column string) *edit {
		for i := range edits {
			if e := &edits[i]; e.kind == kind && e.was != nil && e.was.Name == column {
				return e
			}
		}
		return nil
	}
	for _, e := range edits {
		switch {
		case e.was == nil:
		case e.kind == AlterType:
			if n := of(SetNotNull, e.was.Name); n != nil {
				e.becomes, e.destructive, e.why = SetNotNull, e.destructive || n.destructive, e.why+"; "+n.why
				if f := of(FillColumn, e.was.Name); f != nil {
					e.fill = f.fill
				}
			} else if n := of(DropNotNull, e.was.Name); n != nil {
				e.becomes, e.why = DropNotNull, e.why+"; "+n.why
			}
		case (e.kind == SetNotNull || e.kind == DropNotNull || e.kind == FillColumn) && of(AlterType, e.was.Name) != nil:
			continue
		}
		out = append(out, e)
	}
	return out
}

func (w sqlServerWriter) change(p *pair, e *edit) Change {
	alter := "ALTER TABLE " + p.sql() + " "
	name := ""
	switch {
	case e.was != nil:
		name = e.was.Name
	case e.column != nil:
		name = e.column.Name
	}
	column := w.d.Quote(name)
	null := func(nullable bool) string {
		if nullable {
			return " NULL"
		}
		return " NOT NULL"
	}
	switch e.kind {
	case AddForeignKey:
		return foreignKeyChange(p, e, false)[0]
	case AddColumn:
		return e.change(one(alter+"ADD "+addedColumn(w.d, e)), one(w.release(p, name, "default_constraints", "check_constraints"), alter+"DROP COLUMN "+column))
	case FillColumn:
		return e.change(one("UPDATE "+p.sql()+" SET "+column+" = "+e.fill+" WHERE "+column+" IS NULL"), nil)
	case SetNotNull, DropNotNull:
		typ := bareType(e.column.Type)
		if e.was != nil {
			typ = e.was.DBType
			if e.was.Collation != "" {
				typ += " COLLATE " + e.was.Collation
			}
		}
		set := alter + "ALTER COLUMN " + column + " " + typ
		return e.change(one(set+null(e.kind == DropNotNull)), one(set+null(e.kind == SetNotNull)))
	case AlterType:
		back := e.was.DBType
		if e.was.Collation != "" {
			back += " COLLATE " + e.was.Collation
		}
		may := e.was.Nullable
		if e.becomes != "" {
			may = e.becomes == DropNotNull
		}
		up, down := one(alter+"ALTER COLUMN "+column+" "+bareType(e.column.Type)+null(may)), one(alter+"ALTER COLUMN "+column+" "+back+null(e.was.Nullable))
		if e.was.Default != "" { // which holds the type
			free, again := w.release(p, name, "default_constraints"), alter+"ADD DEFAULT "+e.was.Default+" FOR "+column
			said := again
			if text, ok := saidDefault(w.d, e.column); ok && e.destructive {
				said = alter + "ADD DEFAULT " + text + " FOR " + column
			}
			up, down = append(one(free), append(up, said)...), append(one(free), append(down, again)...)
		}
		if e.fill != "" {
			up = append(one("UPDATE "+p.sql()+" SET "+column+" = "+e.fill+" WHERE "+column+" IS NULL"), up...)
		}
		return e.change(up, down)
	case SetDefault:
		_, made, _ := strings.Cut(e.column.Type, " DEFAULT ")
		made = cmp.Or(e.column.Default, made)
		return e.change(one(alter+"ADD DEFAULT "+made+" FOR "+column), one(w.release(p, name, "default_constraints")))
	case AddValues, TakeValues, AddCheck, Validate:
		return w.values(p, alter, column, e)
	case DropColumn:
		return e.change(append(w.free(p, alter, e), w.release(p, name, "default_constraints", "check_constraints"), alter+"DROP COLUMN "+column),
			append(one(alter+"ADD "+columnBack(w.d, e.was)), e.released.again(e.was, true, func(x *catalogue.Index) []string { return w.indexBack(p, x) })...))
	}
	return w.index(p, alter, e)
}

func (w sqlServerWriter) values(p *pair, alter, column string, e *edit) Change {
	name := w.d.Quote(ddl.Fit("CK_" + p.table() + "_" + e.column.Name))
	if e.kind == Validate {
		return e.change(one(alter+"WITH CHECK CHECK CONSTRAINT "+w.d.Quote(e.check.Name)), nil)
	}
	var up, down []string
	if e.check != nil {
		name = w.d.Quote(e.check.Name)
		up = one(alter + "DROP CONSTRAINT " + name)
		down = one(alter + "ADD CONSTRAINT " + name + " CHECK (" + valuesBefore(w.d, column, e) + ")")
	}
	up = append(up, alter+"ADD CONSTRAINT "+name+" CHECK ("+oneOf(w.d, column, e.values)+")")
	return e.change(up, append(one(alter+"DROP CONSTRAINT "+name), down...))
}

func (w sqlServerWriter) index(p *pair, alter string, e *edit) Change {
	drop := func(x string) string { return "DROP INDEX " + w.d.Quote(x) + " ON " + p.sql() }
	var gone, back []string
	if x := e.wasIndex; x != nil {
		if x.Constraint {
			gone = one(alter + "DROP CONSTRAINT " + w.d.Quote(x.Name))
		} else {
			gone = one(drop(x.Name))
		}
		back = w.indexBack(p, x)
	}
	switch e.kind {
	case DropIndex:
		return e.change(gone, back)
	case ReplaceIndex:
		return e.change(append(gone, createIndex(p, e.index, false)), append(one(drop(e.index.Name)), back...))
	}
	return e.change(one(createIndex(p, e.index, false)), one(drop(e.index.Name)))
}

// free drops what is over a column that is dropped, which the server would not drop with it. Checks of the column alone are looked up.
func (w sqlServerWriter) free(p *pair, alter string, e *edit) (out []string) {
	for _, x := range e.released.indexes {
		if x.Constraint {
			out = append(out, alter+"DROP CONSTRAINT "+w.d.Quote(x.Name))
			continue
		}
		out = append(out, "DROP INDEX "+w.d.Quote(x.Name)+" ON "+p.sql())
	}
	for _, k := range e.released.checks {
		out = append(out, alter+"DROP CONSTRAINT IF EXISTS "+w.d.Quote(k.Name))
	}
	for _, f := range e.released.keys {
		out = append(out, alter+"DROP CONSTRAINT "+w.d.Quote(f.Name))
	}
	return out
}

// release drops what holds a column: its default, its checks, or both, whose names are looked up. views are those of the system that
// list them.
func (w sqlServerWriter) release(p *pair, column string, views ...string) string {
	table, name := ddl.Literal(w.d, p.sql()), ddl.Literal(w.d, column)
	at := "parent_object_id = OBJECT_ID(" + table + ") AND parent_column_id = COLUMNPROPERTY(OBJECT_ID(" + table + "), " + name + ", 'ColumnId')"
	var from []string
	for _, v := range views {
		from = append(from, "SELECT name FROM sys."+v+" WHERE "+at)
	}
	return "DECLARE @release nvarchar(max) = N''; SELECT @release += N'ALTER TABLE ' + " + table + " + N' DROP CONSTRAINT ' + QUOTENAME(name) + N';' FROM (" +
		strings.Join(from, " UNION ALL ") + ") AS c; EXEC(@release)"
}

// bareType is a type without what makes it number itself.
func bareType(typ string) string {
	typ, _, _ = strings.Cut(typ, " IDENTITY")
	typ, _, _ = strings.Cut(typ, " DEFAULT")
	return typ
}
