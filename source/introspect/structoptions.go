package introspect

import "go/token"

// structOptions are those of Structs.
type structOptions struct {
	pkg        string
	datasource string
	roles      []role
	keys       map[string][]string
	names      map[string]string
	ends       map[string][2]string
	notes      *[]Note
	bare       bool
}

// role is a word that columns of a name get.
type role struct{ word, column string }

func structOption(name string, set func(*structOptions) error) Option {
	return Option{name, toWrite, func(o *options) error { return set(&o.structs) }}
}

// tableOption is one that Open takes too.
func tableOption(name string, set func(*structOptions) error) Option {
	return Option{name, toWrite | opening, func(o *options) error { return set(&o.structs) }}
}

// Package is the package that the file is of; "models" where nothing is said.
func Package(name string) Option {
	return structOption("Package", func(o *structOptions) error {
		if !token.IsIdentifier(name) || name == "_" {
			return invalid("", "the package's name is no Go name")
		}
		o.pkg = name
		return nil
	})
}

// DataSource writes datasource=name into every model; without it they belong to the first source given to orm.Open.
func DataSource(name string) Option {
	return structOption("DataSource", func(o *structOptions) error { o.datasource = name; return nil })
}

func roleOption(name, word, column string) Option {
	return tableOption(name, func(o *structOptions) error {
		o.roles = append(o.roles, role{word, column})
		return nil
	})
}

// Tenant marks the columns of that name as the tenant's. It is ErrInvalid where no table has one.
func Tenant(column string) Option { return roleOption("Tenant", "tenant", column) }

// Owner marks the columns of that name as the owner's. It is ErrInvalid where no table has one.
func Owner(column string) Option { return roleOption("Owner", "owner", column) }

// Scope marks the columns of that name as those by which the scope of rls.Scope keeps rows apart. It is ErrInvalid where no table has one.
func Scope(name, column string) Option { return roleOption("Scope", "scope="+name, column) }

// SoftDelete marks the columns of that name as the time of the deletion. It is ErrInvalid where no table has one, and
// where one is no nullable time.
func SoftDelete(column string) Option { return roleOption("SoftDelete", "softdelete", column) }

// Version marks the columns of that name as the number of the row's version. It is ErrInvalid where no table has one,
// and where one is no integer or may be NULL.
func Version(column string) Option { return roleOption("Version", "version", column) }

// UpdatedAt has the library fill the columns of that name at every write. It is ErrInvalid where no table has one, and
// where one is no time.
func UpdatedAt(column string) Option { return roleOption("UpdatedAt", "update=now", column) }

// Key says which columns tell the rows of a view or table apart that has no primary key, so that it becomes a model.
func Key(table string, columns ...string) Option {
	return tableOption("Key", func(o *structOptions) error {
		if len(columns) == 0 {
			return invalid(table, "Key needs a column")
		}
		if o.keys == nil {
			o.keys = map[string][]string{}
		}
		o.keys[table] = columns
		return nil
	})
}

// Named gives the struct of a table its name.
func Named(table, goName string) Option {
	return structOption("Named", func(o *structOptions) error {
		if !token.IsIdentifier(goName) || !token.IsExported(goName) {
			return invalid(table, "a struct's name is a Go name that begins with a capital")
		}
		if o.names == nil {
			o.names = map[string]string{}
		}
		o.names[table] = goName
		return nil
	})
}

// Relate names both ends of the foreign key that the columns of a table make ("posts.author_id"; "+" joins several columns; "schema.table.column"
// outside the default schema): what leads to the row referred to, and what leads back. In structs the names are those of fields, and "" leaves
// a name as it would be; for Open any names will do, and "" leaves the end out. A foreign key that is not there is ErrInvalid, and so is one that
// is named twice.
func Relate(key, to, back string) Option {
	return tableOption("Relate", func(o *structOptions) error {
		if o.ends == nil {
			o.ends = map[string][2]string{}
		}
		if _, twice := o.ends[key]; twice {
			return invalid("", "Relate names "+key+" twice")
		}
		o.ends[key] = [2]string{to, back}
		return nil
	})
}

// NoColumns leaves the bound columns out. Go takes about a tenth of a second to compile each, which adds up in schemas of
// hundreds of tables; programs bind those that they use.
func NoColumns() Option {
	return structOption("NoColumns", func(o *structOptions) error { o.bare = true; return nil })
}

// Notes collects what the tags cannot say, which stands in comments of the file too.
func Notes(notes *[]Note) Option {
	return structOption("Notes", func(o *structOptions) error { o.notes = notes; return nil })
}

// Note is one thing of the schema that the structs do not say.
type Note struct {
	Table  string // "name" or "schema.name"
	Column string // "" for the table
	Text   string
}

// String is the note in one line.
func (n Note) String() string {
	at := n.Table
	if n.Column != "" {
		at += "." + n.Column
	}
	return at + ": " + n.Text
}
