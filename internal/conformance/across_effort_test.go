package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/httpapi"
)

type shop struct {
	ID       int64  `orm:"id,table=shops,datasource=main"`
	RatingID *int64 `orm:"rating_id"`

	Rating  *rating  `orm:"relation=rating_id:id"`
	Reviews []review `orm:"relation=id:shop_id"`
	Staff   []worker `orm:"relation=id:shop_id"`
}

type worker struct {
	ID     int64 `orm:"id,table=workers,datasource=main"`
	ShopID int64 `orm:"shop_id"`

	Reviews []review `orm:"relation=id:worker_id"`
}

type rating struct {
	ID int64 `orm:"id,datasource=api"`
}

type review struct {
	ID       int64 `orm:"id,datasource=api"`
	ShopID   int64 `orm:"shop_id"`
	WorkerID int64 `orm:"worker_id"`
}

func (rating) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindBulk: httpapi.POST("/ratings").Body("id", "$where.ID.in").Items("$")}
}

func (review) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.POST("/reviews").Body("shop_id", "$where.ShopID.in?").Body("worker_id", "$where.WorkerID.in?").Items("$")}
}

var (
	markets = orm.Bind[shop, struct {
		ID      orm.Col[shop, int64]
		Rating  orm.One[shop, rating]
		Reviews orm.Many[shop, review]
		Staff   orm.Many[shop, worker]
	}]()
	staffers = orm.Bind[worker, struct {
		Reviews orm.Many[worker, review]
	}]()
	opinions = orm.Bind[review, struct {
		ID orm.Col[review, int64]
	}]()
)

// api is a server that answers, or fails as it is told.
type api struct {
	status atomic.Int32 // 0 is well, -1 never answers
	calls  atomic.Int32
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.calls.Add(1)
	var asked struct {
		ID       []int64
		ShopID   []int64 `json:"shop_id"`
		WorkerID []int64 `json:"worker_id"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil && !errors.Is(err, io.EOF) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	switch s := a.status.Load(); {
	case s < 0:
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
		return
	case s > 0:
		w.WriteHeader(int(s))
		return
	}
	out := []map[string]int64{}
	for _, id := range asked.ID {
		out = append(out, map[string]int64{"id": id})
	}
	for i := range int64(3) {
		for _, shop := range asked.ShopID {
			out = append(out, map[string]int64{"id": shop*10 + i, "shop_id": shop, "worker_id": 1})
		}
		for _, worker := range asked.WorkerID {
			out = append(out, map[string]int64{"id": worker*10 + i, "shop_id": 1, "worker_id": worker})
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

func market(e *env, opts ...orm.Option) (orm.DB, *api) {
	a := &api{}
	server := httptest.NewServer(a)
	e.Cleanup(server.Close)
	db := e.bind(append(opts, sqliteMemory().Database(e.T)("main", Options{}), httpapi.Source("api", server.URL, httpapi.Retries(0), httpapi.Timeout(200*time.Millisecond)),
		orm.Models(shop{}))...)
	must(orm.Repo[shop](db).CreateMany(e.ctx, []shop{{ID: 1, RatingID: ptr(int64(7))}, {ID: 2}, {ID: 3, RatingID: ptr(int64(9))}}))
	must(orm.Repo[worker](db).CreateMany(e.ctx, []worker{{ID: 4, ShopID: 1}, {ID: 5, ShopID: 2}}))
	return db, a
}

// A source that fails, or is silent, fails the call, unless it is best effort: then the include is missing and told.
func TestBestEffortAcross(t *testing.T) {
	e := &env{T: t, ctx: t.Context()}
	defer e.stop()
	db, a := market(e)
	q := orm.Repo[shop](db).With(markets.Rating, markets.Reviews.OrderBy(opinions.ID.Asc()), markets.Staff.With(staffers.Reviews))
	all := must(q.All(e.ctx))
	e.equal(all[0].Rating.ID, int64(7), "to-one")
	e.equal(pick(all[1].Reviews, func(r review) int64 { return r.ID }), []int64{20, 21, 22}, "to-many")
	e.equal(len(all[0].Staff[0].Reviews), 3, "nested")
	for what, status := range map[string]int32{"500": 500, "no answer": -1} {
		t.Run(what, func(t *testing.T) {
			e := &env{T: t, ctx: t.Context()}
			defer e.stop()
			a.status.Store(status)
			defer a.status.Store(0)
			rows, err := q.All(e.ctx)
			e.fails(err, orm.ErrUpstream, "rating", "")
			e.equal(len(rows), 0, "strict gives nothing")
			e.says(err, "include Rating", "source api")
			issues := []orm.Issue{{Path: "of an earlier run"}}
			rows = must(q.BestEffort(&issues).All(e.ctx))
			e.equal(len(rows), 3, "parents")
			if rows[0].Rating != nil || rows[0].Reviews != nil || len(rows[0].Staff) != 1 || rows[0].Staff[0].Reviews != nil || rows[2].Staff == nil {
				t.Errorf("%+v", rows)
			}
			slices.SortFunc(issues, func(a, b orm.Issue) int { return len(a.Path) - len(b.Path) })
			e.equal(pick(issues, func(i orm.Issue) string { return i.Source + " " + i.Model + " " + i.Path }),
				[]string{"api rating Rating", "api review Reviews", "api review Staff.Reviews"}, "issues")
			e.equal(pick(issues, func(i orm.Issue) []any { return i.Keys }), [][]any{{int64(7), int64(9)}, {int64(1), int64(2), int64(3)}, {int64(4), int64(5)}}, "keys")
			for _, i := range issues {
				var typed *orm.Error
				if !errors.Is(i.Cause, orm.ErrUpstream) || !errors.As(i.Cause, &typed) || typed.Source != "api" {
					t.Errorf("the cause is %v", i.Cause)
				}
			}
			for row, err := range q.BestEffort(&issues).Rows(e.ctx) {
				ok(err)
				if row.Reviews != nil {
					t.Errorf("%+v", row)
				}
			}
			e.equal(len(issues), 3, "issues of a stream")
			e.fails(second(orm.Repo[shop](db).Query().BestEffort(&issues).Where(markets.Reviews.Some(opinions.ID.Eq(10))).All(e.ctx)), orm.ErrUpstream, "", "")
			e.fails(second(orm.Repo[review](db).Query().BestEffort(&issues).Where(opinions.ID.Eq(1)).All(e.ctx)), orm.ErrUpstream, "review", "")
		})
	}
	issues := []orm.Issue{{}}
	rows := must(q.BestEffort(&issues).All(e.ctx))
	e.equal(len(rows[0].Reviews)+len(issues), 3, "well again")
}

// BestEffort at Open holds for all reads but those that say Strict.
func TestBestEffortAtOpen(t *testing.T) {
	e := &env{T: t, ctx: t.Context()}
	defer e.stop()
	db, a := market(e, orm.BestEffort())
	a.status.Store(500)
	q := orm.Repo[shop](db).With(markets.Reviews)
	rows := must(q.All(e.ctx))
	if len(rows) != 3 || rows[0].Reviews != nil {
		t.Errorf("%+v", rows)
	}
	e.fails(second(q.Strict().All(e.ctx)), orm.ErrUpstream, "review", "")
	e.fails(second(orm.Repo[shop](db).Where(markets.Reviews.Some()).Count(e.ctx)), orm.ErrUpstream, "", "")
	var issues []orm.Issue
	must(q.BestEffort(&issues).All(e.ctx))
	e.equal(len(issues), 1, "issues")
}

// What protects data fails, best effort or not: credentials, hooks, roles, a missing actor, a cancelled call.
func TestBestEffortNeverForgivesRefusals(t *testing.T) {
	e := &env{T: t, ctx: t.Context()}
	defer e.stop()
	db, a := market(e)
	var issues []orm.Issue
	q := orm.Repo[shop](db).With(markets.Reviews).BestEffort(&issues)
	a.status.Store(http.StatusForbidden)
	e.fails(second(q.All(e.ctx)), orm.ErrAuth, "review", "")
	a.status.Store(0)
	veto := errors.New("no")
	for what, c := range map[string]struct {
		ext  hook.Extension
		want error
	}{
		"a hook that vetoes":               {hook.Hook{Name: "veto", Model: must(model.For[review]()), Before: func(context.Context, *hook.Op) error { return veto }}, veto},
		"a hook that blames the source":    {hook.Hook{Name: "blame", Model: must(model.For[review]()), After: func(context.Context, *hook.Op) error { return orm.ErrUpstream }}, orm.ErrUpstream},
		"a policy that asks for the actor": {rls.Policy(func(context.Context, orm.Actor) (orm.Pred[review], error) { return orm.And[review](), nil }), orm.ErrNoActor},
		"a role that may not read":         {rls.RBAC{"review": {}}, orm.ErrNoActor},
	} {
		db, a := market(e)
		ok(db.Use(c.ext))
		calls := a.calls.Load()
		_, err := orm.Repo[shop](db).With(markets.Reviews).BestEffort(&issues).All(e.ctx)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
		if errors.Is(c.want, orm.ErrNoActor) {
			_, err = orm.Repo[shop](db).With(markets.Reviews).BestEffort(&issues).All(orm.WithActor(e.ctx, orm.Actor{ID: 1, Role: "guest"}))
			if _, role := c.ext.(rls.RBAC); role != errors.Is(err, orm.ErrDenied) {
				t.Errorf("%s, as a guest: %v", what, err)
			}
			calls++
		}
		if n := a.calls.Load() - calls; n > 1 {
			t.Errorf("%s: %d requests", what, n)
		}
	}
	e.equal(len(issues), 0, "issues")
	ctx, cancel := context.WithCancel(e.ctx)
	a.status.Store(-1)
	go func() {
		for a.calls.Load() < 2 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if _, err := q.All(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled call: %v", err)
	}
}

// A parent with too many children keeps the first of them in the order of the include, and is told.
func TestBestEffortTruncates(t *testing.T) {
	e := &env{T: t, ctx: t.Context()}
	defer e.stop()
	db, _ := market(e, orm.Limits{MaxFanOut: 2})
	q := orm.Repo[shop](db).Where(markets.ID.Lte(2)).With(markets.Reviews.OrderBy(opinions.ID.Desc()))
	e.fails(second(q.All(e.ctx)), orm.ErrLimit, "shop", "Reviews")
	var issues []orm.Issue
	rows := must(q.BestEffort(&issues).All(e.ctx))
	e.equal(pick(rows[0].Reviews, func(r review) int64 { return r.ID }), []int64{12, 11}, "the first in order")
	e.equal(pick(rows[1].Reviews, func(r review) int64 { return r.ID }), []int64{22, 21}, "the first in order")
	e.equal(len(issues), 1, "issues")
	e.equal(issues[0].Keys, []any{int64(1), int64(2)}, "the parents that were cut")
	if !errors.Is(issues[0].Cause, orm.ErrLimit) || issues[0].Path != "Reviews" || issues[0].Source != "api" {
		t.Errorf("%+v", issues[0])
	}
	e.equal(len(must(q.Strict().Where(markets.ID.Gt(99)).All(e.ctx))), 0, "no parents, no limit")
}
