package httpapi_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

type parcel struct {
	ID   int64  `orm:"id,auto,datasource=blog"`
	Name string `orm:"name"`
}

func (parcel) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany: httpapi.GET("/parcels").Items("$"), FindUnique: httpapi.GET("/parcels/{id}").Item("$"),
		Create: httpapi.POST("/parcels").BodyAll().Item("$"), Update: httpapi.PUT("/parcels/{id}").BodyAll(), Delete: httpapi.DELETE("/parcels/{id}"),
	}
}

// An API that is down is not asked by everybody again and again, and is found to be well soon after.
func TestOutageIsNotMadeWorse(t *testing.T) {
	var asked atomic.Int64
	var down atomic.Bool
	down.Store(true)
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		jsonText(`[{"id":1,"name":"a"}]`)(w, r)
	}), orm.Models(parcel{}))
	end := time.Now().Add(2500 * time.Millisecond)
	var work sync.WaitGroup
	for range 16 {
		work.Go(func() {
			for time.Now().Before(end) {
				_, err := orm.Repo[parcel](db).All(context.Background())
				if !errors.Is(err, orm.ErrUpstream) {
					t.Error(err)
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	work.Wait()
	// twenty failures in a row, those under way beside them, and a probe for each second
	if n := asked.Load(); n > 20+16+5 {
		t.Errorf("%d requests to an API that was down", n)
	}
	down.Store(false)
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := orm.Repo[parcel](db).All(context.Background()); err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal("the API is well again, and nobody asks it")
		}
	}
}

// A read is sent again as long as the source has budget for it.
func TestRetriesHaveABudget(t *testing.T) {
	var asked atomic.Int64
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	}), orm.Models(parcel{}), httpapi.NoBreaker(), httpapi.Retries(1))
	for range 30 {
		_, _ = orm.Repo[parcel](db).All(context.Background()) // the requests are counted
	}
	if n := asked.Load(); n != 30+10 {
		t.Errorf("%d requests for 30 calls", n)
	}
}

// A write whose answer was lost is of unknown outcome; one that reached nobody is unsent.
func TestOutcomesOfWrites(t *testing.T) {
	var writes atomic.Int64
	var how atomic.Value
	how.Store("")
	stall := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			jsonText(`{"id":1,"name":"a"}`)(w, r)
			return
		}
		writes.Add(1)
		switch how.Load() {
		case "cut":
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = conn.Close()
			}
		case "half":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"id":1`))
		case "stall":
			select {
			case <-stall:
			case <-r.Context().Done():
			}
		case "busy":
			w.WriteHeader(http.StatusTooManyRequests)
		case "refuse":
			w.WriteHeader(http.StatusConflict)
		}
	}))
	t.Cleanup(srv.Close)
	t.Cleanup(func() { close(stall) })
	db, err := orm.Open(context.Background(), httpapi.Source("blog", srv.URL, httpapi.Timeout(200*time.Millisecond), httpapi.Retries(0)), orm.Models(parcel{}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, r := context.Background(), orm.Repo[parcel](db)
	verbs := map[string]func() error{
		"create": func() error { return r.Create(ctx, &parcel{Name: "x"}) },
		"update": func() error {
			_, err := r.ByID(1).UpdateMany(ctx, orm.F(func(p *parcel) *string { return &p.Name }).Set("y"))
			return err
		},
		"delete": func() error { _, err := r.ByID(1).DeleteMany(ctx); return err },
	}
	for what, want := range map[string]orm.Outcome{"cut": orm.Unknown, "half": orm.Unknown, "stall": orm.Unknown, "busy": orm.Undone, "refuse": orm.Undone} {
		how.Store(what)
		for verb, fn := range verbs {
			if what == "half" && verb != "create" { // their replies are not read
				continue
			}
			before := writes.Load()
			err := fn()
			if orm.OutcomeOf(err) != want || errors.Is(err, orm.ErrCommitUnknown) != (want == orm.Unknown) || writes.Load() != before+1 {
				t.Errorf("%s, %s: outcome %d, %d requests, %v", verb, what, orm.OutcomeOf(err), writes.Load()-before, err)
			}
			if what == "stall" && (errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "look before")) {
				t.Errorf("%s: the source's own time limit is told as the caller's: %v", verb, err)
			}
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + l.Addr().String()
	_ = l.Close()
	gone, err := orm.Open(context.Background(), httpapi.Source("blog", nobody, httpapi.Retries(0)), orm.Models(parcel{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := orm.Repo[parcel](gone).Create(ctx, &parcel{Name: "x"}); orm.OutcomeOf(err) != orm.Unsent || !errors.Is(err, orm.ErrUpstream) {
		t.Errorf("nobody there: outcome %d, %v", orm.OutcomeOf(err), err)
	}
}
