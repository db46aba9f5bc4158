package sqlserver_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit/tds"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/sqlserver"
)

// Fee has columns whose arguments the driver alone would send as another type.
type Fee struct {
	ID     int64   `orm:"id"`
	Tenant string  `orm:"tenant,tenant"`
	Code   string  `orm:"code,type=varchar(20)"`
	Price  string  `orm:"price,type=numeric(10,2)"`
	Rate   float32 `orm:"rate,type=numeric"`
	Free   *string `orm:"free,type=numeric"`
	Blob   *string `orm:"blob,type=uniqueidentifier"`
}

var fees = orm.Bind[Fee, struct {
	ID    orm.Col[Fee, int64]
	Code  orm.Text[Fee]
	Price orm.Text[Fee]
	Rate  orm.Col[Fee, float32]
	Free  orm.Text[Fee]
	Blob  orm.Text[Fee]
}]()

func feesOf(t *testing.T) (orm.Repo[Fee], *script) {
	t.Helper()
	s := &script{answer: func(c *tds.Call) tds.Reply {
		if strings.HasPrefix(c.Text, "UPDATE") {
			return changed(1)
		}
		return tds.Rows(tds.Columns("n", tds.BigInt), []any{int64(3)})
	}}
	server := tds.Start(t, s.reply)
	db, err := orm.Open(t.Context(), sqlserver.Source("erp", server.URL()), orm.Models(Fee{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Use(rls.Tenant()); err != nil {
		t.Fatal(err)
	}
	return orm.Repo[Fee](db), s
}

// Arguments go over as what their columns are: text in a code page as long as it is ASCII, numbers as all of their digits, NULL as a type
// that the column takes.
func TestArgumentsHaveTheTypesOfTheirColumns(t *testing.T) {
	r, s := feesOf(t)
	ctx := orm.WithActor(t.Context(), orm.Actor{ID: "1", TenantID: "acme"})
	for about, c := range map[string]struct {
		p          orm.Pred[Fee]
		typ, value string
	}{
		"ASCII":          {fees.Code.Eq("a-1"), "varchar", "a-1"},
		"beyond ASCII":   {fees.Code.Eq("ä-1"), "nvarchar", "ä-1"},
		"a decimal":      {fees.Price.Eq("1.50"), "nvarchar", "1.5"},
		"a float":        {fees.Rate.Eq(868.3), "nvarchar", "868.3"},
		"floats":         {fees.Rate.In(868.3, 0.1), "nvarchar", `["868.3","0.1"]`},
		"a free decimal": {fees.Free.Gt("12345678901234567890.0123456789"), "nvarchar", "12345678901234567890.0123456789"},
	} {
		if _, err := r.Where(c.p).Count(ctx); err != nil {
			t.Errorf("%s: %v", about, err)
			continue
		}
		p := s.calls[len(s.calls)-1].Params[0]
		if p.Type != c.typ || p.Value != c.value {
			t.Errorf("%s: %s %v", about, p.Type, p.Value)
		}
	}
	if _, err := r.Where(fees.ID.Eq(1)).UpdateMany(ctx, fees.Free.SetNull(), fees.Blob.SetNull()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"nvarchar", "varbinary"} {
		if p := s.calls[len(s.calls)-1].Params[i]; p.Value != nil || p.Type != want {
			t.Errorf("NULL %d: %s %v", i, p.Type, p.Value)
		}
	}
}

// What the server would round, or take for another's, is refused with the field's name before it is sent.
func TestArgumentsThatTheServerWouldBendAreRefused(t *testing.T) {
	r, s := feesOf(t)
	acme := orm.WithActor(t.Context(), orm.Actor{ID: "1", TenantID: "acme"})
	for about, c := range map[string]struct {
		field string
		try   func() error
	}{
		"compared":    {"Price", func() error { _, err := r.Where(fees.Price.Lt("1.505")).Count(acme); return err }},
		"in a list":   {"Price", func() error { _, err := r.Where(fees.Price.In("1.5", "1.505")).Count(acme); return err }},
		"of no scale": {"Free", func() error { _, err := r.Where(fees.Free.Eq("0.12345678901")).Count(acme); return err }},
		"written":     {"Price", func() error { _, err := r.Where(fees.ID.Eq(1)).UpdateMany(acme, fees.Price.Set("1.505")); return err }},
		"too large":   {"Rate", func() error { _, err := r.Where(fees.Rate.Eq(-3.4e38)).Count(acme); return err }},
		"multiplied":  {"Price", func() error { _, err := r.Where(fees.ID.Eq(1)).UpdateMany(acme, fees.Price.Mul("2")); return err }},
		"a blank tenant": {"Tenant", func() error {
			_, err := r.Count(orm.WithActor(t.Context(), orm.Actor{ID: "1", TenantID: "acme "}))
			return err
		}},
	} {
		want := orm.ErrInvalid
		if about == "multiplied" {
			want = orm.ErrUnsupported
		}
		var e *orm.Error
		if err := c.try(); !errors.Is(err, want) || !errors.As(err, &e) || e.Field != c.field || strings.Contains(err.Error(), "1.505") {
			t.Errorf("%s: %v", about, err)
		}
	}
	if texts := s.texts(); texts != "" {
		t.Error(texts)
	}
}
