package hook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/sqlite"
)

// vault has a hidden column of every kind.
type vault struct {
	ID    int64           `orm:"id,auto,table=vaults"`
	Name  string          `orm:"name,unique" validate:"required"`
	Text  string          `orm:"text,hidden" validate:"required"`
	Num   int             `orm:"num,hidden"`
	Float float64         `orm:"float,hidden"`
	Flag  bool            `orm:"flag,hidden"`
	At    time.Time       `orm:"at,hidden"`
	Maybe *time.Time      `orm:"maybe,hidden"`
	UUID  [16]byte        `orm:"uuid,hidden"`
	Bytes []byte          `orm:"bytes,hidden"`
	Tags  []string        `orm:"tags,hidden"`
	Doc   json.RawMessage `orm:"doc,json,hidden"`
	Plan  plan            `orm:"plan,json,hidden"`
	Box   box             `orm:",prefix=box_"`
	Twin  string          `orm:"twin" validate:"omitempty,nefield=Name"`
}

type plan struct{ Steps []string }

type box struct {
	Size int `orm:"size" validate:"gte=0"`
}

func vaults(t *testing.T, exts ...hook.Extension) orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(vault{}))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, orm.CreateTables(t.Context(), db))
	must(t, db.Use(exts...))
	return db
}

func fullVault() vault {
	now := time.Now().UTC().Truncate(time.Second)
	return vault{Name: "n", Text: "t", Num: 1, Float: 1.5, Flag: true, At: now, Maybe: &now, UUID: [16]byte{1}, Bytes: []byte("b"),
		Tags: []string{"x"}, Doc: json.RawMessage(`{"a":1}`), Plan: plan{[]string{"s"}}}
}

// Reading, saving and upserting what Sanitize emptied loses nothing, whatever the column's type.
func TestSanitizeThenSaveLosesNothing(t *testing.T) {
	ctx := t.Context()
	db := vaults(t, hook.Sanitize())
	row := fullVault()
	want := row
	must(t, orm.Repo[vault](db).Create(ctx, &row))
	want.ID = row.ID
	look := func(what string) {
		t.Helper()
		bare, err := orm.Raw[vault](ctx, db, "SELECT * FROM vaults")
		must(t, err)
		if bare[0].Text != want.Text || bare[0].Num != want.Num || !bare[0].At.Equal(want.At) || bare[0].UUID != want.UUID || !bare[0].Flag ||
			bare[0].Float != want.Float || string(bare[0].Bytes) != "b" || len(bare[0].Tags) != 1 || string(bare[0].Doc) == "" || len(bare[0].Plan.Steps) != 1 || bare[0].Maybe == nil {
			t.Errorf("%s lost values: %+v", what, bare[0])
		}
	}
	repo := orm.Repo[vault](db)
	got, err := repo.ByID(row.ID).One(ctx)
	must(t, err)
	if got.Text != "" || got.Num != 0 || got.Flag || !got.At.IsZero() || got.UUID != [16]byte{} || got.Tags != nil || got.Doc != nil || got.Plan.Steps != nil {
		t.Errorf("the read gives %+v", got)
	}
	got.Twin = "saved"
	must(t, repo.Save(ctx, &got))
	look("Save")
	got.Twin = "upserted"
	must(t, repo.Upsert(ctx, orm.On(repo.F("Name")), &got))
	look("Upsert")
	if got.Text != "" {
		t.Error("an upsert gave a hidden column back")
	}
	up, err := repo.ByID(row.ID).Update(ctx, repo.F("Num").Set(1), repo.F("Twin").Set("x"))
	if err != nil || up.Text != "" || up.Twin != "x" {
		t.Errorf("an update gives %+v, %v", up, err)
	}
	gone, err := repo.ByID(row.ID).Delete(ctx)
	if err != nil || gone.Text != "" {
		t.Errorf("a delete gives %+v, %v", gone, err)
	}
}

func TestValidateChecksWhatIsWritten(t *testing.T) {
	ctx := t.Context()
	db := vaults(t, hook.Validate())
	repo := orm.Repo[vault](db)
	row := fullVault()
	must(t, repo.Create(ctx, &row))
	for what, c := range map[string]struct {
		err   error
		field string
	}{
		"create":                  {repo.Create(ctx, &vault{Text: "t"}), "Name"},
		"one bad row of many":     {second(repo.CreateMany(ctx, []vault{fullVault(), {Name: "x"}})), ""},
		"update":                  {second(repo.ByID(row.ID).Update(ctx, repo.F("Text").Set(""))), "Text"},
		"update of an embedded":   {second(repo.ByID(row.ID).Update(ctx, repo.F("Box.Size").Set(-1))), "Box.Size"},
		"upsert's row":            {repo.Upsert(ctx, orm.On(repo.F("Name")), &vault{Name: "n"}), "Text"},
		"upsert's assignment":     {repo.Upsert(ctx, orm.On(repo.F("Name")), &row, repo.F("Text").Set("")), "Text"},
		"save":                    {repo.Save(ctx, &vault{ID: row.ID, Text: "t"}), "Name"},
		"save many across fields": {second(repo.SaveMany(ctx, []vault{{ID: row.ID, Name: "same", Text: "t", Twin: "same"}})), "Twin"},
		"save across two fields":  {repo.Save(ctx, &vault{ID: row.ID, Name: "same", Text: "t", Twin: "same"}), "Twin"},
	} {
		var e *orm.Error
		if !errors.Is(c.err, orm.ErrInvalid) || !errors.As(c.err, &e) {
			t.Errorf("%s: %v", what, c.err)
			continue
		}
		if c.field != "" && e.Field != c.field {
			t.Errorf("%s: field %q, want %q: %v", what, e.Field, c.field, c.err)
		}
		if strings.Contains(c.err.Error(), "same") {
			t.Errorf("%s tells a value: %v", what, c.err)
		}
	}
	must(t, second(repo.ByID(row.ID).Update(ctx, repo.F("Num").Set(5)))) // what is not assigned is not checked
	must(t, second(repo.ByID(row.ID).Update(ctx, repo.F("Twin").Set("n"))))
}

func TestAuditOfABypass(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		var got []hook.Entry
		must(t, db.Use(rls.Tenant(), rls.Global(trail{}), hook.Audit(func(_ context.Context, e hook.Entry) error {
			got = append(got, e)
			return nil
		})))
		repo := orm.Repo[account](db)
		for i := range 3 {
			must(t, repo.Create(ctx, &account{Email: fmt.Sprint(i, "@x.org")}))
		}
		got = nil
		reason := rls.Bypass(t.Context(), "a report")
		for what, fn := range map[string]func() error{
			"All":                 func() error { return second(repo.All(reason)) },
			"Count":               func() error { return second(repo.Count(reason)) },
			"Include":             func() error { return second(repo.Include("Notes").All(reason)) },
			"Raw":                 func() error { return second(orm.Raw[int64](reason, db, "SELECT 1")) },
			"Exec":                func() error { return second(db.Exec(reason, "DELETE FROM trail")) },
			"an update of no row": func() error { return second(repo.Where(accounts.ID.In()).UpdateMany(reason, accounts.Hits.Set(1))) },
			"a delete of no row":  func() error { return second(repo.Where(accounts.ID.In()).DeleteMany(reason)) },
			"Rows": func() error {
				for _, err := range repo.Rows(reason) {
					if err != nil {
						return err
					}
				}
				return nil
			},
			"Rows of none": func() error {
				for _, err := range repo.Where(accounts.ID.In()).Rows(reason) {
					if err != nil {
						return err
					}
				}
				return nil
			},
			"Rows left early": func() error {
				for _, err := range repo.Rows(reason) {
					return err
				}
				return nil
			},
		} {
			got = nil
			must(t, fn())
			if len(got) != 1 || got[0].Bypass != "a report" {
				t.Errorf("%s: entries %+v", what, got)
			}
		}
		got = nil
		must(t, second(repo.All(ctx)))
		if len(got) != 0 {
			t.Errorf("a read within the scopes is audited: %+v", got)
		}
	})
}

// The audit does not widen what a caller gets back.
func TestAuditGivesNoMoreThanWasAskedFor(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		must(t, db.Use(hook.SoftDelete(), hook.Audit(func(context.Context, hook.Entry) error { return nil })))
		repo := orm.Repo[account](db)
		row := account{TenantID: 1, Email: "a@x.org", Secret: "s"}
		must(t, repo.Create(ctx, &row))
		for what, fn := range map[string]func() (account, error){
			"Update": func() (account, error) {
				return repo.Select(accounts.ID).ByID(row.ID).Update(ctx, accounts.Hits.Set(1))
			},
			"UpdateReturning": func() (account, error) {
				rows, err := repo.Select(accounts.ID).Where(accounts.ID.Eq(row.ID)).UpdateReturning(ctx, accounts.Hits.Set(2))
				return rows[0], err
			},
		} {
			got, err := fn()
			if err != nil || got.ID != row.ID || got.Secret != "" || got.Email != "" {
				t.Errorf("%s gives %+v, %v", what, got, err)
			}
		}
		got, err := repo.Select(accounts.Email).ByID(row.ID).Delete(ctx)
		if err != nil || got.Email == "" || got.Secret != "" || got.ID != 0 {
			t.Errorf("Delete gives %+v, %v", got, err)
		}
	})
}

// Text is undone with its transaction when the sink fails, and so is every kind of write.
func TestAFailingSinkUndoesText(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		down := errors.New("down")
		fail := false
		must(t, db.Use(hook.SoftDelete(), hook.Audit(func(context.Context, hook.Entry) error {
			if fail {
				return down
			}
			return nil
		})))
		repo := orm.Repo[account](db)
		row := account{TenantID: 1, Email: "a@x.org"}
		must(t, repo.Create(ctx, &row))
		must(t, repo.Create(ctx, &account{TenantID: 1, Email: "gone@x.org"}))
		must(t, second(repo.Where(accounts.Email.Eq("gone@x.org")).DeleteMany(ctx)))
		fail = true
		for what, err := range map[string]error{
			"Exec":        second(db.Exec(ctx, "DELETE FROM accounts")),
			"CreateMany":  second(repo.CreateMany(ctx, []account{{TenantID: 1, Email: "b@x.org"}})),
			"Update":      second(repo.ByID(row.ID).Update(ctx, accounts.Hits.Set(9))),
			"Upsert":      repo.Upsert(ctx, orm.On(accounts.Email), &account{TenantID: 1, Email: "a@x.org", Hits: 9}),
			"Save":        repo.Save(ctx, &account{ID: row.ID, TenantID: 1, Email: "a@x.org", Hits: 9}),
			"Delete":      second(repo.ByID(row.ID).Delete(ctx)),
			"Restore":     second(repo.Where(accounts.Email.Eq("gone@x.org")).Restore(ctx)),
			"ForceDelete": second(repo.Where(accounts.Email.Eq("a@x.org")).ForceDelete(ctx)),
		} {
			if !errors.Is(err, down) {
				t.Errorf("%s: %v", what, err)
			}
		}
		fail = false
		all, err := repo.All(ctx)
		if err != nil || len(all) != 1 || all[0].Hits != 0 {
			t.Errorf("left: %+v, %v", all, err)
		}
		if n := count(t, db, ctx); n != 2 {
			t.Errorf("%d rows", n)
		}
	})
}

// A report that panics is the report's trouble, and a stream is reported once.
func TestSlowQueryOnlyWatches(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		reports := 0
		must(t, db.Use(hook.SlowQuery(0, hook.SlowTo(func(context.Context, hook.Slow) {
			reports++
			panic("the report")
		}))))
		repo := orm.Repo[account](db)
		rows := make([]account, 1200)
		for i := range rows {
			rows[i] = account{TenantID: 1, Email: fmt.Sprint(i, "@x.org")}
		}
		must(t, second(repo.CreateMany(ctx, rows)))
		reports = 0
		for _, err := range repo.Rows(ctx) {
			must(t, err)
		}
		if reports != 1 {
			t.Errorf("a stream was reported %d times", reports)
		}
	})
}

func TestTimestampsLeaveWhatIsSaid(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB, ctx context.Context) {
		must(t, db.Use(hook.Timestamps("CreatedAt", "UpdatedAt")))
		repo := orm.Repo[account](db)
		row := account{TenantID: 1, Email: "a@x.org"}
		must(t, repo.Create(ctx, &row))
		made := row.CreatedAt
		old := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
		got, err := repo.ByID(row.ID).Update(ctx, repo.F("UpdatedAt").Set(old))
		if err != nil || !got.UpdatedAt.Equal(old) {
			t.Errorf("an assigned time became %v, %v", got.UpdatedAt, err)
		}
		must(t, repo.Save(ctx, &got))
		if again, _ := repo.ByID(row.ID).One(ctx); !again.UpdatedAt.After(old) {
			t.Errorf("Save left %v", again.UpdatedAt)
		}
		up := account{TenantID: 1, Email: "a@x.org", UpdatedAt: old}
		must(t, repo.Upsert(ctx, orm.On(accounts.Email), &up))
		if !up.UpdatedAt.After(old) || !up.CreatedAt.Equal(made) {
			t.Errorf("an upsert: created %v, updated %v; want created %v", up.CreatedAt, up.UpdatedAt, made)
		}
	})
}
