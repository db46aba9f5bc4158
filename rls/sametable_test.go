package rls_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/sqlite"
)

// bill is the write model of its table, billLine a slim one for lists: no relation, no time of creation.
type bill struct {
	ID        int64      `orm:"id,auto,table=bills"`
	TenantID  int64      `orm:"tenant_id,tenant,unique=number"`
	Number    string     `orm:"number,unique=number"`
	Total     int64      `orm:"total"`
	Secret    string     `orm:"secret,hidden"`
	PayerID   *int64     `orm:"payer_id"`
	CreatedAt time.Time  `orm:"created_at,default=now"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
	Version   int        `orm:"version,version"`
	Payer     *payer     `orm:"relation=payer_id:id"`
}

type billLine struct {
	ID        int64      `orm:"id,auto,table=bills"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	Number    string     `orm:"number,createonly"`
	Total     int64      `orm:"total"`
	PayerID   *int64     `orm:"payer_id"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
	Version   int        `orm:"version,version"`
}

type payer struct {
	ID       int64      `orm:"id,auto"`
	TenantID int64      `orm:"tenant_id,tenant"`
	Name     string     `orm:"name"`
	Bills    []billLine `orm:"relation=id:payer_id"`
}

var billPayer = orm.Bind[bill, struct {
	Payer orm.One[bill, payer]
}]()

// Each model of a table is under the rules that the table has: tenant, soft delete, version and references.
func TestTwoModelsOfOneTable(t *testing.T) {
	databases(t, []any{bill{}, billLine{}, payer{}}, func(t *testing.T, db orm.DB) {
		must(t, db.Use(rls.Tenant(), hook.SoftDelete()))
		whole, slim := orm.Repo[bill](db), orm.Repo[billLine](db)
		ctx, other := at(t, 1, 1), at(t, 2, 1)
		p, theirs := payer{Name: "ours"}, payer{Name: "theirs"}
		must(t, orm.Repo[payer](db).Create(ctx, &p))
		must(t, orm.Repo[payer](db).Create(other, &theirs))
		b := bill{Number: "1", Total: 10, Secret: "s", PayerID: &p.ID}
		must(t, whole.Create(ctx, &b))

		// what one wrote the other reads, and nobody else
		l, err := slim.ByID(b.ID).One(ctx)
		if must(t, err); l.Total != 10 || l.Number != "1" {
			t.Errorf("%+v", l)
		}
		if _, err := slim.ByID(b.ID).One(other); !errors.Is(err, orm.ErrNotFound) {
			t.Errorf("the slim model shows another tenant's row: %v", err)
		}
		if n, err := slim.Where(orm.F(func(l *billLine) *int64 { return &l.Total }).Gt(0)).UpdateMany(other, orm.F(func(l *billLine) *int64 { return &l.Total }).Set(0)); n != 0 || err != nil {
			t.Errorf("the slim model changes another tenant's rows: %d, %v", n, err)
		}

		// a reference that only the other model's relation knows is checked
		l.PayerID = &theirs.ID
		if err := slim.Save(ctx, &l); !errors.Is(err, orm.ErrReference) {
			t.Errorf("the slim model refers to another tenant's row: %v", err)
		}
		if _, err := slim.ByID(b.ID).Update(ctx, orm.F(func(l *billLine) **int64 { return &l.PayerID }).Set(&theirs.ID)); !errors.Is(err, orm.ErrReference) {
			t.Errorf("the slim model refers to another tenant's row: %v", err)
		}

		// a change by one is seen by the other's version
		l.PayerID, l.Total = &p.ID, 11
		must(t, slim.Save(ctx, &l))
		b.Total = 12
		if err := whole.Save(ctx, &b); !errors.Is(err, orm.ErrStale) {
			t.Errorf("a change through the slim model was overwritten: %v", err)
		}

		// relations lead to either, and back from one to the other
		rows, err := orm.Repo[payer](db).Include("Bills").All(ctx)
		if must(t, err); len(rows) != 1 || len(rows[0].Bills) != 1 || rows[0].Bills[0].Total != 11 {
			t.Errorf("%+v", rows)
		}
		if n, err := whole.Where(billPayer.Payer.Is(orm.F(func(p *payer) *string { return &p.Name }).Eq("ours"))).Count(ctx); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}

		// softly deleted by one is gone for the other
		if _, err := slim.ByID(b.ID).Delete(ctx); err != nil {
			t.Fatal(err)
		}
		if n, err := whole.Count(ctx); n != 0 || err != nil {
			t.Errorf("the other model shows what was deleted: %d, %v", n, err)
		}
		found, err := db.Check(ctx)
		if must(t, err); len(found) > 0 {
			t.Errorf("%v", found)
		}
		if _, err := orm.Raw[int64](ctx, db, "SELECT n.total FROM {{bills}} n"); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "name the model") {
			t.Errorf("%v", err)
		}
		if got, err := orm.Raw[int64](ctx, db, "SELECT n.total FROM {{billLine}} n"); err != nil || len(got) != 0 {
			t.Errorf("%v %v", got, err)
		}
	})
}

type bareBill struct {
	ID    int64 `orm:"id,auto,table=bills"`
	Total int64 `orm:"total"`
}

type ownedBill struct {
	ID        int64      `orm:"id,auto,table=bills"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	OwnerID   int64      `orm:"owner_id,owner"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
	Version   int        `orm:"version,version"`
}

type openBill struct {
	ID        int64      `orm:"id,auto,table=BILLS"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	Secret    string     `orm:"secret"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
	Version   int        `orm:"version,version"`
}

type keyedBill struct {
	Number   string `orm:"number,id,table=bills"`
	TenantID int64  `orm:"tenant_id,tenant"`
}

type textBill struct {
	ID        int64      `orm:"id,auto,table=bills,schema=main"`
	TenantID  int64      `orm:"tenant_id,tenant"`
	Total     string     `orm:"total"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
	Version   int        `orm:"version,version"`
}

type forever struct {
	ID       int64  `orm:"id,auto,table=bills"`
	TenantID int64  `orm:"tenant_id,tenant"`
	Number   string `orm:"number"`
	Version  int    `orm:"version,version"`
}

type part struct {
	ID         int64 `orm:"id,auto"`
	TenantID   int64 `orm:"tenant_id,tenant"`
	Shelf, Row int64
	Place      *place `orm:"relation=shelf+row:shelf+row"`
}

type place struct {
	ID         int64 `orm:"id,auto"`
	TenantID   int64 `orm:"tenant_id,tenant"`
	Shelf, Row int64 `orm:",unique=at"`
}

type halfPart struct {
	ID       int64 `orm:"id,auto,table=parts"`
	TenantID int64 `orm:"tenant_id,tenant"`
	Shelf    int64 `orm:"shelf"`
}

// A model that leaves out what the table's other model is kept by is refused before anything connects.
func TestTwoModelsMustAgree(t *testing.T) {
	for _, c := range []struct {
		models []any
		says   string
	}{
		{[]any{bill{}, bareBill{}}, `bill tags column "tenant_id" tenant and bareBill does not`},
		{[]any{bareBill{}, bill{}}, `bill tags column "tenant_id" tenant and bareBill does not`},
		{[]any{bill{}, ownedBill{}}, `ownedBill tags column "owner_id" owner and bill does not`},
		{[]any{bill{}, openBill{}}, `column "secret" is hidden in one and not in the other`},
		{[]any{bill{}, keyedBill{}}, `their keys differ`},
		{[]any{bill{}, textBill{}}, `column "total" is string in textBill and int64 in bill`},
		{[]any{bill{}, forever{}}, `bill tags column "deleted_at" softdelete and forever does not`},
		{[]any{part{}, place{}, halfPart{}}, `halfPart has only a part of these columns`},
	} {
		_, err := orm.Open(t.Context(), sqlite.Source("main", filepath.Join(t.TempDir(), "x.db")), orm.Models(c.models...))
		if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("want %q\ngot  %v", c.says, err)
		}
	}
}
