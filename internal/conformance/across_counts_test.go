package conformance

import (
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/randomquery"
)

type (
	twoOwner = randomquery.TwoOwner
	twoKid   = randomquery.TwoKid
	twoToy   = randomquery.TwoToy
	twoTag   = randomquery.TwoTag
	twoTie   = randomquery.TwoTie
	twoPlot  = randomquery.TwoPlot
	twoMark  = randomquery.TwoMark
)

var (
	twoOwners = orm.Bind[twoOwner, struct {
		ID    orm.Col[twoOwner, int64]
		Kids  orm.Many[twoOwner, twoKid]
		Best  orm.One[twoOwner, twoKid]
		Plot  orm.One[twoOwner, twoPlot]
		Tags  orm.Many[twoOwner, twoTag]
		Marks orm.Many[twoOwner, twoMark]
	}]()
	twoKids = orm.Bind[twoKid, struct {
		ID    orm.Col[twoKid, int64]
		N     orm.Col[twoKid, int64]
		Owner orm.One[twoKid, twoOwner]
		Toys  orm.Many[twoKid, twoToy]
	}]()
	twoToys = orm.Bind[twoToy, struct {
		ID orm.Col[twoToy, int64]
		N  orm.Col[twoToy, int64]
	}]()
	twoTags = orm.Bind[twoTag, struct {
		ID     orm.Col[twoTag, int64]
		Owners orm.Many[twoTag, twoOwner]
	}]()
)

// Statements are one for each step of a relation, however many rows there are.
func TestAcrossCounts(t *testing.T) {
	onBoth(t, func(e *env, other Engine) {
		db := e.bind(randomquery.Two(), orm.Observer(e.log.add),
			sqliteMemory().Database(e.T)("main", Options{}), other.Database(e.T)("other", Options{}))
		var owners []twoOwner
		var kids []twoKid
		var toys []twoToy
		var ties []twoTie
		var tags []twoTag
		for i := range int64(50) {
			owners = append(owners, twoOwner{Owner: randomquery.Owner{ID: i + 1, BestID: ptr(i + 1)}})
			kids = append(kids, twoKid{Kid: randomquery.Kid{ID: i + 1, OwnerID: ptr(i/2 + 1), N: ptr(i % 3)}})
			toys = append(toys, twoToy{Toy: randomquery.Toy{ID: i + 1, KidID: ptr(i/3 + 1), N: ptr(i % 3)}})
			tags = append(tags, twoTag{Tag: randomquery.Tag{ID: i + 1}})
			ties = append(ties, twoTie{Tie: randomquery.Tie{OwnerID: i + 1, TagID: i/5 + 1}}, twoTie{Tie: randomquery.Tie{OwnerID: i + 1, TagID: 50 - i/5}})
		}
		must(orm.Repo[twoOwner](db).CreateMany(e.ctx, owners))
		must(orm.Repo[twoKid](db).CreateMany(e.ctx, kids))
		must(orm.Repo[twoToy](db).CreateMany(e.ctx, toys))
		must(orm.Repo[twoTag](db).CreateMany(e.ctx, tags))
		must(orm.Repo[twoTie](db).CreateMany(e.ctx, ties))
		must(orm.Repo[twoPlot](db).CreateMany(e.ctx, []twoPlot{{Plot: randomquery.Plot{X: 1, Y: "a"}}}))
		e.log.reset()
		r := orm.Repo[twoOwner](db)
		n := func(what string, want int, q orm.Query[twoOwner]) {
			e.Helper()
			e.equal(len(must(q.All(e.ctx))) > 0, true, what)
			e.ran(want, what)
		}
		n("to-many", 2, r.With(twoOwners.Kids))
		n("to-many, paged for each parent", 2, r.With(twoOwners.Kids.OrderBy(twoKids.N.Desc()).Skip(1).Take(1)))
		n("to-one", 2, r.With(twoOwners.Best))
		n("many-to-many: the links, then the rows", 3, r.With(twoOwners.Tags))
		n("many-to-many and back", 5, r.With(twoOwners.Tags.With(twoTags.Owners)))
		n("nested", 3, r.With(twoOwners.Kids.With(twoKids.Toys)))
		n("two branches, one nested", 4, r.With(twoOwners.Best, twoOwners.Kids.With(twoKids.Owner)))
		n("a key that is NULL everywhere", 1, r.With(twoOwners.Plot))
		n("a filter by to-many", 2, r.Where(twoOwners.Kids.Some(twoKids.N.Eq(1))))
		n("a filter by to-one", 2, r.Where(twoOwners.Best.IsNot(twoKids.N.Eq(1))))
		n("a filter by many-to-many: rows, links, then owners", 3, r.Where(twoOwners.Tags.Some(twoTags.ID.Eq(1))))
		n("a filter by many-to-many that no row passes asks for no links", 2, r.Where(twoOwners.Tags.None(twoTags.ID.Eq(1000))))
		n("a filter there and back", 3, r.Where(twoOwners.Kids.Some(twoKids.Toys.Every(twoToys.N.Lt(2)))))
		n("a filter and an include", 3, r.Where(twoOwners.Kids.Some()).With(twoOwners.Kids))
		n("an include's filter there and back", 3, r.With(twoOwners.Kids.Where(twoKids.Toys.Some())))
		e.equal(must(r.Where(twoOwners.Kids.Some()).Count(e.ctx)), int64(25), "Count")
		e.ran(2, "Count")
	})
}
