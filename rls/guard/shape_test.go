package guard_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
)

// base is a shape without a mistake, for tests to add one.
func base(change func(*guard.Shape[Project])) guard.Shape[Project] {
	s := guard.Shape[Project]{Select: guard.Only(Projects.ID, Projects.Title)}
	change(&s)
	return s
}

func creates(data ...guard.Datum[Project]) func(*guard.Shape[Project]) {
	return func(s *guard.Shape[Project]) {
		s.Create = append(guard.Data[Project]{guard.Fix(Projects.Title.Set("")), guard.Fix(Projects.Slug.Set("")), guard.Fix(Projects.Archived.Set(false)), guard.Fix(Projects.Secret.Set(""))}, data...)
	}
}

// Every mistake in a shape is told when it is compiled, with its place.
func TestCompileTellsMistakes(t *testing.T) {
	related := func(k guard.Quantifier, where ...guard.Filter[Task]) func(*guard.Shape[Project]) {
		return func(s *guard.Shape[Project]) { s.Where = guard.Where[Project]{guard.Related(Projects.Tasks, k, where)} }
	}
	where := func(fs ...guard.Filter[Project]) func(*guard.Shape[Project]) {
		return func(s *guard.Shape[Project]) { s.Where = fs }
	}
	with := func(bs ...guard.Branch[Project]) func(*guard.Shape[Project]) {
		return func(s *guard.Shape[Project]) { s.With = bs }
	}
	nest := func(o guard.Ops[Tag]) func(*guard.Shape[Project]) {
		return func(s *guard.Shape[Project]) { s.Update = guard.Data[Project]{guard.Nest(Projects.Tags, o)} }
	}
	var unbound orm.Many[Project, Task]
	for want, change := range map[string]func(*guard.Shape[Project]){
		"Select: it is empty":                                    func(s *guard.Shape[Project]) { s.Select = guard.Only[Project]() },
		"Select: Secret is tagged hidden":                        func(s *guard.Shape[Project]) { s.Select = guard.Only(Projects.Secret) },
		"Select: two columns are called id":                      func(s *guard.Shape[Project]) { s.Select = guard.Only(Projects.ID, Projects.ID) },
		"Select: a column is nil":                                func(s *guard.Shape[Project]) { s.Select = guard.Only[Project](nil) },
		"Where: Secret is tagged hidden":                         where(guard.Allow(Projects.Secret)),
		"Where: Archived: the operator contains does not suit":   where(guard.Allow(Projects.Archived, guard.Contains)),
		"Where: Title: the operator isNull does not suit":        where(guard.Allow(Projects.Title, guard.IsNull)),
		"Where: two columns are called title":                    where(guard.Allow(Projects.Title), guard.Allow(Projects.Title)),
		"two forced conditions on Archived contradict":           where(guard.Force(Projects.Archived.Eq(false)), guard.Force(Projects.Archived.Eq(true))),
		"a forced condition says nothing":                        where(guard.Force(orm.Pred[Project]{})),
		"Where: a function is nil":                               where(guard.ForceFor[Project](nil)),
		"Where: an entry is empty":                               where(guard.Filter[Project]{}),
		"Where.Tasks: it says no way to ask":                     related(0),
		"Where.Tasks: a relation to many rows is asked by Some":  related(guard.Is),
		"Where.Tasks: Done: the operator in does not suit":       related(guard.Some, guard.Allow(Tasks.Done, guard.In)),
		"Where.Lead: a relation to one row is asked by Is":       where(guard.Related(Projects.Lead, guard.Some, guard.Where[Person]{})),
		"the relation is named, not read":                        where(guard.Related(Projects.Tasks.Take(1), guard.Some, guard.Where[Task]{})),
		"the relation is not bound":                              where(guard.Related(unbound, guard.Some, guard.Where[Task]{})),
		"Logic: it is And, Or and Not":                           func(s *guard.Shape[Project]) { s.Logic = 8 },
		"OrderBy: Secret is tagged hidden":                       func(s *guard.Shape[Project]) { s.OrderBy = guard.Only(Projects.Secret) },
		"Default: a sort key is empty":                           func(s *guard.Shape[Project]) { s.Default = guard.Order(orm.Order[Project]{}) },
		"Take: it must not be negative":                          func(s *guard.Shape[Project]) { s.Take.Default = -1 },
		"Take: Default is larger than Max":                       func(s *guard.Shape[Project]) { s.Take = guard.Take{Default: 30, Max: 20} },
		"Take: Default is larger than Max, which is 100":         func(s *guard.Shape[Project]) { s.Take = guard.Take{Default: 101} },
		"Skip: it must not be negative":                          func(s *guard.Shape[Project]) { s.Skip = -1 },
		"Always: it is said of included shapes":                  func(s *guard.Shape[Project]) { s.Always = true },
		"Coercion: it is Coerce or Strict":                       func(s *guard.Shape[Project]) { s.Coercion = 7 },
		"With.Tasks.Select: it is empty":                         with(guard.Include(Projects.Tasks, guard.Shape[Task]{})),
		"With.Tasks: it stands twice":                            with(guard.Include(Projects.Tasks, taskShape), guard.Include(Projects.Tasks, taskShape)),
		"With.Tasks.With: an included relation is only read":     with(guard.Include(Projects.Tasks, guard.Shape[Task]{Select: guard.Only(Tasks.ID), Unique: guard.Uniques[Task]{guard.By(Tasks.ID)}})),
		"With: an entry is empty":                                with(guard.Branch[Project]{}),
		"With.Tasks: two forced conditions on Hidden contradict": with(guard.Include(Projects.Tasks, guard.Shape[Task]{Select: guard.Only(Tasks.ID), Where: guard.Where[Task]{guard.Force(Tasks.Hidden.Eq(false))}}), guard.Count(Projects.Tasks, guard.Force(Tasks.Hidden.Eq(true)))),
		"Unique[0]: the columns are neither the primary key nor": func(s *guard.Shape[Project]) { s.Unique = guard.Uniques[Project]{guard.By(Projects.Title)} },
		"Unique[0]: the columns are neither":                     func(s *guard.Shape[Project]) { s.Unique = guard.Uniques[Project]{guard.By[Project]()} },
		"Create: ID cannot be accepted: the source makes it":     creates(guard.Accept(Projects.ID)),
		"Create: TenantID cannot be accepted: it is a scope's":   creates(guard.Accept(Projects.TenantID)),
		"Create: Title is accepted and fixed":                    creates(guard.Accept(Projects.Title)),
		"Create: Title is fixed twice":                           creates(guard.Fix(Projects.Title.Set(""))),
		"Create: Priority: a new row has no value yet":           creates(guard.Fix(Projects.Priority.Inc(1))),
		"Create: Fix assigns a column: related rows":             creates(guard.Fix(Projects.Tags.Unlink())),
		"Create: Priority: the rule nonsense is wrong":           creates(guard.Accept(Projects.Priority).Rule("nonsense")),
		"eqfield=ID looks at other fields":                       creates(guard.Accept(Projects.Priority).Also("eqfield=ID")),
		"Create: a rule is said of what a request gives":         creates(guard.FixFor(func(context.Context, orm.Actor) (orm.Assign[Project], error) { return orm.Assign[Project]{}, nil }).Rule("min=1")),
		"Create: a new row needs Slug, Title, Archived":          func(s *guard.Shape[Project]) { s.Create = guard.Data[Project]{guard.Fix(Projects.Secret.Set(""))} },
		"Create.Tags.update: a new row has no related rows":      creates(guard.Nest(Projects.Tags, guard.Ops[Tag]{Update: guard.Change[Tag]{Where: guard.By(Tags.ID), Data: guard.Data[Tag]{guard.Accept(Tags.Name)}}})),
		"Update.Tags: it allows no write":                        nest(guard.Ops[Tag]{}),
		"Update.Tags.link: the columns are neither":              nest(guard.Ops[Tag]{Link: guard.By(Tags.ID, Tags.Name)}),
		"Update.Tags.create: a new row needs Name":               nest(guard.Ops[Tag]{Create: guard.Data[Tag]{guard.Fix(Tags.ID.Set(1))}}),
		"Update.Tags.deleteMany: a request could not say":        nest(guard.Ops[Tag]{DeleteMany: guard.Where[Tag]{}}),
		"Update.Tags.linkOrCreate: the columns are neither":      nest(guard.Ops[Tag]{LinkOrCreate: guard.LinkOrCreate[Tag]{Create: guard.Data[Tag]{guard.Accept(Tags.Name)}}}),
		"Update.Lead.set: it is for relations to many": func(s *guard.Shape[Project]) {
			s.Update = guard.Data[Project]{guard.Nest(Projects.Lead, guard.Ops[Person]{Set: guard.By(People.ID)})}
		},
		"Update.Tasks.create: ProjectID ties the row": func(s *guard.Shape[Project]) {
			s.Update = guard.Data[Project]{guard.Nest(Projects.Tasks, guard.Ops[Task]{Create: append(guard.Data[Task]{guard.Accept(Tasks.ProjectID)}, newTask...)})}
		},
		"Update.Lead.linkOrCreate: Email names the row": func(s *guard.Shape[Project]) {
			s.Update = guard.Data[Project]{guard.Nest(Projects.Lead, guard.Ops[Person]{LinkOrCreate: guard.LinkOrCreate[Person]{Where: guard.By(People.Email), Create: guard.Data[Person]{guard.Accept(People.Name), guard.Fix(People.Email.Set("x@example.com"))}}})}
		},
		"Groups: Secret is tagged hidden":                  func(s *guard.Shape[Project]) { s.Groups.By = guard.Only(Projects.Secret) },
		"Groups: Title holds string: a sum":                func(s *guard.Shape[Project]) { s.Groups.Aggregates = guard.Aggregates(guard.Sum(Projects.Title)) },
		"Groups: _count  stands twice":                     func(s *guard.Shape[Project]) { s.Groups.Aggregates = guard.Aggregates(guard.CountAll, guard.CountAll) },
		"Groups: the column Task.Done is of another model": func(s *guard.Shape[Project]) { s.Groups.Aggregates = guard.Aggregates(guard.Max(Tasks.Done)) },
	} {
		t.Run(want, func(t *testing.T) {
			_, err := guard.Compile(base(change))
			if err == nil || !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want a mistake that says %q", err, want)
			}
		})
	}
}

var taskShape = guard.Shape[Task]{Select: guard.Only(Tasks.ID)}

// All mistakes are told at once, and MustCompile stops the program.
func TestCompileTellsAllMistakes(t *testing.T) {
	bad := guard.Shape[Project]{Select: guard.Only(Projects.Secret), Skip: -1, Take: guard.Take{Max: -2}}
	_, err := guard.Compile(bad)
	for _, want := range []string{"Select", "Skip", "Take"} {
		if err == nil || !strings.Contains(err.Error(), want+": ") {
			t.Errorf("%v tells nothing of %s", err, want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("MustCompile took a wrong shape")
		}
	}()
	guard.MustCompile(bad)
}

// The same condition forced twice counts once.
func TestForcedTwiceIsOnce(t *testing.T) {
	if _, err := guard.Compile(base(func(s *guard.Shape[Project]) {
		s.Where = guard.Where[Project]{guard.Force(Projects.Archived.Eq(false)), guard.Force(Projects.Archived.Eq(false))}
	})); err != nil {
		t.Error(err)
	}
}
