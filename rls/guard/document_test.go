package guard_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/sqlite"
)

// papers are documents of a struct, and of anything.
type Paper struct {
	ID   int64    `orm:"id,auto"`
	Page sheet    `orm:"page,json"`
	More []sheet  `orm:"more,json"`
	Any  any      `orm:"any_doc,json"`
	Tags []string `orm:"tags,json"`
}

type sheet struct {
	stamp
	Title string           `json:"title"`
	Plain string           // no tag
	Parts map[string]sheet `json:"parts,omitempty"`
	Gone  string           `json:"-"`
}

type stamp struct {
	By string `json:"by"`
}

var Papers = orm.Bind[Paper, struct {
	ID   orm.Col[Paper, int64]
	Page orm.JSON[Paper, sheet]
	More orm.Col[Paper, []sheet]
	Any  orm.Col[Paper, any]
	Tags orm.Col[Paper, []string]
}]()

// Documents that a struct describes hold its names as they are written, each once; numbers are of a size that can be
// written out.
func TestDocuments(t *testing.T) {
	ctx := actor(1)
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Paper{}))
	must(t, err)
	defer db.Close()
	must(t, orm.CreateTables(ctx, db))
	c := guard.MustCompile(guard.Shape[Paper]{
		Select: guard.Only[Paper](Papers.Page, Papers.More, Papers.Any, Papers.Tags),
		Create: guard.Data[Paper]{guard.Accept(Papers.Page), guard.Accept(Papers.More), guard.Accept(Papers.Any), guard.Accept(Papers.Tags)},
	})
	create := func(page, more, doc string) (*guard.Row[Paper], error) {
		return c.Create(ctx, orm.Repo[Paper](db), []byte(`{"data": {"page": `+page+`, "more": `+more+`, "any_doc": `+doc+`, "tags": ["a"]}}`))
	}
	row, err := create(`{"by": "b", "title": "t", "Plain": "p", "parts": {"ANY": {"title": "u"}}}`, `[{"title": "v"}]`, `{"A": 9007199254740993, "a": -1.5}`)
	shows(t, row, err, `{"page":{"by":"b","title":"t","Plain":"p","parts":{"ANY":{"by":"","title":"u","Plain":""}}},"more":[{"by":"","title":"v","Plain":""}],"any_doc":{"A":9007199254740993,"a":-1.5},"tags":["a"]}`)
	for _, page := range []string{`{"Title": "t"}`, `{"title": "t", "TITLE": "u"}`, `{"plain": "p"}`, `{"BY": "b"}`, `{"Gone": "g"}`, `{"parts": {"x": {"Title": "t"}}}`, `{"ti\u017fle": "t"}`} {
		_, err := create(page, `[]`, `1`)
		refused(t, err, guard.CodeValidation, "data.page")
	}
	_, err = create(`{}`, `[{"title": "t"}, {"Title": "t"}]`, `1`)
	refused(t, err, guard.CodeValidation, "data.more")
	for _, doc := range []string{`1e308`, `5e-324`} {
		_, err := create(`{}`, `[]`, doc)
		must(t, err)
	}
	for _, doc := range []string{`1e131000`, `{"a": [1e309]}`, `[` + strings.TrimSuffix(strings.Repeat(`1e131000,`, 500), ",") + `]`, `1e-400`, `1e99999999999999999999`} {
		_, err := create(`{}`, `[]`, doc)
		refused(t, err, guard.CodeValidation, "data.any_doc")
	}
}
