package resilience

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit/faultproxy"
	"github.com/multi-orm/orm/source/postgres"
)

var modes = map[string]postgres.Mode{
	"prepared": postgres.CacheStatement, "described": postgres.CacheDescribe, "simple": postgres.SimpleProtocol,
}

var cuts = map[string]faultproxy.Action{
	"reset": faultproxy.Reset, "closed": faultproxy.Close, "half an answer": faultproxy.Half, "half closed": faultproxy.HalfClose,
}

// lost runs fn once for each way to lose an answer.
func lost(t *testing.T, fn func(w *world, db orm.DB, do faultproxy.Action, name string)) {
	for mode, m := range modes {
		t.Run(mode, func(t *testing.T) {
			w := newWorld(t, Note{})
			db := w.faulty(postgres.ExecMode(m), postgres.AllowSimpleProtocol(), postgres.MaxConns(3))
			for cut, do := range cuts {
				fn(&world{T: w.T, ctx: w.ctx, proxy: w.proxy, dsn: w.dsn, plain: w.plain}, db, do, mode+" "+cut)
			}
		})
	}
}

func (w *world) outcome(err error, want orm.Outcome, about string) {
	w.Helper()
	if got := orm.OutcomeOf(err); got != want {
		w.Errorf("%s: outcome %d, want %d: %v", about, got, want, err)
	}
	if errors.Is(err, orm.ErrCommitUnknown) != (want == orm.Unknown) {
		w.Errorf("%s: outcome %d, and yet: %v", about, want, err)
	}
}

func TestLostAnswerOfCommit(t *testing.T) {
	lost(t, func(w *world, db orm.DB, do faultproxy.Action, name string) {
		for _, before := range []bool{false, true} {
			text := fmt.Sprintf("%s %v", name, before)
			w.proxy.On(faultproxy.Rule{Request: []byte("COMMIT"), Before: before, Do: do, Times: 1})
			runs := 0
			err := db.Tx(w.ctx, func(tx orm.DB) error {
				runs++
				return orm.Repo[Note](tx).Create(w.ctx, &Note{Text: text})
			}, orm.Retry(5))
			if do == faultproxy.HalfClose && before { // passed on: only what is answered is cut
				continue
			}
			w.outcome(err, orm.Unknown, text)
			if runs != 1 {
				w.Errorf("%s: %d runs", text, runs)
			}
			if _, there := w.texts()[text]; there == before {
				w.Errorf("%s: written is %v", text, there)
			}
		}
	})
}

func TestLostAnswerOfOneStatement(t *testing.T) {
	lost(t, func(w *world, db orm.DB, do faultproxy.Action, name string) {
		ctx, r := w.ctx, orm.Repo[Note](db)
		w.proxy.On()
		if err := r.Create(ctx, &Note{Text: "kept " + name}); err != nil {
			w.Fatal(err)
		}
		if err := r.Create(ctx, &Note{Text: "gone " + name}); err != nil {
			w.Fatal(err)
		}
		for what, fn := range map[string]func(mark string) error{
			"create":      func(m string) error { return r.Create(ctx, &Note{Text: m}) },
			"create many": func(m string) error { _, err := r.CreateMany(ctx, []Note{{Text: m}, {Text: m + "2"}}); return err },
			"upsert":      func(m string) error { return r.Upsert(ctx, orm.On(notes.Text), &Note{Text: m}) },
			"update": func(m string) error {
				_, err := r.Where(notes.Text.Eq("kept "+name)).UpdateMany(ctx, notes.Text.Set(m))
				return err
			},
			"delete": func(m string) error {
				_, err := r.Where(notes.Text.Eq("gone "+name), notes.Text.Ne(m)).DeleteMany(ctx)
				return err
			},
			"exec": func(m string) error {
				_, err := db.Exec(ctx, "INSERT INTO notes (text, n) VALUES ($1, 0)", m)
				return err
			},
		} {
			mark := strings.ReplaceAll(what+" "+name, " ", "-")
			w.proxy.On(faultproxy.Rule{Request: []byte(mark), Do: do, Times: 1})
			err := fn(mark)
			w.proxy.On()
			w.outcome(err, orm.Unknown, mark)
			_, there := w.texts()[mark]
			if _, old := w.texts()["gone "+name]; what == "delete" {
				there = !old
			}
			if !there {
				w.Errorf("%s: the server did not do what it was sent", mark)
			}
		}
	})
}

func TestLostAnswerInsideATransaction(t *testing.T) {
	lost(t, func(w *world, db orm.DB, do faultproxy.Action, name string) {
		mark := strings.ReplaceAll("inside "+name, " ", "-")
		w.proxy.On(faultproxy.Rule{Request: []byte(mark), Do: do, Times: 1})
		err := db.Tx(w.ctx, func(tx orm.DB) error { return orm.Repo[Note](tx).Create(w.ctx, &Note{Text: mark}) })
		w.outcome(err, orm.Undone, mark)
		if _, there := w.texts()[mark]; there {
			w.Errorf("%s is there", mark)
		}
	})
}

// What was never sent is sent again, and said to be unsent where it cannot be.
func TestUnsentIsTriedAgain(t *testing.T) {
	lost(t, func(w *world, db orm.DB, do faultproxy.Action, name string) {
		if do == faultproxy.Half || do == faultproxy.HalfClose {
			return
		}
		w.proxy.On()
		r := orm.Repo[Note](db)
		if err := r.Create(w.ctx, &Note{Text: "a " + name}); err != nil {
			w.Fatal(err)
		}
		for what, fn := range map[string]func(text string) error{
			"create": func(text string) error { return r.Create(w.ctx, &Note{Text: text}) },
			"tx": func(text string) error {
				return db.Tx(w.ctx, func(tx orm.DB) error { return orm.Repo[Note](tx).Create(w.ctx, &Note{Text: text}) })
			},
			"read": func(string) error { _, err := r.All(w.ctx); return err },
		} {
			text := what + " " + name
			w.proxy.Cut(do) // every connection of the pool
			if !w.proxy.Settled(time.Second) {
				w.Fatal("connections stay")
			}
			if err := fn(text); err != nil {
				w.Errorf("%s over dead connections: %v", text, err)
			}
			w.proxy.Cut(do)
			w.proxy.Settled(time.Second)
			w.proxy.Refuse(true)
			err := fn(text + " refused")
			w.proxy.Refuse(false)
			w.outcome(err, orm.Unsent, text)
			if !errors.Is(err, orm.ErrUpstream) {
				w.Errorf("%s: %v", text, err)
			}
		}
		for text := range w.texts() {
			if strings.HasSuffix(text, "refused") {
				w.Errorf("%s was written", text)
			}
		}
	})
}

func TestLostAnswerOfARead(t *testing.T) {
	lost(t, func(w *world, db orm.DB, do faultproxy.Action, name string) {
		w.proxy.On()
		r := orm.Repo[Note](db)
		text := strings.ReplaceAll(name, " ", "-")
		if err := r.Create(w.ctx, &Note{Text: text}); err != nil {
			w.Fatal(err)
		}
		w.proxy.On(faultproxy.Rule{Request: []byte(text), Do: do, Times: 2})
		got, err := r.Where(notes.Text.Eq(text)).All(w.ctx)
		if err != nil || len(got) != 1 {
			w.Errorf("%s, two answers lost: %v, %v", name, got, err)
		}
		w.proxy.On(faultproxy.Rule{Request: []byte(text), Do: do})
		_, err = r.Where(notes.Text.Eq(text)).All(w.ctx)
		if !errors.Is(err, orm.ErrUpstream) || errors.Is(err, orm.ErrCommitUnknown) {
			w.Errorf("%s, all answers lost: %v", name, err)
		}
		w.proxy.On()
	})
}

// The caller's own end is told as that, with the truth about what was sent.
func TestTheCallersEnd(t *testing.T) {
	lost(t, func(w *world, db orm.DB, do faultproxy.Action, name string) {
		if do != faultproxy.Reset {
			return
		}
		mark := strings.ReplaceAll("stalled "+name, " ", "-")
		w.proxy.On(faultproxy.Rule{Request: []byte(mark), Do: faultproxy.Stall, Times: 1})
		ctx, cancel := context.WithTimeout(w.ctx, 300*time.Millisecond)
		defer cancel()
		err := orm.Repo[Note](db).Create(ctx, &Note{Text: mark})
		w.outcome(err, orm.Unknown, mark)
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, orm.ErrUpstream) {
			w.Errorf("%s: %v", mark, err)
		}
		w.proxy.On()
		w.proxy.Cut(faultproxy.Reset)
		done, cancel := context.WithCancel(w.ctx)
		cancel()
		err = orm.Repo[Note](db).Create(done, &Note{Text: mark + " late"})
		if orm.OutcomeOf(err) == orm.Unknown || !errors.Is(err, context.Canceled) || errors.Is(err, orm.ErrUpstream) {
			w.Errorf("%s: %v, outcome %d", mark, err, orm.OutcomeOf(err))
		}
		err = db.Tx(w.ctx, func(orm.DB) error { return nil })
		if err != nil {
			w.Error(err)
		}
		half, cancel := context.WithCancel(w.ctx)
		err = db.Tx(half, func(tx orm.DB) error {
			defer cancel()
			return orm.Repo[Note](tx).Create(half, &Note{Text: mark + " half"})
		})
		w.outcome(err, orm.Undone, mark)
		if !errors.Is(err, context.Canceled) || errors.Is(err, orm.ErrUpstream) {
			w.Errorf("%s: %v", mark, err)
		}
	})
}

// An exhausted pool says so, with its numbers.
func TestExhaustedPool(t *testing.T) {
	w := newWorld(t, Note{})
	db := w.faulty(postgres.MaxConns(2))
	hold, free := make(chan struct{}), make(chan error, 2)
	var ready [2]chan struct{}
	for i := range ready {
		ready[i] = make(chan struct{})
		go func() {
			free <- db.Tx(w.ctx, func(tx orm.DB) error {
				_, err := orm.Repo[Note](tx).Count(w.ctx)
				close(ready[i])
				<-hold
				return err
			})
		}()
	}
	for i := range ready {
		<-ready[i]
	}
	ctx, cancel := context.WithTimeout(w.ctx, 50*time.Millisecond)
	defer cancel()
	_, err := orm.Repo[Note](db).Count(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, orm.ErrUpstream) || !strings.Contains(err.Error(), "all 2 connections") {
		t.Error(err)
	}
	err = orm.Repo[Note](db).Create(ctx, &Note{Text: "x"})
	w.outcome(err, orm.Unsent, "create")
	close(hold)
	for range ready {
		if err := <-free; err != nil {
			t.Error(err)
		}
	}
}
