package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/httpapi"
)

// part has a key of text that the API makes, and a revision without which it must not be changed.
type part struct {
	ID       string  `orm:"id,id,auto,datasource=blog"`
	TenantID int64   `orm:"tenant_id,tenant"`
	SKU      string  `orm:"sku"`
	Rev      string  `orm:"rev"`
	Note     *string `orm:"note"`
}

func (part) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany:   httpapi.GET("/parts").Items("$"),
		FindUnique: httpapi.GET("/parts/{id}").Item("$.part"),
		Create:     httpapi.POST("/parts").BodyAll().Item("$"),
		CreateMany: httpapi.POST("/batch").Body("parts", "$data").Items("$"),
		Update:     httpapi.PATCH("/parts/{id}").BodyAll().Item("$").Header("If-Match", "$where.Rev.eq"),
		Delete:     httpapi.DELETE("/parts/{id}").Query("rev", "$where.Rev.eq"),
	}
}

var parts = orm.Bind[part, struct {
	ID  orm.Text[part]
	SKU orm.Text[part]
	Rev orm.Text[part]
}]()

// warehouse answers reads with one row and writes with what reply says.
type warehouse struct {
	reply string
	sent  []string // method, URI, body
}

func (a *warehouse) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.sent = append(a.sent, r.Method+" "+r.URL.RequestURI()+" "+strings.TrimSpace(string(body)))
	const row = `{"id":"p1","tenant_id":1,"sku":"old","rev":"r1"}`
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method != http.MethodGet:
		_, _ = io.WriteString(w, a.reply)
	case r.URL.Path == "/parts":
		_, _ = io.WriteString(w, "["+row+"]")
	default:
		_, _ = io.WriteString(w, `{"part":`+row+`}`)
	}
}

func (a *warehouse) writes() (out []string) {
	for _, s := range a.sent {
		if !strings.HasPrefix(s, "GET ") {
			out = append(out, s)
		}
	}
	a.sent = nil
	return out
}

func tenant(id int64) context.Context {
	return orm.WithActor(context.Background(), orm.Actor{ID: 1, TenantID: id})
}

// What the API replies to a write is the row; an empty key is left to the API.
func TestTheReplyIsTheRow(t *testing.T) {
	a := &warehouse{reply: `{"id":"made-1","tenant_id":1,"sku":"MADE-1","rev":"r9","note":"new"}`}
	db := open(t, a, orm.Models(part{}))
	p := part{TenantID: 1, SKU: "asked"}
	if err := orm.Repo[part](db).Create(tenant(1), &p); err != nil || p.ID != "made-1" || p.SKU != "MADE-1" || p.Rev != "r9" || p.Note == nil {
		t.Fatalf("%+v, %v", p, err)
	}
	var sent map[string]any
	w := a.writes()
	if err := json.Unmarshal([]byte(strings.SplitN(w[0], " ", 3)[2]), &sent); err != nil {
		t.Fatal(err)
	}
	if _, there := sent["id"]; there || sent["sku"] != "asked" {
		t.Errorf("sent %v", sent)
	}
	a.reply = `{"id":"p1","tenant_id":1,"sku":"MADE-2","rev":"r2"}`
	got, err := orm.Repo[part](db).ByID("p1").Where(parts.Rev.Eq("r1")).Update(tenant(1), parts.SKU.Set("asked"))
	if err != nil || got.SKU != "MADE-2" || got.Rev != "r2" {
		t.Fatalf("%+v, %v", got, err)
	}
	a.reply = `[{"id":"m1","tenant_id":1,"sku":"A","rev":"1"},{"id":"m2","tenant_id":1,"sku":"B","rev":"1"}]`
	many := []part{{TenantID: 1, SKU: "a"}, {TenantID: 1, SKU: "b"}}
	if n, err := orm.Repo[part](db).CreateMany(tenant(1), many); n != 2 || err != nil || many[0].ID != "m1" || many[1].SKU != "B" {
		t.Fatal(many, n, err)
	}
}

// A row of another tenant in the reply to a write is not handed out, nor is another row than was meant.
func TestGuardRepliesOfWrites(t *testing.T) {
	a := &warehouse{}
	db := open(t, a, orm.Models(part{}))
	if err := db.Use(rls.Tenant(), rls.Global(User{})); err != nil {
		t.Fatal(err)
	}
	repo, ctx := orm.Repo[part](db), tenant(1)
	foreign := `{"id":"p1","tenant_id":2,"sku":"secret","rev":"r1"}`
	a.reply = foreign
	p := part{SKU: "x"}
	if err := repo.Create(ctx, &p); !errors.Is(err, orm.ErrUpstream) || p.SKU == "secret" || p.TenantID == 2 {
		t.Errorf("Create: %+v, %v", p, err)
	}
	if got, err := repo.ByID("p1").Where(parts.Rev.Eq("r1")).Update(ctx, parts.SKU.Set("x")); !errors.Is(err, orm.ErrUpstream) || got.SKU == "secret" {
		t.Errorf("Update: %+v, %v", got, err)
	}
	a.reply = "[" + foreign + "," + foreign + "]"
	many := []part{{SKU: "a"}, {SKU: "b"}}
	if _, err := repo.CreateMany(ctx, many); !errors.Is(err, orm.ErrUpstream) || many[0].SKU == "secret" {
		t.Errorf("CreateMany: %+v, %v", many, err)
	}
	a.reply = `{"id":"p2","tenant_id":1,"sku":"other","rev":"r1"}`
	if got, err := repo.ByID("p1").Where(parts.Rev.Eq("r1")).Update(ctx, parts.SKU.Set("x")); !errors.Is(err, orm.ErrUpstream) || got.SKU == "other" {
		t.Errorf("another row: %+v, %v", got, err)
	}
}

// Without a condition that its endpoint requires a write is not sent.
func TestGuardRequiredConditionsOfWrites(t *testing.T) {
	a := &warehouse{reply: `{"id":"p1","tenant_id":1,"sku":"x","rev":"r2"}`}
	db := open(t, a, orm.Models(part{}), httpapi.NonAtomic())
	repo, ctx := orm.Repo[part](db), context.Background()
	for name, call := range map[string]func() error{
		"update": func() error { _, err := repo.ByID("p1").Update(ctx, parts.SKU.Set("x")); return err },
		"delete": func() error { _, err := repo.ByID("p1").Delete(ctx); return err },
		"update many": func() error {
			_, err := repo.Where(parts.SKU.Eq("old")).UpdateMany(ctx, parts.SKU.Set("x"))
			return err
		},
		"delete many": func() error { _, err := repo.Where(parts.SKU.Eq("old")).DeleteMany(ctx); return err },
		"save":        func() error { return repo.Save(ctx, &part{ID: "p1", TenantID: 1, SKU: "x", Rev: "r1"}) },
	} {
		err := call()
		if w := a.writes(); !errors.Is(err, orm.ErrUnsupported) || !strings.Contains(err.Error(), "Rev.eq") || len(w) > 0 {
			t.Errorf("%s: %v; sent %q", name, err, w)
		}
	}
	if _, err := repo.ByID("p1").Where(parts.Rev.Eq("r1")).Delete(ctx); err != nil {
		t.Fatal(err)
	}
	if w := a.writes(); len(w) != 1 || !strings.HasPrefix(w[0], "DELETE /parts/p1?rev=r1") {
		t.Errorf("sent %q", w)
	}
}

// A reply that tells of failures per row is no success, whether or not the rows had their keys.
func TestCreateManyHeedsFailuresPerRow(t *testing.T) {
	a := &warehouse{reply: `[{"ok":true,"id":"a","rev":"1"},{"id":"b","error":"conflict"}]`}
	db := open(t, a, orm.Models(part{}))
	n, err := orm.Repo[part](db).CreateMany(context.Background(), []part{{ID: "a", TenantID: 1}, {ID: "b", TenantID: 1}})
	if !errors.Is(err, orm.ErrUpstream) || !strings.Contains(err.Error(), "1 of 2 rows") {
		t.Errorf("%d, %v", n, err)
	}
}
