package builder_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// A relation whose columns nobody told would hold for every row: no statement is made of it.
func TestRelationWithoutColumns(t *testing.T) {
	type child struct{ ID, Number int64 }
	type parent struct {
		ID       int64
		Children []child `orm:"relation"`
		First    *child  `orm:"relation=number,strategy=join"`
	}
	m, err := model.For[parent]()
	if err != nil {
		t.Fatal(err)
	}
	many, one := m.Relations[0], m.Relations[1]
	where := func(e builder.Expr) *builder.Select {
		q := &builder.Select{Model: m, Scoped: true}
		if e.Ext != nil {
			e.Ext.Scoped = true
			q.Where.Add(e)
		}
		return q
	}
	join := where(builder.Expr{})
	join.Joins = []builder.Join{{Relation: one, Rows: &builder.Select{Model: one.Target, Scoped: true, Group: &builder.Group{}}}}
	load := where(builder.Expr{})
	load.Model, load.Group = many.Target, &builder.Group{Columns: many.Remote}
	for name, q := range map[string]*builder.Select{
		"some":  where(builder.Related(builder.OpSome, many)),
		"every": where(builder.Related(builder.OpEvery, many)),
		"join":  join,
		"load":  load,
	} {
		if text, _, err := (&builder.Cache{Dialect: dialect.Postgres{}}).Compile(q, new(builder.Args)); !errors.Is(err, fault.ErrInvalid) || name != "load" && !strings.Contains(err.Error(), "the columns of the relation are not known") {
			t.Errorf("%s: %v, %v", name, text, err)
		}
	}
}
