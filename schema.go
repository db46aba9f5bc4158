package orm

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

// CreateTables creates the tables of every model that are not there yet, with keys, unique sets, indexes, enum
// checks and the defaults of dbdefault= and default=, on every SQL source. It is for tests and quick starts and safe to run twice; it never changes
// a table that holds rows. Migrations proper stay with tools such as goose or atlas: Schema prints the DDL.
//
// Foreign keys are written for the relations whose tags say foreignkey, ondelete= or onupdate=, and for no others: rows may then be
// written in any order, and a zero or the key of what is not there yet may stand for none, as before. What a key refuses is
// ErrReference. What a database does by ondelete= it does itself: no hook sees it, none audits it, and no scope is asked, so that the
// rows that go are those that refer to the row, of whatever tenant. Under a tenant they are of its own, since a reference to another's row
// is refused. A model that keeps its deleted rows (softdelete) refuses ondelete=cascade at Open; a soft delete of the row that is referred to
// is no delete to the database, and ForceDelete is one.
func CreateTables(ctx context.Context, db DB) error {
	if err := db.usable(); err != nil {
		return err
	}
	return db.s.CreateTables(ctx)
}

// Schema gives the DDL that CreateTables runs, source by source.
func Schema(db DB) string {
	if db.s == nil {
		return ""
	}
	return db.s.Schema()
}

// Catalogue gives what the database says of its tables, those of the source that [DB.Source] names: all schemas but the
// system's. Package source/introspect reads it with options and builds on it. It runs inside the transaction where there
// is one, and needs no bypass, since it reads no rows. A source that cannot tell is ErrUnsupported.
func (db DB) Catalogue(ctx context.Context) (*catalogue.Schema, error) {
	if err := db.usable(); err != nil {
		return nil, err
	}
	return db.s.Catalogue(ctx)
}

// Models gives the models that are kept in the source that [DB.Source] names, the first one where none is named, in the order in
// which Open read them. They are shared and must not be changed.
func (db DB) Models() ([]*model.Model, error) {
	if err := db.usable(); err != nil {
		return nil, err
	}
	list, err := db.s.Kept()
	return slices.Clone(list), err
}
