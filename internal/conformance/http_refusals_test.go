package conformance

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

var (
	webOwners = orm.Bind[webOwner, struct {
		ID   orm.Col[webOwner, int64]
		N    orm.Col[webOwner, int64]
		Kids orm.Many[webOwner, webKid]
		Best orm.One[webOwner, webKid]
		Tags orm.Many[webOwner, webTag]
	}]()
	webKids = orm.Bind[webKid, struct {
		ID      orm.Col[webKid, int64]
		N       orm.Col[webKid, int64]
		OwnerID orm.Col[webKid, int64]
		Owner   orm.One[webKid, webOwner]
		Toys    orm.Many[webKid, webToy]
	}]()
)

// refused is what a source cannot do, and whose doing it would be.
type refused struct {
	err           error
	model, source string
}

// refuses checks that each is ErrUnsupported, names model and source, and says what to do.
func (e *env) refuses(all map[string]refused) {
	e.Helper()
	for about, x := range all {
		var typed *orm.Error
		if !errors.Is(x.err, orm.ErrUnsupported) || !errors.As(x.err, &typed) {
			e.Errorf("%s: %v", about, x.err)
			continue
		}
		if typed.Model != x.model || typed.Source != x.source {
			e.Errorf("%s: of %q in %q: %v", about, typed.Model, typed.Source, x.err)
		}
	}
}

// Related rows in another source are neither counted, sorted by nor selected from; no request is sent to find that out.
func TestHTTPRelationsAreNotComputed(t *testing.T) {
	e := &env{T: t, ctx: t.Context()}
	defer e.stop()
	api := restOf(t, 7)
	db := e.bind(webGraph(), sqliteMemory().Database(t)("main", Options{}), httpSource("other", api), orm.Observer(e.log.add))
	e.log.reset()
	owners, kids := orm.Repo[webOwner](db), orm.Repo[webKid](db)
	e.refuses(map[string]refused{
		"sort by the number of related rows":   {second(owners.OrderBy(webOwners.Kids.Count().Desc()).All(e.ctx)), "webOwner", "main"},
		"sort by a related row":                {second(owners.OrderBy(webOwners.Best.By(webKids.N.Asc())).All(e.ctx)), "webOwner", "main"},
		"compare the number of related rows":   {second(owners.Where(webOwners.Kids.Count(webKids.N.Eq(1)).Gt(2)).All(e.ctx)), "webOwner", "main"},
		"count by the number of linked rows":   {second(owners.Where(webOwners.Tags.Count().Gt(2)).Count(e.ctx)), "webOwner", "main"},
		"a sub-select of the API":              {second(owners.Where(webOwners.ID.InQuery(orm.Values(kids.Query(), webKids.OwnerID))).All(e.ctx)), "webKid", "other"},
		"sort the API's rows by a database's":  {second(kids.OrderBy(webKids.Owner.By(webOwners.N.Asc())).All(e.ctx)), "webKid", "other"},
		"a page of the API's rows by number":   {second(kids.OrderBy(webKids.Toys.Count().Asc()).Take(2).Page(e.ctx, "")), "webKid", "other"},
		"sort the API's rows by their number":  {second(kids.OrderBy(webKids.Toys.Count().Asc()).All(e.ctx)), "webKid", "other"},
		"compare a number of the API's rows":   {second(kids.Where(webKids.Toys.Count().Eq(1)).Count(e.ctx)), "webKid", "other"},
		"a sub-select of the database":         {second(kids.Where(webKids.ID.InQuery(orm.Values(owners.Query(), webOwners.ID))).All(e.ctx)), "webOwner", "main"},
		"a sub-select of the API, on the API":  {second(kids.Where(webKids.ID.InQuery(orm.Values(kids.Query(), webKids.OwnerID))).All(e.ctx)), "webKid", "other"},
		"an include sorted by a related row":   {second(owners.With(webOwners.Kids.OrderBy(webKids.Owner.By(webOwners.N.Asc()))).All(e.ctx)), "webKid", "other"},
		"an include filtered by a number":      {second(owners.With(webOwners.Kids.Where(webKids.Toys.Count().Eq(1))).All(e.ctx)), "webKid", "other"},
		"a filter by a row with such a number": {second(owners.Where(webOwners.Kids.Some(webKids.Toys.Count().Eq(1))).All(e.ctx)), "webKid", "other"},
		"a stream sorted by related rows":      {second(collect(owners.OrderBy(webOwners.Kids.Count().Desc()), e.ctx)), "webOwner", "main"},
		"a create over a deleted row":          {kids.OnExisting(orm.Replace).Create(e.ctx, &webKid{}), "webKid", "other"},
		"a delete by the number of rows":       {second(owners.Where(webOwners.Kids.Count().Eq(0)).DeleteMany(e.ctx)), "webOwner", "main"},
	})
	e.ran(0, "nothing ran")
	if len(api.asked) > 0 {
		t.Error(api.asked)
	}
}

// webNote has a column of every kind that databases look into.
type webNote struct {
	ID    int64 `orm:"id,table=web_notes"`
	Name  string
	Count int64
	At    time.Time
	Price Cents
	Meta  json.RawMessage
	Words []string
}

func (webNote) Endpoints() httpapi.Endpoints { return restFor[webNote]() }

// What only databases do is refused by name; no request is sent, and no answer is made up.
func TestHTTPRefusals(t *testing.T) {
	e := &env{T: t, ctx: t.Context()}
	defer e.stop()
	api := restOf(t, 7)
	db := e.bind(orm.Models(webNote{}), httpSource("main", api))
	r := orm.Repo[webNote](db)
	search := orm.FullText("simple", orm.Named[webNote]("Name"))
	type byName struct {
		Name string
		N    int64 `orm:"agg=count(*)"`
	}
	sql := func(_ string, _ []any, err error) error { return err }
	all := map[string]refused{}
	for about, q := range map[string]orm.Query[webNote]{
		"a row lock":             r.Query().Lock(orm.ForUpdate),
		"a shared row lock":      r.Where(r.F("Count").Eq(1)).Lock(orm.ForShare, orm.SkipLocked),
		"SQL text":               r.Where(orm.SQL[webNote]("count = ?", 1)),
		"SQL text inside":        r.Where(orm.Or(r.F("Count").Eq(1), orm.Not(orm.SQL[webNote]("count = ?", 1)))),
		"a part of a document":   r.Where(r.F("Meta").Path("a").Eq("x")),
		"a part that is there":   r.Where(orm.JSONHas(r.F("Meta"), "a", 0)),
		"a document in another":  r.Where(orm.JSONContains(r.F("Meta"), map[string]int{"a": 1})),
		"equal documents":        r.Where(r.F("Meta").Eq(json.RawMessage("{}"))),
		"an element":             r.Where(r.F("Words").Has("x")),
		"elements":               r.Where(orm.Not(r.F("Words").HasAny("x", "y"))),
		"a part of a time":       r.Where(r.F("At").Year().Eq(2024)),
		"words":                  r.Where(search.Matches("x")),
		"sorted by rank":         r.OrderBy(search.Rank("x").Desc()),
		"sorted by a part":       r.OrderBy(r.F("At").Year().Asc()),
		"sorted by an own codec": r.OrderBy(r.F("Price").Asc()),
		"sorted by documents":    r.OrderBy(r.F("Meta").Asc()),
		"an own codec's order":   r.Where(r.F("Price").Gt(Cents{1})),
	} {
		all[about] = refused{second(q.All(e.ctx)), "webNote", "main"}
		all[about+", First"] = refused{second(q.First(e.ctx)), "webNote", "main"}
		all[about+", a stream"] = refused{second(collect(q, e.ctx)), "webNote", "main"}
	}
	for about, p := range map[string]orm.Pred[webNote]{"SQL text": orm.SQL[webNote]("1 = 1"), "an element": r.F("Words").Has("x"), "a document": r.F("Meta").Path("a").IsNull(), "words": search.Matches("x")} {
		all[about+", Count"] = refused{second(r.Where(p).Count(e.ctx)), "webNote", "main"}
		all[about+", Exists"] = refused{second(r.Where(orm.Or(r.F("Count").Eq(1), p)).Exists(e.ctx)), "webNote", "main"}
		all[about+", DeleteMany"] = refused{second(r.Where(p).DeleteMany(e.ctx)), "webNote", "main"}
		all[about+", Explain"] = refused{second(r.Where(p).Explain(e.ctx)), "webNote", "main"}
	}
	row := webNote{ID: 1}
	for about, err := range map[string]error{
		"groups":                  second(orm.Aggregate[byName](e.ctx, r)),
		"SQL":                     sql(r.Query().SQL()),
		"a page by a part":        second(r.OrderBy(r.F("At").Year().Asc()).Page(e.ctx, "")),
		"a full-text index":       orm.CreateFullTextIndex(e.ctx, db, search),
		"an import":               second(r.Import(e.ctx, []webNote{row})),
		"a transaction":           db.Tx(e.ctx, func(tx orm.DB) error { return second(orm.Repo[webNote](tx).Count(e.ctx)) }),
		"a write in one":          db.Tx(e.ctx, func(tx orm.DB) error { return orm.Repo[webNote](tx).Create(e.ctx, &row) }),
		"an increment":            second(r.ByID(1).Update(e.ctx, r.F("Count").Inc(1))),
		"an update of many":       second(r.Where(r.F("Count").Eq(1)).UpdateMany(e.ctx, r.F("Name").Set("x"))),
		"a delete of many":        second(r.Where(r.F("Count").Eq(1)).DeleteMany(e.ctx)),
		"an update of all":        second(r.EveryRow().UpdateReturning(e.ctx, r.F("Name").Set("x"))),
		"duplicates left out":     second(r.CreateMany(e.ctx, []webNote{row}, orm.SkipDuplicates())),
		"an upsert without a map": r.Upsert(e.ctx, orm.On(r.F("ID")), &row),
	} {
		all[about] = refused{err, "webNote", "main"}
	}
	all["Raw"] = refused{second(orm.Raw[webNote](e.ctx, db, "SELECT 1")), "", "main"}
	all["Exec"] = refused{second(db.Exec(e.ctx, "DELETE FROM web_notes")), "", "main"}
	e.refuses(all)
	if len(api.asked) > 0 {
		t.Error(api.asked)
	}
}
