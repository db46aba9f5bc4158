package sqlserver

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"strings"

	mssql "github.com/microsoft/go-mssqldb"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/sqldb"
)

// fewestCopied is how many rows a bulk load begins to pay for: it asks the server four times before the first.
const fewestCopied = 20

// copies reports an insert that a bulk load may do. One that gives numbers which the table would make needs words around it.
func copies(st *builder.Insert) bool {
	return st.Rows >= fewestCopied && st.Conflict == nil && len(st.Returning) == 0 && len(st.Fields) > 0 && !st.Numbered()
}

// copyText is what a load is called by those who look at statements.
func copyText(st *builder.Insert) string {
	d := dialect.SQLServer{}
	names := make([]string, len(st.Fields))
	for i, f := range st.Fields {
		names[i] = d.Quote(f.Column)
	}
	return "INSERT BULK " + dialect.Table(d, st.Model.Schema, st.Model.Table) + " (" + strings.Join(names, ", ") + ")"
}

// prepareCopy gives the bulk load of an insert, nil where it goes as a statement. The driver puts values into the columns'
// types without a word about what does not fit, so that a load is only of rows that fit as they are; the statement says what is wrong
// with others, and does what a load does not: it makes defaults and numbers.
func (d *DataSource) prepareCopy(ctx context.Context, c *sqldb.Conn, st *builder.Insert) (load func() (int64, error), err error) {
	table := dialect.Table(d.Dialect(), st.Model.Schema, st.Model.Table)
	var known bool
	_ = c.SQL.Raw(func(dc any) error { // a wrapped connection keeps its driver's to itself
		_, known = dc.(*mssql.Conn)
		return nil
	})
	if !known {
		return nil, nil
	}
	targets, err := targetsOf(ctx, c, table)
	if err != nil {
		return nil, err
	}
	for i := range targets {
		if d.bends && targets[i].short() {
			targets[i].Sealed = 1
		}
	}
	names, rows, ok := loadable(st, targets)
	if !ok {
		return nil, nil
	}
	return func() (int64, error) { return loadInto(ctx, c, table, names, rows) }, nil
}

// target is a column of the table as it is.
type target struct {
	Name, Type                                  string
	Length, Precision, Scale                    int
	Nullable, Identity, Computed, Period, Given bool
	Default, Sealed                             int
}

// short reports a column of decimals that are sent in fewer than sixteen bytes. Servers that only speak the protocol were seen to read sixteen
// all the same, and to keep what they found there.
func (t *target) short() bool {
	return (t.Type == "decimal" || t.Type == "numeric") && t.Precision <= 28
}

// targetsQuery gives nothing where the login may not read the table, as the driver does before a load.
const targetsQuery = `SELECT ISNULL((SELECT c.name AS [Name], TYPE_NAME(c.system_type_id) AS [Type], c.max_length AS [Length], c.precision AS [Precision], c.scale AS [Scale],
	c.is_nullable AS [Nullable], c.is_identity AS [Identity], c.is_computed AS [Computed], CAST(c.generated_always_type AS bit) AS [Period],
	c.default_object_id AS [Default], ISNULL(c.encryption_type, 0) AS [Sealed]
	FROM sys.columns c WHERE c.object_id = OBJECT_ID(@p1) AND OBJECTPROPERTY(c.object_id, 'IsUserTable') = 1
	AND HAS_PERMS_BY_NAME(@p1, 'OBJECT', 'SELECT') = 1 FOR JSON PATH), N'[]')`

// targetsOf asks each time: types that changed since would bend what is loaded.
func targetsOf(ctx context.Context, c *sqldb.Conn, table string) (out []target, err error) {
	v, err := c.Value(ctx, targetsQuery, table)
	if err != nil {
		return nil, err
	}
	text, _ := v.(string)
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, fault.New(fault.ErrUpstream, "", "", "the database describes a table in a form that is not known").WithCause(err)
	}
	return out, nil
}

// loadable gives the columns and the rows of a load, false where one of them does not fit as it is, or the table makes a value itself.
func loadable(st *builder.Insert, targets []target) (names []string, rows [][]any, ok bool) {
	columns := make([]*target, len(st.Fields))
	for i, f := range st.Fields {
		for j := range targets {
			if t := &targets[j]; strings.EqualFold(t.Name, f.Column) {
				if columns[i] != nil { // names that differ in their case only
					return nil, nil, false
				}
				columns[i], t.Given = t, true
			}
		}
		t := columns[i]
		if t == nil || t.Identity || t.Computed || t.Period || t.Sealed != 0 {
			return nil, nil, false
		}
		names = append(names, t.Name)
	}
	for i := range targets {
		if !targets[i].Given && targets[i].Default != 0 {
			return nil, nil, false
		}
	}
	n := len(st.Fields)
	cells := make([]any, len(st.Values))
	for i := range st.Values {
		if cells[i], ok = columns[i%n].loads(st.Fields[i%n], st.Values[i]); !ok {
			return nil, nil, false
		}
	}
	for i := range st.Rows {
		rows = append(rows, cells[i*n:(i+1)*n])
	}
	return names, rows, true
}

// loadInto sends the rows. What keeps rows out of a table keeps them out here: checks, triggers and row policies. A connection on which a
// load did not come to its end is closed, since the server waits for the rest.
func loadInto(ctx context.Context, c *sqldb.Conn, table string, names []string, rows [][]any) (n int64, err error) {
	gone := c.SQL.Raw(func(dc any) error {
		bulk := dc.(*mssql.Conn).CreateBulkContext(ctx, table, names)
		bulk.Options = mssql.BulkOptions{CheckConstraints: true, FireTriggers: true, KeepNulls: true}
		for _, row := range rows {
			if err = bulk.AddRow(row); err != nil {
				break
			}
		}
		if err == nil {
			n, err = bulk.Done()
		}
		if err != nil && !answered(err) {
			return driver.ErrBadConn
		}
		return nil
	})
	if err == nil {
		err = gone
	}
	return n, err
}
