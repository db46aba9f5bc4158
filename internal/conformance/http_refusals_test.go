package conformance

import (
	"errors"
	"testing"

	"github.com/multi-orm/orm"
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
	webToys = orm.Bind[webToy, struct {
		ID orm.Col[webToy, int64]
		N  orm.Col[webToy, int64]
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
	db := handle(e.bind(orm.Models(webOwner{}, webToy{}, webTie{}, webSeal{}), sqliteMemory().Database(t)("main", Options{}), httpSource("other", api), orm.Observer(e.log.add)))
	e.log.reset()
	owners, kids := orm.Repo[webOwner](db), orm.Repo[webKid](db)
	e.refuses(map[string]refused{
		"sort by the number of related rows":   {second(owners.OrderBy(webOwners.Kids.Count().Desc()).All(e.ctx)), "webOwner", "main"},
		"sort by a related row":                {second(owners.OrderBy(webOwners.Best.By(webKids.N.Asc())).All(e.ctx)), "webOwner", "main"},
		"compare the number of related rows":   {second(owners.Where(webOwners.Kids.Count(webKids.N.Eq(1)).Gt(2)).All(e.ctx)), "webOwner", "main"},
		"count by the number of linked rows":   {second(owners.Where(webOwners.Tags.Count().Gt(2)).Count(e.ctx)), "webOwner", "main"},
		"a sub-select of the API":              {second(owners.Where(webOwners.ID.InQuery(orm.Values(kids.Query(), webKids.OwnerID))).All(e.ctx)), "webKid", "other"},
		"sort the API's rows by a database's":  {second(kids.OrderBy(webKids.Owner.By(webOwners.N.Asc())).All(e.ctx)), "webKid", "other"},
		"sort the API's rows by their number":  {second(kids.OrderBy(webKids.Toys.Count().Asc()).All(e.ctx)), "webKid", "other"},
		"compare a number of the API's rows":   {second(kids.Where(webKids.Toys.Count().Eq(1)).Count(e.ctx)), "webKid", "other"},
		"a sub-select of the database":         {second(kids.Where(webKids.ID.InQuery(orm.Values(owners.Query(), webOwners.ID))).All(e.ctx)), "webOwner", "main"},
		"a sub-select of the API, on the API":  {second(kids.Where(webKids.ID.InQuery(orm.Values(kids.Query(), webKids.OwnerID))).All(e.ctx)), "webKid", "other"},
		"an include sorted by a related row":   {second(owners.With(webOwners.Kids.OrderBy(webKids.Owner.By(webOwners.N.Asc()))).All(e.ctx)), "webKid", "other"},
		"an include filtered by a number":      {second(owners.With(webOwners.Kids.Where(webKids.Toys.Count().Eq(1))).All(e.ctx)), "webKid", "other"},
		"a filter by a row with such a number": {second(owners.Where(webOwners.Kids.Some(webKids.Toys.Count().Eq(1))).All(e.ctx)), "webKid", "other"},
		"a stream sorted by related rows":      {second(collect(owners.OrderBy(webOwners.Kids.Count().Desc()), e.ctx)), "webOwner", "main"},
		"a delete by the number of rows":       {second(owners.Where(webOwners.Kids.Count().Eq(0)).DeleteMany(e.ctx)), "webOwner", "main"},
	})
	e.ran(0, "nothing ran")
	if len(api.asked) > 0 {
		t.Error(api.asked)
	}
}
