package guard_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// A column that is text in rows is text in groups.
func TestGroupsWriteColumnsAsRowsDo(t *testing.T) {
	repo, c := badges(t)
	_, err := c.Create(actor(1), repo, []byte(`{"data": {"holder": "ada", "serial": "9007199254740993"}}`))
	must(t, err)
	groups, err := c.GroupBy(actor(1), repo, []byte(`{"by": ["serial"], "_count": true}`))
	shows(t, groups, err, `[{"serial":"9007199254740993","_count":1}]`)
}

// Tally is named as an aggregate is.
type Tally struct {
	ID  int64  `orm:"id,auto" json:"id"`
	Sum string `orm:"sum_of" json:"_sum"`
}

// A column to group by is not called as an aggregate is: an answer would hold the name twice.
func TestGroupsHaveEachNameOnce(t *testing.T) {
	_, err := guard.Compile(guard.Shape[Tally]{
		Select: guard.Only[Tally](orm.F(func(x *Tally) *string { return &x.Sum })),
		Groups: guard.Groups[Tally]{By: guard.Only[Tally](orm.F(func(x *Tally) *string { return &x.Sum })), Aggregates: guard.Aggregates(guard.CountAll)},
	})
	if err == nil || !strings.Contains(err.Error(), "Sum is called _sum as an aggregate is") {
		t.Error(err)
	}
}
