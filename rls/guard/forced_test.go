package guard_test

import (
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// Two forced sub-selects of one column are two conditions: both hold.
func TestForcedSubselectsBothHold(t *testing.T) {
	db := frozen(t)
	tasks := orm.Repo[Task](db)
	c := guard.MustCompile(guard.Shape[Project]{
		Select: guard.Only(Projects.ID),
		Where: guard.Where[Project]{
			guard.Force(Projects.ID.InQuery(orm.Values(tasks.Where(Tasks.Hidden.Eq(true)), Tasks.ProjectID))),
			guard.Force(Projects.ID.InQuery(orm.Values(tasks.Where(Tasks.Done.Eq(false)), Tasks.ProjectID))),
		},
	})
	rows, err := c.FindMany(actor(1), orm.Repo[Project](db), []byte(`{}`))
	shows(t, rows, err, `[{"id":2},{"id":4},{"id":6}]`)
}

// An echo is of a column that is forced on the row itself: one that is forced on a related row, be it of the same model, is a
// name that the shape does not know.
func TestEchoesAreOfTheRowItself(t *testing.T) {
	db := frozen(t)
	tasks := orm.Repo[Task](db)
	c := guard.MustCompile(guard.Shape[Task]{
		Select: guard.Only(Tasks.ID),
		Where: guard.Where[Task]{
			guard.Force(orm.Or(Tasks.Hidden.Eq(false), Tasks.ID.Lt(0))),
			guard.Force(Tasks.Project.Is(Projects.Tasks.Some(Tasks.Done.Eq(true)))),
			guard.Force(Tasks.ProjectID.InQuery(orm.Values(tasks.Where(Tasks.Title.Eq("two")), Tasks.ProjectID))),
		},
	})
	n, err := c.Count(actor(1), tasks, []byte(`{"where": {"is_hidden": true, "id": 7, "project_id": 1}}`))
	if err != nil || n != 6 {
		t.Errorf("%d, %v", n, err)
	}
	for _, name := range []string{"done", "title"} {
		_, err := c.Count(actor(1), tasks, []byte(`{"where": {"`+name+`": "x"}}`))
		refused(t, err, guard.CodeShape, "where."+name)
	}
}
