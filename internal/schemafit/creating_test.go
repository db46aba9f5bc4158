package schemafit_test

import (
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

type (
	// Filled leaves columns to the triggers of its table.
	Filled struct {
		ID   int64  `orm:"id,table=filled"`
		Name string `orm:"name"`
		Made int64  `orm:"made,generated"`
	}
	// Seen reads some columns of its table.
	Seen struct {
		ID   int64  `orm:"id,auto,table=filled"`
		Name string `orm:"name,readonly"`
	}
	// Mooded lists fewer values than the database, SeenMood is read alone.
	Mooded struct {
		ID   int64  `orm:"id,table=moods"`
		Mood string `orm:"mood,enum=a|b"`
	}
	SeenMood struct {
		ID   int64  `orm:"id,table=moods"`
		Mood string `orm:"mood,enum=a|b,readonly"`
	}
	// MoreMood lists more values than the database takes.
	MoreMood struct {
		ID   int64  `orm:"id,table=moods"`
		Mood string `orm:"mood,enum=a|b|c|d,readonly"`
	}
	// Late has unique sets that are looked into at the commit.
	Late struct {
		ID   int64  `orm:"id,table=late"`
		Code string `orm:"code,unique"`
		Nick string `orm:"nick,unique"`
	}
	SeenLate struct {
		ID   int64  `orm:"id,table=late"`
		Code string `orm:"code,unique,readonly"`
		Nick string `orm:"nick,readonly"`
	}
)

// What keeps rows from being created is no fault of a model that only reads, and advice where a trigger may fill the column.
func TestWhatKeepsRowsFromBeingCreated(t *testing.T) {
	const filled = `CREATE TABLE filled (id bigint PRIMARY KEY, name text NOT NULL, made bigint NOT NULL, slug text NOT NULL)`
	const moods = `CREATE TABLE moods (id bigint PRIMARY KEY, mood text NOT NULL CHECK (mood IN ('a', 'b', 'c')))`
	const late = `CREATE TABLE late (id bigint PRIMARY KEY {late}, code text NOT NULL UNIQUE {late}, nick text NOT NULL UNIQUE)`
	slug := `CREATE FUNCTION slug() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN new.slug := new.name; new.made := 1; RETURN new; END'`
	trigger := func(when string) []string {
		return []string{filled, slug, "CREATE TRIGGER slugs " + when + " ON filled FOR EACH ROW EXECUTE FUNCTION slug()"}
	}
	for _, c := range []struct {
		name, only string
		script     []string
		model      any
		found      string // what a finding says, "" for none
		advice     string
	}{
		{"no trigger", "", []string{filled}, Filled{}, "is NOT NULL without a default and the model has no field", ""},
		{"a trigger", "postgres", trigger("BEFORE INSERT OR UPDATE"), Filled{}, "", "slug (text) is NOT NULL without a default and the model has no field for it: rows cannot be created, unless the trigger slugs fills it"},
		{"a trigger of a generated field", "postgres", trigger("BEFORE INSERT"), Filled{}, "", "nothing makes the value of the column filled.made: rows cannot be created, unless the trigger slugs fills it"},
		{"a trigger of updates", "postgres", trigger("BEFORE UPDATE"), Filled{}, "is NOT NULL without a default", ""},
		{"a trigger that comes late", "postgres", trigger("AFTER INSERT"), Filled{}, "is NOT NULL without a default", ""},
		{"a trigger that is off", "postgres", append(trigger("BEFORE INSERT"), "ALTER TABLE filled DISABLE TRIGGER slugs"), Filled{}, "is NOT NULL without a default", ""},
		{"a trigger that fills nothing", "sqlite", []string{filled, "CREATE TRIGGER slugs BEFORE INSERT ON filled BEGIN SELECT 1; END"}, Filled{}, "is NOT NULL without a default", ""},
		{"a model that reads", "", []string{filled}, Seen{}, "", ""},
		{"fewer values", "", []string{moods}, Mooded{}, "a row that holds it cannot be saved", ""},
		{"fewer values that are read", "", []string{moods}, SeenMood{}, "", `the database takes "c" too`},
		{"more values", "", []string{moods}, MoreMood{}, `the tag's enum= has "d"`, ""},
		{"a deferrable set", "postgres", []string{strings.ReplaceAll(late, "{late}", "DEFERRABLE")}, Late{}, "the unique constraint of the table late on (code) is deferrable: no upsert can go by it", ""},
		{"a deferrable key", "postgres", []string{strings.ReplaceAll(late, "{late}", "DEFERRABLE")}, Late{}, "is deferrable: no upsert can go by it", "the primary key of the table late is deferrable"},
		{"a set of a model that reads", "postgres", []string{strings.ReplaceAll(late, "{late}", "DEFERRABLE")}, SeenLate{}, "", "nick"},
		{"an index beside it", "postgres", []string{strings.ReplaceAll(late, "PRIMARY KEY {late}", "PRIMARY KEY"), "CREATE UNIQUE INDEX beside ON late (code)"}, Late{}, "", ""},
	} {
		for _, e := range engines() {
			if c.only != "" && c.only != e.name {
				continue
			}
			t.Run(e.name+"/"+c.name, func(t *testing.T) {
				db := open(t, e.source(e.make(t)), c.model)
				for _, text := range c.script {
					exec(t, db, strings.ReplaceAll(text, "{late}", "DEFERRABLE"))
				}
				found, err := db.Check(t.Context(), orm.WithAdvice())
				if err != nil {
					t.Fatal(err)
				}
				var faults, advice string
				for _, f := range found {
					if f.Advice {
						advice += f.Detail + "\n"
					} else {
						faults += f.Detail + "\n"
					}
				}
				if (c.found == "") != (faults == "") || !strings.Contains(faults, c.found) || !strings.Contains(advice, c.advice) {
					t.Errorf("%s\nadvice: %s", faults, advice)
				}
			})
		}
	}
}

// A plan makes the unique index that upserts need beside a set that is deferrable, which stays.
func TestPlanBesideDeferrableSet(t *testing.T) {
	e := engines()[1]
	db := open(t, e.source(e.make(t)), Late{})
	exec(t, db, `CREATE TABLE late (id bigint PRIMARY KEY, code text NOT NULL CONSTRAINT late_code_key UNIQUE DEFERRABLE, nick text NOT NULL UNIQUE)`)
	plan, err := introspect.Plan(t.Context(), db)
	if err != nil || len(plan.Changes) != 1 || plan.Changes[0].Destructive {
		t.Fatal(plan, err)
	}
	exec(t, db, plan.Changes[0].Up...)
	if again, err := introspect.Plan(t.Context(), db); err != nil || !again.Empty() {
		t.Error(again, err)
	}
	if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
		t.Error(found, err)
	}
	s, err := introspect.Read(t.Context(), db)
	if err != nil || len(s.Tables[0].Uniques)+len(s.Tables[0].Indexes) != 3 {
		t.Error(s, err)
	}
}
