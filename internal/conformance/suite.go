package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/source"
)

// Engine is one kind of database.
type Engine struct {
	Name string
	// Database gives a function that makes sources over one empty database, which lasts as long as the test.
	Database func(t *testing.T) func(name string, o Options) source.Source
	// Serializable says that two transactions can run at once and that one of them can be given up.
	Serializable bool
	// API says that the source is no database: it takes neither SQL nor transactions, and counts its requests otherwise.
	API bool
	// Links are models of link tables, which an API needs; a database makes such tables from the relations.
	Links []any
	// Unreachable makes a source that cannot be reached; nil where there is no such thing.
	Unreachable func(name string) source.Source
	// Lacks says why the engine cannot be asked what it refused with err, "" where it should have answered; nil where it can be
	// asked everything.
	Lacks func(err error) string
	// Ends are the cases that such a refusal may end; in others it answers one question of several.
	Ends []string
	// Skips gives the reasons why cases cannot be run, by their names; what a server lacks was asked for.
	Skips map[string]string
	// Padded says that texts are equal that differ in blanks at their end.
	Padded bool
	// Exec runs SQL behind an API, for what the library itself has no word for; nil where the handle does.
	Exec func(ctx context.Context, text string) error
}

// Options are what a case asks of a source.
type Options struct {
	MaxConns int // 0 is the default
}

// testCase is one behaviour.
type testCase struct {
	name string
	what string
	run  func(e *env)
}

// Cases counts the cases of the suite.
func Cases() int { return len(cases()) }

func cases() []testCase {
	var out []testCase
	for _, part := range [][]testCase{
		typeCases,
		renamedCases,
		shapeCases,
		whereCases,
		textCases,
		nameCases,
		orderCases,
		defaultOrderCases,
		defaultOrderSQLCases,
		readCases,
		streamCases,
		createCases,
		updateCases,
		saveCases,
		boundCases,
		upsertCases,
		includeCases,
		includePageCases,
		includeShapeCases,
		includeOwnCases,
		edgeCases,
		countCases,
		relationCases,
		txCases,
		rawCases,
		lifeCases,
		badCases,
		poolCases,
		seeCases,
		logArgsCases,
		propertyCases,
		pageCases,
		nestedCases,
		nestedRelatedCases,
		patchCases,
		outcomeCases,
		returningCases,
		importCases,
		seeingCases,
		computedCases,
		fulltextCases,
		jsonCases,
		jsonExactCases,
		rawTextCases,
		txFailedCases,
		bulkLoadCases,
		jsonSetCases,
		jsonContainsCases,
		insideCases,
		aggregateCases,
		groupByCases,
		intoCases,
		joinCases,
		loaderCases,
		rangeCases,
		flatCases,
		takeBackCases,
		loadedCases,
		decimalCases,
		timeFormCases,
		civilCases,
		productCases,
		columnPairCases,
		pointerReadCases,
		pointerCases,
	} {
		out = append(out, part...)
	}
	return out
}

// Answers are what an engine answered, by case and question.
type Answers struct {
	mu  sync.Mutex
	all map[string]string
}

func (a *Answers) note(key, value string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil {
		a.all = map[string]string{}
	}
	a.all[key] = value
}

// Compare fails where b answered another thing than a.
func Compare(t *testing.T, a, b *Answers) {
	t.Helper()
	for key, have := range a.all {
		if other, ok := b.all[key]; ok && other != have {
			t.Errorf("%s: the engines differ\n%s\n%s", key, have, other)
		}
	}
}

// Run runs every case on e and gives its answers.
func Run(t *testing.T, e Engine) *Answers {
	t.Helper()
	return run(t, e, cases())
}

func run(t *testing.T, e Engine, cases []testCase) *Answers {
	t.Helper()
	answers := &Answers{}
	seen := map[string]bool{}
	for _, c := range cases {
		if seen[c.name] {
			t.Fatalf("two cases are called %q", c.name)
		}
		seen[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			if why := e.Skips[c.name]; why != "" {
				t.Skip(why)
			}
			v := &env{T: t, ctx: t.Context(), engine: e, answers: answers, about: c.name}
			v.source = e.Database(t)
			defer v.stop()
			c.run(v)
		})
	}
	return answers
}

// env is what a case works with.
type env struct {
	*testing.T
	ctx     context.Context
	engine  Engine
	about   string // the case
	source  func(name string, o Options) source.Source
	answers *Answers
	log     recorder
}

// failure carries an unexpected error to the end of the case.
type failure struct {
	err  error
	site string
}

func (e *env) stop() {
	if p := recover(); p != nil {
		if f, ok := p.(failure); ok {
			if why := e.lacks(f.err); why != "" && slices.Contains(e.engine.Ends, e.about) {
				e.Skipf("%s: %s: %v", f.site, why, f.err)
			}
			e.Fatalf("%s: %v", f.site, f.err)
		}
		panic(p)
	}
}

// text is SQL text, which SQL Server has other words for.
func (e *env) text(text, sqlserver string) string {
	if e.engine.Name == "sqlserver" {
		return sqlserver
	}
	return text
}

// most is a number of statements, of which SQL Server takes more: it has 2,098 arguments for each.
func (e *env) most(n, sqlserver int) int {
	if e.engine.Name == "sqlserver" {
		return sqlserver
	}
	return n
}

// blank is a text that is not empty and sorts before all others but that.
func (e *env) blank() string {
	if e.engine.Padded {
		return "!"
	}
	return " "
}

// lacks says why the engine cannot be asked what it refused with err; "" for other errors.
func (e *env) lacks(err error) string {
	if err == nil || e.engine.Lacks == nil {
		return ""
	}
	return e.engine.Lacks(err)
}

// refused reports whether the engine refused a question that it cannot be asked: no answer is as good as the right one, and
// better than another.
func (e *env) refused(err error, about string) bool {
	e.Helper()
	why := e.lacks(err)
	if why != "" {
		e.Logf("%s: refused, since %s: %v", about, why, err)
	}
	return why != ""
}

// counted checks a number of rows where the engine can be asked for it.
func counted[T any](e *env, q orm.Query[T], want int64, about string) {
	e.Helper()
	n, err := q.Count(e.ctx)
	if e.refused(err, about) {
		return
	}
	e.equal(must(n, err), want, about)
}

// site gives the line of the case that called.
func site() string {
	for skip := 1; ; skip++ {
		_, file, line, ok := runtime.Caller(skip)
		file = file[strings.LastIndexByte(file, '/')+1:]
		if !ok || file != "suite.go" {
			return fmt.Sprintf("%s:%d", file, line)
		}
	}
}

// must gives v, or ends the case.
func must[T any](v T, err error) T {
	if err != nil {
		panic(failure{err, site()})
	}
	return v
}

// ok ends the case on an error.
func ok(err error) {
	if err != nil {
		panic(failure{err, site()})
	}
}

// open opens a handle on the case's database, with tables for the models.
func (e *env) open(models ...any) orm.DB { return e.openWith(Options{}, nil, models...) }

func (e *env) openWith(o Options, opts []orm.Option, models ...any) orm.DB {
	db := must(orm.Open(e.ctx, append([]orm.Option{e.source("main", o), orm.Models(append(models, e.engine.Links...)...), orm.Observer(e.log.add)}, opts...)...))
	e.Cleanup(func() {
		if err := db.Close(); err != nil {
			e.Errorf("Close: %v", err)
		}
	})
	ok(orm.CreateTables(e.ctx, db))
	e.log.reset()
	return db
}

// equal compares what is with what should be.
func (e *env) equal(have, want any, about string, opts ...cmp.Option) {
	e.Helper()
	if diff := cmp.Diff(want, have, opts...); diff != "" {
		e.Errorf("%s: want -, have +\n%s", about, diff)
	}
}

// same notes an answer that every engine must give alike.
func (e *env) same(question string, answer any) {
	text, err := json.Marshal(answer)
	if err != nil {
		e.Fatalf("%s: %v", question, err)
	}
	e.answers.note(e.about+"/"+question, string(text))
}

// fails checks that err is a typed error of the kind, with model and field where they are given, and that its text
// tells nothing of the values.
func (e *env) fails(err, kind error, model, field string, values ...string) {
	e.Helper()
	if err == nil {
		e.Errorf("%s: want %q, have no error", site(), kind)
		return
	}
	if !errors.Is(err, kind) {
		e.Errorf("%s: want %q, have: %v", site(), kind, err)
	}
	var typed *orm.Error
	if !errors.As(err, &typed) {
		e.Errorf("%s: %T is no *orm.Error: %v", site(), err, err)
		return
	}
	if model != "" && typed.Model != model {
		e.Errorf("%s: want model %q, have %q in: %v", site(), model, typed.Model, err)
	}
	if field != "" && typed.Field != field {
		e.Errorf("%s: want field %q, have %q in: %v", site(), field, typed.Field, err)
	}
	if !strings.HasPrefix(err.Error(), "orm: ") {
		e.Errorf("%s: the text does not begin with orm: %v", site(), err)
	}
	for _, v := range append(values, "SQLSTATE", "SQLITE", "modernc", "pgconn", "ERROR:") {
		if strings.Contains(strings.ReplaceAll(err.Error(), "(source ", ""), v) {
			e.Errorf("%s: the text holds %q: %v", site(), v, err)
		}
	}
}

// says checks words in the text of an error.
func (e *env) says(err error, words ...string) {
	e.Helper()
	for _, w := range words {
		if err == nil || !strings.Contains(err.Error(), w) {
			e.Errorf("%s: want %q in: %v", site(), w, err)
		}
	}
}

// recorder keeps what ran.
type recorder struct {
	mu  sync.Mutex
	all []orm.Statement
}

func (r *recorder) add(_ context.Context, s orm.Statement) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, s)
}

func (r *recorder) reset() []orm.Statement {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.all
	r.all = nil
	return out
}

// ran checks the number of statements since the last time. An API takes other steps where relations are followed: its
// requests are counted in tests of their own.
func (e *env) ran(n int, about string) {
	e.Helper()
	if e.engine.API && n > 0 {
		e.log.reset()
		return
	}
	have := slices.DeleteFunc(e.log.reset(), func(s orm.Statement) bool { return s.Text == "" && s.Err != nil }) // refused, never sent
	if len(have) != n {
		var texts []string
		for _, s := range have {
			texts = append(texts, s.Verb+" "+s.Model+": "+s.Text)
		}
		e.Errorf("%s: %d statements, want %d:\n%s", about, len(have), n, strings.Join(texts, "\n"))
	}
}

func ptr[T any](v T) *T { return &v }

// ids picks one column out of rows.
func pick[T, V any](rows []T, f func(T) V) []V {
	out := make([]V, len(rows))
	for i, r := range rows {
		out[i] = f(r)
	}
	return out
}

func predOf[T any](x builder.Expr) orm.Pred[T] { return builder.PredOf[T](x) }

func assignOf[T any](x builder.Set) orm.Assign[T] { return builder.AssignOf[T](x) }

// told is the field of a conflict where the engine names it by code: SQLite says it in words alone, which are not read.
func (e *env) told(field string) string {
	if e.engine.Name == "postgres" {
		return field
	}
	return ""
}
