package orm

import (
	"context"

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
