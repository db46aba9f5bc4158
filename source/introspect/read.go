package introspect

import (
	"context"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/catalogue"
)

// The parts of a schema, under the names that programs use.
type (
	// Schema is what one source holds: a pure value in a stable order, with a JSON form.
	Schema = catalogue.Schema
	// Table is a table or a view.
	Table = catalogue.Table
	// Column is a column of a table.
	Column = catalogue.Column
	// Index is an index or a unique set.
	Index = catalogue.Index
	// ForeignKey is a reference to another table.
	ForeignKey = catalogue.ForeignKey
	// Enum is a type that lists its values.
	Enum = catalogue.Enum
)

// Read reads the live schema of the source that db.Source names, the first one where none is named. It takes [Only],
// [Schemas] and [Progress]. It runs one statement on PostgreSQL, three on SQL Server, and two on SQLite with one more for each attached database.
//
// Foreign keys may lead to tables that are left out. A name given to Only that is not there is ErrInvalid. A source
// that cannot tell what it holds is ErrUnsupported.
func Read(ctx context.Context, db orm.DB, opts ...Option) (*Schema, error) {
	o, err := gather(toRead, opts)
	if err != nil {
		return nil, err
	}
	o.tell(0, 0, "")
	s, err := db.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	part, err := o.choose(s)
	if err != nil {
		return nil, err
	}
	for i := range part.Tables {
		o.tell(i+1, len(part.Tables), part.Tables[i].FullName())
	}
	return part, nil
}
