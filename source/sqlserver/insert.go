package sqlserver

import (
	"context"
	"errors"

	mssql "github.com/microsoft/go-mssqldb"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// mostTries bounds how often an upsert of its own runs where another writer got in between. The locks of a SQL Server let none in; servers
// that speak its protocol and heed no hints do.
const mostTries = 5

// Insert adds rows. Those that are given back, and those of an upsert, go as one statement each, in one call and one transaction: so their
// order is that of st, where one statement of many rows promises none.
func (d *DataSource) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (n int64, err error) {
	for try := 1; ; try++ {
		n, err = d.executor.Insert(ctx, st, rows)
		if st.Conflict == nil || try == mostTries || !errors.Is(err, fault.ErrConflict) || ctx.Err() != nil {
			return n, err
		}
	}
}

// around makes a transaction of several statements, which an error ends as a whole.
func (d *DataSource) around(st builder.Statement, text string, alone bool) string {
	if q, ok := st.(*builder.Insert); ok && alone && q.Batched(d.Dialect()) {
		return "SET XACT_ABORT ON; BEGIN TRANSACTION; " + text + "; COMMIT TRANSACTION"
	}
	return text
}

// numbering lets rows be given numbers that the table would make. It holds for the connection, so that it is taken back whatever became
// of the rows.
func numbering(st builder.Statement) (before, after string) {
	q, ok := st.(*builder.Insert)
	if !ok || !q.Numbered() {
		return "", ""
	}
	d := dialect.SQLServer{}
	return d.Identity(dialect.Table(d, q.Model.Schema, q.Model.Table))
}

// triggered reports that a table has triggers, so that OUTPUT needs INTO.
func triggered(err error) bool {
	var e mssql.Error
	return errors.As(err, &e) && e.Number == 334
}
