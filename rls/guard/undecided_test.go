package guard_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

type untoldShop struct {
	ID    int64          `orm:"id,table=untold_shops"`
	Deals []untoldTrader `orm:"relation"`
}

type untoldTrader struct {
	ID    int64        `orm:"id,table=untold_traders"`
	Shops []untoldShop `orm:"relation"`
}

var untold = orm.Bind[untoldTrader, struct {
	Shops orm.Many[untoldTrader, untoldShop]
}]()

// A shape cannot hold a relation whose columns no database has told yet.
func TestGuardOfUndecidedRelation(t *testing.T) {
	_, err := guard.Compile(guard.Shape[untoldTrader]{With: []guard.Branch[untoldTrader]{guard.Include(untold.Shops, guard.Shape[untoldShop]{})}})
	if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "not known before a database was opened") {
		t.Error(err)
	}
}
