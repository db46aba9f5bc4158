package migrate

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// postgresWriter writes the changes of PostgreSQL.
type postgresWriter struct {
	d    dialect.Dialect
	live *catalogue.Schema
	o    Options
}

func (w postgresWriter) changes(p *pair, edits []edit) (out []Change, notes []Note) {
	var absent []string // that the plan does not add
	for i := range edits {
		e := &edits[i]
		if slices.Contains(absent, e.columnName()) || e.index != nil && slices.ContainsFunc(e.index.Columns, func(c string) bool { return slices.Contains(absent, c) }) {
			continue
		}
		if text := w.refused(p, e); text != "" {
			if notes = append(notes, Note{Table: p.name(), Column: e.columnName(), Text: e.why + text}); e.kind == AddColumn {
				absent = append(absent, e.columnName())
			}
			continue
		}
		out = append(out, w.change(p, e)...)
	}
	return out, notes
}

func (w postgresWriter) change(p *pair, e *edit) []Change {
	alter := "ALTER TABLE " + p.sql() + " "
	column := ""
	switch {
	case e.was != nil:
		column = w.d.Quote(e.was.Name)
	case e.column != nil:
		column = w.d.Quote(e.column.Name)
	}
	switch e.kind {
	case AddColumn:
		up := one(alter + "ADD COLUMN " + addedColumn(w.d, e))
		if e.column.Comment != "" {
			up = append(up, ddl.CommentOn(w.d, p.sql(), e.column))
		}
		return []Change{e.change(up, one(alter+"DROP COLUMN "+column))}
	case FillColumn:
		return []Change{e.change(one("UPDATE "+p.sql()+" SET "+column+" = "+e.fill+" WHERE "+column+" IS NULL"), nil)}
	case SetNotNull:
		return w.setNotNull(alter, column, e)
	case DropNotNull:
		return []Change{e.change(one(alter+"ALTER COLUMN "+column+" DROP NOT NULL"), one(alter+"ALTER COLUMN "+column+" SET NOT NULL"))}
	case AlterType:
		return []Change{w.alterType(alter, column, e)}
	case SetDefault:
		return []Change{w.setDefault(p, alter+"ALTER COLUMN "+column+" ", e)}
	case AddValues, TakeValues, AddCheck, Validate:
		return w.values(p, alter, column, e)
	case AddIndex, AddUnique, ReplaceIndex, DropIndex:
		return []Change{w.index(p, alter, e)}
	case AddForeignKey:
		return foreignKeyChange(p, e, w.o.NotValid)
	case DropColumn:
		return []Change{e.change(one(alter+"DROP COLUMN "+column), append(one(alter+"ADD COLUMN "+columnBack(w.d, e.was)), e.released.again(e.was, false, func(x *catalogue.Index) []string { return w.again(p, alter, x) })...))}
	}
	return nil
}

// addedColumn is a column as ADD COLUMN has it: NOT NULL only where rows that are there get a value.
func addedColumn(d dialect.Dialect, e *edit) string {
	c := *e.column
	c.NotNull, c.Default = c.NotNull && !e.nullable, defaultAdded(e)
	return c.Text(d)
}

// defaultAdded is the default that a column is added with, "" for none.
func defaultAdded(e *edit) string {
	switch {
	case e.fill != "":
		return e.fill
	case e.column.Field.Default == model.FillLiteral: // rows that are there go on without a value
		return ""
	}
	return e.column.Default
}

// columnBack is a column that was dropped, as ADD COLUMN can bring it back: without its values.
func columnBack(d dialect.Dialect, c *catalogue.Column) string {
	text := d.Quote(c.Name) + " " + c.DBType
	switch {
	case c.Generated != "":
		return text + " GENERATED ALWAYS AS (" + c.Generated + ") STORED"
	case c.Default != "" && c.Identity == "":
		text += " DEFAULT " + c.Default
		if !c.Nullable {
			text += " NOT NULL"
		}
	}
	return text
}

// setNotNull says NOT NULL. To look into the rows holds the table; a check that is looked into beforehand does not, and spares it.
func (w postgresWriter) setNotNull(alter, column string, e *edit) []Change {
	set, back := alter+"ALTER COLUMN "+column+" SET NOT NULL", one(alter+"ALTER COLUMN "+column+" DROP NOT NULL")
	if !w.o.NotValid {
		return []Change{e.change(one(set), back)}
	}
	name := w.d.Quote(ddl.Fit(e.on.table() + "_" + e.column.Name + "_not_null"))
	drop := alter + "DROP CONSTRAINT IF EXISTS " + name
	first := e.change(one(alter+"ADD CONSTRAINT "+name+" CHECK ("+column+" IS NOT NULL) NOT VALID"), one(drop))
	first.Why += "; new rows are held to it first"
	first.Alone = true // so that the lock is short
	second := e.change(one(alter+"VALIDATE CONSTRAINT "+name), nil)
	second.Alone = true
	third := e.change(one(set, drop), back)
	return []Change{first, second, third}
}

// alterType changes the type of a column by a cast. A default is put off meanwhile where it has no cast of its own, and is then what the
// model says, or else what it was in the new type.
func (w postgresWriter) alterType(alter, column string, e *edit) Change {
	to, plain := alteredType(e)
	collate := ""
	if e.was.Collation != "" {
		collate = " COLLATE " + w.d.Quote(e.was.Collation)
	}
	up := one(alter + "ALTER COLUMN " + column + " TYPE " + to + " USING " + castTo(column, e.was.DBType, plain))
	down := one(alter + "ALTER COLUMN " + column + " TYPE " + e.was.DBType + collate + " USING " + castTo(column, plain, e.was.DBType))
	if sequence := serial(e.was); sequence != "" {
		up = append(up, "ALTER SEQUENCE "+sequence+" AS "+plain) // else the numbers run out where they did
	}
	if e.destructive && e.was.Default != "" && e.was.Identity == "" {
		gone := alter + "ALTER COLUMN " + column + " DROP DEFAULT"
		kept := "(" + e.was.Default + ")::" + plain
		if said, ok := saidDefault(w.d, e.column); ok {
			kept = said
		}
		e.why += "; the default " + e.was.Default + " becomes " + kept
		up = append(append(one(gone), up...), alter+"ALTER COLUMN "+column+" SET DEFAULT "+kept)
		down = append(append(one(gone), down...), alter+"ALTER COLUMN "+column+" SET DEFAULT "+e.was.Default)
	}
	return e.change(up, down)
}

// alteredType is the type that a column gets, and the same without its collation.
func alteredType(e *edit) (to, plain string) {
	to, _, _ = strings.Cut(e.column.Type, " GENERATED")
	to, _, _ = strings.Cut(to, " DEFAULT")
	plain, _, _ = strings.Cut(to, " COLLATE")
	return to, plain
}

// setDefault has the database make the values of a column, numbers behind those that are there.
func (w postgresWriter) setDefault(p *pair, alter string, e *edit) Change {
	if e.column.Default != "" {
		return e.change(one(alter+"SET DEFAULT "+e.column.Default), one(alter+"DROP DEFAULT"))
	}
	if _, made, ok := strings.Cut(e.column.Type, " DEFAULT "); ok && !strings.Contains(e.column.Type, " GENERATED ") {
		return e.change(one(alter+"SET DEFAULT "+made), one(alter+"DROP DEFAULT"))
	}
	identity := "ADD GENERATED BY DEFAULT AS IDENTITY"
	if strings.Contains(e.column.Type, " GENERATED ALWAYS ") {
		identity = "ADD GENERATED ALWAYS AS IDENTITY"
	}
	sequence := "pg_get_serial_sequence(" + ddl.Literal(w.d, p.sql()) + ", " + ddl.Literal(w.d, e.was.Name) + ")"
	return e.change(one(alter+identity,
		"SELECT setval("+sequence+", GREATEST((SELECT max("+w.d.Quote(e.was.Name)+") FROM "+p.sql()+"), 0) + 1, false)"), one(alter+"DROP IDENTITY"))
}

// values changes which values a column takes.
func (w postgresWriter) values(p *pair, alter, column string, e *edit) []Change {
	if e.kind == AddValues && e.was.EnumType != "" {
		schema, name := "", e.was.EnumType
		for i := range w.live.Enums { // either name may hold a dot
			if x := &w.live.Enums[i]; catalogue.FullName(x.Schema, x.Name) == e.was.EnumType {
				schema, name = x.Schema, x.Name
			}
		}
		var up []string
		for _, v := range e.values {
			up = append(up, "ALTER TYPE "+dialect.Table(w.d, schema, name)+" ADD VALUE IF NOT EXISTS "+ddl.Literal(w.d, v))
		}
		var out []Change
		for i := range up {
			c := e.change(up[i:i+1], nil)
			c.Alone = true // older servers refuse it inside a transaction, and none uses the value there
			out = append(out, c)
		}
		return out
	}
	if e.kind == Validate {
		return []Change{e.change(one(alter+"VALIDATE CONSTRAINT "+w.d.Quote(e.check.Name)), nil)}
	}
	free := ddl.Fit(p.table() + "_" + e.column.Name + "_check")
	if p.constrained(free) { // the database's own name for another check of the column
		free = ddl.Fit(p.table() + "_" + e.column.Name + "_listed_check")
	}
	name := w.d.Quote(free)
	var up, down []string
	if e.check != nil {
		name = w.d.Quote(e.check.Name)
		up = one(alter + "DROP CONSTRAINT " + name)
		down = one(alter + "ADD CONSTRAINT " + name + " CHECK (" + valuesBefore(w.d, column, e) + ")")
	}
	up = append(up, alter+"ADD CONSTRAINT "+name+" CHECK ("+oneOf(w.d, column, e.values)+")")
	down = append(one(alter+"DROP CONSTRAINT "+name), down...)
	if !w.o.NotValid || !e.destructive {
		return []Change{e.change(up, down)}
	}
	up[len(up)-1] += " NOT VALID"
	first, second := e.change(up, down), e.change(one(alter+"VALIDATE CONSTRAINT "+name), nil)
	first.Alone, second.Alone = true, true
	return []Change{first, second}
}

// valuesBefore is the condition that a step finds.
func valuesBefore(d dialect.Dialect, column string, e *edit) string {
	if e.before != nil {
		return oneOf(d, column, e.before)
	}
	return e.check.Expression
}

// oneOf is the condition that a quoted column holds one of some values.
func oneOf(d dialect.Dialect, column string, values []string) string {
	items := make([]string, len(values))
	for i, v := range values {
		items[i] = ddl.Literal(d, v)
	}
	return column + " IN (" + list(items) + ")"
}

func (w postgresWriter) index(p *pair, alter string, e *edit) Change {
	drop := func(x, concurrently string) string {
		return "DROP INDEX " + concurrently + dialect.Table(w.d, p.schema(), x)
	}
	word, concurrently := "", w.o.Concurrently && p.live.Partition == ""
	if concurrently {
		word = "CONCURRENTLY "
	}
	var gone, back []string
	if x := e.wasIndex; x != nil {
		if x.Constraint {
			gone = one(alter + "DROP CONSTRAINT " + w.d.Quote(x.Name))
		} else {
			gone = one(drop(x.Name, ""))
		}
		back = w.again(p, alter, x)
	}
	switch e.kind {
	case DropIndex:
		return e.change(gone, back)
	case ReplaceIndex:
		return e.change(append(gone, createIndex(p, e.index, false)), append(one(drop(e.index.Name, "")), back...))
	}
	c := e.change(one(createIndex(p, e.index, concurrently)), one(drop(e.index.Name, word)))
	switch c.Alone = concurrently; {
	case concurrently:
		c.Why += "; where it fails, drop the invalid index that it leaves"
	case w.o.Concurrently:
		c.Why += "; PostgreSQL makes no index of a partitioned table concurrently, so others cannot write meanwhile: make the same index of each part concurrently first, which this one then takes over"
	}
	return c
}

// again makes an index or a unique constraint that was dropped.
func (w postgresWriter) again(p *pair, alter string, x *catalogue.Index) []string {
	switch {
	case !x.Constraint:
		return indexBack(p, x)
	case x.Columns() == nil || x.Deferrable || x.NullsEqual || len(x.Include) > 0:
		return nil
	}
	return one(alter + "ADD CONSTRAINT " + w.d.Quote(x.Name) + " UNIQUE (" + quotedList(w.d, x.Columns()) + ")")
}

// indexBack makes an index that was dropped, nothing where its form is beyond words.
func indexBack(p *pair, x *catalogue.Index) []string {
	if !plain(x) || len(x.Include) > 0 || x.NullsEqual {
		return nil
	}
	var keys []string
	for _, part := range x.Parts {
		k := p.d.Quote(part.Column)
		if part.Desc {
			k += " DESC"
		}
		switch {
		case part.NullsFirst:
			k += " NULLS FIRST"
		case part.NullsLast:
			k += " NULLS LAST"
		}
		keys = append(keys, k)
	}
	unique, where := "", ""
	if x.Unique {
		unique = "UNIQUE "
	}
	if x.Where != "" {
		where = " WHERE " + x.Where
	}
	return one("CREATE " + unique + "INDEX " + p.d.Quote(x.Name) + " ON " + p.sql() + " (" + list(keys) + ")" + where)
}
