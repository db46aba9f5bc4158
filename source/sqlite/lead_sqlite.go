// Package sqlite is the SQLite source, on modernc.org/sqlite: embedded, without cgo.
package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"

	msqlite "modernc.org/sqlite"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// DataSource is a SQLite database.
type DataSource struct {
	name   string
	dsn    string
	db     *sql.DB
	own    bool
	anchor *sql.Conn
	closed atomic.Bool
	cache  builder.Cache
}

// Option is an option of Source.
type Option func(*DataSource)

// Source opens the file at path; ":memory:" is a private database in memory.
func Source(name, path string, opts ...Option) *DataSource {
	d := &DataSource{name: name, dsn: path, own: true, cache: builder.Cache{Dialect: dialect.SQLite{}}}
	for _, o := range opts {
		o(d)
	}
	return d
}

// FromDB uses a *sql.DB that the caller opened and closes.
func FromDB(name string, db *sql.DB, opts ...Option) *DataSource {
	d := Source(name, "", opts...)
	d.db, d.own = db, false
	return d
}

// Name is the name that datasource= uses.
func (d *DataSource) Name() string { return d.name }

// Dialect is SQLite's.
func (d *DataSource) Dialect() dialect.Dialect { return d.cache.Dialect }

// Capabilities says what SQLite can.
func (d *DataSource) Capabilities() source.Capabilities {
	return source.Capabilities{Transactions: true, Savepoints: true, TransactionalDDL: true, Returning: true, Upsert: true, Raw: true, ConcurrentStatements: true}
}

// Open opens the file.
func (d *DataSource) Open(ctx context.Context, _ []*model.Model) error {
	if d.own {
		dsn := d.dsn
		if dsn == ":memory:" {
			var b [8]byte
			_, _ = rand.Read(b[:])
			dsn = "file:/orm-" + hex.EncodeToString(b[:]) + "?vfs=memdb"
		} else if !strings.HasPrefix(dsn, "file:") {
			dsn = "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(dsn)
		}
		sep := "?"
		if strings.Contains(dsn, "?") {
			sep = "&"
		}
		dsn += sep + "_dqs=0&_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_pragma=synchronous(NORMAL)"
		if d.dsn != ":memory:" {
			dsn += "&_pragma=journal_mode(WAL)"
		}
		db, err := sql.Open("sqlite", dsn)
		if err != nil {
			return d.fail(err)
		}
		db.SetMaxOpenConns(8)
		db.SetMaxIdleConns(8)
		d.db = db
	}
	var err error
	if d.anchor, err = d.db.Conn(ctx); err != nil {
		return d.fail(err)
	}
	if err := d.anchor.PingContext(ctx); err != nil {
		return d.fail(err)
	}
	if d.dsn != ":memory:" {
		err = d.anchor.Close()
		d.anchor = nil
	}
	return err
}

// Close closes what Open opened.
func (d *DataSource) Close() error {
	if d.closed.Swap(true) || d.db == nil {
		return nil
	}
	if d.anchor != nil {
		_ = d.anchor.Close()
	}
	if d.own {
		return d.db.Close()
	}
	return nil
}

// Compile gives the text and arguments.
func (d *DataSource) Compile(st builder.Statement) (string, []model.Value, error) {
	p, args, err := d.cache.Compile(st, new(builder.Args))
	if err != nil {
		return "", nil, err
	}
	return p.SQL, args, nil
}

type queryer interface {
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error)
}

type executor struct {
	d *DataSource
	q queryer
}

func (d *DataSource) ex() executor { return executor{d, d.db} }

// Select reads.
func (d *DataSource) Select(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	return d.ex().Select(ctx, st, rows)
}

// Insert inserts.
func (d *DataSource) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	return d.ex().Insert(ctx, st, rows)
}

// Update updates.
func (d *DataSource) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	return d.ex().Update(ctx, st, rows)
}

// Delete deletes.
func (d *DataSource) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	return d.ex().Delete(ctx, st, rows)
}

// Query runs text.
func (d *DataSource) Query(ctx context.Context, text string, args []model.Value, rows *source.Rows) error {
	return d.ex().Query(ctx, text, args, rows)
}

// Exec runs text.
func (d *DataSource) Exec(ctx context.Context, text string, args []model.Value) (int64, error) {
	return d.ex().Exec(ctx, text, args)
}

func (x executor) Select(ctx context.Context, st *builder.Select, rows *source.Rows) error {
	_, err := x.run(ctx, st, rows)
	return err
}

func (x executor) Insert(ctx context.Context, st *builder.Insert, rows *source.Rows) (int64, error) {
	return x.write(ctx, st, rows, len(st.Returning) > 0)
}

func (x executor) Update(ctx context.Context, st *builder.Update, rows *source.Rows) (int64, error) {
	return x.write(ctx, st, rows, len(st.Returning) > 0)
}

func (x executor) Delete(ctx context.Context, st *builder.Delete, rows *source.Rows) (int64, error) {
	return x.write(ctx, st, rows, len(st.Returning) > 0)
}

func (x executor) write(ctx context.Context, st builder.Statement, rows *source.Rows, returning bool) (int64, error) {
	if returning {
		return x.run(ctx, st, rows)
	}
	if err := x.ready(st); err != nil {
		return 0, err
	}
	p, args, err := x.d.cache.Compile(st, new(builder.Args))
	if err != nil {
		return 0, err
	}
	return x.Exec(ctx, p.SQL, args)
}

func (x executor) ready(st builder.Statement) error {
	if x.d.closed.Load() || x.d.db == nil {
		return &fault.Error{Source: x.d.name, Err: fault.ErrClosed}
	}
	if st == nil {
		return nil
	}
	return source.Guard(st)
}

func (x executor) run(ctx context.Context, st builder.Statement, rows *source.Rows) (int64, error) {
	if err := x.ready(st); err != nil {
		return 0, err
	}
	p, args, err := x.d.cache.Compile(st, new(builder.Args))
	if err != nil {
		return 0, err
	}
	return x.read(ctx, p.SQL, args, p.Columns, rows)
}

func (x executor) Query(ctx context.Context, text string, args []model.Value, rows *source.Rows) error {
	if err := x.ready(nil); err != nil {
		return err
	}
	_, err := x.read(ctx, text, args, nil, rows)
	return err
}

func (x executor) Exec(ctx context.Context, text string, args []model.Value) (int64, error) {
	if err := x.ready(nil); err != nil {
		return 0, err
	}
	bound, err := bind(args)
	if err != nil {
		return 0, err
	}
	r, err := x.q.ExecContext(ctx, text, bound...)
	if err != nil {
		return 0, x.d.fail(err)
	}
	return r.RowsAffected()
}

type cell struct {
	f   *model.Field
	row unsafe.Pointer
}

// Scan stores a driver value in the field.
func (c *cell) Scan(src any) error { return c.f.Assign(c.row, src) }

func (x executor) read(ctx context.Context, text string, args []model.Value, cols []builder.Column, rows *source.Rows) (int64, error) {
	bound, err := bind(args)
	if err != nil {
		return 0, err
	}
	r, err := x.q.QueryContext(ctx, text, bound...)
	if err != nil {
		return 0, x.d.fail(err)
	}
	defer r.Close()
	if cols == nil && rows.Resolve != nil {
		names, err := r.Columns()
		if err != nil {
			return 0, x.d.fail(err)
		}
		if cols, err = rows.Resolve(names); err != nil {
			return 0, err
		}
	}
	cells := make([]cell, len(cols))
	dst := make([]any, len(cols))
	for i := range cols {
		cells[i].f = cols[i].Field
		dst[i] = &cells[i]
	}
	var n int64
	for r.Next() {
		row, link := rows.NextRow()
		for i := range cols {
			cells[i].row = row
			if cols[i].Link {
				cells[i].row = link
			}
		}
		if err := r.Scan(dst...); err != nil {
			return n, x.d.fail(err)
		}
		n++
		if err := rows.Done(); err != nil {
			return n, err
		}
	}
	if err := r.Err(); err != nil {
		return n, x.d.fail(err)
	}
	return n, nil
}

const timeFormat = "2006-01-02 15:04:05.000000+00:00"

func bind(args []model.Value) ([]any, error) {
	out := make([]any, len(args))
	for i, v := range args {
		x, err := bindOne(v)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

func bindOne(v model.Value) (any, error) {
	switch v.Kind() {
	case model.UintValue:
		if v.Uint() > math.MaxInt64 {
			return nil, fault.New(fault.ErrInvalid, "", "", "the number is too large for SQLite")
		}
		return int64(v.Uint()), nil
	case model.BoolValue:
		if v.Bool() {
			return int64(1), nil
		}
		return int64(0), nil
	case model.TimeValue:
		return v.Time().Format(timeFormat), nil
	case model.UUIDValue:
		return uuidText(*v.UUID()), nil
	case model.ListValue:
		var parts []json.RawMessage
		for _, e := range v.List() {
			x, err := bindOne(e)
			if err != nil {
				return nil, err
			}
			if b, ok := x.([]byte); ok {
				x = hex.EncodeToString(b)
			}
			j, err := json.Marshal(x)
			if err != nil {
				return nil, err
			}
			parts = append(parts, j)
		}
		if parts == nil {
			return "[]", nil
		}
		j, err := json.Marshal(parts)
		return string(j), err
	case model.AnyValue:
		switch x := v.Any().(type) {
		case model.JSONText:
			return string(x), nil
		case driver.Valuer:
			return x.Value()
		}
	}
	return v.Any(), nil
}

func uuidText(u [16]byte) string {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

type busyError struct{ error }

// Retryable says that the transaction may run again.
func (busyError) Retryable() bool { return true }

func (d *DataSource) fail(err error) error {
	if err == nil {
		return nil
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return f
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return (&fault.Error{Source: d.name, Err: fault.ErrUpstream, Detail: "the context ended"}).WithCause(err)
	}
	out := &fault.Error{Source: d.name, Err: fault.ErrUpstream}
	var se *msqlite.Error
	if errors.As(err, &se) {
		switch code := se.Code(); {
		case code == 2067 || code == 1555:
			out.Err = fault.ErrConflict
		case code == 787:
			out.Err = fault.ErrReference
		case code&0xff == 19, code&0xff == 1:
			out.Err = fault.ErrInvalid
		case code&0xff == 5 || code&0xff == 6:
			return out.WithCause(busyError{err})
		case code&0xff == 9:
			return out.WithCause(fmt.Errorf("%w: %w", context.Canceled, err))
		}
	}
	return out.WithCause(err)
}

type tx struct {
	executor
	t    *sql.Tx
	done bool
}

// Begin starts a transaction.
func (d *DataSource) Begin(ctx context.Context, o source.TxOptions) (source.Tx, error) {
	if err := d.ex().ready(nil); err != nil {
		return nil, err
	}
	t, err := d.db.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: o.ReadOnly})
	if err != nil {
		return nil, d.fail(err)
	}
	return &tx{executor: executor{d, t}, t: t}, nil
}

func (t *tx) Commit(context.Context) error {
	t.done = true
	return t.d.fail(t.t.Commit())
}

func (t *tx) Rollback(context.Context) error {
	if t.done {
		return nil
	}
	t.done = true
	return t.d.fail(t.t.Rollback())
}

func (t *tx) point(ctx context.Context, verb, name string) error {
	_, err := t.t.ExecContext(ctx, verb+` "`+name+`"`)
	return t.d.fail(err)
}

func (t *tx) Savepoint(ctx context.Context, name string) error {
	return t.point(ctx, "SAVEPOINT", name)
}
func (t *tx) RollbackTo(ctx context.Context, name string) error {
	return t.point(ctx, "ROLLBACK TO", name)
}
func (t *tx) Release(ctx context.Context, name string) error { return t.point(ctx, "RELEASE", name) }

var _ source.SQL = (*DataSource)(nil)
var _ = time.Now
