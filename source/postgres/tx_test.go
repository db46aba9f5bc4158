package postgres

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

func begun(t *testing.T, d *DataSource, o source.TxOptions) source.Tx {
	t.Helper()
	tx, err := d.Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tx.Rollback(context.Background()) })
	return tx
}

func number(t *testing.T, ex source.Executor, m *model.Model) int64 {
	t.Helper()
	return all[int64](t, ex, &builder.Select{Model: m, Want: builder.WantCount, Scoped: true})[0]
}

func TestTransaction(t *testing.T) {
	for name, opts := range modes() {
		t.Run(name, func(t *testing.T) {
			d, m := filled(t, 3, opts...)
			tx := begun(t, d, source.TxOptions{})
			remove := &builder.Delete{Model: m, Scoped: true}
			remove.Where.Add(builder.Compare(builder.OpEq, m.Key[0], model.IntOf(1)))
			if n, err := tx.Delete(t.Context(), remove, nil); n != 1 || err != nil {
				t.Fatal(n, err)
			}
			if err := tx.Savepoint(t.Context(), `odd "name"`); err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Delete(t.Context(), &builder.Delete{Model: m, Scoped: true}, nil); err != nil {
				t.Fatal(err)
			}
			if n := number(t, tx, m); n != 0 {
				t.Errorf("%d rows inside", n)
			}
			if _, err := tx.Exec(t.Context(), "SELECT 1/0", nil); err == nil {
				t.Fatal("no error")
			}
			_, err := tryAll[user](t.Context(), tx, selectOf(m))
			checkError(t, err, wantError{fault.ErrInvalid, "", "", "25P02"})
			for _, err := range []error{tx.RollbackTo(t.Context(), `odd "name"`), tx.Release(t.Context(), `odd "name"`), tx.Commit(t.Context())} {
				if err != nil {
					t.Fatal(err)
				}
			}
			if n := number(t, d, m); n != 2 {
				t.Errorf("%d rows afterwards, want 2", n)
			}
			checkError(t, tx.Commit(t.Context()), wantError{kind: fault.ErrClosed})
			if err := tx.Rollback(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCommitThatIsARollback(t *testing.T) {
	d, m := filled(t, 1, one())
	tx := begun(t, d, source.TxOptions{})
	_, err := tx.Insert(t.Context(), insertOf(t, m, users(1)...), nil)
	checkError(t, err, wantError{fault.ErrConflict, "ID", "users_pkey", "23505"})
	err = tx.Commit(t.Context())
	if !errors.Is(err, fault.ErrInvalid) || !errors.Is(err, fault.ErrConflict) {
		t.Errorf("commit: %v", err)
	}
	mustExec(t, d, "SELECT 1")
}

func TestCommitUnknown(t *testing.T) {
	d, m := filled(t, 1)
	tx := begun(t, d, source.TxOptions{})
	if _, err := tx.Exec(t.Context(), "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$; CREATE CONSTRAINT TRIGGER die AFTER DELETE ON users DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()", nil); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	tx = begun(t, d, source.TxOptions{})
	if _, err := tx.Delete(t.Context(), &builder.Delete{Model: m, Scoped: true}, nil); err != nil {
		t.Fatal(err)
	}
	err := tx.Commit(t.Context())
	checkError(t, err, wantError{kind: fault.ErrCommitUnknown})
	if engine.Retryable(err) {
		t.Error("it must not be run again")
	}
	if n := number(t, d, m); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestCommitAfterCancel(t *testing.T) {
	d, m := filled(t, 1, one())
	tx := begun(t, d, source.TxOptions{})
	if _, err := tx.Delete(t.Context(), &builder.Delete{Model: m, Scoped: true}, nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	checkError(t, tx.Commit(ctx), wantError{kind: context.Canceled})
	if n := number(t, d, m); n != 1 {
		t.Errorf("%d rows", n)
	}
	tx = begun(t, d, source.TxOptions{})
	if err := tx.Rollback(ctx); err != nil {
		t.Error(err)
	}
	mustExec(t, d, "SELECT 1")
}

func TestDeferredConstraint(t *testing.T) {
	d := open(t, nil, one())
	mustExec(t, d, parentTables)
	tx := begun(t, d, source.TxOptions{})
	mustExec(t, tx, "SET CONSTRAINTS ALL DEFERRED; INSERT INTO kids VALUES (1, 99)")
	checkError(t, tx.Commit(t.Context()), wantError{fault.ErrReference, "", "kids_parent_fkey", "23503"})
	mustExec(t, d, "SELECT 1")
}

func TestReadOnly(t *testing.T) {
	d, m := filled(t, 1)
	tx := begun(t, d, source.TxOptions{ReadOnly: true, Isolation: source.RepeatableRead})
	_, err := tx.Delete(t.Context(), &builder.Delete{Model: m, Scoped: true}, nil)
	checkError(t, err, wantError{fault.ErrInvalid, "", "", "25006"})
}

func TestSerializationFailureIsRetryable(t *testing.T) {
	d := open(t, nil)
	mustExec(t, d, "CREATE TABLE counters (id int, n int); INSERT INTO counters VALUES (1, 0), (2, 0)")
	a, b := begun(t, d, source.TxOptions{Isolation: source.Serializable}), begun(t, d, source.TxOptions{Isolation: source.Serializable})
	mustExec(t, a, "SELECT sum(n) FROM counters; UPDATE counters SET n = 1 WHERE id = 1")
	mustExec(t, b, "SELECT sum(n) FROM counters; UPDATE counters SET n = 1 WHERE id = 2")
	err := errors.Join(a.Commit(t.Context()), b.Commit(t.Context()))
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "40001" || !engine.Retryable(err) || !errors.Is(err, fault.ErrUpstream) {
		t.Errorf("error %v", err)
	}
}

func TestTransactionEndedByText(t *testing.T) {
	d := open(t, nil, one())
	tx := begun(t, d, source.TxOptions{})
	_, err := tx.Exec(t.Context(), "COMMIT", nil)
	checkError(t, err, wantError{kind: fault.ErrInvalid})
	_, err = tx.Exec(t.Context(), "SELECT 1", nil)
	checkError(t, err, wantError{kind: fault.ErrClosed})
	mustExec(t, d, "BEGIN") // its connection does not go back
	mustExec(t, d, "SELECT 1")
}

// stream reads users one by one.
func stream(ctx context.Context, ex source.Executor, m *model.Model, each func(user) error) error {
	rows := &source.Rows{Slab: source.SlabOf[user](1)}
	rows.Each = func() error {
		u := *(*user)(rows.At(0))
		rows.Reset()
		return each(u)
	}
	return ex.Select(ctx, selectOf(m), rows)
}

func TestStream(t *testing.T) {
	for name, opts := range modes() {
		t.Run(name, func(t *testing.T) {
			d, m := filled(t, 9000, append(opts, one())...)
			n := int64(0)
			if err := stream(t.Context(), d, m, func(u user) error { n += u.ID; return nil }); err != nil || n != 9000*9001/2 {
				t.Fatalf("sum %d, %v", n, err)
			}
			enough := errors.New("enough")
			tx := begun(t, d, source.TxOptions{})
			err := stream(t.Context(), tx, m, func(u user) error {
				if u.ID == 1 {
					_, err := tryAll[user](t.Context(), tx, selectOf(m))
					checkError(t, err, wantError{kind: fault.ErrInvalid})
					return nil
				}
				return enough
			})
			if err != enough {
				t.Fatalf("error %v, want the reader's own", err)
			}
			if n := number(t, tx, m); n != 9000 { // the transaction lives on
				t.Errorf("%d rows", n)
			}
			_ = tx.Rollback(t.Context())
			for range 3 {
				if err := stream(t.Context(), d, m, func(user) error { return enough }); err != enough {
					t.Fatalf("error %v, want the reader's own", err)
				}
			}
			func() {
				defer func() { _ = recover() }()
				_ = stream(t.Context(), d, m, func(user) error { panic("the reader's") })
			}()
			if n := number(t, d, m); n != 9000 {
				t.Errorf("%d rows", n)
			}
		})
	}
}

func TestEndlessStream(t *testing.T) {
	for _, opts := range modes() {
		d, _ := filled(t, 0, append(opts, one())...)
		enough := errors.New("enough")
		rows := &source.Rows{Slab: source.SlabOf[int64](1), Each: func() error { return enough }}
		f := scalarField(t)
		rows.Resolve = func([]string) ([]builder.Column, error) { return []builder.Column{{Field: f}}, nil }
		if err := d.Query(t.Context(), "SELECT generate_series(1, 10000000000::bigint)", nil, rows); err != enough {
			t.Fatal(err)
		}
		mustExec(t, d, "SELECT 1")
	}
}

func TestCommitDuringStream(t *testing.T) {
	d, m := filled(t, 3000, one())
	tx := begun(t, d, source.TxOptions{})
	err := stream(t.Context(), tx, m, func(user) error {
		checkError(t, tx.Commit(t.Context()), wantError{kind: fault.ErrInvalid})
		return errors.New("enough")
	})
	if err == nil || err.Error() != "enough" {
		t.Error(err)
	}
	if n := number(t, d, m); n != 3000 {
		t.Errorf("%d rows", n)
	}
}

func TestCancelledStream(t *testing.T) {
	d, m := filled(t, 9000, one())
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := stream(ctx, d, m, func(user) error {
		if n++; n == 10 {
			cancel()
		}
		return nil
	})
	if n < 9000 || err != nil { // all may have been in the buffer
		checkError(t, err, wantError{kind: context.Canceled})
	}
	if n := number(t, d, m); n != 9000 {
		t.Errorf("%d rows", n)
	}
}

func TestConcurrentReaders(t *testing.T) {
	d, m := filled(t, 50, MaxConns(3))
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 30 {
				got, err := tryAll[user](context.Background(), d, byKey(m, int64((g*7+i)%50+1)))
				if err != nil || len(got) != 1 || got[0].ID != int64((g*7+i)%50+1) {
					t.Errorf("%v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
}
