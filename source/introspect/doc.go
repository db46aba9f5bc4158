// Package introspect starts from the database that one has: it reads the live schema as data, writes models of it,
// plans what brings it to the models, and reads and writes records without any.
//
//	schema, err := introspect.Read(ctx, db.Source("main"))
//	err = introspect.Structs(w, schema, introspect.Package("models"), introspect.Tenant("tenant_id"))
//
// The command source/introspect/ormgen does both:
//
//	go run github.com/multi-orm/orm/source/introspect/ormgen -source postgres://… -package models -out models/models.go
//
// [Read] gives tables, views, keys, foreign keys with their actions, indexes, checks, enums, domains and comments, the same
// data for the same tables whichever database they are in; see package source/catalogue for what it holds. It reads no rows.
// Left out unless named are the system's own schemas, what belongs to an extension of PostgreSQL, the parts of partitioned tables, and the
// tables of migration tools.
//
// [Structs] writes what a careful person writes: a struct for each table that has a key, with tags, relations both ways and
// through link tables, enums as typed constants, and bound columns. What the tags cannot say is said in comments,
// and to [Notes]: nothing is dropped in silence. Reading a view or a table without a key needs orm.Raw, for
// which its struct stands there too; [Key] makes a model of it.
//
// [Relations] is an option of orm.Open: the foreign keys tell the columns of relations whose tags leave them out.
//
// [Plan] goes the other way: what would bring the database to the models of a program, as steps to look at and as files of goose,
// golang-migrate or Atlas, which run them:
//
//	plan, err := introspect.Plan(ctx, db)
//	err = plan.WriteFiles("migrations", introspect.Goose, "add_orders")
//
// [Open] gives records, for programs that have no structs: its tables list, count, create, change and delete rows as ordered maps.
//
//	tables, err := introspect.Open(ctx, db.Source("main"), introspect.Relate("threads.user_id", "user", "threads"))
//	rows, err := tables.Table("users").List(ctx, introspect.Args{
//		Filter:  introspect.Filter{"username": "testuser", "age": introspect.Not(introspect.LessThan(18))},
//		OrderBy: "-created_at", Limit: 10,
//		With:    map[string]introspect.Args{"threads": {OrderBy: "-posted_at", Limit: 10}},
//	})
//
// Records run on models made at run time through the engine that structs run through, so every scope is asked in its one place. A relation is
// the engine's include below a struct of keys: types made at run time cannot refer to each other, and a model of the program has no field for it.
//
// A NOT NULL column that has a default is a plain field, and its zero value is written as it is: the tag says default= only
// where the zero value cannot be meant (times, UUIDs and enums). SQLite has few types. A column that it declares NUMERIC is a
// float64 there, which is what SQLite keeps of it, and a DATE is a string; on PostgreSQL they are a decimal string and a time.
// SQL Server has no type for documents: a text whose check is ISJSON is one. It keeps the number of a row from statements that give one,
// which the library switches off for its own.
package introspect
