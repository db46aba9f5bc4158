package conformance

import (
	"context"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/randomquery"
	"github.com/multi-orm/orm/model"
)

type ticket struct { // keys of one kind and another width or sign than where they lead
	ID    int64     `orm:"id,table=tickets,datasource=main"`
	Seat  int32     `orm:"seat"`
	Large int64     `orm:"large"`
	Plain uint32    `orm:"plain"`
	Code  *[16]byte `orm:"code"`

	BySeat  []stamp `orm:"relation=seat:wide"`
	ByLarge []stamp `orm:"relation=large:narrow"`
	BySign  []stamp `orm:"relation=large:unsigned"`
	ByPlain []stamp `orm:"relation=plain:narrow"`
	ByCode  []stamp `orm:"relation=code:code"`
}

type stamp struct {
	ID       int64     `orm:"id,table=stamps,datasource=other"`
	Wide     int64     `orm:"wide"`
	Narrow   int32     `orm:"narrow"`
	Unsigned uint32    `orm:"unsigned"`
	Code     *[16]byte `orm:"code"`

	Seats   []ticket `orm:"relation=wide:seat"`
	Larges  []ticket `orm:"relation=narrow:large"`
	Signs   []ticket `orm:"relation=unsigned:large"`
	Plains  []ticket `orm:"relation=narrow:plain"`
	Tickets []ticket `orm:"relation=code:code"`
}

// Keys meet across sources by value, whatever width and sign their columns have; a value that the other column cannot
// hold meets nothing, and is no error.
func TestAcrossKeyTypes(t *testing.T) {
	onBoth(t, func(e *env, other Engine) {
		db := e.bind(orm.Models(ticket{}), sqliteMemory().Database(e.T)("main", Options{}), other.Database(e.T)("other", Options{}))
		a, b := [16]byte{1, 15: 0xff}, [16]byte{2}
		must(orm.Repo[ticket](db).CreateMany(e.ctx, []ticket{
			{ID: 1, Seat: 5, Large: 5, Plain: 5, Code: &a}, {ID: 2, Seat: -1, Large: 1 << 40, Plain: 1 << 31, Code: &b}, {ID: 3, Seat: 8, Large: -9, Plain: 8}}))
		must(orm.Repo[stamp](db).CreateMany(e.ctx, []stamp{
			{ID: 1, Wide: 5, Narrow: 5, Unsigned: 5, Code: &a}, {ID: 2, Wide: -1, Narrow: -9, Unsigned: 1 << 31, Code: &b}, {ID: 3, Wide: 1 << 40, Narrow: -1, Unsigned: 0}}))
		for relation, want := range map[string]string{"BySeat": "[[1] [2] []]", "ByLarge": "[[1] [] [2]]", "BySign": "[[1] [] []]", "ByPlain": "[[1] [] []]", "ByCode": "[[1] [2] []]"} {
			meets(e, orm.Repo[ticket](db), relation, want, func(x ticket) []stamp {
				return map[string][]stamp{"BySeat": x.BySeat, "ByLarge": x.ByLarge, "BySign": x.BySign, "ByPlain": x.ByPlain, "ByCode": x.ByCode}[relation]
			}, func(s stamp) int64 { return s.ID })
		}
		for relation, want := range map[string]string{"Seats": "[[1] [2] []]", "Larges": "[[1] [3] []]", "Signs": "[[1] [] []]", "Plains": "[[1] [] []]", "Tickets": "[[1] [2] []]"} {
			meets(e, orm.Repo[stamp](db), relation, want, func(x stamp) []ticket {
				return map[string][]ticket{"Seats": x.Seats, "Larges": x.Larges, "Signs": x.Signs, "Plains": x.Plains, "Tickets": x.Tickets}[relation]
			}, func(x ticket) int64 { return x.ID })
		}
	})
}

// meets checks what a relation includes, and that its filter passes the rows that have any.
func meets[T, C any](e *env, r orm.Repo[T], relation, want string, kids func(T) []C, id func(C) int64) {
	e.Helper()
	var have [][]int64
	some := int64(0)
	for _, row := range must(r.Include(relation).Sort("ID").All(e.ctx)) {
		have = append(have, pick(kids(row), id))
		if len(kids(row)) > 0 {
			some++
		}
	}
	e.equal(fmt.Sprint(have), want, relation)
	rel := must(must(model.For[T]()).Relation(relation))
	e.equal(must(r.Where(predOf[T](builder.Related(builder.OpSome, rel))).Count(e.ctx)), some, relation+" as a filter")
}

type coded struct {
	ID   int64    `orm:"id,datasource=main"`
	Code [16]byte `orm:"code"`
	Far  *texted  `orm:"relation=code:code"`
}

type texted struct {
	ID   int64  `orm:"id,datasource=main"`
	Code string `orm:"code,unique"`
}

type looseEnd struct {
	ID   int64      `orm:"id,datasource=main"`
	Ends []otherEnd `orm:"relation=id:id,through=ends(near_id:far_id)"`
}

type otherEnd struct {
	ID int64 `orm:"id,datasource=other"`
}

type endLink struct {
	NearID bool  `orm:"near_id,id,table=ends,datasource=main"`
	FarID  int64 `orm:"far_id,id"`
}

// Keys that can never meet, and links that nothing describes, are told when the DB is opened.
func TestAcrossBadKeysAreToldAtOpen(t *testing.T) {
	e := &env{T: t, ctx: t.Context()}
	defer e.stop()
	for _, c := range []struct {
		models []any
		words  []string
	}{
		{[]any{coded{}}, []string{"coded.Code ([16]uint8) cannot be compared with texted.Code (string) inside one database"}},
		{[]any{looseEnd{}}, []string{"looseEnd", "needs a model of the table \"ends\""}},
		{[]any{looseEnd{}, endLink{}}, []string{"endLink.NearID cannot be compared with looseEnd.ID"}},
	} {
		_, err := orm.Open(e.ctx, sqliteMemory().Database(t)("main", Options{}), sqliteMemory().Database(t)("other", Options{}), orm.Models(c.models...))
		e.fails(err, orm.ErrInvalid, "", "")
		e.says(err, c.words...)
	}
}

// Lists of keys longer than one argument may be are cut; more keys than PostFilterRows are refused, not cut.
func TestAcrossLongLists(t *testing.T) {
	e := &env{T: t, ctx: t.Context()}
	defer e.stop()
	const n = 50_100 // SQLite's argument holds 50,000
	var longest int
	open := func(l orm.Limits) orm.DB {
		return e.bind(randomquery.Two(), l, orm.Observer(func(_ context.Context, s orm.Statement) { longest++ }),
			sqliteMemory().Database(t)("main", Options{}), sqliteMemory().Database(t)("other", Options{}))
	}
	db := open(orm.Limits{PostFilterRows: 2 * n})
	owners, kids := make([]twoOwner, n), make([]twoKid, n)
	for i := range int64(n) {
		owners[i] = twoOwner{Owner: randomquery.Owner{ID: i + 1}}
		kids[i] = twoKid{Kid: randomquery.Kid{ID: i + 1, OwnerID: ptr(i + 1)}}
	}
	must(orm.Repo[twoOwner](db).CreateMany(e.ctx, owners))
	must(orm.Repo[twoKid](db).CreateMany(e.ctx, kids))
	r := orm.Repo[twoOwner](db)
	longest = 0
	e.equal(must(r.Where(twoOwners.Kids.Some()).Count(e.ctx)), int64(n), "a filter")
	e.equal(longest, 2, "its statements")
	e.equal(must(r.Where(twoOwners.Kids.None()).Count(e.ctx)), int64(0), "its negation")
	longest = 0
	rows := must(r.With(twoOwners.Kids).All(e.ctx))
	e.equal(longest, 3, "an include takes two statements for the children")
	for i := range rows {
		if len(rows[i].Kids) != 1 || rows[i].Kids[0].ID != rows[i].ID {
			t.Fatalf("row %d has %v", i, rows[i].Kids)
		}
	}
	small := open(orm.Limits{PostFilterRows: 10})
	must(orm.Repo[twoOwner](small).CreateMany(e.ctx, owners[:12]))
	must(orm.Repo[twoKid](small).CreateMany(e.ctx, kids[:11]))
	_, err := orm.Repo[twoOwner](small).Where(twoOwners.Kids.Some()).All(e.ctx)
	e.fails(err, orm.ErrLimit, "TwoOwner", "Kids")
	e.says(err, "PostFilterRows (10)", "other")
	e.equal(must(orm.Repo[twoOwner](small).Where(twoOwners.Kids.Some(twoKids.ID.Lte(10))).Count(e.ctx)), int64(10), "as many as may be")
}
