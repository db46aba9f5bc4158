package orm

import (
	"context"
	"slices"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/catalogue"
)

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
