package conformance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
)

type shuffled struct {
	ID   int64    `orm:"id,auto,table=shuffled"`
	Code *string  `orm:"code,unique"`
	Name string   `orm:"name"`
	Doc  []string `orm:"doc,json"`
}

type dealtText struct {
	ID   string `orm:"id,auto,table=dealt_texts"`
	Name string `orm:"name"`
}

type dealtPair struct {
	Shelf int64  `orm:"shelf,id,table=dealt_pairs"`
	ID    int64  `orm:"id,id,auto"`
	Name  string `orm:"name"`
}

// shuffledTables are tables whose made keys run in no order.
type shuffledTables struct {
	engine Engine
	tables []string
	// changes makes the table change what it is given, before or after it writes the row.
	before, after []string
}

func shuffledEngines(t *testing.T) map[string]shuffledTables {
	return map[string]shuffledTables{
		"sqlite": {sqliteMemory(), []string{
			`CREATE TABLE shuffled (id BIGINT PRIMARY KEY DEFAULT (abs(random() % 1000000000000)), code TEXT UNIQUE, name TEXT NOT NULL, doc TEXT)`,
			`CREATE TABLE dealt_texts (id TEXT PRIMARY KEY DEFAULT (hex(randomblob(8))), name TEXT NOT NULL)`,
			`CREATE TABLE dealt_pairs (shelf BIGINT NOT NULL, id BIGINT NOT NULL DEFAULT (abs(random() % 1000000000000)), name TEXT NOT NULL, PRIMARY KEY (shelf, id))`},
			nil, []string{`CREATE TRIGGER fold AFTER INSERT ON shuffled BEGIN UPDATE shuffled SET name = upper(name), code = upper(code) WHERE id = NEW.id; END`}},
		"postgres": {onPostgres(t), []string{
			`CREATE TABLE shuffled (id bigint PRIMARY KEY DEFAULT (random()*1e12)::bigint, code text UNIQUE, name text NOT NULL, doc jsonb)`,
			`CREATE TABLE dealt_texts (id text PRIMARY KEY DEFAULT md5(random()::text), name text NOT NULL)`,
			`CREATE TABLE dealt_pairs (shelf bigint NOT NULL, id bigint NOT NULL DEFAULT (random()*1e12)::bigint, name text NOT NULL, PRIMARY KEY (shelf, id))`},
			[]string{`CREATE FUNCTION fold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := upper(NEW.name); NEW.code := upper(NEW.code); NEW.id := (random()*1e12)::bigint; RETURN NEW; END $$`,
				`CREATE TRIGGER fold BEFORE INSERT ON shuffled FOR EACH ROW EXECUTE FUNCTION fold()`},
			[]string{`CREATE FUNCTION unfold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE shuffled SET name = upper(name), code = upper(code) WHERE id = NEW.id; RETURN NULL; END $$`,
				`CREATE TRIGGER unfold AFTER INSERT ON shuffled FOR EACH ROW EXECUTE FUNCTION unfold()`}},
	}
}

// Rows get the keys that were made for them, whatever keys the database makes and in whatever order.
func TestShuffledKeysAreDealtByContent(t *testing.T) {
	for name, c := range shuffledEngines(t) {
		for _, changes := range []string{"kept", "before", "after"} {
			triggers := map[string][]string{"before": c.before, "after": c.after}[changes]
			if changes != "kept" && triggers == nil {
				continue
			}
			for _, inside := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/tx=%v", name, changes, inside), func(t *testing.T) {
					e := &env{T: t, ctx: t.Context()}
					defer e.stop()
					open := c.engine.Database(t)
					src := open("main", Options{})
					db := must(orm.Open(e.ctx, src, orm.Models(shuffled{}, dealtText{}, dealtPair{}), orm.Observer(e.log.add)))
					defer db.Close()
					for _, text := range append(c.tables[:3:3], triggers...) {
						must(db.Exec(e.ctx, orm.Unsafe(text)))
					}
					do := func(fn func(orm.DB)) {
						if !inside {
							fn(db)
							return
						}
						ok(db.Tx(e.ctx, func(tx orm.DB) error { fn(tx); return nil }))
					}
					do(func(db orm.DB) { e.dealsShuffled(db) })
					e.dealsShuffled(db) // what was learned of the table holds
				})
			}
		}
	}
}

func (e *env) dealsShuffled(db orm.DB) {
	e.Helper()
	base := must(orm.Repo[shuffled](db).Count(e.ctx))
	var rows []shuffled
	for i := range 20 {
		rows = append(rows, shuffled{Code: ptr(fmt.Sprintf("code %d %d", base, i)), Name: fmt.Sprintf("name %d", i), Doc: []string{fmt.Sprint(i)}})
	}
	must(orm.Repo[shuffled](db).CreateMany(e.ctx, rows))
	e.equal(must(orm.Repo[shuffled](db).Count(e.ctx)), base+20, "rows with a unique column")
	for _, r := range rows {
		if back := must(orm.Repo[shuffled](db).ByID(r.ID).One(e.ctx)); !strings.EqualFold(back.Name, r.Name) || back.Doc[0] != r.Doc[0] {
			e.Errorf("the id of %q leads to %q", r.Name, back.Name)
		}
	}
	rows = nil
	for i := range 20 { // some alike in all they were given
		rows = append(rows, shuffled{Name: fmt.Sprintf("name %d", i/2), Doc: []string{"a b", fmt.Sprint(i / 4)}})
	}
	must(orm.Repo[shuffled](db).CreateMany(e.ctx, rows))
	e.equal(must(orm.Repo[shuffled](db).Count(e.ctx)), base+40, "rows without")
	ids := map[int64]bool{}
	for _, r := range rows {
		back := must(orm.Repo[shuffled](db).ByID(r.ID).One(e.ctx))
		if ids[r.ID] = true; !strings.EqualFold(back.Name, r.Name) || back.Doc[1] != r.Doc[1] {
			e.Errorf("the id of %q leads to %q", r.Name, back.Name)
		}
	}
	e.equal(len(ids), 20, "ids")
	texts := make([]dealtText, 20)
	for i := range texts {
		texts[i].Name = fmt.Sprint(i)
	}
	e.log.reset()
	must(orm.Repo[dealtText](db).CreateMany(e.ctx, texts))
	e.ran(1, "made texts")
	for _, r := range texts {
		e.equal(must(orm.Repo[dealtText](db).ByID(r.ID).One(e.ctx)).Name, r.Name, "the row of a made text")
	}
	pairs := make([]dealtPair, 20)
	for i := range pairs {
		pairs[i] = dealtPair{Shelf: int64(i % 3), Name: fmt.Sprint(i)}
	}
	must(orm.Repo[dealtPair](db).CreateMany(e.ctx, pairs))
	for _, r := range pairs {
		e.equal(must(orm.Repo[dealtPair](db).ByID(r.Shelf, r.ID).One(e.ctx)).Name, r.Name, "the row of a key made in part")
	}
}
