package sqlserver_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit/tds"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/sqlserver"
)

// Lot is of a tenant.
type Lot struct {
	ID       int64  `orm:"id"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Name     string `orm:"name"`
}

var Lots = orm.Bind[Lot, struct {
	ID   orm.Col[Lot, int64]
	Name orm.Text[Lot]
}]()

// contexts keeps the session context of each connection, as a server does that resets nothing by itself.
type contexts struct {
	mu     sync.Mutex
	of     map[int]map[string]string
	work   []string // the context that each statement on rows, and each text, ran under
	idle   []string // what stood in the context when a unit of work began
	refuse func(set map[string]string) bool
	answer func(c *tds.Call) tds.Reply
}

func (x *contexts) reply(c *tds.Call) tds.Reply {
	x.mu.Lock()
	defer x.mu.Unlock()
	here := x.of[c.Session]
	if here == nil {
		here = map[string]string{}
		x.of[c.Session] = here
	}
	if strings.HasPrefix(c.Text, "EXEC sys.sp_set_session_context") {
		set := map[string]string{}
		for i := 0; i+1 < len(c.Params); i += 2 {
			if p := c.Params[i+1]; p.Type != "nvarchar" { // a sql_variant holds no other text
				return tds.Fails(206, "Operand type clash: "+p.Type+" is incompatible with sql_variant")
			}
			value, _ := c.Params[i+1].Value.(string)
			set[c.Params[i].Value.(string)] = value
		}
		if x.refuse != nil && x.refuse(set) {
			return tds.Fails(15664, "Cannot set key in the session context.")
		}
		if set[rls.SettingTenant]+set[rls.SettingBypass] != "" && here[rls.SettingTenant]+here[rls.SettingBypass] != "" && c.Tx == 0 {
			x.idle = append(x.idle, fmt.Sprint(here))
		}
		maps.Copy(here, set)
		return tds.Reply{}
	}
	if r := x.answer(c); len(r.Results) > 0 || r.Err != nil || r.Drop {
		x.work = append(x.work, here[rls.SettingTenant]+here[rls.SettingBypass])
		return r
	}
	return tds.Reply{}
}

func lots(c *tds.Call) tds.Reply {
	switch {
	case strings.HasPrefix(c.Text, "SELECT"), strings.Contains(c.Text, "OUTPUT"):
		return tds.Rows(tds.Columns("id", tds.BigInt, "tenant_id", tds.BigInt, "name", tds.NVarChar), []any{int64(1), int64(1), "x"})
	case strings.HasPrefix(c.Text, "UPDATE"), strings.HasPrefix(c.Text, "DELETE"):
		return changed(1)
	}
	return tds.Reply{}
}

func policed(t *testing.T, conns int) (orm.DB, *contexts, *tds.Server) {
	t.Helper()
	x := &contexts{of: map[int]map[string]string{}, answer: lots}
	server := tds.Start(t, func(c *tds.Call) tds.Reply {
		if r, asks := opening(c); asks {
			return r
		}
		return x.reply(c)
	})
	db, err := orm.Open(t.Context(), sqlserver.Source("erp", server.URL(), sqlserver.MaxConns(conns)), orm.Models(Lot{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Use(rls.Tenant(), rls.Native()); err != nil {
		t.Fatal(err)
	}
	return db, x, server
}

func tenant(t *testing.T, id int64) context.Context {
	t.Helper()
	return orm.WithActor(t.Context(), orm.Actor{TenantID: id, ID: id})
}

// Each unit of work runs under its own actor's variables, on a connection that remembers none of the last one's, whatever the pool
// resets.
func TestSessionContext(t *testing.T) {
	db, x, _ := policed(t, 2)
	var all sync.WaitGroup
	for worker := range int64(4) {
		all.Go(func() {
			ctx, repo := tenant(t, worker+1), orm.Repo[Lot](db)
			for range 10 {
				_, err := repo.Where(Lots.ID.Eq(1)).All(ctx)
				_, failed := repo.Where(Lots.ID.Eq(1)).UpdateMany(ctx, Lots.Name.Set("y"))
				tx := db.Tx(ctx, func(tx orm.DB) error {
					_, err := orm.Repo[Lot](tx).Where(Lots.ID.Eq(1)).All(ctx)
					return err
				})
				if err := errors.Join(err, failed, tx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.idle) > 0 {
		t.Errorf("%d connections still knew the last tenant: %s", len(x.idle), x.idle[0])
	}
	count := map[string]int{}
	for _, w := range x.work {
		count[w]++
	}
	if fmt.Sprint(count) != "map[1:30 2:30 3:30 4:30]" {
		t.Error(count)
	}
	for session, here := range x.of {
		if here[rls.SettingTenant]+here[rls.SettingActor]+here[rls.SettingBypass] != "" {
			t.Errorf("connection %d went back with %v", session, here)
		}
	}
}

// A connection that does not take the actor runs nothing, and one that does not forget it is closed.
func TestSessionContextFails(t *testing.T) {
	db, x, server := policed(t, 1)
	x.refuse = func(set map[string]string) bool { return set[rls.SettingTenant] == "7" }
	if _, err := orm.Repo[Lot](db).Query().All(tenant(t, 7)); err == nil || len(x.work) > 0 {
		t.Errorf("%v, %v", err, x.work)
	}
	x.refuse = func(set map[string]string) bool { return set[rls.SettingTenant] == "" }
	before := server.Sessions()
	for id := range int64(3) {
		if _, err := orm.Repo[Lot](db).Query().All(tenant(t, id+1)); err != nil {
			t.Error(err)
		}
	}
	if n := server.Sessions() - before; n != 3 || len(x.idle) > 0 {
		t.Errorf("%d connections for three units of work, each of which could not be ended; %v", n, x.idle)
	}
}

// The end of the caller's context does not keep a connection from forgetting the caller.
func TestSessionContextOfCancelledCalls(t *testing.T) {
	db, x, _ := policed(t, 1)
	for range 5 {
		ctx, cancel := context.WithCancel(tenant(t, 8))
		x.answer = func(c *tds.Call) tds.Reply {
			cancel()
			return lots(c)
		}
		_, _ = orm.Repo[Lot](db).Query().All(ctx) // whether the answer or the end comes first is open
		x.answer = lots
		if _, err := orm.Repo[Lot](db).Query().All(tenant(t, 9)); err != nil {
			t.Error(err)
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.idle) > 0 || x.work[len(x.work)-1] != "9" {
		t.Error(x.work, x.idle)
	}
}

// The session context is no part of a transaction: a savepoint that is gone back to puts it back, and a bypass ends where it ends.
func TestSessionContextOfSavepoints(t *testing.T) {
	db, x, _ := policed(t, 1)
	ctx := tenant(t, 1)
	away := errors.New("away")
	err := db.Tx(ctx, func(tx orm.DB) error {
		_ = tx.Tx(ctx, func(tx orm.DB) error {
			_, err := orm.Repo[Lot](tx).Query().All(ctx)
			_, open := orm.Repo[Lot](tx).Query().All(rls.Bypass(ctx, "look"))
			return errors.Join(err, open, away)
		})
		_, err := orm.Repo[Lot](tx).Query().All(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if got := strings.Join(x.work, " "); got != "1 1on 1" {
		t.Error(got)
	}
}
