package resilience

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/postgres"
)

// Loose has texts under which the database may keep anything.
type Loose struct {
	ID   int64   `orm:"id,auto"`
	Mood string  `orm:"mood"`
	UID  string  `orm:"uid"`
	Span *string `orm:"span"`
	Tags []string
}

var looses = orm.Bind[Loose, struct {
	ID   orm.Col[Loose, int64]
	Mood orm.Text[Loose]
	UID  orm.Text[Loose]
	Span orm.Text[Loose]
}]()

const looseUID = "01020304-0506-0708-090a-0b0c0d0e0f1"

func looseRows(mood string) []Loose {
	span := "01:02:03"
	return []Loose{{Mood: mood, UID: looseUID + "1", Span: &span, Tags: []string{mood, mood}}, {Mood: mood, UID: looseUID + "2"}, {Mood: mood, UID: looseUID + "3", Span: &span, Tags: []string{}}}
}

// bulkVerbs write many rows at once, and leave three with the mood.
var bulkVerbs = map[string]func(w *world, db orm.DB, mood string) error{
	"CreateMany": func(w *world, db orm.DB, mood string) error {
		_, err := orm.Repo[Loose](db).CreateMany(w.ctx, looseRows(mood))
		return err
	},
	"CreateMany, duplicates skipped": func(w *world, db orm.DB, mood string) error {
		_, err := orm.Repo[Loose](db).CreateMany(w.ctx, looseRows(mood), orm.SkipDuplicates())
		return err
	},
	"Import": func(w *world, db orm.DB, mood string) error {
		res, err := orm.Repo[Loose](db).Import(w.ctx, looseRows(mood))
		for _, x := range res {
			err = errors.Join(err, x.Err)
		}
		return err
	},
	"SaveMany": func(w *world, db orm.DB, mood string) error {
		r := orm.Repo[Loose](db)
		rows := looseRows("a")
		for i := range rows { // one by one, so that only the save is in bulk
			if err := r.Create(w.ctx, &rows[i]); err != nil {
				return err
			}
		}
		for i := range rows {
			rows[i].Mood = mood
		}
		_, err := r.SaveMany(w.ctx, rows)
		return err
	},
	"UpdateMany": func(w *world, db orm.DB, mood string) error {
		r := orm.Repo[Loose](db)
		for _, row := range looseRows("a") {
			if err := r.Create(w.ctx, &row); err != nil {
				return err
			}
		}
		_, err := r.Where(looses.Mood.In("a", "b"), looses.UID.In(looseUID+"1", looseUID+"2", looseUID+"3")).UpdateMany(w.ctx, looses.Mood.Set(mood), looses.Span.Set("02:00:00"))
		return err
	},
}

// Untyped text goes into enum, uuid and interval columns by every verb, in and out of transactions, at once and after the
// columns became other ones.
func TestBulkIntoOtherTypes(t *testing.T) {
	const typed = "ALTER TABLE looses ALTER mood TYPE mood USING mood::text::mood, ALTER uid TYPE uuid USING uid::text::uuid, ALTER span TYPE interval USING span::text::interval, ALTER tags TYPE mood[] USING tags::text[]::mood[]"
	const texts = "ALTER TABLE looses ALTER mood TYPE text, ALTER uid TYPE text, ALTER span TYPE text, ALTER tags TYPE text[] USING tags::text[]"
	for mode, m := range modes {
		w := newWorld(t, Loose{})
		if _, err := w.plain.Exec(w.ctx, orm.Unsafe("CREATE TYPE mood AS ENUM ('a', 'b')")); err != nil {
			t.Fatal(err)
		}
		for verb, run := range bulkVerbs {
			for _, inside := range []bool{false, true} {
				for _, first := range []string{texts, typed} {
					t.Run(fmt.Sprintf("%s/%s/inside %v/%s", mode, verb, inside, map[string]string{texts: "text first", typed: "typed first"}[first]), func(t *testing.T) {
						change := func(text string) {
							if _, err := w.plain.Exec(w.ctx, orm.Unsafe(text)); err != nil {
								t.Fatal(err)
							}
						}
						db := w.connect(w.real, []postgres.Option{postgres.ExecMode(m), postgres.AllowSimpleProtocol(), postgres.MaxConns(1)}, Loose{})
						for step, text := range []string{first, typed, texts, typed} {
							change("TRUNCATE looses")
							change(text)
							for range 2 {
								change("TRUNCATE looses")
								var err error
								if inside {
									err = db.Tx(w.ctx, func(tx orm.DB) error { return run(w, tx, "b") }, orm.Retry(3))
								} else {
									err = run(w, db, "b")
									// what is several statements, and so a transaction of its own, is to be called again
									if (verb == "Import" || verb == "SaveMany") && text != first && errors.Is(err, orm.ErrUpstream) && orm.OutcomeOf(err) == orm.Undone {
										change("TRUNCATE looses")
										err = run(w, db, "b")
									}
								}
								if err != nil {
									t.Fatalf("step %d: %v", step, err)
								}
								rows, err := orm.Repo[Loose](w.plain).OrderBy(looses.UID.Asc()).All(w.ctx)
								if err != nil || len(rows) != 3 {
									t.Fatalf("step %d: %v %v", step, rows, err)
								}
								for i, row := range rows {
									want := looseRows("b")[i]
									if row.Mood != "b" || row.UID != want.UID || (row.Span == nil) != (want.Span == nil && verb != "UpdateMany") || verb[0] != 'S' && verb[0] != 'U' && !slices.Equal(row.Tags, want.Tags) {
										t.Errorf("step %d: %+v", step, row)
									}
								}
							}
						}
					})
				}
			}
		}
	}
}
