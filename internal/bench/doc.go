// Package bench holds what the benchmarks at the top level run: models and their rows, workloads, and the contenders for
// each, that is this library and what people write by hand. rawpgx and rawsql are what people write, rawtuned the best of
// it, orm this library and orm-hooks the library with a tenant scope, soft delete and an event hook.
//
// PostgreSQL is recorded (see package replay), so that client code alone is timed; ORM_BENCH_POSTGRES names a server to
// run against instead. SQLite is a file. The tests hold what the benchmarks promise of allocations and memory.
package bench
