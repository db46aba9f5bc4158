package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// setConfig writes the statement that sets variables for the transaction it runs in, and no longer.
func setConfig(settings []source.Setting) (text string, values [][]byte, oids []uint32) {
	var b strings.Builder
	b.WriteString("SELECT ")
	for i, s := range settings {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("set_config($" + strconv.Itoa(2*i+1) + ", $" + strconv.Itoa(2*i+2) + ", true)")
		values = append(values, []byte(s.Name), []byte(s.Value))
		oids = append(oids, pgtype.TextOID, pgtype.TextOID)
	}
	return b.String(), values, oids
}

// settingsFirst begins a round trip and one implicit transaction with the variables, so that a connection never
// carries a tenant into its next use.
func (r *run) settingsFirst(ctx context.Context) *pgconn.Pipeline {
	pipe := r.conn.PgConn().StartPipeline(ctx)
	text, values, oids := setConfig(r.settings)
	pipe.SendQueryParams(text, values, oids, nil, nil)
	return pipe
}

// withSettings is the rest of once where there are settings.
func (r *run) withSettings(ctx context.Context, sd *pgconn.StatementDescription, p *plan, formats []int16) (pgconn.CommandTag, error) {
	pipe, c := r.settingsFirst(ctx), r.scratch
	if sd.Name != "" {
		pipe.SendQueryPrepared(sd.Name, c.values, c.formats, formats)
	} else {
		pipe.SendQueryParams(sd.SQL, c.values, sd.ParamOIDs, c.formats, formats)
	}
	return r.finish(ctx, pipe, p)
}

// finish reads the answers to a pipeline of two statements, of which the second is the one that counts.
func (r *run) finish(ctx context.Context, pipe *pgconn.Pipeline, p *plan) (pgconn.CommandTag, error) {
	tag, stop, err := r.pipelined(ctx, pipe, p)
	if stop != nil {
		r.abandon(ctx, func() { _ = pipe.Close() })
		return tag, stop
	}
	if e := pipe.Close(); err == nil {
		err = e
	}
	return tag, r.d.fail(ctx, r.model, err)
}

// pipelined reads both results; stop is what decode says, err the server's error.
func (r *run) pipelined(ctx context.Context, pipe *pgconn.Pipeline, p *plan) (tag pgconn.CommandTag, stop, err error) {
	if err := pipe.Sync(); err != nil {
		return tag, nil, err
	}
	for second := false; ; second = true {
		got, err := pipe.GetResults()
		if err != nil {
			return tag, nil, err
		}
		result, ok := got.(*pgconn.ResultReader)
		if !ok {
			return tag, nil, nil // the end of the pipeline
		}
		if second && p != nil {
			if stop := r.decode(ctx, result, p); stop != nil {
				return tag, stop, nil
			}
		}
		if tag, err = result.Close(); err != nil {
			return tag, nil, err
		}
		if second {
			return tag, nil, nil
		}
	}
}

// Set sets variables for the rest of the transaction.
func (t *tx) Set(ctx context.Context, settings []source.Setting) error {
	if len(settings) == 0 {
		return nil
	}
	if err := t.enter(); err != nil {
		return err
	}
	defer t.leave()
	here := settings
	on, err := t.d.distributed(ctx, t.conn)
	if err == nil && on {
		var there []source.Setting
		there, here = propagated(settings)
		err = setLocal(ctx, t.conn, there)
	}
	if err == nil {
		err = t.setHere(ctx, here)
	}
	if err == nil {
		t.naming.set(settings)
	}
	return t.undone(t.note(t.d.fail(ctx, nil, err)))
}

// setHere sets variables on the server that the connection leads to.
func (t *tx) setHere(ctx context.Context, settings []source.Setting) error {
	if len(settings) == 0 {
		return nil
	}
	text, values, oids := setConfig(settings)
	if t.d.mode != SimpleProtocol {
		_, err := t.conn.PgConn().ExecParams(ctx, text, values, oids, nil, nil).Close()
		return err
	}
	args := []any{pgx.QueryExecModeSimpleProtocol}
	for _, v := range values {
		args = append(args, string(v))
	}
	_, err := t.conn.Exec(ctx, text, args...)
	return err
}

// apart reports whether a statement outside transactions needs one of its own for its settings: the simple protocol
// sends nothing together, and Citus tells its workers of settings inside transactions only.
func (d *DataSource) apart(ctx context.Context, t *tx) (bool, error) {
	if t != nil || len(source.SettingsFrom(ctx)) == 0 {
		return false, nil
	}
	if d.mode == SimpleProtocol {
		return true, nil
	}
	if kind := d.kind.Load(); kind != unasked {
		return kind == citus, nil
	}
	pool := d.pool.Load()
	if pool == nil {
		return false, d.errClosed()
	}
	on, err := d.distributed(ctx, pool)
	return on, fault.Ended(d.fail(ctx, nil, err), fault.Unsent)
}

// alone runs fn in a transaction of its own, which has the settings of ctx.
func (d *DataSource) alone(ctx context.Context, fn func(*tx) (int64, error)) (int64, error) {
	begun, err := d.Begin(ctx, source.TxOptions{})
	if err != nil {
		return 0, err
	}
	defer func() { _ = begun.Rollback(ctx) }() // after Commit it does nothing
	t := begun.(*tx)                           //nolint:errcheck // Begin makes no other
	t.alone = true
	n, err := fn(t)
	if err != nil {
		return 0, err
	}
	return n, begun.Commit(ctx)
}
