package guard_test

import (
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/sqlite"
)

// Span has a rule that looks at another field.
type Span struct {
	ID   int64  `orm:"id,auto" json:"id"`
	Low  int    `orm:"low" json:"low" validate:"min=0,ltefield=High"`
	High int    `orm:"high" json:"high"`
	Name string `orm:"name,default=x" json:"name"`
}

var Spans = orm.Bind[Span, struct {
	ID        orm.Col[Span, int64]
	Low, High orm.Col[Span, int]
	Name      orm.Text[Span]
}]()

// A rule that looks at another field holds for new rows, and for changes that give both fields.
func TestRulesOfTwoFields(t *testing.T) {
	ctx := actor(1)
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Span{}))
	must(t, err)
	defer db.Close()
	must(t, orm.CreateTables(ctx, db))
	repo := orm.Repo[Span](db)
	c := guard.MustCompile(guard.Shape[Span]{
		Select: guard.Only[Span](Spans.Low, Spans.High),
		Where:  guard.Where[Span]{guard.Allow(Spans.ID)},
		Unique: guard.Uniques[Span]{guard.By(Spans.ID)},
		Create: guard.Data[Span]{guard.Accept(Spans.Low), guard.Accept(Spans.High)},
		Update: guard.Data[Span]{guard.Accept(Spans.Low), guard.Accept(Spans.High), guard.Accept(Spans.Name)},
	})
	row, err := c.Create(ctx, repo, []byte(`{"data": {"low": 1, "high": 2}}`))
	shows(t, row, err, `{"low":1,"high":2}`)
	_, err = c.Create(ctx, repo, []byte(`{"data": {"low": 3, "high": 2}}`))
	refused(t, err, guard.CodeValidation, "data.low")
	row, err = c.Update(ctx, repo, []byte(`{"where": {"id": 1}, "data": {"low": 5, "high": 5}}`))
	shows(t, row, err, `{"low":5,"high":5}`)
	_, err = c.Update(ctx, repo, []byte(`{"where": {"id": 1}, "data": {"low": 6, "high": 5, "name": "y"}}`))
	refused(t, err, guard.CodeValidation, "data.low")
	_, err = c.UpdateMany(ctx, repo, []byte(`{"where": {"id": 1}, "data": {"high": 1, "low": 2}}`))
	refused(t, err, guard.CodeValidation, "data.low")
	row, err = c.Update(ctx, repo, []byte(`{"where": {"id": 1}, "data": {"low": 4}}`))
	shows(t, row, err, `{"low":4,"high":5}`)
}
