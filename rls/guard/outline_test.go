package guard_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

type span struct {
	ID    int64 `orm:"id,auto"`
	From  int   `orm:"from"`
	Until int   `orm:"until" validate:"min=1,gtefield=From"`
}

var spans = orm.Bind[span, struct {
	ID    orm.Col[span, int64]
	From  orm.Col[span, int]
	Until orm.Col[span, int]
}]()

func nothing(context.Context, orm.Actor) (orm.Assign[Task], error) { return orm.Assign[Task]{}, nil }

// An outline tells which rules look at other fields, and of which names a new row needs one.
func TestOutlineOfWrites(t *testing.T) {
	shape := guard.MustCompile(guard.Shape[span]{Select: guard.Only(spans.ID), Create: guard.Data[span]{guard.Accept(spans.From), guard.Accept(spans.Until)}})
	o, err := shape.Outline(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range o.Create.Columns {
		if c.Across != (c.Name == "until") || !c.Required || c.Name == "until" && c.Rule != "min=1" {
			t.Errorf("%+v", c)
		}
	}

	tied := guard.Data[Task]{guard.Accept(Tasks.Title), guard.Accept(Tasks.Done), guard.Accept(Tasks.Hidden), guard.Accept(Tasks.ProjectID),
		guard.Nest(Tasks.Project, guard.Ops[Project]{Link: guard.By(Projects.ID)})}
	for fix, want := range map[bool]string{false: "[[project project_id]]", true: "[]"} {
		data := tied
		if fix { // which may give the column too
			data = append(data[:len(data):len(data)], guard.FixFor(nothing))
		}
		o, err := guard.MustCompile(guard.Shape[Task]{Select: guard.Only(Tasks.ID), Create: data}).Outline(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(o.Create.Either); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
