package guard_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/sqlite"
)

// Article is what the endpoint searches.
type Article struct {
	ID       int64  `orm:"id,auto" json:"id"`
	TenantID int64  `orm:"tenant_id,tenant" json:"-"`
	Title    string `orm:"title" json:"title"`
	Body     string `orm:"body" json:"body"`
	Draft    bool   `orm:"draft" json:"draft"`
	Views    int    `orm:"views" json:"views"`
}

var Articles = orm.Bind[Article, struct {
	ID    orm.Col[Article, int64]
	Title orm.Text[Article]
	Draft orm.Col[Article, bool]
	Views orm.Col[Article, int]
}]()

// search is what anyone may ask of articles.
var search = guard.MustCompile(guard.Shape[Article]{
	Select:  guard.Only(Articles.ID, Articles.Title, Articles.Views),
	Where:   guard.Where[Article]{guard.Allow(Articles.Title), guard.Allow(Articles.Views), guard.Force(Articles.Draft.Eq(false))},
	Logic:   guard.And | guard.Or | guard.Not,
	OrderBy: guard.Only(Articles.Views, Articles.Title),
	Take:    guard.Take{Default: 10, Max: 50},
})

// A search endpoint takes the JSON of a browser as it comes. The shape says what may be asked; the tenant scope of the DB acts
// below it.
func Example() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Article{}))
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if err := errors.Join(orm.CreateTables(ctx, db), db.Use(rls.Tenant())); err != nil {
		log.Fatal(err)
	}
	articles := orm.Repo[Article](db)
	ctx = orm.WithActor(ctx, orm.Actor{ID: int64(7), TenantID: int64(1)})
	if _, err := articles.CreateMany(ctx, []Article{{Title: "Go", Views: 30}, {Title: "Gardens", Views: 20}, {Title: "Secret plans", Draft: true}}); err != nil {
		log.Fatal(err)
	}

	handler := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, guard.MaxBody))
		if err != nil {
			http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
			return
		}
		found, err := search.FindMany(r.Context(), articles, body)
		if refused := (*guard.Error)(nil); errors.As(err, &refused) {
			http.Error(w, refused.Error(), refused.Status)
			return
		}
		_ = json.NewEncoder(w).Encode(found)
	}
	for _, body := range []string{
		`{"where": {"title": {"startsWith": "g", "mode": "insensitive"}}, "orderBy": {"views": "desc"}, "select": {"title": true}}`,
		`{"where": {"OR": [{"draft": true}, {"views": {"gte": 0}}]}, "take": 1}`,
		`{"where": {"body": {"contains": "plans"}}}`,
		`{"where": {"views": {"gte": 1.5}}}`,
		`{"take": 1000}`,
	} {
		w := httptest.NewRecorder()
		handler(w, httptest.NewRequest(http.MethodPost, "/articles/search", strings.NewReader(body)).WithContext(ctx))
		fmt.Println(w.Code, strings.TrimSpace(w.Body.String()))
	}
	// Output:
	// 200 [{"title":"Go"},{"title":"Gardens"}]
	// 200 [{"id":1,"title":"Go","views":30}]
	// 400 guard: where.body: the shape does not name it
	// 400 guard: where.views.gte: it is a whole number that the column can hold
	// 413 guard: take: it is 50 at most
}
