package rls_test

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/multi-orm/orm"
)

// Two tenants at work at once share nothing. ORM_SOAK=1m makes it a minute; the race detector is what it is for.
func TestTwoTenantsAtOnceShareNothing(t *testing.T) {
	soak := time.Second
	if s := os.Getenv("ORM_SOAK"); s != "" {
		d, err := time.ParseDuration(s)
		must(t, err)
		soak = d
	}
	engines(t, func(t *testing.T, w *world) {
		var wg sync.WaitGroup
		end := time.Now().Add(soak)
		for tenant, ctx := range map[int64]context.Context{1: w.a, 2: w.b} {
			for range 2 {
				wg.Go(func() {
					for n := 0; time.Now().Before(end); n++ {
						if err := tenantAtWork(ctx, w.db, tenant); err != nil {
							t.Errorf("tenant %d: %v", tenant, err)
							return
						}
					}
				})
			}
		}
		wg.Wait()
	})
}

func tenantAtWork(ctx context.Context, db orm.DB, tenant int64) error {
	rows, err := orm.Repo[user](db).Include("Orders.Items", "Teams", "Boss").Where(orm.Or(users.Orders.Some(), users.Orders.None())).All(ctx)
	if err != nil {
		return err
	}
	for _, u := range rows {
		if err := only(tenant, u.AgencyID); err != nil {
			return err
		}
		for _, o := range u.Orders {
			if err := only(tenant, o.AgencyID); err != nil {
				return err
			}
		}
		for _, x := range u.Teams {
			if err := only(tenant, x.AgencyID); err != nil {
				return err
			}
		}
	}
	tm := team{Name: "soak"}
	if err := orm.Repo[team](db).Create(ctx, &tm); err != nil {
		return err
	}
	if err := only(tenant, tm.AgencyID); err != nil {
		return err
	}
	gone, err := orm.Repo[team](db).ByID(tm.ID).Delete(ctx)
	if err != nil {
		return err
	}
	return only(tenant, gone.AgencyID)
}

type strangerError struct{ is, was int64 }

func (e strangerError) Error() string { return "a row of another tenant was given" }

func only(tenant, of int64) error {
	if tenant != of {
		return strangerError{tenant, of}
	}
	return nil
}
