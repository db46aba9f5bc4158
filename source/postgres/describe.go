package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// describe gives the types of the statement's arguments and columns, from memory where the mode keeps them.
func (r *run) describe(ctx context.Context) (*pgconn.StatementDescription, error) {
	r.known = false
	if r.afresh {
		return r.ask(ctx, "")
	}
	s, size := r.statement, r.d.statements
	k := descriptionKey{s.name, r.in}
	switch r.d.mode {
	case CacheStatement:
		held := &sessionOf(r.conn).prepared
		if sd := held.of[k]; sd != nil {
			r.known = true
			return sd, nil
		}
		// The oldest goes, so that neither side's memory grows without bound.
		if k, old := held.oldest(size); old != nil {
			if err := r.conn.Deallocate(ctx, old.Name); err != nil {
				return nil, err
			}
			delete(held.of, k)
		}
		sd, err := r.ask(ctx, s.nameIn(r.in))
		if err == nil {
			held.add(k, sd, size)
		}
		return sd, err
	case CacheDescribe:
		if r.in == "" { // on every connection the same
			sd := s.described.Load()
			if r.known = sd != nil; r.known {
				return sd, nil
			}
			sd, err := r.ask(ctx, "")
			if err == nil {
				s.described.Store(sd)
			}
			return sd, err
		}
		held := &sessionOf(r.conn).described
		if sd := held.of[k]; sd != nil {
			r.known = true
			return sd, nil
		}
		sd, err := r.ask(ctx, "")
		if err == nil {
			held.add(k, sd, size)
		}
		return sd, err
	}
	return r.ask(ctx, "")
}

// ask has the server describe the statement, under the settings that it will run with, and prepare it where it gets
// a name.
func (r *run) ask(ctx context.Context, name string) (sd *pgconn.StatementDescription, err error) {
	if len(r.settings) == 0 {
		return r.conn.Prepare(ctx, name, r.statement.sql)
	}
	if t, ok := r.d.tracer.(pgx.PrepareTracer); ok {
		ctx = t.TracePrepareStart(ctx, r.conn, pgx.TracePrepareStartData{Name: name, SQL: r.statement.sql})
		defer func() { t.TracePrepareEnd(ctx, r.conn, pgx.TracePrepareEndData{Err: err}) }()
	}
	pipe := r.settingsFirst(ctx)
	pipe.SendPrepare(name, r.statement.sql, nil)
	sd, err = described(pipe)
	if e := pipe.Close(); err == nil {
		err = e
	}
	if err != nil {
		if name != "" && !r.conn.IsClosed() { // it may have been made before it could not be described
			deallocate(ctx, r.conn, name)
		}
		return nil, err
	}
	sd.Name, sd.SQL = name, r.statement.sql
	return sd, nil
}

// described reads the answer to settings and one description.
func described(pipe *pgconn.Pipeline) (*pgconn.StatementDescription, error) {
	if err := pipe.Sync(); err != nil {
		return nil, err
	}
	for {
		got, err := pipe.GetResults()
		if err != nil {
			return nil, err
		}
		switch got := got.(type) {
		case *pgconn.ResultReader:
			if _, err := got.Close(); err != nil {
				return nil, err
			}
		case *pgconn.StatementDescription:
			return got, nil
		default:
			return nil, errNoDescription{}
		}
	}
}

// errNoDescription is an answer of the server that breaks the protocol.
type errNoDescription struct{}

func (errNoDescription) Error() string { return "the server described no statement" }

// forget drops what is known of the statement where it ran.
func (r *run) forget(ctx context.Context) {
	r.statement.plan.Store(nil)
	r.undescribe()
	if k := (descriptionKey{r.statement.name, r.in}); r.d.mode == CacheStatement && !r.afresh {
		sessionOf(r.conn).forget(ctx, r.conn, k)
	}
}

// undescribe drops what only we know of the statement.
func (r *run) undescribe() {
	if r.in == "" {
		r.statement.described.Store(nil)
		return
	}
	delete(sessionOf(r.conn).described.of, descriptionKey{r.statement.name, r.in})
}

// alike reports whether two descriptions mean the same statement.
func alike(a, b *pgconn.StatementDescription) bool {
	return a != nil && b != nil && slices.Equal(a.ParamOIDs, b.ParamOIDs) &&
		slices.EqualFunc(a.Fields, b.Fields, func(a, b pgconn.FieldDescription) bool {
			return a.Name == b.Name && a.DataTypeOID == b.DataTypeOID && a.TypeModifier == b.TypeModifier
		})
}
