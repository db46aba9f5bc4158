package migrate

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

// indexes compares unique sets and indexes.
func (w *differ) indexes() {
	for i := range w.on.want.Indexes {
		x := &w.on.want.Indexes[i]
		if w.there(x) {
			continue
		}
		if name := w.missing(append(slices.Clone(x.Columns), x.Include...)); name != "" {
			w.note("", "the index of ("+list(x.Columns)+") is not made, since the column "+name+" is not there: make it when it is")
			continue
		}
		if x.Unique && !w.acrossParts(x.Columns) {
			w.note("", "nothing keeps two rows from having the same ("+list(x.Columns)+"), and no index can: the table is partitioned by "+w.on.live.Partition+", and PostgreSQL looks into each part alone")
			continue
		}
		e := edit{kind: AddIndex, index: x, why: "no index of (" + list(x.Columns) + ") is there"}
		if x.Unique {
			e.kind, e.why = AddUnique, "nothing keeps two rows from having the same ("+list(x.Columns)+")"
			if !w.stricter(x) && !w.empty(x) {
				e.destructive, e.why = true, e.why+"; rows that do make the step fail"
			}
		}
		if old := w.named(x.Name); old != nil && !old.Deferrable && w.keyTo(old) == "" { // what is deferrable, or keys lead to, serves others
			e.kind, e.wasIndex, e.why = ReplaceIndex, old, "the index of the name is another: "+e.why
			if old.Unique && !x.Unique {
				e.destructive, e.why = true, e.why+"; it keeps rows from having the same, which no index does then"
			}
		} else {
			named := *x
			named.Name = w.free(w.on.want, x.Name)
			e.index = &named
		}
		w.edit(e)
	}
}

// acrossParts reports whether a unique index can be of a table that may be partitioned: its columns must tell the parts apart.
func (w *differ) acrossParts(columns []string) bool {
	text := w.on.live.Partition
	if text == "" {
		return true
	}
	tokens := sqltokens.Split(text)
	depth := 0
	for i, t := range tokens {
		switch {
		case t.Is("("):
			depth++
			if depth > 1 {
				return false // an expression
			}
		case t.Is(")"):
			depth--
		case depth == 1 && t.IsName() && (tokens[i-1].Is("(") || tokens[i-1].Is(",")):
			if i+1 < len(tokens) && tokens[i+1].Is("(") || !slices.ContainsFunc(columns, func(c string) bool { return w.same(c, t.Text) }) {
				return false
			}
		}
	}
	return true
}

// each calls f for the indexes that are there until it says true.
func (w *differ) each(f func(*catalogue.Index) bool) bool {
	for _, set := range [][]catalogue.Index{w.on.live.Uniques, w.on.live.Indexes} {
		for i := range set {
			if f(&set[i]) {
				return true
			}
		}
	}
	return false
}

// there reports whether an index is there, under whatever name.
func (w *differ) there(x *ddl.Index) bool {
	if !x.Partial && len(x.Include) == 0 && (!x.Unique && slices.EqualFunc(x.Columns, w.on.live.Key.Columns, w.same) || x.Unique && sameSet(x.Columns, w.on.live.Key.Columns, w.same)) {
		return true
	}
	return w.each(func(l *catalogue.Index) bool { return w.serves(l, x) })
}

// serves reports whether an index that is there does what x asks for.
func (w *differ) serves(l *catalogue.Index, x *ddl.Index) bool {
	if x.Partial { // the database keeps the condition in words of its own, so the name tells
		return strings.EqualFold(l.Name, x.Name) && plain(l) && x.Unique == l.Unique && l.Where != "" && slices.EqualFunc(x.Columns, l.Columns(), w.same) && w.includes(l, x)
	}
	if !w.includes(l, x) {
		return false
	}
	if !plain(l) || x.Unique != l.Unique && x.Unique {
		return false
	}
	if !x.Unique {
		return l.Where == "" && slices.EqualFunc(x.Columns, l.Columns(), w.same)
	}
	return !l.NullsEqual && !l.Deferrable && sameSet(x.Columns, l.Columns(), w.same) && condition(l.Where) == condition(x.Where)
}

// includes reports whether an index that is there keeps the columns that x is to keep.
func (w *differ) includes(l *catalogue.Index, x *ddl.Index) bool {
	return !slices.ContainsFunc(x.Include, func(c string) bool {
		return !slices.ContainsFunc(l.Include, func(have string) bool { return w.same(c, have) })
	})
}

// plain reports whether an index is built, sorted as usual and over columns.
func plain(l *catalogue.Index) bool {
	return l.Columns() != nil && !l.Invalid && l.Method == "" && !slices.ContainsFunc(l.Parts, func(p catalogue.Part) bool { return p.Collation != "" || p.Class != "" })
}

// asked reports whether a model asks for an index that is there.
func (w *differ) asked(l *catalogue.Index) bool {
	return slices.ContainsFunc(w.on.want.Indexes, func(x ddl.Index) bool { return w.serves(l, &x) })
}

// stricter reports whether what is there lets no rows pass that x would refuse.
func (w *differ) stricter(x *ddl.Index) bool {
	within := func(columns []string) bool {
		return len(columns) > 0 && !slices.ContainsFunc(columns, func(c string) bool {
			return !slices.ContainsFunc(x.Columns, func(k string) bool { return w.same(c, k) })
		})
	}
	if within(w.on.live.Key.Columns) {
		return true
	}
	return w.each(func(l *catalogue.Index) bool {
		return l.Unique && plain(l) && within(l.Columns()) && (l.Where == "" || condition(l.Where) == condition(x.Where))
	})
}

// empty reports whether a column of x is NULL in every row that is there, since it is added.
func (w *differ) empty(x *ddl.Index) bool {
	return slices.ContainsFunc(w.edits, func(e edit) bool {
		return e.kind == AddColumn && e.nullable && slices.Contains(x.Columns, e.column.Name) && !slices.ContainsFunc(w.edits, func(f edit) bool { return f.kind == FillColumn && f.column == e.column })
	})
}

// named finds an index of the table by its name.
func (w *differ) named(name string) (out *catalogue.Index) {
	w.each(func(l *catalogue.Index) bool {
		if strings.EqualFold(l.Name, name) && !(l.Constraint && w.d.AutoKey()) { // SQLite keeps its constraints under names of its own
			out = l
		}
		return out != nil
	})
	return out
}

// condition brings the ways to write the condition of an index to one.
func condition(text string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.NewReplacer("(", " ", ")", " ", `"`, "", "[", "", "]", "").Replace(text))), " ")
}

// createIndex fails where the name is taken: to skip it would leave the table without the index.
func createIndex(p *pair, x *ddl.Index, concurrently bool) string {
	name, table := p.d.Quote(x.Name), p.sql()
	if schema := p.schema(); schema != "" && p.d.AutoKey() { // SQLite names the schema with the index
		name, table = p.d.Quote(schema)+"."+name, p.d.Quote(p.table())
	}
	var b strings.Builder
	b.WriteString("CREATE ")
	if x.Unique {
		b.WriteString("UNIQUE ")
	}
	b.WriteString("INDEX ")
	if concurrently {
		b.WriteString("CONCURRENTLY ")
	}
	b.WriteString(name + " ON " + table + " (" + list(ddl.Quoted(p.d, x.Columns)) + ")")
	if len(x.Include) > 0 {
		b.WriteString(" INCLUDE (" + list(ddl.Quoted(p.d, x.Include)) + ")")
	}
	if x.Where != "" {
		b.WriteString(" WHERE " + x.Where)
	}
	return b.String()
}

func (p *pair) schema() string {
	if p.live != nil {
		return p.live.Schema
	}
	return p.want.Schema
}

func (p *pair) table() string {
	if p.live != nil {
		return p.live.Name
	}
	return p.want.Name
}
