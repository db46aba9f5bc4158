package ddl

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/model"
)

// Table is a table as models want it.
type Table struct {
	Schema, Name string
	Model        *model.Model   // nil of a link table that has none
	Others       []*model.Model // further models of the table
	Columns      []Column
	Key          []string
	Indexes      []Index
	Keys         []ForeignKey // in the order of the relations
}

// Column is a column as models want it.
type Column struct {
	Name    string
	Type    string       // what stands behind the name: the type, its collation, how it makes itself
	Field   *model.Field // whose values it holds; of a link table the field at the other end
	NotNull bool
	Default string   // an expression as it stands behind DEFAULT, "" for none; what Type says is not here
	Enum    []string // the only values, where a tag lists them
	Key     bool     // Type says PRIMARY KEY
	Made    bool     // the database makes the value where none is given
}

// Index is an index as models want it.
type Index struct {
	Name    string
	Unique  bool
	Columns []string
	Where   string // the rows that it is of, "" for all
}

// Wanted gives the tables of models, then those that link them, in order.
func Wanted(d dialect.Dialect, models []*model.Model) []*Table {
	w := wanting{d: d, seen: map[object]bool{}}
	for _, m := range models {
		w.seen[w.tableOf(m.Schema, m.Table)] = true
	}
	for _, m := range models {
		w.table(m)
	}
	for _, m := range models {
		for _, r := range m.Relations {
			if r.Through != nil {
				w.link(r)
			}
		}
	}
	w.foreignKeys(models)
	return Ordered(w.out)
}

type wanting struct {
	d    dialect.Dialect
	out  []*Table
	seen map[object]bool // tables and indexes
}

// object is a thing that has a name in a schema.
type object struct{ kind, schema, name string }

// tableOf is the key of a table, which only PostgreSQL tells from one in other letters.
func (w *wanting) tableOf(schema, name string) object {
	if w.d.Name() != (dialect.Postgres{}).Name() {
		schema, name = strings.ToLower(schema), strings.ToLower(name)
	}
	return object{"table", schema, name}
}

func (w *wanting) table(m *model.Model) {
	t := &Table{Schema: m.Schema, Name: m.Table, Model: m, Key: columns(m.Key)}
	at := slices.IndexFunc(w.out, func(o *Table) bool { return w.tableOf(o.Schema, o.Name) == w.tableOf(t.Schema, t.Name) })
	if at < 0 {
		w.out = append(w.out, t)
	}
	for _, f := range m.Fields {
		t.Columns = append(t.Columns, w.column(m, f))
	}
	for _, x := range m.Uniques {
		t.Indexes = append(t.Indexes, w.index(m, x, true))
	}
	for _, x := range m.Indexes {
		t.Indexes = append(t.Indexes, w.index(m, x, false))
	}
	if at >= 0 {
		w.out[at].Take(t, func(a, b string) bool { return w.tableOf("", a) == w.tableOf("", b) })
	}
}

func (w *wanting) column(m *model.Model, f *model.Field) Column {
	t := builder.TypeOf(f)
	t.Key = t.Key || indexed(m, f)
	c := Column{Name: f.Column, Field: f, Enum: f.Enum}
	c.Made = f.Auto && (f.Kind == model.Int || f.Kind == model.Uint || f.Kind == model.UUID) // other kinds are made by what the caller has put into the database
	if w.d.AutoKey() && f.Kind != model.UUID {                                               // only a number that is the whole key makes itself
		c.Made = c.Made && f.Primary && len(m.Key) == 1
		c.Key = c.Made && f.DBType == ""
	}
	c.Type = w.d.ColumnType(t, c.Made)
	c.NotNull = !f.Nullable && !c.Key
	c.Default = defaultOf(w.d, f)
	return c
}

func indexed(m *model.Model, f *model.Field) bool {
	for _, set := range [][]model.Index{m.Uniques, m.Indexes} {
		for _, x := range set {
			if slices.Contains(x.Fields, f) {
				return true
			}
		}
	}
	return false
}

// index makes an index. Rows that are soft-deleted do not count in unique sets, so a name can be used again.
// Nor do rows with NULL, which SQL Server alone would count.
func (w *wanting) index(m *model.Model, x model.Index, unique bool) Index {
	out := Index{Name: x.Name, Unique: unique, Columns: columns(x.Fields)}
	if out.Name == "" {
		out.Name = m.Table + "_" + strings.Join(out.Columns, "_")
		if unique {
			out.Name += "_key"
		} else {
			out.Name += "_idx"
		}
	}
	var where []string
	if unique && m.SoftDelete != nil {
		where = append(where, w.d.Quote(m.SoftDelete.Column)+" IS NULL")
	}
	if unique && sqlServer(w.d) {
		for _, f := range x.Fields {
			if f.Nullable && f != m.SoftDelete {
				where = append(where, w.d.Quote(f.Column)+" IS NOT NULL")
			}
		}
	}
	out.Name = w.indexName(m.Schema, m.Table, out.Name)
	out.Where = strings.Join(where, " AND ")
	return out
}

// maxName is the length of PostgreSQL's names. It cuts longer ones off in silence, and two that are then
// the same make one index.
const maxName = 63

// Fit shortens a name to what every database keeps, so that two names stay two.
func Fit(name string) string {
	if len(name) <= maxName {
		return name
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return strings.ToValidUTF8(name[:maxName-9], "") + fmt.Sprintf("_%08x", h.Sum32())
}

// indexName gives a name that no other index has: names are the schema's, not the table's, and an index
// whose name is taken would be skipped in silence.
func (w *wanting) indexName(schema, table, name string) string {
	key := func() object { return object{"index", schema, strings.ToLower(name)} }
	if name = Fit(name); w.seen[key()] {
		name = Fit(table + "_" + name)
	}
	for n := 2; w.seen[key()]; n++ {
		name = Fit(table + "_" + name + strconv.Itoa(n))
	}
	w.seen[key()] = true
	return name
}

// link makes the link table of a many-to-many relation that has no model of its own.
func (w *wanting) link(r *model.Relation) {
	at := r.Through
	if w.seen[w.tableOf(at.Schema, at.Table)] {
		return
	}
	w.seen[w.tableOf(at.Schema, at.Table)] = true
	t := &Table{Schema: at.Schema, Name: at.Table}
	w.out = append(w.out, t)
	add := func(names []string, fields []*model.Field) {
		for i, n := range names {
			if slices.Contains(t.Key, n) { // it stands on both sides
				continue
			}
			typ := builder.TypeOf(fields[i])
			typ.Key = true
			if fields[i].Auto { // a hand-written type of a counter counts itself
				typ.Name = ""
			}
			t.Columns = append(t.Columns, Column{Name: n, Type: w.d.ColumnType(typ, false), Field: fields[i], NotNull: true})
			t.Key = append(t.Key, n)
		}
	}
	add(at.Local, r.Local)
	add(at.Remote, r.Remote)
	t.Indexes = []Index{{Name: w.indexName(at.Schema, at.Table, at.Table+"_"+strings.Join(at.Remote, "_")+"_idx"), Columns: slices.Clone(at.Remote)}}
}

func columns(fs []*model.Field) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = f.Column
	}
	return out
}
