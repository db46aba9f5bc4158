package introspect

import (
	"bytes"
	"go/format"
	"go/token"
	"io"
	"slices"
	"strconv"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/naming"
	"github.com/multi-orm/orm/source/catalogue"
)

// Structs writes a Go file with the models of a schema. It takes [Only], [Schemas], [Progress] and the options that say so; what it
// writes depends on nothing else, so that writing it again changes nothing. A bad option is ErrInvalid.
func Structs(w io.Writer, s *Schema, opts ...Option) error {
	o, err := gather(toWrite, opts)
	if err != nil {
		return err
	}
	part, err := o.choose(s)
	if err != nil {
		return err
	}
	f := &file{schema: part, o: &o.structs, tell: o.tell, models: map[*Table]*structOf{}, enums: map[string]*enumOf{}}
	if err := f.plan(); err != nil {
		return err
	}
	var b bytes.Buffer
	f.write(&b)
	text, err := format.Source(b.Bytes())
	if err != nil {
		return (&fault.Error{Op: "introspect", Source: s.Source, Err: fault.ErrUnsupported, Detail: "the schema gives no Go file that can be formatted"}).WithCause(err)
	}
	if f.o.notes != nil {
		*f.o.notes = f.notes
	}
	_, err = w.Write(text)
	return err
}

// file is the file to be.
type file struct {
	schema  *Schema
	o       *structOptions
	tell    func(done, total int, table string)
	names   naming.Set // of the package
	order   []*structOf
	models  map[*Table]*structOf
	enums   map[string]*enumOf // by the names of their types, or by table and column
	lists   []*enumOf
	imports []string
	notes   []Note
}

// structOf is a struct to be.
type structOf struct {
	table  *Table
	words  []string
	name   string
	bound  string // of the columns
	keyed  bool
	key    []string
	fields []*fieldOf
	names  naming.Set
	links  []*relationOf
	method bool // the table's name does not fit a tag
	notes  []string
}

// fieldOf is a field that holds a column.
type fieldOf struct {
	column *Column
	name   string
	typ    string // with its pointer
	base   string
	class  class
	null   bool
	words  []string
	aside  string // what stands behind it
}

func (m *structOf) field(column string) *fieldOf {
	for _, f := range m.fields {
		if f.column.Name == column {
			return f
		}
	}
	return nil
}

func (f *file) note(t *Table, column, text string) {
	f.notes = append(f.notes, Note{t.FullName(), column, text})
	if m := f.models[t]; m != nil {
		if column != "" {
			text = column + ": " + text
		}
		m.notes = append(m.notes, text)
	}
}

func (f *file) use(path string) {
	if !slices.Contains(f.imports, path) {
		f.imports = append(f.imports, path)
	}
}

// plan names everything before it looks at relations, so that names do not depend on their order.
func (f *file) plan() error {
	if f.o.pkg == "" {
		f.o.pkg = "models"
	}
	f.names.Take("Models")
	if err := f.said(); err != nil {
		return err
	}
	for i := range f.schema.Tables {
		t := &f.schema.Tables[i]
		m := &structOf{table: t, words: naming.Singular(naming.Words(t.Name))}
		f.order, f.models[t] = append(f.order, m), m
		if name := f.o.names[t.FullName()]; name != "" {
			m.name, m.words = f.names.Take(name), naming.Words(name)
		}
	}
	for _, m := range f.order {
		if m.name == "" {
			m.name = f.names.Take(naming.Go(m.words...), naming.Go(append(naming.Words(m.table.Schema), m.words...)...))
		}
	}
	f.nameEnums()
	for _, m := range f.order {
		if err := f.columns(m); err != nil {
			return err
		}
	}
	for _, m := range f.order {
		if m.keyed {
			m.bound = f.names.Take(naming.Go(naming.Plural(m.words)...), m.name+"Columns")
		}
	}
	for _, e := range f.lists {
		f.nameValues(e)
	}
	f.relations()
	for _, m := range f.order {
		f.beyond(m)
	}
	return nil
}

// said refuses options that name what is not there: a tenant's column that was misspelled would keep nothing apart.
func (f *file) said() error {
	for _, r := range f.o.roles {
		if !slices.ContainsFunc(f.schema.Tables, func(t Table) bool { return t.Column(r.column) != nil }) {
			return invalid("", "no table has a column "+strconv.Quote(r.column)+" for the word "+r.word)
		}
	}
	has := func(name string) *Table {
		for i := range f.schema.Tables {
			if t := &f.schema.Tables[i]; t.FullName() == name {
				return t
			}
		}
		return nil
	}
	for name, columns := range f.o.keys {
		t := has(name)
		if t == nil {
			return invalid(name, "Key names a table that is not there")
		}
		for _, c := range columns {
			if t.Column(c) == nil {
				return invalid(name, "Key names a column that is not there: "+strconv.Quote(c))
			}
		}
	}
	for name := range f.o.names {
		if has(name) == nil {
			return invalid(name, "Named names a table that is not there")
		}
	}
	known := map[string]bool{}
	for i := range f.schema.Tables {
		for j := range f.schema.Tables[i].ForeignKeys {
			known[keyName(&f.schema.Tables[i], &f.schema.Tables[i].ForeignKeys[j])] = true
		}
	}
	for key, ends := range f.o.ends {
		for _, name := range ends {
			if name != "" && (!token.IsIdentifier(name) || !token.IsExported(name)) {
				return invalid("", "an end of "+key+" is no Go name that begins with a capital")
			}
		}
		if !known[key] {
			return invalid("", "there is no foreign key on "+strconv.Quote(key))
		}
	}
	return nil
}

// identify says what the key of the model is.
func (f *file) identify(m *structOf) {
	t := m.table
	switch said := f.o.keys[t.FullName()]; {
	case said != nil:
		m.key = said
	case len(t.Key.Columns) > 0:
		m.key = t.Key.Columns
	default:
		for i := range t.Uniques {
			x := &t.Uniques[i]
			columns := x.Columns()
			if !x.Deferrable && !slices.ContainsFunc(columns, func(c string) bool { col := t.Column(c); return col == nil || col.Nullable }) {
				m.key = columns
				f.note(t, "", "has no primary key: a unique set of columns that are NOT NULL stands for it")
				break
			}
		}
	}
	m.keyed = len(m.key) > 0
	if !m.keyed {
		what := "has no primary key, so this struct is no model: it is for orm.Raw. introspect.Key makes it one"
		if t.Kind != catalogue.BaseTable {
			what = "is a " + string(t.Kind) + " and has no key, so this struct is no model: it is for orm.Raw. introspect.Key makes it one"
		}
		f.note(t, "", what)
	}
}
