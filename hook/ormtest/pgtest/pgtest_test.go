package pgtest_test

import (
	"fmt"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook/ormtest"
	"github.com/multi-orm/orm/hook/ormtest/pgtest"
	"github.com/multi-orm/orm/source/postgres"
)

type Note struct {
	ID   int64  `orm:"id,auto,table=pgtest_notes"`
	Text string `orm:"text,unique"`

	Marks []Mark `orm:"relation=id:note_id"`
}

type Mark struct {
	ID     int64 `orm:"id,auto,table=pgtest_marks"`
	NoteID int64 `orm:"note_id,index"`
}

// The library works in a schema of its own as it does in a database, and so do many at once.
func TestParallel(t *testing.T) {
	for name, url := range map[string]func(testing.TB, ...pgtest.Option) string{"schema": pgtest.Schema, "database": pgtest.Database} {
		for i := range 3 {
			t.Run(fmt.Sprint(name, i), func(t *testing.T) {
				t.Parallel()
				db := ormtest.Open(t, postgres.Source("main", url(t)), orm.Models(Note{}))
				note := ormtest.Plant(t.Context(), t, db, Note{Text: "a"}, Note{Text: "b"})[0]
				ormtest.Plant(t.Context(), t, db, Mark{NoteID: note.ID})
				if n, err := orm.Repo[Note](db).Count(t.Context()); n != 2 || err != nil {
					t.Errorf("%d rows, error %v: want 2, from this test alone", n, err)
				}
				if found, err := db.Check(t.Context()); len(found) != 0 || err != nil {
					t.Errorf("the check found %v, error %v", found, err)
				}
			})
		}
	}
}

func TestServer(t *testing.T) {
	url := pgtest.Schema(t, pgtest.Server(""), pgtest.Required())
	db := ormtest.Open(t, postgres.Source("main", url), orm.Models(Note{}))
	ormtest.Plant(t.Context(), t, db, Note{Text: "a"})
}
