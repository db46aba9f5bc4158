package conformance

import (
	"context"
	"encoding/json"
	"strings"
	"sync"

	"github.com/multi-orm/orm"
)

var seeingCases = []testCase{
	{"see/analyze", "Explain with Analyze runs the query and counts statements, rows and time of each step", seeAnalyze},
	{"see/tracer", "each statement has one start and one end, nested by context, whatever happens in between", seeTracer},
	{"see/json", "a plan is JSON with keys that stay", seeJSON},
}

func seeAnalyze(e *env) {
	db := e.library()
	q := orm.Repo[Person](db).Include("Written.Chapters", "Boss").OrderBy(people.ID.Asc())
	all := must(q.All(e.ctx))
	var written int64
	for _, p := range all {
		written += int64(len(p.Written))
	}
	e.log.reset()
	plan := must(q.Explain(e.ctx, orm.Analyze))
	ran := e.log.reset()
	if len(ran) != 4 || len(plan.Steps) != 4 {
		e.Fatalf("%d statements, %d steps", len(ran), len(plan.Steps))
	}
	for _, s := range plan.Steps {
		if s.Ran == nil || s.Ran.Statements != 1 || s.Ran.Duration <= 0 {
			e.Errorf("%q: %+v", s.Path, s.Ran)
		}
	}
	rows := map[string]int64{}
	for _, s := range plan.Steps {
		rows[s.Path] = s.Ran.Rows
	}
	e.equal(rows[""], int64(len(all)), "root rows")
	e.equal(rows["Written"], written, "rows of an include")
	e.same("rows", rows)
	texts := map[string]bool{}
	for _, s := range ran {
		texts[s.Text] = true
	}
	for _, s := range plan.Steps {
		if !texts[s.Text] {
			e.Errorf("%q did not run: %s", s.Path, s.Text)
		}
	}
	if s := plan.String(); !strings.Contains(s, "ran 1, rows 4, took ") {
		e.Error(s)
	}
	none := must(orm.Repo[Person](db).Where(people.ID.Eq(-1)).Include("Written").Explain(e.ctx, orm.Analyze))
	e.equal(*none.Steps[1].Ran, orm.Ran{}, "an include that no row needed")
	_ = db.Tx(e.ctx, func(tx orm.DB) error {
		ok(orm.Repo[Person](tx).Create(e.ctx, &Person{Name: "Eve"}))
		p := must(orm.Repo[Person](tx).Query().Explain(e.ctx, orm.Analyze))
		e.equal(p.Steps[0].Ran.Rows, int64(5), "inside the transaction")
		return errMine
	})
	e.fails(second(orm.Repo[Person](db).EveryRow().Explain(e.ctx, orm.Analyze)), orm.ErrInvalid, "Person", "")
	e.fails(second(orm.Repo[Person](db).Query().Explain(e.ctx, nil)), orm.ErrInvalid, "Person", "")
	ctx, cancel := context.WithCancel(e.ctx)
	cancel()
	e.fails(second(q.Explain(ctx, orm.Analyze)), context.Canceled, "Person", "")
}

func seeJSON(e *env) {
	db := e.library()
	q := orm.Repo[Person](db).Where(people.Name.Eq("Ann")).Include("Written")
	for _, opts := range [][]orm.ExplainOption{nil, {orm.Analyze}} {
		text := string(must(json.Marshal(must(q.Explain(e.ctx, opts...)))))
		var back struct {
			Steps []map[string]any `json:"steps"`
		}
		ok(json.Unmarshal([]byte(text), &back))
		e.equal(len(back.Steps), 2, "steps")
		want := []string{"path", "source", "model", "text", "args", "scopes"}
		if opts != nil {
			want = append(want, "ran")
		}
		for _, s := range back.Steps {
			e.equal(len(s), len(want), "keys")
			for _, k := range want {
				if _, ok := s[k]; !ok {
					e.Errorf("no key %q in %s", k, text)
				}
			}
		}
		if strings.Contains(text, "Ann") {
			e.Errorf("a value is in %s", text)
		}
		e.equal(back.Steps[1]["path"], any("Written"), "path")
		if opts != nil {
			e.equal(back.Steps[0]["ran"].(map[string]any)["rows"], any(1.0), "rows")
		}
	}
}

// spans is a tracer that writes down what it is told.
type spans struct {
	mu   sync.Mutex
	log  []string
	open int
}

type spanKey struct{}

func (r *spans) StatementStart(ctx context.Context, s orm.Statement) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open++
	if s.Err != nil || s.Rows != 0 || s.Duration != 0 {
		r.log = append(r.log, "known too early")
	}
	return context.WithValue(ctx, spanKey{}, s.Verb+" "+s.Table)
}

func (r *spans) StatementEnd(ctx context.Context, s orm.Statement) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open--
	name, _ := ctx.Value(spanKey{}).(string)
	if s.Err != nil {
		name += " failed"
	}
	r.log = append(r.log, name)
}

func seeTracer(e *env) {
	tr := &spans{}
	db := e.openWith(Options{}, []orm.Option{tr}, Plain{})
	tr.log = nil
	r := orm.Repo[Plain](db)
	must(r.CreateMany(e.ctx, make([]Plain, 3)))
	must(r.ByID(1).Update(e.ctx, plains.N.Set(2)))
	_ = r.Create(e.ctx, &Plain{ID: 1})
	for range r.Rows(e.ctx) {
		break
	}
	func() {
		defer func() { _ = recover() }()
		for range r.Rows(e.ctx) {
			panic("the reader's own")
		}
	}()
	must(orm.Raw[int64](e.ctx, db, "SELECT 1"))
	must(r.ByID(2).Delete(e.ctx))
	e.equal(tr.log, []string{"insert plains", "update plains", "insert plains failed", "select plains", "select plains failed", "raw ", "delete plains"}, "statements")
	e.equal(tr.open, 0, "all ended")
	must(r.Count(e.ctx)) // the reader's panic left no connection behind
}
