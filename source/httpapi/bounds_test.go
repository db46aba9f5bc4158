package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// leading says that its pages may lie elsewhere.
type leading struct {
	ID int64 `orm:"id,id,datasource=blog"`
}

func (leading) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/next").Items("$.rows").Next("$.next").Below("/v2")}
}

// A link to the next page and a redirect stay below the path of the endpoint, however they are written, unless the
// mapping says otherwise.
func TestGuardLinksStayBelowTheEndpoint(t *testing.T) {
	var next string
	var seen []string
	jump := false
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.URL.Path)
		if jump && len(seen) == 1 {
			http.Redirect(w, r, next, http.StatusFound)
			return
		}
		link := any(nil)
		if len(seen) == 1 {
			link = next
		}
		reply(w, 200, map[string]any{"rows": []any{map[string]any{"id": len(seen)}}, "next": link})
	}), orm.Models(byNext{}, leading{}))
	ctx := context.Background()
	for _, jump = range []bool{false, true} {
		for _, next = range []string{"/admin", "/next2", "/next/../admin", "/next/%2e%2e/admin", "/next/..%2fadmin", "/"} {
			seen = nil
			if rows, err := orm.Repo[byNext](db).All(ctx); !errors.Is(err, orm.ErrUpstream) || rows != nil || len(seen) != 1 {
				t.Errorf("%q (redirect %v): %v, %v, asked %q", next, jump, rows, err, seen)
			}
		}
		for _, next = range []string{"/next?at=2", "/next/2"} {
			seen = nil
			if _, err := orm.Repo[byNext](db).All(ctx); err != nil || len(seen) != 2 {
				t.Errorf("%q (redirect %v): %v, asked %q", next, jump, err, seen)
			}
		}
		next, seen = "/v2/rows", nil
		if _, err := orm.Repo[leading](db).All(ctx); err != nil || len(seen) != 2 {
			t.Errorf("Below (redirect %v): %v, asked %q", jump, err, seen)
		}
		next, seen = "/next/2", nil
		if _, err := orm.Repo[leading](db).All(ctx); !errors.Is(err, orm.ErrUpstream) || len(seen) != 1 {
			t.Errorf("outside of Below (redirect %v): %v, asked %q", jump, err, seen)
		}
	}
}

// A plain All holds no more rows than MaxRows, and what a reply is made of is counted before it is built.
func TestGuardPlainReadsAreBounded(t *testing.T) {
	body := `[{"id":1},{"id":2},{"id":3}]`
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { jsonText(body)(w, r) }), orm.Models(plain{}), httpapi.MaxRows(2))
	if rows, err := orm.Repo[plain](db).All(context.Background()); !errors.Is(err, orm.ErrLimit) || rows != nil || !strings.Contains(err.Error(), "MaxRows (2)") {
		t.Errorf("%v, %v", rows, err)
	}
	n := 0
	for _, err := range orm.Repo[plain](db).Rows(context.Background()) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != 3 {
		t.Errorf("a stream gave %d rows", n)
	}
	body = `[{"id":1,"x":"{[\\\"{[{[{[{[{["}]`
	if rows, err := orm.Repo[plain](db).All(context.Background()); err != nil || len(rows) != 1 {
		t.Errorf("brackets in text: %v, %v", rows, err)
	}
	body = "[" + strings.Repeat("{},", 20) + "{}]"
	if _, err := orm.Repo[plain](db).All(context.Background()); !errors.Is(err, orm.ErrLimit) {
		t.Error(err)
	}
}

// plain is one list without pages.
type plain struct {
	ID int64 `orm:"id,id,datasource=blog"`
}

func (plain) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/plain").Items("$")}
}

// With NoFiltering the API does what is asked, or the call is refused by name.
func TestNoFiltering(t *testing.T) {
	a := newAPI(20)
	db := open(t, a, httpapi.NoFiltering())
	ctx := context.Background()
	if rows, err := orm.Repo[Post](db).Where(posts.UserID.Eq(1)).All(ctx); err != nil || len(rows) != 4 {
		t.Fatal(len(rows), err)
	}
	a.took()
	if _, err := orm.Repo[Post](db).Where(posts.UserID.Gt(1)).All(ctx); !errors.Is(err, orm.ErrUnsupported) || !strings.Contains(err.Error(), "UserID") {
		t.Error(err)
	}
	if _, err := orm.Repo[Post](db).OrderBy(posts.Score.Asc()).Take(3).All(ctx); !errors.Is(err, orm.ErrUnsupported) {
		t.Error(err)
	}
	if sent := a.took(); len(sent) > 0 {
		t.Errorf("asked %q", sent)
	}
	if _, err := orm.Repo[Post](db).ByID(1).Where(posts.UserID.Gt(0)).One(ctx); err != nil {
		t.Error(err)
	}
	a.deaf = true
	if rows, err := orm.Repo[Post](db).Where(posts.TenantID.Eq(1)).All(ctx); !errors.Is(err, orm.ErrUpstream) || rows != nil {
		t.Error(rows, err)
	}
}
