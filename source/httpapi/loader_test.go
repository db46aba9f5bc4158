package httpapi_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/reading"
)

// Loads go to the endpoint for many keys, one to the endpoint for one.
func TestLoadsAreGathered(t *testing.T) {
	a := newAPI(45)
	db := open(t, a)
	repo := orm.Repo[Post](db)
	ctx := reading.WithLoader(t.Context(), 200*time.Millisecond)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			id := []int64{3, 5, 7, 700}[i%4]
			p, err := repo.Load(ctx, id)
			if id == 700 && !errors.Is(err, orm.ErrNotFound) || id != 700 && (err != nil || p.ID != id) {
				t.Error(p, err)
			}
		})
	}
	wg.Wait()
	if calls := a.took(); len(calls) != 1 || calls[0] != "POST /posts/bulk" {
		t.Error(calls)
	}
	if p, err := repo.Load(ctx, 9); err != nil || p.ID != 9 {
		t.Error(p, err)
	}
	if calls := a.took(); len(calls) != 1 || calls[0] != "GET /posts/9" {
		t.Error(calls)
	}
	if p, err := repo.Load(ctx, 3); err != nil || p.ID != 3 {
		t.Error(p, err)
	}
	if calls := a.took(); len(calls) != 0 {
		t.Error(calls)
	}
}
