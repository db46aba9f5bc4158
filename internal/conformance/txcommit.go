package conformance

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

// refuseCommit makes the server give the next commits that insert into plains up with the SQLSTATE code: so many
// times, or by ending the session where code is "".
func (e *env) refuseCommit(db orm.DB, code string, times int) {
	act := "RAISE EXCEPTION USING ERRCODE = '" + code + "'"
	if code == "" {
		act = "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1)"
	}
	for _, text := range []string{
		"DROP TRIGGER IF EXISTS refuse ON plains", "DROP SEQUENCE IF EXISTS refusals", "CREATE SEQUENCE refusals",
		"CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('refusals') <= TG_ARGV[0]::bigint THEN " + act + "; END IF; RETURN NULL; END $$",
	} {
		must(db.Exec(e.ctx, orm.Unsafe(text)))
	}
	if times == 1 {
		must(db.Exec(e.ctx, "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON plains DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse(1)"))
	} else {
		must(db.Exec(e.ctx, "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON plains DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse(2)"))
	}
}

// txCommit: what the server says at COMMIT decides whether the function may run again.
func txCommit(e *env) {
	if e.engine.Name != "postgres" {
		return // nothing is put off to the commit there, and nothing lies between it and its answer
	}
	db := e.openWith(Options{MaxConns: 2}, nil, Plain{})
	effects := 0
	ok(db.Use(hook.Hook{Name: "effects", Before: func(_ context.Context, op *hook.Op) error {
		if op.Insert != nil {
			op.AfterCommit(func(context.Context) { effects++ })
		}
		return nil
	}}))
	for _, c := range []struct {
		about, code string
		times       int
		retry       int
		runs, rows  int
		fails       error
	}{
		{"a serialization failure is repeated", "40001", 2, 5, 3, 1, nil},
		{"a deadlock is repeated", "40P01", 1, 1, 2, 1, nil},
		{"as often as was said, and no more", "40001", 2, 1, 2, 0, orm.ErrUpstream},
		{"not without Retry", "40001", 1, 0, 1, 0, orm.ErrUpstream},
		{"a constraint that fails will fail again", "23514", 1, 5, 1, 0, orm.ErrInvalid},
		{"a server that does not know", "40003", 1, 5, 1, 0, orm.ErrCommitUnknown},
		{"a connection that failed behind a proxy", "08006", 1, 5, 1, 0, orm.ErrCommitUnknown},
		{"a resolution that is unknown", "08007", 1, 5, 1, 0, orm.ErrCommitUnknown},
		{"a connection that is cut", "", 1, 5, 1, 0, orm.ErrCommitUnknown},
	} {
		e.refuseCommit(db, c.code, c.times)
		must(orm.Repo[Plain](db).EveryRow().DeleteMany(e.ctx))
		effects = 0
		var attempts []int
		err := db.Tx(e.ctx, func(tx orm.DB) error {
			attempts = append(attempts, tx.Attempt())
			return orm.Repo[Plain](tx).Create(e.ctx, &Plain{Name: "x"})
		}, orm.Retry(c.retry))
		if c.fails == nil {
			ok(err)
		} else {
			e.fails(err, c.fails, "", "")
			if c.fails != orm.ErrCommitUnknown && errors.Is(err, orm.ErrCommitUnknown) {
				e.Errorf("%s: there is no doubt, yet the error says so: %v", c.about, err)
			}
		}
		want := make([]int, c.runs)
		for i := range want {
			want[i] = i + 1
		}
		e.equal(attempts, want, c.about)
		e.equal(must(orm.Repo[Plain](db).Count(e.ctx)), int64(c.rows), c.about+": rows")
		e.equal(effects, c.rows, c.about+": effects follow a commit that is certain")
	}
}

// txPause: the pauses between the runs are short, and end with the context.
func txPause(e *env) {
	db := e.open(Plain{})
	start, runs := time.Now(), 0
	err := db.Tx(e.ctx, func(orm.DB) error { runs++; return again{} }, orm.Retry(9))
	if !errors.Is(err, again{}) || runs != 10 {
		e.Errorf("%d runs, %v", runs, err)
	}
	if took := time.Since(start); took > 10*time.Second { // at most 10, 20, … 640 ms: less than three seconds in all
		e.Errorf("ten runs that do nothing took %v", took)
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			const long, slack = 400 * time.Millisecond, 340 * time.Millisecond
			ctx, cancel := context.WithTimeout(e.ctx, long)
			defer cancel()
			begun := time.Now()
			err := db.Tx(ctx, func(orm.DB) error { return again{} }, orm.Retry(1<<30))
			if !errors.Is(err, again{}) {
				e.Errorf("want the last error of the function, have %v", err)
			}
			if took := time.Since(begun); took > long+slack {
				e.Errorf("the pause went on for %v after the context had ended", took-long)
			}
		})
	}
	wg.Wait()
	done, cancel := context.WithCancel(e.ctx)
	runs = 0
	err = db.Tx(done, func(orm.DB) error { runs++; cancel(); return again{} }, orm.Retry(5))
	if !errors.Is(err, again{}) || runs != 1 {
		e.Errorf("%d runs after the context ended, %v", runs, err)
	}
	// a nested transaction is not repeated by itself: what the outer one saw may be out of date
	outer, inner := 0, 0
	err = db.Tx(e.ctx, func(tx orm.DB) error {
		outer++
		return tx.Tx(e.ctx, func(orm.DB) error { inner++; return again{} }, orm.Retry(7))
	}, orm.Retry(2))
	if !errors.Is(err, again{}) || outer != 3 || inner != 3 {
		e.Errorf("%d outer and %d inner runs, %v", outer, inner, err)
	}
}
