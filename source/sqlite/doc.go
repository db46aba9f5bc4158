// Package sqlite is the SQLite source, on modernc.org/sqlite: embedded, without cgo and without set-up.
//
//	sqlite.Source("main", "app.db")     // a file
//	sqlite.Source("main", ":memory:")   // a database of its own that ends with Close
//	sqlite.FromDB("main", db)           // a *sql.DB that the caller opened and closes
//
// Connections that it opens itself keep their prepared statements, check foreign keys, take double quotes for
// identifiers only, and wait up to ten seconds for a lock, or as long as the context lasts. Files are in WAL
// mode, so that readers and one writer do not stop each other. A database in memory has no such mode: there an
// open stream keeps writers out, and a transaction that has written keeps readers out. What a file: URI says
// itself (_pragma, _txlock and so on, see modernc.org/sqlite) goes before these settings.
//
// A transaction takes the lock to write when it begins, even where it turns out to read only. Were it to take it at its first
// write, SQLite would refuse one that has read what another has changed since, and programs that read and then write, which
// are right today, would fail under load unless each of them said orm.Retry. So a transaction that only reads says so:
//
//	db.Tx(ctx, fn, orm.ReadOnly) // takes no lock to write, in a file shuts nobody out, and sees one state of the database
//
// Streams that load includes do so by themselves. A file: URI with _txlock=deferred has every transaction of the source
// take the lock at its first write: that write waits for its turn like any other, and where the transaction has read a state
// that is out of date by then, the error is one that orm.Retry repeats the whole transaction for.
//
// With FromDB the settings and the pool are the caller's. Errors are told apart by their codes, for
// which the caller's driver must be modernc.org/sqlite too; those of another are all ErrUpstream.
//
// Some errors make SQLite roll a transaction back by itself: a write interrupted by its context, a full disk.
// Whatever follows in such a transaction is refused, since each statement would be committed alone.
//
// SQLite has few types. Times are text in UTC, as CURRENT_TIMESTAMP writes it ("2006-01-02 15:04:05"), with a fraction of
// up to six digits where there is one and without trailing zeros: text of this form is compared, sorted, paged and
// indexed as text, whichever program wrote it. Other forms (with T, Z or an offset, without seconds) are read as the times
// they are, but conditions, orders and pages take them as the text they are. db.Check names the columns that hold some;
// DataSource.RewriteTimes brings them to the library's form once and for all, and where another program goes on writing
// them, ForeignTimes makes them compare as times, without an index. A database given to FromDB needs RegisterTimes for
// either, and for the clocks of time zones.
//
// A time field whose tag says so is kept as a number: type=integer is seconds since 1970, type=integer(3) milliseconds,
// type=integer(6) microseconds, type=real Julian days as SQLite's julianday gives them, to the millisecond. What is finer
// than the unit is cut off where a time is written, as what is finer than a microsecond is everywhere; a condition compares
// what is kept with the time as it is, so Eq with a fraction of a second finds no whole one. Two columns are compared with
// each other only where both have one form. SQL text of your own sees the numbers.
//
// Decimals (see package model) are text too, of the collation orm_decimal, by which they are compared, sorted, paged,
// grouped and indexed as the numbers they are, whatever table they are in; sums, averages, Inc and Mul are exact. Other
// programs read the text as ever, but to sort by such a column or to change its index they need the collation: see
// RegisterDecimals, which a database given to FromDB needs as well. In a table that declares the column NUMERIC or REAL,
// SQLite makes floating-point numbers of decimals: there a value of more than fifteen digits is ErrInvalid, and Inc and
// Mul are ErrUnsupported.
//
// SQL text of your own that computes with decimals (total - paid, sum(price), coalesce(price, 0) > ?) does so in floating-point
// numbers or compares texts, without an error. These functions are exact, and COLLATE orm_decimal behind either side compares as numbers:
// orm_decimal_add(a, b), orm_decimal_mul(a, b), and orm_decimal_sum(a, digits) and orm_decimal_avg(a, digits) of groups, with so many digits
// behind the point at least:
//
//	orm.SQL[Invoice]("orm_decimal_add(total, orm_decimal_mul(paid, '-1')) > ? COLLATE orm_decimal", limit)
//
// UUIDs, JSON documents and arrays are text; booleans are 0 and 1. What it cannot hold is refused with ErrInvalid and
// never rounded: unsigned numbers above the largest int64, NaN and the infinities. Row locks are
// ErrUnsupported: a transaction that writes has the whole database to itself.
package sqlite
