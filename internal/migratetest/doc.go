// Package migratetest has the files of introspect.Plan run by the libraries of the tools that they are for, on real databases. It is a
// module of its own, so that the tools are no dependencies of the library.
package migratetest
