// Package tds is a scripted server of the protocol that SQL Server speaks, TDS 7.4 without encryption, for tests of what is to
// run against one: the driver's own encoding, cancellation, session reset and broken connections run as they do in earnest, and a
// function of the test answers in the server's place.
//
//	server := tds.Start(t, func(c *tds.Call) tds.Reply {
//		return tds.Rows(tds.Columns("id", tds.Int, "name", tds.NVarChar), []any{int64(1), "Ann"})
//	})
//	db, err := sql.Open("sqlserver", server.URL())
//
// It knows no SQL. Transactions are told from the texts that steer them, so that the driver sees them begin and end.
//
// The layouts follow Microsoft's [MS-TDS] specification.
package tds
