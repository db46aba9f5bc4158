package orm_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
	"github.com/multi-orm/orm/source/sqlite"
)

// The workload over two sources: 100 users from a database, and their 1,000 orders from an API by one bulk call. By
// hand it is database/sql, net/http and encoding/json.

type benchFarUser struct {
	ID        int64      `orm:"id,auto,table=users,datasource=main"`
	Email     string     `orm:"email"`
	Name      *string    `orm:"name"`
	Role      string     `orm:"role"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	Active    bool       `orm:"is_active"`
	Balance   float64    `orm:"balance"`
	CreatedAt time.Time  `orm:"created_at"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`

	Orders []benchFarOrder `orm:"relation=id:user_id"`
}

type benchFarOrder struct {
	ID        int64     `orm:"id,auto,table=orders,datasource=web" json:"id"`
	UserID    int64     `orm:"user_id" json:"user_id"`
	Number    string    `orm:"order_number" json:"order_number"`
	Total     *float64  `orm:"total_amount" json:"total_amount"`
	Status    string    `orm:"status" json:"status"`
	TenantID  int64     `orm:"tenant_id,tenant" json:"tenant_id"`
	CreatedAt time.Time `orm:"created_at" json:"created_at"`
}

func (benchFarOrder) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindBulk: httpapi.POST("/orders/bulk").Body("user_ids", "$where.UserID.in").Items("$.data")}
}

var benchFar = orm.Bind[benchFarUser, struct {
	ID        orm.Col[benchFarUser, int64]
	DeletedAt orm.Col[benchFarUser, time.Time]
	Orders    orm.Many[benchFarUser, benchFarOrder]
}]()

// farAPI gives the orders of users, which it has written down already.
type farAPI struct {
	orders [][]byte // by user, from 1
	calls  atomic.Int64
}

func newFarAPI(tb testing.TB) (*farAPI, string) {
	tb.Helper()
	a := &farAPI{orders: make([][]byte, benchUserRows+1)}
	for i := range benchUserRows * benchOrderRows {
		o := benchFarOrder(benchOrderAt(i + 1))
		text, err := json.Marshal(o)
		if err != nil {
			tb.Fatal(err)
		}
		if len(a.orders[o.UserID]) > 0 {
			text = append([]byte(","), text...)
		}
		a.orders[o.UserID] = append(a.orders[o.UserID], text...)
	}
	server := httptest.NewServer(a)
	tb.Cleanup(server.Close)
	return a, server.URL
}

func (a *farAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.calls.Add(1)
	var asked struct {
		IDs []int64 `json:"user_ids"`
	}
	if r.Method != http.MethodPost || r.URL.Path != "/orders/bulk" || json.NewDecoder(r.Body).Decode(&asked) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	out := []byte(`{"data":[`)
	for i, id := range asked.IDs {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, a.orders[id]...)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(out, "]}"...))
}

// farBench is a database and an API.
type farBench struct {
	*sqliteBench
	url string
}

func (f *farBench) open(tb testing.TB, hooks bool, opts ...orm.Option) (context.Context, orm.DB) {
	tb.Helper()
	ctx := context.Background()
	db, err := orm.Open(ctx, append(opts, sqlite.Source("main", f.path), httpapi.Source("web", f.url), orm.Models(benchFarUser{}))...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	if hooks {
		withHooks(tb, db)
		ctx = actor(ctx)
	}
	return ctx, db
}

func (f *farBench) orm(tb testing.TB, _ string, hooks bool) (context.Context, orm.DB) {
	tb.Helper()
	return f.open(tb, hooks)
}

func ormAcross(ctx context.Context, db orm.DB) ([]benchFarUser, error) {
	return orm.Repo[benchFarUser](db).Where(benchFar.DeletedAt.IsNull()).With(benchFar.Orders).OrderBy(benchFar.ID.Asc()).Take(100).All(ctx)
}

func (f *farBench) byHand(ctx context.Context, db *sql.DB) ([]benchFarUser, error) {
	found, err := sqlUsers(ctx, db, rawHundred)
	if err != nil {
		return nil, err
	}
	users, at := make([]benchFarUser, len(found)), make(map[int64]int, len(found))
	var asked struct {
		IDs []int64 `json:"user_ids"`
	}
	for i, u := range found {
		users[i] = benchFarUser{u.ID, u.Email, u.Name, u.Role, u.TenantID, u.Active, u.Balance, u.CreatedAt, u.DeletedAt, nil}
		asked.IDs = append(asked.IDs, u.ID)
		at[u.ID] = i
	}
	body, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, f.url+"/orders/bulk", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the API answered %d", res.StatusCode)
	}
	var reply struct {
		Data []benchFarOrder `json:"data"`
	}
	if err := json.NewDecoder(res.Body).Decode(&reply); err != nil {
		return nil, err
	}
	for _, o := range reply.Data {
		u := &users[at[o.UserID]]
		u.Orders = append(u.Orders, o)
	}
	return users, nil
}

func (f *farBench) contenders() []contender {
	return []contender{
		byRows(f.sqliteBench, "Across", f.byHand),
		ormContender("Across", "orm", f.orm, false, ormAcross), ormContender("Across", "orm-hooks", f.orm, true, ormAcross),
	}
}

func seededFar(tb testing.TB) (*farBench, *farAPI) {
	tb.Helper()
	a, url := newFarAPI(tb)
	tb.Cleanup(http.DefaultClient.CloseIdleConnections)
	return &farBench{seededSQLite(tb, 1).byHand(tb, 1), url}, a
}

func BenchmarkAcross(b *testing.B) {
	f, _ := seededFar(b)
	race(b, f.contenders())
}

// An include of a hundred parents that leads from a database to an API is two fetches: a statement and a request.
func TestAcrossIncludeIsTwoFetches(t *testing.T) {
	f, a := seededFar(t)
	agreed := ""
	for _, c := range f.contenders() {
		agreed = agree(t, agreed, c.open(t))
	}
	for _, hooks := range []bool{false, true} {
		var statements []string
		ctx, db := f.open(t, hooks, orm.Observer(func(_ context.Context, s orm.Statement) {
			statements = append(statements, s.Source+" "+s.Verb+" "+s.Model)
		}))
		a.calls.Store(0)
		users, err := ormAcross(ctx, db)
		if err != nil || len(users) != 100 {
			t.Fatal(len(users), err)
		}
		for _, u := range users {
			if len(u.Orders) != benchOrderRows || u.Orders[0].UserID != u.ID {
				t.Fatalf("user %d has %d orders", u.ID, len(u.Orders))
			}
		}
		if len(statements) != 2 || statements[0] != "main select benchFarUser" || statements[1] != "web select benchFarOrder" || a.calls.Load() != 1 {
			t.Errorf("%d requests by %q", a.calls.Load(), statements)
		}
	}
}
