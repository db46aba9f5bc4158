package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// run is one execution of a statement on one connection.
type run struct {
	d         *DataSource
	conn      *pgx.Conn
	tx        bool
	statement *statement
	args      []model.Value
	scratch   *scratch
	model     *model.Model // nil for raw text
	rows      *source.Rows // nil when none are wanted
	read      int64
	known     bool // what describe gave was learnt earlier, and may be out of date
	query     bool // it only reads, so running it twice does no harm
	changed   bool // the result has other types than were announced, and they cannot be decoded
}

// do runs the statement, and runs it once more when what we knew of it is out of date. Outside a transaction a
// statement that failed has done nothing, so that is safe.
func (r *run) do(ctx context.Context) (int64, error) {
	if r.d.mode == SimpleProtocol {
		if !r.tx && len(source.SettingsFrom(ctx)) > 0 {
			return 0, r.d.errSimpleSettings()
		}
		return r.simple(ctx)
	}
	if t := r.d.tracer; t != nil {
		ctx = t.TraceQueryStart(ctx, r.conn, pgx.TraceQueryStartData{SQL: r.statement.sql, Args: plain(r.args)})
	}
	tag, err := r.once(ctx)
	if err != nil && r.known && r.read == 0 && r.stale(err) {
		r.forget(ctx)
		if r.known = false; !r.tx || r.changed {
			tag, err = r.once(ctx)
		} else {
			err = r.outdated(err)
		}
	}
	if t := r.d.tracer; t != nil {
		t.TraceQueryEnd(ctx, r.conn, pgx.TraceQueryEndData{CommandTag: tag, Err: err})
	}
	if err != nil {
		return 0, err
	}
	if r.rows != nil && len(r.statement.columns) > 0 {
		r.statement.last.Store(r.read)
	}
	return tag.RowsAffected(), nil
}

func (r *run) once(ctx context.Context) (pgconn.CommandTag, error) {
	sd, err := r.describe(ctx)
	if err != nil {
		return pgconn.CommandTag{}, r.d.fail(ctx, r.model, err)
	}
	name := ""
	if r.model != nil {
		name = r.model.Name
	}
	if err := r.scratch.encode(r.conn.TypeMap(), sd.ParamOIDs, r.args, name); err != nil {
		return pgconn.CommandTag{}, r.d.fail(ctx, r.model, err)
	}
	var p *plan
	var formats []int16
	if r.rows != nil {
		if p, err = r.statement.planFor(sd.Fields, r.model, false); err != nil {
			return pgconn.CommandTag{}, r.d.fail(ctx, r.model, err)
		}
		formats = p.formats
	}
	if settings := source.SettingsFrom(ctx); len(settings) > 0 && !r.tx {
		return r.withSettings(ctx, settings, sd, p, formats)
	}
	c, pg := r.scratch, r.conn.PgConn()
	var result *pgconn.ResultReader
	if r.d.mode == CacheStatement {
		result = pg.ExecStatement(ctx, sd, c.values, c.formats, formats)
	} else { // parsed anew: the statement must not outlive this round trip
		result = pg.ExecParams(ctx, sd.SQL, c.values, sd.ParamOIDs, c.formats, formats)
	}
	if p != nil {
		if stop := r.decode(ctx, result, p); stop != nil {
			r.abandon(ctx, func() { _, _ = result.Close() })
			return pgconn.CommandTag{}, stop
		}
	}
	tag, err := result.Close()
	if err != nil {
		return tag, r.d.fail(ctx, r.model, err)
	}
	return tag, nil
}

// decode reads the rows. Its error is not the driver's: a value did not fit, or the reader wants no more, whose
// error is given back as it is.
func (r *run) decode(ctx context.Context, result *pgconn.ResultReader, p *plan) error {
	if fields := result.FieldDescriptions(); fields != nil && !p.fits(fields) {
		// The table changed since it was described. The statement has run, so we make do with what comes.
		r.statement.described.Store(nil)
		again, err := r.statement.replan(fields, r.model)
		if err != nil {
			r.changed = r.query
			return r.d.fail(ctx, r.model, err)
		}
		p = again
	}
	rows := r.rows
	var cells source.Cells
	for result.NextRow() {
		if err := p.next(result.Values(), rows, &cells); err != nil {
			return r.d.fail(ctx, r.model, err)
		}
		r.read++
		if rows.Each != nil {
			if err := rows.Each(); err != nil {
				return err
			}
		}
	}
	return nil
}

// describe gives the types of the statement's arguments and columns.
func (r *run) describe(ctx context.Context) (*pgconn.StatementDescription, error) {
	s := r.statement
	switch r.d.mode {
	case CacheStatement:
		prepared := sessionOf(r.conn)
		if sd := prepared.prepared[s.name]; sd != nil {
			r.known = true
			return sd, nil
		}
		return prepared.prepare(ctx, r.conn, s, r.d.statements)
	case CacheDescribe:
		if sd := s.described.Load(); sd != nil {
			r.known = true
			return sd, nil
		}
	}
	sd, err := r.conn.Prepare(ctx, "", s.sql)
	if err != nil {
		return nil, err
	}
	if r.d.mode == CacheDescribe {
		s.described.Store(sd)
	}
	return sd, nil
}

// stale reports that what was prepared or described earlier does not hold any more.
func (r *run) stale(err error) bool {
	if r.changed {
		return true
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || len(pg.Code) != 5 {
		return false
	}
	switch r.d.mode {
	case CacheStatement: // "cached plan must not change result type", and a statement that is not there
		return pg.Code == "0A000" || pg.Code == "26000"
	case CacheDescribe: // the types that we say no longer fit the table
		return pg.Code[:2] == "42" || pg.Code == "0A000"
	}
	return false
}

// outdated is the error for a transaction, which the server has ended. Run again it finds what is there now.
func (r *run) outdated(err error) error {
	out := &fault.Error{Source: r.d.name, Err: fault.ErrUpstream, Detail: "the table changed while its statement was prepared: run the transaction again, orm.Retry does"}
	if r.model != nil {
		out.Model = r.model.Name
	}
	return out.WithCause(transient{err})
}

func (r *run) forget(ctx context.Context) {
	if r.d.mode == CacheStatement {
		sessionOf(r.conn).forget(ctx, r.conn, r.statement)
	}
	r.statement.described.Store(nil)
	r.statement.plan.Store(nil)
}

// plain gives arguments as tracers take them.
func plain(args []model.Value) []any {
	out := make([]any, len(args))
	for i := range args {
		out[i] = args[i].Any()
	}
	return out
}
