package postgres

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// bulkColumns gives the columns of texts and times of a write that sends many rows as arrays, nil for every other statement.
// The arrays have the types that the model gives the columns. Where the table has others that text is not assigned to (an enum, uuid or
// interval under a string), or whose zone the session would heed, the values go by way of the table's own row type.
func bulkColumns(d dialect.Dialect, st builder.Statement) (out []*model.Field) {
	take := func(fields []*model.Field) {
		for _, f := range fields {
			k := f.Kind
			if f.Elem != nil {
				k = f.Elem.Kind
			}
			if k == model.String || k == model.Text || k == model.Scanner || k == model.Time {
				out = append(out, f)
			}
		}
	}
	switch st := st.(type) {
	case *builder.Insert:
		if st.Lists(d) {
			take(st.Fields)
		}
	case *builder.Update:
		if st.From != nil {
			take(st.From.Match)
			take(st.From.Set)
		}
	}
	return out
}

// retyped reports whether writes in bulk are known to need the table's types.
func (d *DataSource) retyped(m *model.Model) bool {
	is, _ := d.bulk.Load(m)
	return is == true
}

// inBulk runs a write in bulk by the types of the model, or by those of the table where they are needed.
func (d *DataSource) inBulk(ctx context.Context, t *tx, r *run, columns []*model.Field) (int64, error) {
	_, known := d.bulk.Load(r.model)
	switch {
	case zoned(r.conn) && slices.ContainsFunc(columns, holdsTime):
		return d.byTableTypes(ctx, r)
	case t == nil || known: // outside of a transaction a refusal does no harm
	case d.mode == SimpleProtocol:
		return d.byTableTypes(ctx, r)
	default:
		fits, err := d.fits(ctx, r)
		if err != nil {
			return 0, err
		}
		if d.bulk.Store(r.model, !fits); !fits {
			return d.byTableTypes(ctx, r)
		}
	}
	n, err := r.do(ctx)
	switch {
	case err == nil:
		if !known {
			d.bulk.Store(r.model, false)
		}
		return n, nil
	case !mistyped(err):
		return n, err
	case t != nil: // it fitted when the transaction before this one ran
		d.bulk.Store(r.model, true)
		return n, r.outdated(err)
	}
	n, again := d.byTableTypes(ctx, r)
	if again == nil {
		d.bulk.Store(r.model, true)
	}
	return n, again
}

func holdsTime(f *model.Field) bool {
	return f.Kind == model.Time || f.Elem != nil && f.Elem.Kind == model.Time
}

// byTableTypes runs the write with values of the table's types.
func (d *DataSource) byTableTypes(ctx context.Context, r *run) (int64, error) {
	compiled, args, err := d.byTable.Compile(r.st, new(builder.Args))
	if err != nil {
		return 0, fault.Fill(err, "", r.model.Name, d.name)
	}
	r.statement, r.args = statementOf(compiled), args
	r.sd, r.refused, r.unbound, r.changed = nil, nil, false, false
	return r.do(ctx)
}

// fits asks the server within a transaction whether it takes the statement as it is. A refusal breaks nothing.
func (d *DataSource) fits(ctx context.Context, r *run) (bool, error) {
	const mark = "orm_types"
	if err := plainly(ctx, r.conn, "SAVEPOINT "+mark); err != nil {
		return false, d.fail(ctx, r.model, err)
	}
	_, refused := r.ask(ctx, "")
	text := "RELEASE SAVEPOINT " + mark
	if refused != nil {
		text = "ROLLBACK TO SAVEPOINT " + mark + "; " + text
	}
	if err := plainly(ctx, r.conn, text); err != nil {
		return false, d.fail(ctx, r.model, err)
	}
	return refused == nil || !mistyped(refused), nil
}

func plainly(ctx context.Context, conn *pgx.Conn, text string) error {
	return conn.PgConn().Exec(ctx, text).Close()
}

// mistyped reports whether the server refused a statement for the types in it: an assignment, an operator or a cast.
func mistyped(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Where == "" && (pg.Code == "42804" || pg.Code == "42883" || pg.Code == "42846")
}
