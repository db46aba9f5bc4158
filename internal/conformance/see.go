package conformance

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"github.com/multi-orm/orm"
)

var seeCases = []testCase{
	{"see/logger", "statements are logged at debug, arguments never, and nothing above", seeLogger},
	{"see/observer", "an observer sees source, model, verb, text, rows and failure of each statement", seeObserver},
	{"see/sql", "SQL and Explain tell what would run, and run nothing", seeSQL},
	{"see/stable", "the same question always has the same text", seeStable},
}

func seeLogger(e *env) {
	var out bytes.Buffer
	level := new(slog.LevelVar)
	level.Set(slog.LevelDebug)
	db := e.openWith(Options{}, []orm.Option{orm.Logger(slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: level})))}, Plain{})
	out.Reset()
	r := orm.Repo[Plain](db)
	secret := func(s string) string { return "secret-" + s }
	ok(r.Create(e.ctx, &Plain{Name: secret("create")}))
	must(r.CreateMany(e.ctx, []Plain{{Name: secret("many")}, {Name: secret("more")}}))
	must(r.Where(plains.Name.In(secret("a"), secret("b"))).All(e.ctx))
	must(r.Where(plains.Name.Contains("secret")).UpdateMany(e.ctx, plains.Name.Set(secret("set"))))
	must(orm.Raw[string](e.ctx, db, "SELECT name FROM plains WHERE name = :n", orm.Args{"n": secret("raw")}))
	_ = r.Create(e.ctx, &Plain{ID: 1, Name: secret("conflict")})
	text := out.String()
	if strings.Contains(text, "secret") {
		e.Errorf("an argument was logged:\n%s", text)
	}
	for _, want := range []string{`"level":"DEBUG"`, `"source":"main"`, `"model":"Plain"`, `"verb":"insert"`, `"verb":"select"`, `"verb":"update"`, `"verb":"raw"`, `"error":`, "INSERT INTO", `"rows":1`} {
		if !strings.Contains(text, want) {
			e.Errorf("no %s in\n%s", want, text)
		}
	}
	level.Set(slog.LevelInfo)
	out.Reset()
	must(r.All(e.ctx))
	_ = r.Create(e.ctx, &Plain{ID: 1})
	e.equal(out.String(), "", "above debug")
}

func seeObserver(e *env) {
	db := e.open(Plain{})
	r := orm.Repo[Plain](db)
	must(r.CreateMany(e.ctx, make([]Plain, 3)))
	must(r.All(e.ctx))
	must(collect(r.Query(), e.ctx))
	must(r.Where(plains.ID.Gt(1)).UpdateMany(e.ctx, plains.N.Set(1)))
	must(r.ByID(1).Delete(e.ctx))
	_ = r.Create(e.ctx, &Plain{ID: 2})
	must(db.Exec(e.ctx, "UPDATE plains SET n = 5"))
	type seen struct {
		Verb, Model string
		Rows        int64
		Failed      bool
	}
	var have []seen
	for _, s := range e.log.reset() {
		if s.Source != "main" || s.Text == "" || s.Duration < 0 {
			e.Errorf("%+v", s)
		}
		have = append(have, seen{s.Verb, s.Model, s.Rows, s.Err != nil})
		if s.Err != nil && !errors.Is(s.Err, orm.ErrConflict) {
			e.Errorf("%v", s.Err)
		}
	}
	e.equal(have, []seen{{"insert", "Plain", 3, false}, {"select", "Plain", 3, false}, {"select", "Plain", 3, false}, {"update", "Plain", 2, false}, {"delete", "Plain", 1, false}, {"insert", "Plain", 0, true}, {"raw", "", 2, false}}, "statements")
}

func seeSQL(e *env) {
	db := e.library()
	q := orm.Repo[Person](db).Where(people.Name.Eq("secret"), people.ID.In(1, 2)).With(people.Written.Where(books.Title.Eq("secret")).Take(2)).Take(3)
	text, args, err := q.SQL()
	ok(err)
	if strings.Contains(text, "secret") || !strings.Contains(text, e.text(`"persons"`, "[persons]")) || len(args) != 3 || !slices.Contains(args, any("secret")) {
		e.Errorf("%s %v", text, args)
	}
	plan := must(q.Explain(e.ctx))
	e.equal(len(plan.Steps), 2, "steps")
	e.equal(plan.Steps[1].Path, "Written", "path")
	e.equal(plan.Steps[0].Text, text, "the same text")
	if s := plan.String(); strings.Contains(s, "secret") || !strings.Contains(s, "Written") {
		e.Error(s)
	}
	e.ran(0, "nothing ran")
	must(q.All(e.ctx))
	if ran := e.log.reset(); len(ran) > 0 && ran[0].Text != text {
		e.Errorf("what ran is %s\nnot %s", ran[0].Text, text)
	}
}

func seeStable(e *env) {
	db := e.open(Row{})
	r := orm.Repo[Row](db)
	first := ""
	for n := range 100 {
		text, _, err := r.Where(rows.A.Eq(int64(n)), orm.Or(rows.B.In(make([]int64, n)...), rows.S.IsNull()), rows.T.Contains(strings.Repeat("x", n))).OrderBy(rows.B.Desc()).Take(n).SQL()
		ok(err)
		if n == 1 {
			first = text
		}
		if n > 1 && text != first {
			e.Fatalf("%s\n%s", first, text)
		}
	}
}
