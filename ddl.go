package orm

import "context"

// CreateTables creates the tables of every model that are not there yet, with keys, unique sets, indexes and
// enum checks, on every SQL source. It is for tests and quick starts and safe to run twice; it never changes
// a table that exists. Migrations proper stay with tools such as goose or atlas: Schema prints the DDL.
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
