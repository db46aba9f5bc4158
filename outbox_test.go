package orm_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/sqlite"
)

type audited struct {
	ID       int64  `orm:"id,auto,table=audited"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Name     string `orm:"name"`
	Secret   string `orm:"secret,hidden"`
}

func TestOutboxJoinsTheWriteAndDeliversOnce(t *testing.T) {
	ctx := t.Context()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(audited{}, orm.OutboxEntry{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := orm.CreateTables(ctx, db); err != nil {
		t.Fatal(err)
	}
	if err := db.Use(rls.Tenant(), rls.Global(orm.OutboxEntry{}), hook.Audit(orm.Outbox(db))); err != nil {
		t.Fatal(err)
	}
	ctx = orm.WithActor(ctx, orm.Actor{ID: 9, TenantID: 1 << 60})
	rows := orm.Repo[audited](db)
	if err := rows.Create(ctx, &audited{Name: "kept", Secret: "s3cret"}); err != nil {
		t.Fatal(err)
	}
	undo := errors.New("undo")
	err = db.Tx(ctx, func(tx orm.DB) error {
		if err := orm.Repo[audited](tx).Create(ctx, &audited{Name: "undone"}); err != nil {
			return err
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Fatal(err)
	}
	if n, err := orm.Repo[orm.OutboxEntry](db).Count(ctx); err != nil || n != 1 {
		t.Fatalf("the outbox holds %d entries, %v: a rolled back write must leave none", n, err)
	}
	down := errors.New("the receiver is down")
	if n, err := orm.DrainOutbox(ctx, db, 10, func(context.Context, hook.Entry) error { return down }); n != 0 || !errors.Is(err, down) {
		t.Fatalf("a failed delivery: %d, %v", n, err)
	}
	var got []hook.Entry
	deliver := func(_ context.Context, e hook.Entry) error { got = append(got, e); return nil }
	for range 2 { // the second round finds nothing
		if _, err := orm.DrainOutbox(ctx, db, 10, deliver); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 1 || got[0].New["Name"] != "kept" || got[0].New["Secret"] != hook.Redacted || got[0].TenantID != json.Number("1152921504606846976") {
		t.Fatalf("delivered %+v", got)
	}
}

// The entries of a mass write are kept by few statements, one for each row and in its order.
func TestOutboxOfAMassWrite(t *testing.T) {
	ctx := orm.WithActor(t.Context(), orm.Actor{ID: 9, TenantID: 1})
	statements := 0
	count := orm.Observer(func(_ context.Context, s orm.Statement) {
		if s.Model == "OutboxEntry" {
			statements++
		}
	})
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(audited{}, orm.OutboxEntry{}), count)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := orm.CreateTables(ctx, db); err != nil {
		t.Fatal(err)
	}
	if err := db.Use(rls.Tenant(), rls.Global(orm.OutboxEntry{}), hook.Audit(orm.Outbox(db))); err != nil {
		t.Fatal(err)
	}
	rows := make([]audited, 1201)
	for i := range rows {
		rows[i].Name = fmt.Sprint(i)
	}
	if _, err := orm.Repo[audited](db).CreateMany(ctx, rows); err != nil {
		t.Fatal(err)
	}
	if _, err := orm.Repo[audited](db).EveryRow().UpdateMany(ctx, orm.F(func(a *audited) *string { return &a.Name }).Set("x")); err != nil {
		t.Fatal(err)
	}
	if statements > 12 {
		t.Errorf("%d statements for the entries of two writes", statements)
	}
	var got []hook.Entry
	if _, err := orm.DrainOutbox(ctx, db, 5000, func(_ context.Context, e hook.Entry) error { got = append(got, e); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2*len(rows) {
		t.Fatalf("%d entries", len(got))
	}
	for i, e := range got[:len(rows)] {
		if e.New["Name"] != fmt.Sprint(i) {
			t.Fatalf("entry %d is %v", i, e)
		}
	}
}
