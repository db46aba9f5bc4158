package postgres

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// TestRefusedValuesPoisonNothing has values refused that no description explains: the error is the value's own, the
// statement stays prepared outside transactions, and what comes after works.
func TestRefusedValuesPoisonNothing(t *testing.T) {
	m := modelOf[item](t)
	for mode, opts := range modes() {
		t.Run(mode, func(t *testing.T) {
			d := open(t, nil, append(opts, one())...)
			mustExec(t, d, "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE items (id bigint PRIMARY KEY, n int, label mood)")
			put := func(ex access, id, n int64, label string) error {
				_, err := ex.Insert(t.Context(), insertOf(t, m, &item{id, n, label}), nil)
				return err
			}
			for i := range int64(3) {
				checkError(t, put(d, i, 1, "nonsense"), wantError{fault.ErrInvalid, "Label", "", "22P02"}, "nonsense")
				if err := put(d, i, 1<<40, "a"); !errors.Is(err, fault.ErrInvalid) {
					t.Fatal(err)
				}
				if err := put(d, i, 1, "a"); err != nil {
					t.Fatal(err, inner(err))
				}
				tx := begun(t, d, source.TxOptions{})
				err := put(tx, i+10, 1, "nonsense")
				if checkError(t, err, wantError{fault.ErrInvalid, "Label", "", "22P02"}, "nonsense"); engine.Retryable(err) {
					t.Error("running it again changes nothing")
				}
				_ = tx.Rollback(t.Context())
			}
		})
	}
}

// TestPrivilegesAreNotTakenForStale has a privilege withdrawn from a statement that ran before.
func TestPrivilegesAreNotTakenForStale(t *testing.T) {
	m := modelOf[item](t)
	for mode, opts := range modes() {
		t.Run(mode, func(t *testing.T) {
			d := open(t, nil, append(opts, one())...)
			role := "reader" + d.poolName()
			mustExec(t, d, "CREATE TABLE items (id bigint PRIMARY KEY, n int, label text); CREATE ROLE "+role+"; GRANT SELECT ON items TO "+role+"; SET ROLE "+role)
			t.Cleanup(func() { mustExec(t, d, "RESET ROLE; DROP OWNED BY "+role+"; DROP ROLE "+role) })
			all[item](t, d, selectOf(m))
			mustExec(t, d, "RESET ROLE; REVOKE SELECT ON items FROM "+role+"; SET ROLE "+role)
			_, err := tryAll[item](t.Context(), d, selectOf(m))
			checkError(t, err, wantError{fault.ErrDenied, "", "", "42501"})
			tx := begun(t, d, source.TxOptions{})
			_, err = tryAll[item](t.Context(), tx, selectOf(m))
			checkError(t, err, wantError{fault.ErrDenied, "", "", "42501"})
			_ = tx.Rollback(t.Context())
		})
	}
}

// TestWhatRanIsNotRepeated counts the runs of statements that fail under way, by a sequence, which no rollback undoes.
func TestWhatRanIsNotRepeated(t *testing.T) {
	m := modelOf[item](t)
	for mode, opts := range modes() {
		t.Run(mode, func(t *testing.T) {
			d := open(t, nil, append(opts, one())...)
			mustExec(t, d, `CREATE SEQUENCE runs; CREATE TABLE items (id bigint PRIMARY KEY, n int, label text);
				CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('runs'); IF NEW.label = 'bad' THEN EXECUTE NEW.label || ' syntax'; END IF; IF NEW.label = 'gone' THEN EXECUTE 'SELECT nothing'; END IF; IF NEW.label = 'number' THEN PERFORM NEW.label::int; END IF; RETURN NEW; END $$;
				CREATE TRIGGER counted BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION counted();
				CREATE PROCEDURE twice(x int) LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('runs'); COMMIT; PERFORM nothing FROM items; END $$`)
			put := func(label string) error {
				_, err := d.Insert(t.Context(), insertOf(t, m, &item{1, 1, label}), nil)
				return err
			}
			call := func() error {
				_, err := d.Exec(t.Context(), "CALL twice($1)", []model.Value{model.IntOf(1)})
				return err
			}
			if err := put("good"); err != nil {
				t.Fatal(err)
			}
			for _, fn := range []func() error{func() error { return put("bad") }, func() error { return put("gone") }, func() error { return put("number") }, call, call} {
				before := runs(t, d)
				if err := fn(); err == nil {
					t.Fatal("no error")
				}
				if n := runs(t, d) - before; n != 1 {
					t.Errorf("it ran %d times", n)
				}
			}
		})
	}
}

func runs(t *testing.T, d *DataSource) int64 {
	t.Helper()
	got, err := rawCards(t, d, "SELECT last_value AS id, '' AS label FROM runs")
	if err != nil {
		t.Fatal(err)
	}
	return got[0].ID
}

// TestForgettingAfterCancel forgets a statement while its caller has given up. The server must not keep what we do
// not know, for it could never be prepared again.
func TestForgettingAfterCancel(t *testing.T) {
	d, m := filled(t, 1, one())
	st := selectOf(m)
	all[user](t, d, st)
	compiled, _, err := d.cache.Compile(st, new(builder.Args))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.on(t.Context(), nil, &attempt{}, func(conn *pgx.Conn) (int64, error) {
		r := run{d: d, conn: conn, statement: statementOf(compiled)}
		r.forget(ctx)
		return 0, nil
	}); err != nil {
		t.Fatal(err)
	}
	all[user](t, d, st)
}

// TestColumnsOfRawTextChange reads columns by their names as they come, where a wrong result was described before too.
func TestColumnsOfRawTextChange(t *testing.T) {
	for mode, opts := range modes() {
		t.Run(mode, func(t *testing.T) {
			d := open(t, nil, append(opts, one())...)
			mustExec(t, d, "CREATE TABLE cards (id bigint, label text, other text); INSERT INTO cards VALUES (1, 'a', 'b')")
			read := func() ([]card, error) { return rawCards(t, d, "SELECT * FROM cards") }
			if _, err := read(); !errors.Is(err, fault.ErrInvalid) {
				t.Fatalf("a column without a field: %v", err)
			}
			for _, change := range []string{"ALTER TABLE cards DROP other", "ALTER TABLE cards RENAME label TO x; ALTER TABLE cards ADD label text; UPDATE cards SET label = x; ALTER TABLE cards DROP x",
				"ALTER TABLE cards DROP id; ALTER TABLE cards ADD id bigint DEFAULT 1"} {
				mustExec(t, d, change)
				for range 2 {
					if got, err := read(); err != nil || len(got) != 1 || got[0] != (card{1, "a"}) {
						t.Fatal(change, got, err)
					}
				}
			}
		})
	}
}
