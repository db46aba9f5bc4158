package postgres

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

type parent struct {
	ID   int64  `orm:"id,table=parents"`
	Code string `orm:"code,unique"`
	Size int16  `orm:"size"`
}

var noOptions source.TxOptions

const parentTables = `CREATE TABLE parents (id bigint PRIMARY KEY, code varchar(5) NOT NULL CONSTRAINT parents_code_key UNIQUE, size smallint NOT NULL CHECK (size < 100));
CREATE TABLE kids (id bigint, parent bigint REFERENCES parents DEFERRABLE INITIALLY IMMEDIATE)`

type wantError struct {
	kind       error
	field      string
	constraint string
	code       string
}

func checkError(t *testing.T, err error, want wantError, secrets ...string) {
	t.Helper()
	var e *fault.Error
	if !errors.Is(err, want.kind) || !errors.As(err, &e) {
		t.Fatalf("error %v, want %v", err, want.kind)
	}
	if e.Field != want.field || e.Constraint != want.constraint || e.Source != "main" {
		t.Errorf("field %q, constraint %q, source %q in %v", e.Field, e.Constraint, e.Source, err)
	}
	var pg *pgconn.PgError
	if want.code != "" && (!errors.As(err, &pg) || pg.Code != want.code) {
		t.Errorf("no driver error of code %s behind %v", want.code, err)
	}
	for _, s := range append(secrets, "SQLSTATE 2", "violates", "duplicate key") {
		if strings.Contains(err.Error(), s) {
			t.Errorf("%q is in %q", s, err.Error())
		}
	}
}

func TestErrorsOfTheServer(t *testing.T) {
	m := modelOf[parent](t)
	for name, opts := range modes() {
		t.Run(name, func(t *testing.T) {
			d := open(t, nil, append(opts, one())...)
			mustExec(t, d, parentTables)
			mustExec(t, d, "INSERT INTO parents VALUES (1, 'a', 1); INSERT INTO kids VALUES (1, 1)")
			insert := func(p parent) error {
				_, err := d.Insert(t.Context(), insertOf(t, m, &p), nil)
				return err
			}
			checkError(t, insert(parent{1, "secret", 1}), wantError{fault.ErrInvalid, "Code", "", "22001"}, "secret")
			checkError(t, insert(parent{1, "b", 1}), wantError{fault.ErrConflict, "ID", "parents_pkey", "23505"})
			checkError(t, insert(parent{2, "a", 1}), wantError{fault.ErrConflict, "Code", "parents_code_key", "23505"})
			checkError(t, insert(parent{2, "b", 100}), wantError{fault.ErrInvalid, "Size", "parents_size_check", "23514"})
			null := insertOf(t, m, &parent{2, "b", 1})
			null.Values[1] = model.Null()
			_, err := d.Insert(t.Context(), null, nil)
			checkError(t, err, wantError{fault.ErrInvalid, "Code", "", "23502"})
			_, err = d.Delete(t.Context(), &builder.Delete{Model: m, Scoped: true}, nil)
			checkError(t, err, wantError{fault.ErrReference, "", "kids_parent_fkey", "23503"})
			_, err = d.Exec(t.Context(), "SELECT 1/0", nil)
			checkError(t, err, wantError{fault.ErrInvalid, "", "", "22012"})
			_, err = d.Exec(t.Context(), "SELEC 1", nil)
			checkError(t, err, wantError{fault.ErrInvalid, "", "", "42601"})
			mustExec(t, d, "DROP TABLE kids; DROP TABLE parents")
			_, err = tryAll[parent](t.Context(), d, selectOf(m))
			checkError(t, err, wantError{fault.ErrInvalid, "", "", "42P01"})
			if !strings.Contains(err.Error(), "CreateTables") {
				t.Errorf("no advice in %v", err)
			}
		})
	}
}

func TestArgumentsThatDoNotFit(t *testing.T) {
	m := modelOf[parent](t)
	d := open(t, nil)
	mustExec(t, d, parentTables)
	size, _ := m.Field("Size")
	_, err := tryAll[parent](t.Context(), d, selectOf(m, builder.Compare(builder.OpEq, size, model.IntOf(40_000))))
	checkError(t, err, wantError{kind: fault.ErrInvalid, field: "Size"}, "40000")
	for _, v := range []model.Value{model.StringOf("a\x00b"), model.BytesOf([]byte{0}), model.ListOf(model.List{model.IntOf(1)})} {
		_, err = d.Exec(t.Context(), "UPDATE parents SET code = $1", []model.Value{v})
		checkError(t, err, wantError{kind: fault.ErrInvalid})
	}
	_, err = d.Exec(t.Context(), "UPDATE parents SET code = $1", []model.Value{model.Null(), model.Null()})
	checkError(t, err, wantError{kind: fault.ErrInvalid})
	_, err = d.Exec(t.Context(), "UPDATE parents SET size = $1", []model.Value{model.FloatOf(1.5)})
	checkError(t, err, wantError{kind: fault.ErrInvalid})
}

type narrow struct {
	ID   int64 `orm:"id,table=parents"`
	Code string
	Size int8
}

func TestValuesThatDoNotFit(t *testing.T) {
	d := open(t, nil, one())
	mustExec(t, d, "CREATE TABLE parents (id bigint, code text, size int)")
	m := modelOf[narrow](t)
	for value, field := range map[string]string{"(1, 'a', 200)": "Size", "(1, NULL, 1)": "Code", "(NULL, 'a', 1)": "ID"} {
		mustExec(t, d, "TRUNCATE parents; INSERT INTO parents VALUES "+value)
		_, err := tryAll[narrow](t.Context(), d, selectOf(m))
		checkError(t, err, wantError{kind: fault.ErrInvalid, field: field}, "200")
		mustExec(t, d, "SELECT 1") // the one connection is fine
	}
}

func TestInfiniteTimes(t *testing.T) {
	d := open(t, []*model.Model{modelOf[user](t)})
	mustExec(t, d, "INSERT INTO users VALUES (1, 'e', NULL, 'r', 1, true, 1, '-infinity', NULL)")
	_, err := tryAll[user](t.Context(), d, selectOf(modelOf[user](t)))
	checkError(t, err, wantError{kind: fault.ErrInvalid, field: "CreatedAt"})
}

func TestOpenFails(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := l.Addr().String()
	_ = l.Close()
	good := testkit.Postgres(t)
	missing, _ := url.Parse(good)
	missing.Path = "/no_such_database"
	pool, err := pgxpool.New(t.Context(), good)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for name, c := range map[string]struct {
		d    *DataSource
		kind error
	}{
		"unreachable":   {Source("main", "postgres://me:hunter2@"+dead+"/db"), fault.ErrUpstream},
		"no database":   {Source("main", missing.String()), fault.ErrUpstream},
		"malformed":     {Source("main", "postgres://me:hunter2%@host:port:port/db?x=%zz"), fault.ErrInvalid},
		"bad setting":   {Source("main", "host=h password=hunter2 port=banana"), fault.ErrInvalid},
		"empty":         {Source("main", ""), fault.ErrInvalid},
		"simple":        {Source("main", good, ExecMode(SimpleProtocol)), fault.ErrInvalid},
		"simple by DSN": {Source("main", good+"&default_query_exec_mode=simple_protocol"), fault.ErrInvalid},
		"unknown mode":  {Source("main", good, ExecMode(9)), fault.ErrInvalid},
		"no conns":      {Source("main", good, MaxConns(0)), fault.ErrInvalid},
		"late option":   {FromPool("main", pool, MaxConns(3)), fault.ErrInvalid},
	} {
		err := c.d.Open(t.Context(), nil)
		var e *fault.Error
		if !errors.Is(err, c.kind) || !errors.As(err, &e) || e.Source != "main" || e.Op != "open" {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for ; err != nil; err = errors.Unwrap(err) {
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: the password is in %q", name, err)
			}
		}
		var parse *pgconn.ParseConfigError
		if errors.As(e, &parse) {
			t.Errorf("%s: the connection string can be reached", name)
		}
		_ = c.d.Close()
	}
}

func TestClosed(t *testing.T) {
	d, m := filled(t, 1)
	tx, err := d.Begin(t.Context(), source.TxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err = tryAll[user](t.Context(), d, selectOf(m))
	checkError(t, err, wantError{kind: fault.ErrClosed})
	_, err = d.Begin(t.Context(), source.TxOptions{})
	checkError(t, err, wantError{kind: fault.ErrClosed})
	checkError(t, d.Open(t.Context(), nil), wantError{kind: fault.ErrClosed})
	_, err = tryAll[user](t.Context(), tx, selectOf(m))
	checkError(t, err, wantError{kind: fault.ErrClosed})
}

func TestFromPoolLeavesThePoolOpen(t *testing.T) {
	pool, err := pgxpool.New(t.Context(), testkit.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	d := FromPool("main", pool)
	if err := d.Open(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	mustExec(t, d, "SELECT 1")
	_ = d.Close()
	if err := pool.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestGuard(t *testing.T) {
	d, m := filled(t, 1)
	_, err := d.Delete(t.Context(), &builder.Delete{Model: m}, nil)
	if !errors.Is(err, fault.ErrDenied) {
		t.Errorf("an unscoped statement: %v", err)
	}
}

func TestCancel(t *testing.T) {
	d, m := filled(t, 10, one())
	for _, during := range []func(context.Context) error{
		func(ctx context.Context) error { _, err := d.Exec(ctx, "SELECT pg_sleep(30)", nil); return err },
		func(ctx context.Context) error {
			_, err := d.Exec(ctx, "SELECT pg_sleep($1)", []model.Value{model.FloatOf(30)})
			return err
		},
		func(ctx context.Context) error { // waiting for the one connection
			tx, err := d.Begin(context.Background(), source.TxOptions{})
			if err != nil {
				return err
			}
			defer tx.Rollback(ctx)
			_, err = tryAll[user](ctx, d, selectOf(m))
			return err
		},
	} {
		for _, kind := range []error{context.Canceled, context.DeadlineExceeded} {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			if kind == context.Canceled {
				ctx, cancel = context.WithCancel(t.Context())
				time.AfterFunc(50*time.Millisecond, cancel)
			}
			start := time.Now()
			err := during(ctx)
			cancel()
			checkError(t, err, wantError{kind: kind})
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if got := all[user](t, d, selectOf(m)); len(got) != 10 {
				t.Errorf("%d rows afterwards", len(got))
			}
		}
	}
}
