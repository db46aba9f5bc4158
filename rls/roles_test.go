package rls_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

type task struct {
	ID      int64  `orm:"id,auto,table=tasks"`
	OwnerID int64  `orm:"owner_id,owner"`
	Title   string `orm:"title,unique"`
	Level   int    `orm:"level"`

	Steps []step `orm:"relation=id:task_id"`
}

type step struct {
	ID     int64 `orm:"id,auto,table=steps"`
	TaskID int64 `orm:"task_id"`
}

var tasks = orm.Bind[task, struct {
	ID      orm.Col[task, int64]
	OwnerID orm.Col[task, int64]
	Title   orm.Text[task]
	Level   orm.Col[task, int]
	Steps   orm.Many[task, step]
}]()

func taskDBs(t *testing.T, fn func(t *testing.T, db orm.DB)) { databases(t, []any{task{}}, fn) }

// databases runs fn with the tables of models on each engine; SQLite's is a file, with connections that lock each other out.
func databases(t *testing.T, models []any, fn func(t *testing.T, db orm.DB)) {
	for name, src := range map[string]func() orm.Option{
		"sqlite":   func() orm.Option { return sqlite.Source("main", filepath.Join(t.TempDir(), "test.db")) },
		"postgres": func() orm.Option { return postgres.Source("main", testkit.Postgres(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := orm.Open(t.Context(), src(), orm.Models(models...))
			must(t, err)
			defer func() { must(t, db.Close()) }()
			must(t, orm.CreateTables(t.Context(), db))
			fn(t, db)
		})
	}
}

func as(t *testing.T, id int, role string) context.Context {
	return orm.WithActor(t.Context(), orm.Actor{ID: id, Role: role})
}

func TestRBACDeniesWhatItDoesNotSay(t *testing.T) {
	taskDBs(t, func(t *testing.T, db orm.DB) {
		must(t, db.Use(rls.RBAC{"task": {"boss": rls.All, "clerk": rls.Read | rls.Create}, (*step)(nil): {"boss": rls.All}}))
		repo := orm.Repo[task](db)
		boss, clerk, guest := as(t, 1, "boss"), as(t, 2, "clerk"), as(t, 3, "guest")
		row := task{Title: "one"}
		must(t, repo.Create(boss, &row))
		must(t, repo.Create(clerk, &task{Title: "two"}))
		_, err := repo.All(clerk)
		must(t, err)
		_, err = repo.ByID(row.ID).Update(clerk, tasks.Level.Set(1))
		is(t, "a clerk updates", err, orm.ErrDenied)
		_, err = repo.ByID(row.ID).Delete(clerk)
		is(t, "a clerk deletes", err, orm.ErrDenied)
		is(t, "a clerk upserts", repo.Upsert(clerk, orm.On(tasks.Title), &task{Title: "one"}), orm.ErrDenied)
		_, err = repo.Include("Steps").All(clerk)
		is(t, "a clerk includes what is not listed for it", err, orm.ErrDenied)
		_, err = repo.Where(tasks.Steps.Some()).Count(clerk)
		is(t, "a clerk filters by what is not listed for it", err, orm.ErrDenied)
		_, err = repo.Count(guest)
		is(t, "a guest counts", err, orm.ErrDenied)
		_, err = repo.All(t.Context())
		is(t, "nobody reads", err, orm.ErrNoActor)
		if err := db.Use(rls.RBAC{"taks": {}}); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("a model that does not exist: %v", err)
		}
	})
}

func TestOwnersSeeTheirOwnRows(t *testing.T) {
	taskDBs(t, func(t *testing.T, db orm.DB) {
		must(t, db.Use(rls.Owner("boss")))
		repo := orm.Repo[task](db)
		ann, bob, boss := as(t, 1, "clerk"), as(t, 2, "clerk"), as(t, 3, "boss")
		row := task{Title: "ann's"}
		must(t, repo.Create(ann, &row))
		must(t, repo.Create(bob, &task{Title: "bob's"}))
		if row.OwnerID != 1 {
			t.Errorf("the owner is %d", row.OwnerID)
		}
		for ctx, want := range map[context.Context]int64{ann: 1, bob: 1, boss: 2} {
			if n, err := repo.Count(ctx); err != nil || n != want {
				t.Errorf("counted %d, %v, want %d", n, err, want)
			}
		}
		_, err := repo.ByID(row.ID).Update(bob, tasks.Level.Set(9))
		is(t, "bob changes ann's", err, orm.ErrNotFound)
		_, err = repo.ByID(row.ID).Update(ann, tasks.OwnerID.Set(2))
		is(t, "ann gives hers away", err, orm.ErrDenied)
		other := task{Title: "ann's too"}
		must(t, repo.Create(ann, &other))
		_, err = repo.SaveMany(ann, []task{row, {ID: other.ID, Title: "x", OwnerID: 2}})
		is(t, "ann gives one of many away", err, orm.ErrDenied)
		_, err = repo.ByID(other.ID).Delete(ann)
		must(t, err)
		is(t, "bob writes in ann's name", repo.Create(bob, &task{OwnerID: 1, Title: "x"}), orm.ErrDenied)
		is(t, "bob upserts onto ann's", repo.Upsert(bob, orm.On(tasks.Title), &task{Title: "ann's"}), orm.ErrConflict)
		_, err = repo.All(orm.WithActor(t.Context(), orm.Actor{Role: "clerk"}))
		is(t, "an actor without an ID", err, orm.ErrNoActor)
		_, err = repo.ByID(row.ID).Update(boss, tasks.OwnerID.Set(2))
		must(t, err)
	})
}

func TestPoliciesHoldForReadsAndWrites(t *testing.T) {
	taskDBs(t, func(t *testing.T, db orm.DB) {
		broken := errors.New("broken")
		must(t, db.Use(rls.Policy(func(_ context.Context, a orm.Actor) (orm.Pred[task], error) {
			if a.Role == "broken" {
				return orm.Pred[task]{}, broken
			}
			return tasks.Level.Lte(a.ID.(int)), nil
		})))
		repo := orm.Repo[task](db)
		low, high := as(t, 1, ""), as(t, 5, "")
		row := task{Title: "low", Level: 1}
		must(t, repo.Create(low, &row))
		must(t, repo.Create(high, &task{Title: "high", Level: 5}))
		if n, err := repo.Count(low); err != nil || n != 1 {
			t.Errorf("low counts %d, %v", n, err)
		}
		is(t, "a row above one's level", repo.Create(low, &task{Title: "x", Level: 3}), orm.ErrDenied)
		_, err := repo.CreateMany(low, []task{{Title: "y", Level: 0}, {Title: "z", Level: 3}})
		is(t, "rows above one's level", err, orm.ErrDenied)
		_, err = repo.ByID(row.ID).Update(low, tasks.Level.Set(4))
		is(t, "lifting a row out of one's reach", err, orm.ErrDenied)
		_, err = repo.Where(tasks.Level.Gte(0)).UpdateMany(low, tasks.Level.Inc(1))
		is(t, "lifting rows out of one's reach", err, orm.ErrDenied)
		_, err = repo.All(as(t, 1, "broken"))
		is(t, "a policy that fails", err, orm.ErrDenied)
		all, err := repo.Sort("Title").All(high)
		must(t, err)
		if len(all) != 2 || all[1].Level != 1 {
			t.Errorf("the refused writes left %+v", all)
		}
	})
}

// binned is deleted softly.
type binned struct {
	ID        int64      `orm:"id,auto"`
	Title     string     `orm:"title"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
}

var binneds = orm.Bind[binned, struct {
	ID        orm.Col[binned, int64]
	Title     orm.Text[binned]
	DeletedAt orm.Time[binned]
}]()

// A role that may not delete deletes no row by saying when it was deleted.
func TestRolesDoNotDeleteByAnUpdate(t *testing.T) {
	databases(t, []any{binned{}}, func(t *testing.T, db orm.DB) {
		must(t, db.Use(hook.SoftDelete(), rls.RBAC{"binned": {"clerk": rls.Read | rls.Create | rls.Update, "boss": rls.All}}))
		clerk, boss := as(t, 1, "clerk"), as(t, 1, "boss")
		r := orm.Repo[binned](db)
		row := binned{Title: "a"}
		must(t, r.Create(clerk, &row))
		now := time.Now()
		gone := row
		gone.DeletedAt = &now
		_, err := r.ByID(row.ID).Update(clerk, binneds.DeletedAt.Set(now))
		is(t, "Update", err, orm.ErrDenied)
		_, err = r.Where(binneds.ID.Eq(row.ID)).UpdateMany(clerk, binneds.DeletedAt.Set(now))
		is(t, "UpdateMany", err, orm.ErrDenied)
		_, err = r.ByID(row.ID).Update(clerk, orm.SetSQL(binneds.DeletedAt, "CURRENT_TIMESTAMP"))
		is(t, "SetSQL", err, orm.ErrDenied)
		is(t, "Save", r.Save(clerk, &gone), orm.ErrDenied)
		_, err = r.SaveMany(clerk, []binned{gone})
		is(t, "SaveMany", err, orm.ErrDenied)
		is(t, "Upsert", r.Upsert(clerk, orm.On(binneds.ID), &gone), orm.ErrDenied)
		is(t, "Upsert that changes", r.Upsert(clerk, orm.On(binneds.ID), &row, binneds.DeletedAt.Set(now)), orm.ErrDenied)
		_, err = r.ByID(row.ID).Delete(clerk)
		is(t, "Delete", err, orm.ErrDenied)
		row.Title = "b"
		must(t, r.Save(clerk, &row))
		if got, err := r.One(clerk); err != nil || got.Title != "b" {
			t.Errorf("%+v, %v", got, err)
		}
		_, err = r.ByID(row.ID).Delete(boss)
		must(t, err)
		n, err := r.Where(binneds.ID.Eq(row.ID)).Restore(clerk)
		if err != nil || n != 1 {
			t.Errorf("restored %d: %v", n, err)
		}
		must(t, r.Save(boss, &gone))
		if n, err := r.Count(boss); err != nil || n != 0 {
			t.Errorf("%d rows are left: %v", n, err)
		}
	})
}
