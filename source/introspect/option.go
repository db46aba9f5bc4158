package introspect

import (
	"slices"

	"github.com/multi-orm/orm/internal/fault"
)

// Option changes what a function of this package does. Each says which functions take it; others refuse it.
type Option struct {
	name string
	of   uses
	set  func(*options) error
}

// uses are the functions that take an option.
type uses uint8

const (
	toRead uses = 1 << iota
	toWrite
	planning
	filing
	opening
)

// options are what the options said.
type options struct {
	only    []string
	schemas []string
	structs structOptions
	plan    planOptions
	global  []string

	progress func(done, total int, table string)
}

func gather(use uses, opts []Option) (*options, error) {
	o := new(options)
	for _, opt := range opts {
		switch {
		case opt.set == nil:
			return nil, invalid("", "an option is empty: make it with a function of this package")
		case opt.of&use == 0:
			return nil, invalid("", "the option "+opt.name+" does not belong here")
		}
		if err := opt.set(o); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func invalid(table, detail string) error {
	return &fault.Error{Op: "introspect", Model: table, Err: fault.ErrInvalid, Detail: detail}
}

// Only keeps the tables of these names, "name" or "schema.name", and leaves the others out. A table that is left out
// otherwise, as those of migration tools are, is there when it is named. Read, Structs and Open take it.
func Only(tables ...string) Option {
	return Option{"Only", toRead | toWrite | opening, func(o *options) error {
		o.only = append(o.only, tables...)
		return nil
	}}
}

// Schemas keeps the tables, enums and domains of these schemas, and leaves the others out. Read, Structs and Open take it.
func Schemas(names ...string) Option {
	return Option{"Schemas", toRead | toWrite | opening, func(o *options) error {
		o.schemas = append(o.schemas, names...)
		return nil
	}}
}

func (o *options) inSchema(s *Schema, name string) bool {
	return o.schemas == nil || slices.Contains(o.schemas, name) || name == "" && slices.Contains(o.schemas, s.Default)
}

// Global declares tables whose rows belong to no tenant, as rls.Global does models: where rls.Tenant is registered, every table has
// a column that Tenant names or is named here. Open takes it. A table that is not there, has the column or is mapped by a model is ErrInvalid.
func Global(tables ...string) Option {
	return Option{"Global", opening, func(o *options) error {
		o.global = append(o.global, tables...)
		return nil
	}}
}

// Progress calls f as the work goes on, in the goroutine of the caller: Read once before it asks the database, which answers for all tables at
// a time, with zeros and no table, and then for each table that it has read, as Structs for each that it has written. done is how many there are, of
// total. Read and Structs take it.
func Progress(f func(done, total int, table string)) Option {
	return Option{"Progress", toRead | toWrite, func(o *options) error {
		if f == nil {
			return invalid("", "the function of Progress is nil")
		}
		o.progress = f
		return nil
	}}
}

func (o *options) tell(done, total int, table string) {
	if o.progress != nil {
		o.progress(done, total, table)
	}
}
