package bench

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
	"github.com/multi-orm/orm/source/sqlite"
)

// Across gives the contenders for the workload over two sources: 100 users from a database, and their 1,000 orders from
// an API by one bulk call. By hand it is database/sql, net/http and encoding/json.
func Across(tb testing.TB) []Contender {
	tb.Helper()
	f, _ := seededFar(tb)
	return f.contenders()
}

// FarUser is a user whose orders are behind an API.
type FarUser struct {
	ID        int64      `orm:"id,auto,table=users,datasource=main"`
	Email     string     `orm:"email"`
	Name      *string    `orm:"name"`
	Role      string     `orm:"role"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	Active    bool       `orm:"is_active"`
	Balance   float64    `orm:"balance"`
	CreatedAt time.Time  `orm:"created_at"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`

	Orders []FarOrder `orm:"relation=id:user_id"`
}

// FarOrder is an order behind an API.
type FarOrder struct {
	ID        int64     `orm:"id,auto,table=orders,datasource=web" json:"id"`
	UserID    int64     `orm:"user_id" json:"user_id"`
	Number    string    `orm:"order_number" json:"order_number"`
	Total     *float64  `orm:"total_amount" json:"total_amount"`
	Status    string    `orm:"status" json:"status"`
	TenantID  int64     `orm:"tenant_id,tenant" json:"tenant_id"`
	CreatedAt time.Time `orm:"created_at" json:"created_at"`
}

// Endpoints reads the orders of many users with one request.
func (FarOrder) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindBulk: httpapi.POST("/orders/bulk").Body("user_ids", "$where.UserID.in").Items("$.data")}
}

var farUsers = orm.Bind[FarUser, struct {
	ID        orm.Col[FarUser, int64]
	DeletedAt orm.Col[FarUser, time.Time]
	Orders    orm.Many[FarUser, FarOrder]
}]()

// farSources is a database and an API.
type farSources struct {
	*sqliteFile
	url string
}

func seededFar(tb testing.TB) (*farSources, *farAPI) {
	tb.Helper()
	a, url := newFarAPI(tb)
	tb.Cleanup(http.DefaultClient.CloseIdleConnections)
	return &farSources{seededSQLite(tb, 1).byHand(tb, 1), url}, a
}

func (f *farSources) open(tb testing.TB, hooks bool, opts ...orm.Option) (context.Context, orm.DB) {
	tb.Helper()
	return opened(tb, hooks, append(opts, sqlite.Source("main", f.path), httpapi.Source("web", f.url), orm.Models(FarUser{}))...)
}

func (f *farSources) orm(tb testing.TB, _ string, hooks bool) (context.Context, orm.DB) {
	tb.Helper()
	return f.open(tb, hooks)
}

func ormAcross(ctx context.Context, db orm.DB) ([]FarUser, error) {
	return orm.Repo[FarUser](db).Where(farUsers.DeletedAt.IsNull()).With(farUsers.Orders).OrderBy(farUsers.ID.Asc()).Take(100).All(ctx)
}

func (f *farSources) byHand(ctx context.Context, db *sql.DB) ([]FarUser, error) {
	found, err := sqlUsers(ctx, db, rawHundred)
	if err != nil {
		return nil, err
	}
	users, at := make([]FarUser, len(found)), make(map[int64]int, len(found))
	var asked struct {
		IDs []int64 `json:"user_ids"`
	}
	for i, u := range found {
		users[i] = FarUser{u.ID, u.Email, u.Name, u.Role, u.TenantID, u.Active, u.Balance, u.CreatedAt, u.DeletedAt, nil}
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
	defer res.Body.Close() //nolint:errcheck // it was only read
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("bench: the API answered %d", res.StatusCode)
	}
	var reply struct {
		Data []FarOrder `json:"data"`
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

func (f *farSources) contenders() []Contender {
	return []Contender{
		byRows(f.sqliteFile, "Across", f.byHand),
		ormContender("Across", "orm", f.orm, false, ormAcross), ormContender("Across", "orm-hooks", f.orm, true, ormAcross),
	}
}
