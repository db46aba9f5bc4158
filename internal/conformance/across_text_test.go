package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/httpapi"
)

// Numbers and UUIDs on one side, texts on the other.
type payer struct {
	ID   int64     `orm:"id,table=payers,datasource=main"`
	Code [16]byte  `orm:"code"`
	Best *string   `orm:"best"`
	Bill []bill    `orm:"relation=id:payer_id"`
	Pick *bill     `orm:"relation=best:id"`
	Mail []bill    `orm:"relation=code:code"`
	Both []bill    `orm:"relation=id+code:payer_id+code"`
	Tags []billTag `orm:"relation=id:id,through=bill_ties(payer_id:tag_id)"`
}

type bill struct {
	ID      int64   `orm:"id,table=bills,datasource=other"`
	PayerID *string `orm:"payer_id"`
	Code    string  `orm:"code"`

	Payer *payer  `orm:"relation=payer_id:id"`
	Post  []payer `orm:"relation=code:code"`
	Picks []payer `orm:"relation=id:best"`
}

type billTag struct {
	ID uint32 `orm:"id,table=bill_tags,datasource=other"`

	Payers []payer `orm:"relation=id:id,through=bill_ties(tag_id:payer_id)"`
}

type billTie struct {
	PayerID string `orm:"payer_id,id,table=bill_ties,datasource=other"`
	TagID   string `orm:"tag_id,id"`
}

var payers = orm.Bind[payer, struct {
	ID   orm.Col[payer, int64]
	Bill orm.Many[payer, bill]
	Tags orm.Many[payer, billTag]
}]()

var (
	billID = orm.F(func(b *bill) *int64 { return &b.ID })
	tagID  = orm.F(func(b *billTag) *uint32 { return &b.ID })
)

// A text equals the number or the UUID that is written so, in both directions, on every path; another spelling of it
// equals nothing and is no error.
func TestAcrossTextKeys(t *testing.T) {
	onBoth(t, func(e *env, other Engine) {
		db := e.bind(orm.Models(payer{}, billTie{}), sqliteMemory().Database(e.T)("main", Options{}), other.Database(e.T)("other", Options{}))
		a, b := [16]byte{0xab, 15: 0xff}, [16]byte{2}
		must(orm.Repo[payer](db).CreateMany(e.ctx, []payer{{ID: 7, Code: a, Best: ptr("3")}, {ID: 1 << 60, Code: b, Best: ptr("03")}, {ID: -9, Best: ptr("")}, {ID: 10, Code: a}}))
		const canonical, capital = "ab000000-0000-0000-0000-0000000000ff", "AB000000-0000-0000-0000-0000000000FF"
		must(orm.Repo[bill](db).CreateMany(e.ctx, []bill{
			{ID: 1, PayerID: ptr("7"), Code: canonical}, {ID: 2, PayerID: ptr("007"), Code: capital}, {ID: 3, PayerID: ptr("-9"), Code: ""},
			{ID: 4, PayerID: ptr("1152921504606846976"), Code: "02000000-0000-0000-0000-000000000000"}, {ID: 5, PayerID: ptr("99999999999999999999"), Code: "{" + canonical + "}"},
			{ID: 6, Code: "ab0000000000000000000000000000ff"}, {ID: 7, PayerID: ptr("7"), Code: "x"}, {ID: 8, PayerID: ptr(" 7"), Code: "00000000-0000-0000-0000-000000000000"}, {ID: 9, PayerID: ptr("7.0")}}))
		must(orm.Repo[billTag](db).CreateMany(e.ctx, []billTag{{ID: 1}, {ID: 2}, {ID: 4_000_000_000}}))
		must(orm.Repo[billTie](db).CreateMany(e.ctx, []billTie{{"7", "1"}, {"7", "4000000000"}, {"-9", "2"}, {"-9", "02"}, {"+7", "2"}, {"10", "-1"}, {"10", "x"}, {"10", "4294967297"}}))

		bills := func(b bill) int64 { return b.ID }
		ids := func(p payer) int64 { return p.ID }
		one := func(b *bill) []bill {
			if b == nil {
				return nil
			}
			return []bill{*b}
		}
		P, B, G := orm.Repo[payer](db), orm.Repo[bill](db), orm.Repo[billTag](db)
		meets(e, P, "Bill", "[[3] [1 7] [] [4]]", func(p payer) []bill { return p.Bill }, bills) // in the order -9, 7, 10, 1<<60
		meets(e, P, "Pick", "[[] [3] [] []]", func(p payer) []bill { return one(p.Pick) }, bills)
		meets(e, P, "Mail", "[[8] [1] [1] [4]]", func(p payer) []bill { return p.Mail }, bills)
		meets(e, P, "Both", "[[] [1] [] [4]]", func(p payer) []bill { return p.Both }, bills)
		meets(e, P, "Tags", "[[2] [1 4000000000] [] []]", func(p payer) []billTag { return p.Tags }, func(t billTag) int64 { return int64(t.ID) })
		meets(e, B, "Payer", "[[7] [] [-9] [1152921504606846976] [] [] [7] [] []]", func(b bill) []payer {
			if b.Payer == nil {
				return nil
			}
			return []payer{*b.Payer}
		}, ids)
		meets(e, B, "Post", "[[7 10] [] [] [1152921504606846976] [] [] [] [-9] []]", func(b bill) []payer { return b.Post }, ids)
		meets(e, B, "Picks", "[[] [] [7] [] [] [] [] [] []]", func(b bill) []payer { return b.Picks }, ids)
		meets(e, G, "Payers", "[[7] [-9] [7]]", func(t billTag) []payer { return t.Payers }, ids)

		// pages of each parent, windows of a stream and cursors hand out the same
		paged := must(P.OrderBy(payers.ID.Asc()).With(payers.Bill.OrderBy(billID.Desc()).Take(1), payers.Tags.OrderBy(tagID.Desc()).Take(1)).All(e.ctx))
		e.equal(fmt.Sprint(pick(paged, func(p payer) string { return fmt.Sprint(pick(p.Bill, bills), len(p.Tags)) })), "[[3] 1 [7] 1 [] 0 [4] 0]", "a page of each parent")
		var streamed []string
		for p, err := range P.OrderBy(payers.ID.Asc()).With(payers.Bill.OrderBy(billID.Asc())).Rows(e.ctx) {
			ok(err)
			streamed = append(streamed, fmt.Sprint(pick(p.Bill, bills)))
		}
		e.equal(fmt.Sprint(streamed), "[[3] [1 7] [] [4]]", "a stream")
		page := must(P.OrderBy(payers.ID.Asc()).With(payers.Bill.OrderBy(billID.Asc())).Take(2).Page(e.ctx, ""))
		page = must(P.OrderBy(payers.ID.Asc()).With(payers.Bill.OrderBy(billID.Asc())).Take(2).Page(e.ctx, page.Next))
		e.equal(fmt.Sprint(pick(page.Rows, func(p payer) string { return fmt.Sprint(pick(p.Bill, bills)) })), "[[] [4]]", "the second page")
		none := must(P.Where(payers.Bill.None()).OrderBy(payers.ID.Asc()).All(e.ctx))
		e.equal(pick(none, ids), []int64{10}, "None")
	})
}

type apiPayer struct {
	ID int64 `orm:"id,table=payers,datasource=main"`

	Bills []apiBill  `orm:"relation=id:payerId"`
	Texts []apiTexts `orm:"relation=id:payerId"`
}

type apiBill struct { // the API writes the number as text
	ID      int64 `orm:"id,datasource=api"`
	PayerID int64 `orm:"payerId,type=text"`

	Payer *apiPayer `orm:"relation=payerId:id"`
}

func (apiBill) Endpoints() httpapi.Endpoints { return billEndpoints() }

type apiTexts struct {
	ID      int64  `orm:"id,datasource=api"`
	PayerID string `orm:"payerId"`

	Payer *apiPayer `orm:"relation=payerId:id"`
}

func (apiTexts) Endpoints() httpapi.Endpoints { return billEndpoints() }

func billEndpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/bills").Query("payerId", "$where.PayerID.in?").Items("$"), Create: httpapi.POST("/bills").BodyAll().Item("$")}
}

// An API that writes its keys as texts is read into numbers, as far as a text is a number and no other, and is asked and
// written to in its own form.
func TestAPITextKeys(t *testing.T) {
	e := &env{T: t, ctx: t.Context()}
	defer e.stop()
	var asked, sent string
	reply := `[{"id":1,"payerId":"7"},{"id":2,"payerId":"9007199254740993"},{"id":3,"payerId":"7"}]`
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodPost {
			body := make([]byte, r.ContentLength)
			_, _ = r.Body.Read(body)
			sent = string(body)
			_, _ = w.Write(body)
			return
		}
		asked = r.URL.Query().Get("payerId")
		_, _ = w.Write([]byte(reply))
	}))
	t.Cleanup(api.Close)
	db := must(orm.Open(e.ctx, orm.Models(apiPayer{}), sqliteMemory().Database(t)("main", Options{}), httpapi.Source("api", api.URL)))
	defer db.Close() //nolint:errcheck // a test
	must(db.Source("main").Exec(e.ctx, "CREATE TABLE payers (id INTEGER PRIMARY KEY)"))
	must(orm.Repo[apiPayer](db).CreateMany(e.ctx, []apiPayer{{ID: 7}, {ID: 8}, {ID: 9007199254740993}}))
	for _, relation := range []string{"Bills", "Texts"} {
		rows := must(orm.Repo[apiPayer](db).Include(relation).Sort("ID").All(e.ctx))
		var have [][]int64
		for _, p := range rows {
			have = append(have, append(pick(p.Bills, func(b apiBill) int64 { return b.ID }), pick(p.Texts, func(b apiTexts) int64 { return b.ID })...))
		}
		e.equal(fmt.Sprint(have), "[[1 3] [] [2]]", relation)
		e.equal(asked, "7,8,9007199254740993", relation+" asks")
	}
	bills := must(orm.Repo[apiBill](db).Include("Payer").All(e.ctx))
	e.equal(pick(bills, func(b apiBill) int64 { return b.Payer.ID }), []int64{7, 9007199254740993, 7}, "the payers of numbers")
	texts := must(orm.Repo[apiTexts](db).Include("Payer").All(e.ctx))
	e.equal(pick(texts, func(b apiTexts) int64 { return b.Payer.ID }), []int64{7, 9007199254740993, 7}, "the payers of texts")
	ok(orm.Repo[apiBill](db).Create(e.ctx, &apiBill{ID: 4, PayerID: 12}))
	e.equal(strings.TrimSpace(sent), `{"id":4,"payerId":"12"}`, "what is written")
	for _, bad := range []string{`"007"`, `" 7"`, `"+7"`, `"7.0"`, `""`, `"-0"`, `"\u0037"`, `"9223372036854775808"`, `"1e3"`, `[7]`} {
		reply = `[{"id":1,"payerId":` + bad + `}]`
		_, err := orm.Repo[apiBill](db).All(e.ctx)
		e.fails(err, orm.ErrUpstream, "apiBill", "PayerID")
	}
}

type folder struct {
	ID   int64  `orm:"id,table=folders,datasource=main"`
	Name string `orm:"name"`

	Notes []note    `orm:"relation=name:folder"`
	Marks []noteTag `orm:"relation=name:name,through=note_ties(folder:tag)"`
}

type note struct {
	ID     int64  `orm:"id,table=notes,datasource=other"`
	Folder string `orm:"folder"`

	In *folder `orm:"relation=folder:name"`
}

type noteTag struct {
	ID   int64  `orm:"id,table=note_tags,datasource=other"`
	Name string `orm:"name"`
}

type noteTie struct {
	Folder string `orm:"folder,id,table=note_ties,datasource=other"`
	Tag    string `orm:"tag,id"`
}

var (
	noteID      = orm.F(func(n *note) *int64 { return &n.ID })
	noteTagID   = orm.F(func(n *noteTag) *int64 { return &n.ID })
	noteFolders = orm.Bind[folder, struct {
		ID    orm.Col[folder, int64]
		Notes orm.Many[folder, note]
		Marks orm.Many[folder, noteTag]
	}]()
)

// Across sources the database that holds the related rows says which keys are the same. Filters, where another one would
// have to say it, are refused.
func TestAcrossCollatedKeys(t *testing.T) {
	for name, c := range map[string]struct {
		other func(t *testing.T) Engine
		typ   string
	}{
		"sqlite":   {func(*testing.T) Engine { return sqliteMemory() }, "TEXT COLLATE NOCASE"},
		"postgres": {func(t *testing.T) Engine { return onPostgres(t) }, "citext"},
	} {
		t.Run(name, func(t *testing.T) {
			e := &env{T: t, ctx: t.Context()}
			defer e.stop()
			db := must(orm.Open(e.ctx, orm.Models(folder{}, noteTie{}), sqliteMemory().Database(t)("main", Options{}), c.other(t).Database(t)("other", Options{})))
			defer db.Close() //nolint:errcheck // a test
			other := func(text string) { must(db.Source("other").Exec(e.ctx, orm.Unsafe(text))) }
			must(db.Source("main").Exec(e.ctx, "CREATE TABLE folders (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"))
			if name == "postgres" {
				other("CREATE EXTENSION IF NOT EXISTS citext")
			}
			other("CREATE TABLE notes (id bigint PRIMARY KEY, folder " + c.typ + " NOT NULL)")
			other("CREATE TABLE note_tags (id bigint PRIMARY KEY, name " + c.typ + " NOT NULL)")
			other("CREATE TABLE note_ties (folder " + c.typ + " NOT NULL, tag " + c.typ + " NOT NULL, PRIMARY KEY (folder, tag))")
			must(orm.Repo[folder](db).CreateMany(e.ctx, []folder{{ID: 1, Name: "a"}, {ID: 2, Name: "A"}, {ID: 3, Name: "b"}}))
			must(orm.Repo[note](db).CreateMany(e.ctx, []note{{1, "a", nil}, {2, "A", nil}, {3, "B", nil}, {4, "c", nil}}))
			must(orm.Repo[noteTag](db).CreateMany(e.ctx, []noteTag{{1, "x"}, {2, "Y"}}))
			must(orm.Repo[noteTie](db).CreateMany(e.ctx, []noteTie{{"A", "X"}, {"b", "x"}, {"B", "y"}}))
			rows := must(orm.Repo[folder](db).OrderBy(noteFolders.ID.Asc()).With(noteFolders.Notes.OrderBy(noteID.Desc()), noteFolders.Marks.OrderBy(noteTagID.Desc())).All(e.ctx))
			show := func(f folder) string {
				return fmt.Sprint(pick(f.Notes, func(n note) int64 { return n.ID }), pick(f.Marks, func(n noteTag) int64 { return n.ID }))
			}
			e.equal(fmt.Sprint(pick(rows, show)), "[[2 1] [1] [2 1] [1] [3] [2 1]]", "what is included")
			rows = must(orm.Repo[folder](db).OrderBy(noteFolders.ID.Asc()).With(noteFolders.Notes.OrderBy(noteID.Desc()).Take(1), noteFolders.Marks.OrderBy(noteTagID.Desc()).Take(1)).All(e.ctx))
			e.equal(fmt.Sprint(pick(rows, show)), "[[2] [1] [2] [1] [3] [2]]", "a page of each parent")
			notes := must(orm.Repo[note](db).Sort("ID").Include("In").All(e.ctx))
			e.equal(fmt.Sprint(pick(notes, func(n note) bool { return n.In != nil })), "[true true false false]", "the other way the other database says")
			for _, p := range []orm.Pred[folder]{noteFolders.Notes.Some(), noteFolders.Marks.None(), noteFolders.Marks.Some(noteTagID.Eq(1))} {
				_, err := orm.Repo[folder](db).Where(p).All(e.ctx)
				e.equal(errors.Is(err, orm.ErrUnsupported), true, fmt.Sprint(err))
				e.says(err, "does not compare byte by byte")
			}
			_, err := orm.Repo[note](db).Where(predOf[note](builder.Related(builder.OpSome, must(must(model.For[note]()).Relation("In"))))).All(context.Background())
			e.fails(err, orm.ErrUnsupported, "note", "Folder")
		})
	}
}
