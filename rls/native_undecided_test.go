package rls_test

import (
	"errors"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
)

// A relation that a database's keys have to tell may go through a table: its rows need a policy, and none is made in silence.
func TestNativeSchemaGuardsUntoldLinks(t *testing.T) {
	type shop struct {
		ID       int64 `orm:"id,table=shops"`
		TenantID int64 `orm:"tenant_id,tenant"`
	}
	type trader struct {
		ID       int64  `orm:"id,table=traders"`
		TenantID int64  `orm:"tenant_id,tenant"`
		Shops    []shop `orm:"relation"`
	}
	if ddl, err := rls.NativeSchema(trader{}, shop{}); !errors.Is(err, orm.ErrInvalid) {
		t.Errorf("%v, %v", ddl, err)
	}
}
