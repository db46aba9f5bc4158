package randomquery_test

import (
	"math/rand/v2"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/randomquery"
	"github.com/multi-orm/orm/source/sqlite"
)

func open(t *testing.T, opts ...orm.Option) (orm.DB, *engine.Session) {
	t.Helper()
	db, err := orm.Open(t.Context(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	return db, randomquery.SessionOf(db)
}

// Memory, a database and two databases say the same of the same rows, and of other rows
// something else, which the drawn queries see.
func TestMemoryAnswers(t *testing.T) {
	lite := func(name string) orm.Option { return sqlite.Source(name, ":memory:") }
	db, one := open(t, randomquery.One(), lite("main"))
	_, two := open(t, randomquery.Two(), lite("main"), lite("other"))
	r := rand.New(rand.NewPCG(1, 2))
	if err := randomquery.DrawGraph(r).Write(t.Context(), one, two); err != nil {
		t.Fatal(err)
	}
	memory, err := randomquery.Remember(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	roots := randomquery.Pairs(one, two)
	if len(roots) != 6 {
		t.Fatalf("%d models with relations", len(roots))
	}
	drawn, answered := 0, [3]string{}
	ask := func(d *randomquery.Draw, root randomquery.Pair) (have, want string) {
		a, b := d.Query(root)
		for i, answer := range []func() (string, error){
			func() (string, error) { return randomquery.Answer(t.Context(), one, a) },
			func() (string, error) { return randomquery.Answer(t.Context(), two, b) },
			func() (string, error) { return memory.Answer(a), nil },
		} {
			if answered[i], err = answer(); err != nil {
				t.Fatal(err)
			}
		}
		drawn++
		if answered[1] != answered[2] {
			t.Errorf("two: %s\nmemory: %s", answered[1], answered[2])
		}
		return answered[0], answered[2]
	}
	randomquery.Asking{Queries: 300, Least: 100, Roots: roots}.Run(t, r, ask)
	if drawn != 300 {
		t.Errorf("%d queries were asked", drawn)
	}
	if _, err := db.Exec(t.Context(), "UPDATE kids SET n = NULL WHERE id = 7"); err != nil {
		t.Fatal(err)
	}
	for range 300 {
		a, _ := (&randomquery.Draw{Rand: r}).Query(roots[r.IntN(len(roots))])
		have, err := randomquery.Answer(t.Context(), one, a)
		if err != nil {
			t.Fatal(err)
		}
		if have != memory.Answer(a) {
			return
		}
	}
	t.Error("no query sees that a row has changed")
}
