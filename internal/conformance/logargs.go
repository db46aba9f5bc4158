package conformance

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"strings"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/model"
)

var logArgsCases = []testCase{
	{"see/args", "LogArgs logs arguments, but those of hidden fields, of columns tied to them and of SQL text, whatever the verb", logArgs},
	{"see/args bounds", "long texts, lists and statements are cut, bytes told by their length", logArgsBounds},
	{"property/args", "no random statement logs an argument of a hidden field, and each logs the others", propertyLogArgs},
}

// Vault has secrets of every kind.
type Vault struct {
	ID    int64 `orm:"id,auto"`
	Name  string
	Alias *string
	Data  []byte
	Keys  []string
	Code  string   `orm:"code,unique,hidden"` // and the key of relations
	Pin   int64    `orm:"pin,hidden"`
	Note  *string  `orm:"note,hidden"`
	Raw   []byte   `orm:"raw,hidden"`
	Doc   Doc      `orm:"doc,json,hidden"`
	Words []string `orm:"words,hidden"`
	Body  string   `orm:"body,hidden"`

	Doors  []Door  `orm:"relation=code:vault_code"`
	Guards []Guard `orm:"relation=code:id,through=watches(vault_code:guard_id)"`
}

// Door holds what a hidden column of its vault does.
type Door struct {
	ID        int64 `orm:"id,auto"`
	VaultCode *string
	Label     string

	Vault *Vault `orm:"relation=vault_code:code"`
}

// Guard watches vaults.
type Guard struct {
	ID   int64 `orm:"id,auto"`
	Name string
}

// ByNote groups vaults by a secret.
type ByNote struct {
	Note *string
	Rows int64  `orm:"agg=count(*)"`
	Most int64  `orm:"agg=max(Pin)"`
	Last string `orm:"agg=max(Name)"`
}

var vaults = orm.Bind[Vault, struct {
	ID     orm.Col[Vault, int64]
	Name   orm.Text[Vault]
	Alias  orm.Text[Vault]
	Data   orm.Col[Vault, []byte]
	Keys   orm.Array[Vault, string]
	Code   orm.Text[Vault]
	Pin    orm.Col[Vault, int64]
	Note   orm.Text[Vault]
	Raw    orm.Col[Vault, []byte]
	Doc    orm.JSON[Vault, Doc]
	Words  orm.Array[Vault, string]
	Body   orm.Text[Vault]
	Doors  orm.Many[Vault, Door]
	Guards orm.Many[Vault, Guard]
}]()

var doors = orm.Bind[Door, struct {
	ID    orm.Col[Door, int64]
	Label orm.Text[Door]
	Vault orm.One[Door, Vault]
}]()

var byNote = orm.Bind[ByNote, struct {
	Note orm.Text[ByNote]
	Rows orm.Col[ByNote, int64]
	Most orm.Col[ByNote, int64]
	Last orm.Text[ByNote]
}]()

const (
	planted    = "pl4nted"
	plantedPin = 909090
)

// vault has a secret in every hidden field.
func vault(name, code string) Vault {
	s := planted + code
	return Vault{Name: "seen " + name, Alias: ptr("seen alias"), Data: []byte{1, 2, 3}, Keys: []string{"seen key"}, Code: s, Pin: plantedPin, Note: &s,
		Raw: []byte(s), Doc: Doc{Title: s, Tags: []string{s}, Deep: map[string]any{s: s}}, Words: []string{s}, Body: "body " + s}
}

// arguments is a log that a case looks at.
type arguments struct {
	*env
	out bytes.Buffer
}

func (e *env) arguments(models ...any) (*arguments, orm.DB) {
	a := &arguments{env: e}
	db := e.openWith(Options{}, []orm.Option{orm.Logger(slog.New(slog.NewJSONHandler(&a.out, &slog.HandlerOptions{Level: slog.LevelDebug})), orm.LogArgs())}, models...)
	a.out.Reset()
	return a, db
}

// take gives what was logged since the last time, once nothing in it is a secret.
func (a *arguments) take(about string) string {
	a.Helper()
	text := a.out.String()
	a.out.Reset()
	low := strings.ToLower(text)
	for _, secret := range []string{planted, fmt.Sprint(plantedPin), fmt.Sprintf("%x", planted), "cGw0bnRlZ"} {
		if strings.Contains(low, strings.ToLower(secret)) {
			a.Errorf("%s: a secret is in the log:\n%s", about, text)
		}
	}
	for _, s := range a.log.reset() {
		if strings.Contains(strings.ToLower(fmt.Sprintf("%+v", s)), planted) {
			a.Errorf("%s: an observer saw a secret: %+v", about, s)
		}
	}
	return text
}

// shows checks that arguments were logged.
func (a *arguments) shows(about string, args ...string) {
	a.Helper()
	text := a.take(about)
	for _, want := range args {
		if !strings.Contains(text, want) {
			a.Errorf("%s: no %s in\n%s", about, want, text)
		}
	}
}

// scopeOf keeps the rows of T that pass what fn gives.
func scopeOf[T any](fn func(context.Context) (orm.Pred[T], error)) hook.Scope {
	return hook.Scope{Name: "test", Bind: func(m *model.Model) (*hook.Rule, error) {
		if m.Type != reflect.TypeFor[T]() {
			return nil, nil
		}
		return &hook.Rule{Filter: func(ctx context.Context, _ hook.Touch) (builder.Expr, error) {
			p, err := fn(ctx)
			return p.Expr(), err
		}}, nil
	}}
}

func logArgs(e *env) {
	a, db := e.arguments(Vault{}, Door{}, Guard{})
	ctx, r := e.ctx, orm.Repo[Vault](db)
	const cut = `"[redacted]"`
	one := vault("one", "1")
	door, guard := Door{Label: "seen front"}, Guard{Name: "seen bob"}
	ok(r.Create(ctx, &one, vaults.Doors.Create(&door), vaults.Guards.Create(&guard)))
	a.shows("create", `"args":["seen one","seen alias","[3 bytes]",["seen key"],`+strings.Repeat(cut+",", 6)+cut+`]`, `"seen front"`, `"seen bob"`, cut)
	must(r.CreateMany(ctx, []Vault{vault("two", "2"), vault("three", "3")}))
	a.shows("create many", "seen two", "seen three", cut)
	must(r.CreateMany(ctx, []Vault{vault("two", "2"), vault("four", "4")}, orm.SkipDuplicates()))
	a.shows("duplicates", "seen four", cut)
	_ = r.Create(ctx, ptr(vault("one", "1")))
	a.shows("conflict", `"error"`, cut)
	secret := planted + "1"
	must(r.ByID(one.ID).Update(ctx, vaults.Name.Set("seen set"), vaults.Note.Set(secret), vaults.Pin.Inc(plantedPin), vaults.Raw.Set([]byte(secret)), vaults.Words.Set([]string{secret}),
		vaults.Doc.SetPath(secret, "deep", secret), orm.SetSQL(vaults.Body, "lower(?)", secret)))
	a.shows("update", `"seen set"`, cut, fmt.Sprint(one.ID))
	one.Note, one.Pin = &secret, plantedPin
	ok(r.Save(ctx, &one))
	must(r.SaveMany(ctx, []Vault{one}))
	a.shows("save", `"seen one"`, cut)
	up := vault("up", "1")
	ok(r.Upsert(ctx, orm.On(vaults.Code), &up, vaults.Note.Set(secret), vaults.Name.Set("seen upsert")))
	a.shows("upsert", `"seen upsert"`, cut)
	for about, p := range map[string]orm.Pred[Vault]{
		"eq": vaults.Note.Eq(secret), "fold": vaults.Note.Fold().Eq(strings.ToUpper(secret)), "like": vaults.Note.Like(planted + "%"), "contains": vaults.Note.Contains(planted),
		"starts": vaults.Note.Fold().StartsWith(planted), "in": vaults.Note.In(secret, "x"), "not in": vaults.Pin.NotIn(plantedPin), "between": vaults.Pin.Between(plantedPin, plantedPin+1),
		"distinct": vaults.Note.DistinctFrom(secret), "bytes": vaults.Raw.Eq([]byte(secret)), "has": vaults.Words.Has(secret), "any": vaults.Words.HasAny(secret, "y"),
		"path": vaults.Doc.Path("deep", secret).Text().Eq(secret), "json text": vaults.Doc.Path("title").Contains(planted), "json has": vaults.Doc.Path("deep", secret).Exists(), "not": orm.Not(orm.Or(vaults.Note.Eq(secret), vaults.Pin.Lt(plantedPin))),
		"sql": orm.SQL[Vault]("note = ? AND pin < ?", secret, plantedPin), "name": r.F("Note").Eq(secret), "some": vaults.Doors.Some(orm.Repo[Door](db).F("VaultCode").Eq(secret)),
		"in query": vaults.Code.InQuery(orm.Values(r.Where(vaults.Note.Eq(secret)), vaults.Code)),
	} {
		must(r.Where(vaults.Name.Ne("seen "+about), p).Count(ctx))
		a.shows(about, `"seen `+about+`"`, cut)
	}
	_, err := r.Where(vaults.Name.Ne("seen json"), orm.JSONContains(vaults.Doc, map[string]any{"title": secret})).Count(ctx)
	if err != nil {
		e.fails(err, orm.ErrUnsupported, "Vault", "Doc", planted)
	}
	a.take("json contains")
	must(r.Where(vaults.Alias.Like("seen%")).OrderBy(vaults.Note.Asc()).Include("Doors", "Guards").All(ctx))
	a.shows("include by a hidden key", `"args":["seen`, `"model":"Door"`, `"model":"Guard"`, cut)
	must(orm.Repo[Door](db).Include("Vault").OrderBy(doors.Vault.By(vaults.Note.Desc())).Take(3).All(ctx))
	a.shows("include back", `"args":[3]`, cut)
	for page, c := 0, ""; page == 0 || c != ""; page++ {
		p := must(r.OrderBy(vaults.Note.Desc(), vaults.Alias.Asc()).Take(1).Page(ctx, c))
		c = p.Next
	}
	a.shows("pages", cut)
	must(orm.Repo[Door](db).Where(doors.Vault.Is(vaults.Words.Len().Gt(-plantedPin))).OrderBy(doors.Vault.By(vaults.Note.Desc())).Take(1).PageNumber(ctx, 2))
	a.shows("a page by a related column", `"model":"Door"`, cut)
	for page, c := 0, ""; page == 0 || c != ""; page++ {
		p := must(orm.Repo[Door](db).OrderBy(doors.Vault.By(vaults.Note.Desc())).Take(1).Page(ctx, c))
		c = p.Next
	}
	a.take("pages by a related column")
	must(orm.Aggregate[ByNote](ctx, r.Where(vaults.Pin.Eq(plantedPin)), orm.Having(byNote.Note.Eq(secret), byNote.Most.Lt(plantedPin), byNote.Rows.Lt(7), byNote.Last.Ne("seen last")), orm.GroupTake(5)))
	a.shows("aggregate", e.text(cut+`,`+cut+`,`+cut+`,7,"seen last",5]`, cut+`,`+cut+`,`+cut+`,7,"seen last"]`)) // a number of rows comes first there
	must(r.ByID(one.ID).Update(ctx, vaults.Doors.Unlink(doors.ID.Eq(door.ID))))
	must(r.ByID(one.ID).Update(ctx, vaults.Doors.Link(doors.ID.Eq(door.ID)), vaults.Guards.Set()))
	a.shows("links", fmt.Sprint(door.ID), cut)
	must(orm.Raw[string](ctx, db, "SELECT name FROM vaults WHERE note = :n OR pin IN (:p)", orm.Args{"n": secret, "p": []int64{plantedPin}}))
	for range orm.RawRows[string](ctx, db, "SELECT name FROM vaults WHERE note = :n", orm.Args{"n": secret}) {
	}
	must(db.Exec(ctx, "UPDATE vaults SET note = :n", orm.Args{"n": secret}))
	a.shows("raw", `"verb":"raw"`, cut)
	must(r.Where(vaults.Note.Eq(secret)).UpdateReturning(ctx, vaults.Body.Set(secret)))
	must(r.Where(vaults.Code.EndsWith("4")).DeleteMany(ctx))
	a.shows("mass writes", cut)
	ok(db.Use(scopeOf[Vault](func(context.Context) (orm.Pred[Vault], error) {
		return orm.And(vaults.Note.Ne(secret), vaults.Name.Ne("seen policy")), nil
	})))
	must(r.All(ctx))
	a.shows("a scope", `"args":[`+cut+`,"seen policy"]`)
	e.fails(second(orm.Open(ctx, e.source("x", Options{}), orm.Logger(slog.Default(), nil))), orm.ErrInvalid, "", "")
}

func logArgsBounds(e *env) {
	a, db := e.arguments(Vault{}, Door{}, Guard{})
	r := orm.Repo[Vault](db)
	must(r.Where(vaults.Name.Eq(strings.Repeat("é", 200))).Count(e.ctx))
	a.shows("just short", `"`+strings.Repeat("é", 200)+`"`)
	must(r.Where(vaults.Name.Eq(strings.Repeat("é", 201))).Count(e.ctx))
	a.shows("cut", `"`+strings.Repeat("é", 200)+`… [201 runes]"`)
	ids := make([]int64, 50)
	must(r.Where(vaults.ID.In(ids...), vaults.Data.Eq(make([]byte, 1000))).Count(e.ctx))
	a.shows("a list", strings.Repeat("0,", 20)+`"[30 more]"],"[1000 bytes]"]`)
	var any []orm.Pred[Vault]
	for i := range 150 {
		any = append(any, vaults.ID.Eq(int64(i)))
	}
	must(r.Where(orm.Or(any...)).Count(e.ctx))
	a.shows("many", `,99,"[50 more]"]`)
	must(r.Where(vaults.Alias.Eq("\"quoted\"\nlevel=ERROR")).Count(e.ctx))
	a.shows("what looks like a log", `"\"quoted\"\nlevel=ERROR"`)
}

func propertyLogArgs(e *env) {
	a, db := e.arguments(Vault{}, Door{}, Guard{})
	r := orm.Repo[Vault](db)
	rapid.Check(e.T, func(t *rapid.T) {
		var shown []string
		n := 0
		var pred func(depth int) orm.Pred[Vault]
		pred = func(depth int) orm.Pred[Vault] {
			n++
			value := fmt.Sprintf("seen%dx", n)
			text := func(c orm.Text[Vault], v string) orm.Pred[Vault] {
				switch rapid.IntRange(0, 5).Draw(t, "op") {
				case 0:
					return c.Eq(v)
				case 1:
					return c.Fold().Contains(v)
				case 2:
					return c.In(v, v)
				case 3:
					return c.Between(v, v)
				case 4:
					return orm.Not(c.Like(v))
				}
				return c.DistinctFrom(v)
			}
			most := 6
			if depth > 3 {
				most = 3
			}
			switch rapid.IntRange(0, most).Draw(t, "kind") {
			case 0:
				shown = append(shown, value)
				return text(vaults.Name, value)
			case 1:
				shown = append(shown, value)
				return vaults.Keys.Has(value)
			case 2:
				return text(vaults.Note, planted+value)
			case 3:
				return vaults.Pin.Gt(plantedPin)
			case 4:
				return orm.Or(pred(depth+1), pred(depth+1))
			case 5:
				return vaults.Doors.Some(doors.Label.Eq(planted[:2]), doors.Vault.Is(pred(depth+2)))
			}
			return vaults.ID.InQuery(orm.Values(r.Where(pred(depth+1)), vaults.ID))
		}
		q := r.Where(pred(0), pred(0))
		switch rapid.IntRange(0, 2).Draw(t, "verb") {
		case 0:
			must(q.Take(7).All(e.ctx))
		case 1:
			must(q.UpdateMany(e.ctx, vaults.Note.Set(planted)))
		case 2:
			must(q.Exists(e.ctx))
		}
		a.shows("random", shown...)
	})
}
