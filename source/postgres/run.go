package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// run is one execution of a statement on one connection.
type run struct {
	d         *DataSource
	conn      *pgx.Conn
	tx        bool
	alone     bool // the transaction is for this statement only
	statement *statement
	st        builder.Statement // nil for raw text
	args      []model.Value
	scratch   *scratch
	model     *model.Model     // nil for raw text
	rows      *source.Rows     // nil when none are wanted
	cursor    *cursor          // what the rows come through, in parts; nil for all at once
	settings  []source.Setting // that the statement brings along; in a transaction they are set already
	in        namespace
	afresh    bool // what names mean is not known, so that nothing is taken from memory
	read      int64
	stopped   bool // the reader of the rows wants no more: its error is no failure
	sent      bool // the server may have run the statement
	query     bool // it only reads, so running it twice does no harm

	sd      *pgconn.StatementDescription // what this run went by, nil when it was not described
	refused *pgconn.StatementDescription // what a run before this one went by
	known   bool                         // sd was learnt earlier, and may be out of date
	unbound bool                         // arguments or columns did not fit sd
	changed bool                         // the result has other types than were announced, and they cannot be decoded
}

// settle takes over what the transaction, nil when there is none, or the context says of settings.
func (r *run) settle(ctx context.Context, t *tx) {
	if t != nil {
		r.tx, r.alone, r.in, r.afresh = true, t.alone, t.in, t.unsure
		return
	}
	r.settings = source.SettingsFrom(ctx)
	r.in = namespaceOf(r.settings)
}

// do runs the statement, and runs it again where what we knew of it is out of date.
func (r *run) do(ctx context.Context) (int64, error) {
	if r.d.mode == SimpleProtocol {
		n, err := r.simple(ctx)
		if err != nil {
			err = r.blamed(ctx, err)
		}
		return n, err
	}
	if t := r.d.tracer; t != nil {
		ctx = t.TraceQueryStart(ctx, r.conn, pgx.TraceQueryStartData{SQL: r.statement.sql, Args: plain(r.args)})
	}
	tag, err := r.once(ctx)
	for repeats := 0; err != nil && r.again(ctx, err, repeats); repeats++ {
		tag, err = r.once(ctx)
	}
	if err != nil {
		err = r.blamed(ctx, err)
		if r.tx {
			err = r.inTransaction(err)
		}
	}
	if t := r.d.tracer; t != nil {
		t.TraceQueryEnd(ctx, r.conn, pgx.TraceQueryEndData{CommandTag: tag, Err: err})
	}
	if err != nil {
		return 0, err
	}
	if r.rows != nil && r.cursor == nil && len(r.statement.columns) > 0 {
		r.statement.last.Store(r.read)
	}
	return tag.RowsAffected(), nil
}

func (r *run) once(ctx context.Context) (pgconn.CommandTag, error) {
	sd, err := r.describe(ctx)
	if r.sd, r.unbound = sd, false; err != nil {
		return pgconn.CommandTag{}, r.d.fail(ctx, r.model, err)
	}
	name := ""
	if r.model != nil {
		name = r.model.Name
	}
	oids := sd.ParamOIDs
	if free, timed := guessed(oids); timed && zoned(r.conn) {
		sd = &pgconn.StatementDescription{SQL: r.statement.sql, ParamOIDs: free, Fields: sd.Fields} // parsed anew
		oids = free
	}
	if err := r.scratch.encode(r.conn.TypeMap(), oids, r.args, name); err != nil {
		r.unbound = true
		return pgconn.CommandTag{}, r.d.fail(ctx, r.model, err)
	}
	var p *plan
	var formats []int16
	if r.rows != nil {
		if p, err = r.statement.planFor(sd.Fields, r.model, false); err != nil {
			r.unbound = true
			return pgconn.CommandTag{}, r.d.fail(ctx, r.model, err)
		}
		formats = p.formats
	}
	r.sent = true
	if r.cursor != nil {
		return r.declare(ctx, sd, p, formats)
	}
	if len(r.settings) > 0 {
		return r.withSettings(ctx, sd, p, formats)
	}
	c, pg := r.scratch, r.conn.PgConn()
	var result *pgconn.ResultReader
	if sd.Name != "" {
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
	if fields := result.FieldDescriptions(); fields != nil && (!p.fits(fields) || r.renamed(fields)) {
		// The table changed since it was described. The statement has run, so we make do with what comes.
		r.undescribe()
		again, err := r.statement.replan(fields, r.model, r.conn.TypeMap())
		if err != nil {
			r.changed = true
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
				r.stopped = true
				return err
			}
		}
	}
	return nil
}

// renamed reports whether a result of raw text has other columns than were announced, maybe of the same types.
func (r *run) renamed(fields []pgconn.FieldDescription) bool {
	return r.statement.resolve != nil && !slices.EqualFunc(r.sd.Fields, fields, func(a, b pgconn.FieldDescription) bool { return a.Name == b.Name })
}

// plain gives arguments as tracers take them.
func plain(args []model.Value) []any {
	out := make([]any, len(args))
	for i := range args {
		out[i] = args[i].Any()
	}
	return out
}
