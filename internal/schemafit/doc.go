// Package schemafit holds models against the live schema of their source, as pure functions of plain data: what a model
// and a table (package source/catalogue) differ in, told as findings.
//
// A finding is a fault where a statement fails, or gives or keeps something else than the model says: a column that is
// missing or of another type, NULL where the field has none, a unique set that an upsert would go by and that is not
// there. It is advice where statements work and something would be better: an index, a foreign key, a narrower field.
// The library's own tables (orm.CreateTables) have no foreign keys, so a missing one is advice.
//
// Triggers are not in the catalogue. A column that one fills is found as one that nothing fills.
package schemafit
