package migrate

import (
	"maps"
	"slices"
	"strings"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

// add adds a column.
func (w *differ) add(c *ddl.Column) {
	if c.Field.Generated && (c.From == "" || w.d.Name() == (dialect.SQLite{}).Name()) {
		w.note(c.Name, "is not there, and the database makes it: add it by hand, with the expression that it is made by")
		return
	}
	if slices.Contains(w.on.want.Key, c.Name) {
		return // the note on the key says it
	}
	fill, asked := w.fill(c)
	if w.addedAbove(c) {
		return
	}
	e := edit{kind: AddColumn, column: c, nullable: !c.NotNull, why: "no column of the name is there"}
	switch {
	case asked:
		e.nullable = true
	case !c.NotNull:
	case c.Made, c.From != "":
		e.why += rowsMade(c)
	default:
		if value, ok := initial(w.d, c.Field); ok {
			e.fill, e.why = value, e.why+"; rows that are there get "+value
			break
		}
		e.nullable, e.why = true, e.why+"; it may be NULL until rows that are there have values"
	}
	w.edit(e)
	if asked {
		w.edit(edit{kind: FillColumn, column: c, fill: fill, why: "rows that are there need values"})
	}
	if c.NotNull && e.nullable {
		w.setNotNull(c, asked)
	}
}

// fill gives the expression that the options say for a column of the table under way.
func (w *differ) fill(c *ddl.Column) (string, bool) {
	at := w.filling(w.on.schema(), w.on.table(), c.Name)
	if at == "" {
		return "", false
	}
	w.filled[at] = true
	return w.o.Fills[at], true
}

// filling is the name that the options have for a column, "" where they say nothing of it. The first of several stands, so that the others are told.
func (w *differ) filling(schema, table, column string) string {
	if w.same(schema, w.live.Default) {
		schema = ""
	}
	for _, at := range slices.Sorted(maps.Keys(w.o.Fills)) {
		dot := strings.LastIndexByte(at, '.')
		if dot < 0 || !w.same(at[dot+1:], column) {
			continue
		}
		if w.same(at[:dot], catalogue.FullName(schema, table)) || schema == "" && w.same(at[:dot], w.live.Default+"."+table) {
			return at
		}
	}
	return ""
}

func (w *differ) setNotNull(c *ddl.Column, filled bool) {
	e := edit{kind: SetNotNull, column: c, was: w.column(c.Name), destructive: !filled, why: "the field cannot be NULL"}
	if !filled {
		col := w.d.Quote(c.Name)
		e.why += "; give rows without a value one before: UPDATE " + w.on.sql() + " SET " + col + " = … WHERE " + col + " IS NULL"
	}
	w.edit(e)
}

// compare compares a column that is there.
func (w *differ) compare(c *ddl.Column, l *catalogue.Column) {
	fill, asked := w.fill(c)
	if w.generated(c, l) || w.doneAbove(c, l) {
		return
	}
	switch why, wider := suits(c, l, w.d); {
	case why == "":
	case l.Domain != "" || l.EnumType != "" || w.on.live.Kind != catalogue.BaseTable:
		w.note(l.Name, why+": change it by hand")
	default:
		e := edit{kind: AlterType, column: c, was: l, destructive: !wider, why: why}
		if !wider {
			e.why += "; a value that the new type does not take makes the step fail, or is cut or rounded by the cast"
		}
		w.edit(e)
	}
	key := slices.ContainsFunc(w.on.want.Key, func(k string) bool { return k == c.Name }) || slices.ContainsFunc(w.on.live.Key.Columns, func(k string) bool { return k == l.Name })
	switch {
	case key || w.on.live.View:
	case c.NotNull && l.Nullable:
		if asked {
			w.edit(edit{kind: FillColumn, column: c, was: l, fill: fill, why: "rows that are there need values"})
		}
		w.setNotNull(c, asked)
	case !c.NotNull && !l.Nullable && l.Domain != "":
		w.note(l.Name, "is of the domain "+l.Domain+", which is NOT NULL, and the field may be NULL: change it by hand")
	case !c.NotNull && !l.Nullable:
		w.edit(edit{kind: DropNotNull, column: c, was: l, why: "the field may be NULL"})
	}
	w.values(c, l)
}

// values compares the values that a tag lists with those that the database lists.
func (w *differ) values(c *ddl.Column, l *catalogue.Column) {
	if len(c.Enum) == 0 || w.on.live.View {
		return
	}
	have := l.Enum
	if have == nil { // a check lists values of a column that need not be of texts
		have = w.listedValues(l)
	}
	if have == nil {
		for i := range w.on.live.Checks { // one that rows have not been looked into for
			k := &w.on.live.Checks[i]
			if name, values, ok := sqltokens.Listed(k.Expression); ok && k.NotValid && w.same(name, l.Name) && sameSet(values, c.Enum, exactly) {
				w.edit(edit{kind: Validate, column: c, was: l, check: k, destructive: true, why: "the check " + k.Name + " has not been looked into; a row that breaks it makes the step fail"})
				return
			}
		}
		w.edit(edit{kind: AddCheck, column: c, was: l, values: c.Enum, destructive: true, why: "nothing keeps other values out than the tag lists; a row that has one makes the step fail"})
		return
	}
	lacking, over := without(c.Enum, have), without(have, c.Enum)
	if l.EnumType != "" || l.Domain != "" {
		switch {
		case len(lacking) > 0 && l.EnumType == "":
			w.note(l.Name, "is of the domain "+l.Domain+", which lacks the values "+list(lacking)+": change it by hand")
		case len(lacking) > 0:
			w.edit(edit{kind: AddValues, column: c, was: l, values: lacking, why: "the type " + l.EnumType + " lacks values that the tag lists"})
		}
		return
	}
	check := w.listing(l, have)
	if check == nil {
		return
	}
	if from := w.inheritedCheck(check); from != "" && len(lacking)+len(over) > 0 {
		w.note(l.Name, "the check "+check.Name+" lists other values than the tag, and it comes from "+from+", which the table inherits from: change it there")
		return
	}
	var both []string
	if len(lacking) > 0 {
		both = append(slices.Clone(have), lacking...)
		w.edit(edit{kind: AddValues, column: c, was: l, check: check, values: both, why: "the tag lists values that the database refuses: " + list(lacking)})
	}
	if len(over) > 0 {
		w.edit(edit{kind: TakeValues, column: c, was: l, check: check, values: c.Enum, before: both, destructive: true, why: "the tag does not list " + list(over) + "; a row that has one makes the step fail"})
	}
}

// listedValues are those that a check which all rows satisfy lists for a column, nil where none does.
func (w *differ) listedValues(l *catalogue.Column) []string {
	for i := range w.on.live.Checks {
		k := &w.on.live.Checks[i]
		if name, values, ok := sqltokens.Listed(k.Expression); ok && !k.NotValid && w.same(name, l.Name) {
			return values
		}
	}
	return nil
}

// listing finds the check that lists the values of a column.
func (w *differ) listing(l *catalogue.Column, have []string) *catalogue.Check {
	for i := range w.on.live.Checks {
		k := &w.on.live.Checks[i]
		if name, values, ok := sqltokens.Listed(k.Expression); ok && !k.NotValid && w.same(name, l.Name) && slices.Equal(values, have) {
			return k
		}
	}
	return nil
}

func exactly(a, b string) bool { return a == b }

func without(list, gone []string) (out []string) {
	for _, v := range list {
		if !slices.Contains(gone, v) {
			out = append(out, v)
		}
	}
	return out
}
