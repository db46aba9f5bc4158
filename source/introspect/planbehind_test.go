package introspect_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

// The models of the cases below.
type (
	keyedPlan struct {
		ID   int64  `orm:"id,auto,table=things"`
		Name string `orm:"name"`
	}
	twicePlan struct {
		ID    int64 `orm:"id,auto,table=things"`
		Twice int64 `orm:"twice,index,generated=n * 2"` // before what it is made of
		N     int64 `orm:"n,default=3"`
	}
	codedPlan struct {
		ID   int64  `orm:"id,auto,table=codes"`
		Code string `orm:"code,unique"`
	}
	leadingPlan struct {
		ID   int64      `orm:"id,auto,table=things"`
		Code *string    `orm:"code"`
		Of   *codedPlan `orm:"relation=code:code,foreignkey"`
	}
	countedPlan struct {
		ID int64 `orm:"id,auto,table=things"`
		N  int64 `orm:"n,dbdefault=40 + 2,index,where=n > 0"`
	}
	spelledPlan struct {
		ID int64  `orm:"id,auto,table=things"`
		N  string `orm:"n,dbdefault='abc'"`
	}
	optionalPlan struct {
		ID int64      `orm:"id,auto,table=things"`
		N  *string    `orm:"n,dbdefault=coalesce(NULL, 'it''s')"`
		At *time.Time `orm:"at,dbdefault=CURRENT_TIMESTAMP"`
	}
	truePlan struct {
		ID int64 `orm:"id,auto,table=things"`
		N  bool  `orm:"n"`
	}
	alwaysPlan struct {
		ID int64 `orm:"id,generated,table=things"`
	}
	givenPlan struct {
		ID   int64  `orm:"id,table=things"`
		Name string `orm:"name"`
	}
	loudPlan struct {
		ID   int64   `orm:"id,auto,table=things"`
		Name string  `orm:"name"`
		Loud string  `orm:"loud,generated=upper(name)"`
		Low  *string `orm:"low"`
	}
)

// Each step finds what it goes by: types, columns, values, and what a foreign key leads to.
func TestStepsComeBehindWhatTheyGoBy(t *testing.T) {
	rowOf := func(names, values string) string {
		return fmt.Sprintf("; INSERT INTO things (%s) VALUES (%s)", names, values)
	}
	for _, c := range []struct {
		name, only, script string
		models             []any
		rows, want         string
	}{
		{"numbers for a key of text", "", "CREATE TABLE things (id text PRIMARY KEY NOT NULL, name text NOT NULL)" + rowOf("id, name", "'7', 'x'"), []any{keyedPlan{}}, "SELECT id || name FROM things", "7x"},
		{"made of a column to be", "postgres", "CREATE TABLE things (id {key})" + rowOf("id", "5"), []any{twicePlan{}}, "SELECT n || ' ' || twice FROM things", "3 6"},
		{"made of a wider one", "postgres", "CREATE TABLE things (id {key}, n integer NOT NULL DEFAULT 3)" + rowOf("n", "5"), []any{twicePlan{}}, "SELECT n || ' ' || twice FROM things", "5 10"},
		{"made of one of another type", "postgres", "CREATE TABLE things (id {key}, n text NOT NULL)" + rowOf("n", "'5'"), []any{twicePlan{}}, "SELECT n || ' ' || twice FROM things", "5 10"},
		{"made of one that may be NULL", "postgres", "CREATE TABLE things (id {key}, n bigint)" + rowOf("n", "5"), []any{twicePlan{}}, "SELECT n || ' ' || twice FROM things", "5 10"},
		{"a new table to a set to be", "", "CREATE TABLE codes (id {key}, code text NOT NULL); INSERT INTO codes (code) VALUES ('a')", []any{leadingPlan{}, codedPlan{}}, "SELECT code FROM codes", "a"},
		{"a new table to a column to be", "", "CREATE TABLE codes (id {key})", []any{leadingPlan{}, codedPlan{}}, "SELECT count(*) || '' FROM codes", "0"},
		{"a new column to a set to be", "postgres", "CREATE TABLE codes (id {key}, code text NOT NULL); INSERT INTO codes (code) VALUES ('a'); CREATE TABLE things (id {key})", []any{leadingPlan{}, codedPlan{}}, "SELECT code FROM codes", "a"},
		{"a default and an index of another type", "", "CREATE TABLE things (id {key}, n text NOT NULL)" + rowOf("n", "'5'"), []any{countedPlan{}}, "SELECT n || '' FROM things", "5"},
		{"a default of another type", "", "CREATE TABLE things (id {key}, n integer NOT NULL)" + rowOf("n", "5"), []any{spelledPlan{}}, "SELECT n FROM things", "5"},
		{"defaults that are no constants", "", "CREATE TABLE things (id {key})" + rowOf("id", "5"), []any{optionalPlan{}}, "SELECT n || (at IS NOT NULL) FROM things", "it's{true}"},
		{"a key to a set that is deferrable", "postgres", "CREATE TABLE codes (id {key}, code text NOT NULL, UNIQUE (code) DEFERRABLE); CREATE TABLE things (id {key}, code text)", []any{leadingPlan{}, codedPlan{}}, "SELECT count(*)::text FROM things", "0"},
		{"a generated column that may be NULL", "postgres", "CREATE TABLE things (id {key}, n bigint NOT NULL DEFAULT 3, twice bigint GENERATED ALWAYS AS (n * 2) STORED); CREATE INDEX things_twice_idx ON things (twice)" + rowOf("n", "5"), []any{twicePlan{}}, "SELECT twice::text FROM things", "10"},
		{"values listed of a column of no type", "sqlite", "CREATE TABLE things (id {key}, mood NOT NULL CHECK (mood IN ('a')))" + rowOf("mood", "'a'"), []any{moodyPlan{}}, "SELECT mood FROM things", "a"},
		{"names that constraints have", "postgres", "CREATE TABLE codes (id {key}, code text NOT NULL UNIQUE); CREATE TABLE things (id {key}, code text, CONSTRAINT things_code_fkey CHECK (id > 0), CONSTRAINT things_code_fkey_2 CHECK (id > 0))", []any{leadingPlan{}, codedPlan{}}, "SELECT count(*)::text FROM things", "0"},
		{"names of checks", "postgres", "CREATE TABLE things (id {key}, mood text NOT NULL, CONSTRAINT things_mood_check UNIQUE (mood))", []any{moodyPlan{}}, "SELECT count(*)::text FROM things", "0"},
		{"a key to a domain", "postgres", "CREATE DOMAIN word AS varchar(9); CREATE TABLE codes (id {key}, code word NOT NULL UNIQUE); CREATE TABLE things (id {key}, code text)", []any{leadingPlan{}, codedPlan{}}, "SELECT count(*)::text FROM things", "0"},
		{"a value of another type", "", "CREATE TABLE things (id {key}, n integer)" + rowOf("n", "NULL"), []any{truePlan{}}, "SELECT n || '' FROM things", "{true}"},
		{"numbers of keys below zero", "", "CREATE TABLE things (id bigint PRIMARY KEY NOT NULL)" + rowOf("id", "-5"), []any{alwaysPlan{}}, "SELECT id || '' FROM things", "-5"},
		{"numbers of a serial", "postgres", "CREATE SCHEMA \"My Own\"; CREATE SEQUENCE \"My Own\".\"it's\" AS integer; CREATE TABLE things (id integer PRIMARY KEY DEFAULT nextval('\"My Own\".\"it''s\"'), name text NOT NULL)" + rowOf("name", "'x'") +
			"; SELECT setval('\"My Own\".\"it''s\"', 2147483647)", []any{givenPlan{}}, "INSERT INTO things (name) VALUES ('y') RETURNING id::text", "2147483648"},
	} {
		for _, e := range engines()[:2] {
			if c.only != "" && c.only != e.name {
				continue
			}
			t.Run(c.name+" "+e.name, func(t *testing.T) {
				words := strings.NewReplacer("{key}", "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "{true}", "true")
				if e.name == "sqlite" {
					words = strings.NewReplacer("{key}", "INTEGER PRIMARY KEY", "{true}", "1")
				}
				address := e.make(t)
				e.load(t, address, words.Replace(c.script))
				db := open(t, e.open(address), orm.Models(c.models...))
				var opts []introspect.Option
				if _, ok := c.models[0].(truePlan); ok {
					opts = append(opts, introspect.Fill("things.n", words.Replace("{true}")))
				}
				plan, err := introspect.Plan(t.Context(), db, opts...)
				if err != nil || plan.Empty() || len(plan.Notes) > 0 {
					t.Fatal(plan, err)
				}
				e.run(t, address, plan.Changes, false)
				again, err := introspect.Plan(t.Context(), db)
				if err != nil || !again.Empty() || len(again.Notes) > 0 {
					t.Errorf("the second plan: %v\n%v", err, again)
				}
				if found, err := db.Check(t.Context()); err != nil || len(found) > 0 {
					t.Errorf("check: %v %v", found, err)
				}
				if got, err := orm.Raw[string](t.Context(), db, orm.Unsafe(c.rows)); err != nil || len(got) != 1 || got[0] != words.Replace(c.want) {
					t.Errorf("%v, want %s: %v", got, words.Replace(c.want), err)
				}
				live, err := introspect.Read(t.Context(), db)
				if err != nil {
					t.Fatal(err)
				}
				if _, always := c.models[0].(alwaysPlan); always && e.name == "postgres" && live.Table("", "things").Columns[0].Identity != "always" {
					t.Error("the key is not one that the database always makes")
				}
			})
		}
	}
}

// What no step makes of the database is a note, and no step goes by it.
func TestWhatNoStepMakes(t *testing.T) {
	type searchedPlan struct {
		ID    int64      `orm:"id,auto,table=things"`
		Name  string     `orm:"name"`
		Loud  string     `orm:"loud,index,generated=upper(name)"`
		Codes *codedPlan `orm:"relation=loud:code,foreignkey"`
	}
	type heldByPlan struct {
		ID     int64      `orm:"id,auto,table=things"`
		CodeID *int64     `orm:"code_id"`
		Of     *codedPlan `orm:"relation=code_id:id,foreignkey"`
	}
	for _, c := range []struct {
		name, only, script, says string
		models                   []any
	}{
		{"a plain column", "", "CREATE TABLE things (id {key}, name text NOT NULL, loud text, low text); INSERT INTO things (name, loud) VALUES ('x', 'own')", "things.loud: is a plain column, and the tag says generated=", []any{loudPlan{}}},
		{"a generated column", "", "CREATE TABLE things (id {key}, name text NOT NULL, loud text NOT NULL GENERATED ALWAYS AS (upper(name)) STORED, low text GENERATED ALWAYS AS (lower(name)) STORED)", "things.low: is generated and the tag does not say so", []any{loudPlan{}}},
		{"an index of what is not made", "sqlite", "CREATE TABLE things (id {key}, name text NOT NULL); CREATE TABLE codes (id {key}, code TEXT NOT NULL UNIQUE)", "the index of (loud) is not made, since the column loud is not there", []any{searchedPlan{}, codedPlan{}}},
		{"a default of a type that no cast leads to", "postgres", "CREATE TABLE things (id {key}, n timestamp NOT NULL)", "things.n: set default is left out, since the type of n is to be another first", []any{countedPlan{}}},
		{"an index of a type under a view", "postgres", "CREATE TABLE things (id {key}, n text NOT NULL); CREATE VIEW seen AS SELECT n FROM things", "things: add index is left out, since the type of n is to be another first", []any{countedPlan{}}},
		{"a key to a type of values", "postgres", "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE codes (id mood PRIMARY KEY, code text NOT NULL UNIQUE); CREATE TABLE things (id {key}, code_id bigint)", "since it would lead to (id) of codes, which is of another type", []any{heldByPlan{}, codedPlan{}}},
		{"a key from a type of values", "postgres", "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE codes (id {key}, code text NOT NULL UNIQUE); CREATE TABLE things (id {key}, code_id mood)", "things: add foreign key is left out, since the type of code_id is to be another first", []any{heldByPlan{}, codedPlan{}}},
		{"a new key to a type of values", "postgres", "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE codes (id mood PRIMARY KEY, code text NOT NULL UNIQUE)", "since it would lead to (id) of codes, which is of another type", []any{heldByPlan{}, codedPlan{}}},
		{"a key to a text that is a type of values", "postgres", "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE codes (id {key}, code mood NOT NULL UNIQUE); CREATE TABLE things (id {key}, code text)", "since it would lead to (code) of codes, which is of another type", []any{leadingPlan{}, codedPlan{}}},
		{"a new key to a text that is a type of values", "postgres", "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE codes (id {key}, code mood NOT NULL UNIQUE)", "since it would lead to (code) of codes, which is of another type", []any{leadingPlan{}, codedPlan{}}},
		{"a key to no key", "postgres", "CREATE TABLE codes (id bigint NOT NULL DEFAULT 1, code text NOT NULL UNIQUE); CREATE TABLE things (id {key}, code_id bigint)", "since nothing keeps two rows of codes from having the same (id)", []any{heldByPlan{}, codedPlan{}}},
		{"a new table with a key to no key", "postgres", "CREATE TABLE codes (id bigint NOT NULL DEFAULT 1, code text NOT NULL UNIQUE)", "since nothing keeps two rows of codes from having the same (id)", []any{heldByPlan{}, codedPlan{}}},
	} {
		for _, e := range engines()[:2] {
			if c.only != "" && c.only != e.name {
				continue
			}
			t.Run(c.name+" "+e.name, func(t *testing.T) {
				key := map[string]string{"sqlite": "INTEGER PRIMARY KEY", "postgres": "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"}[e.name]
				address := e.make(t)
				e.load(t, address, strings.ReplaceAll(c.script, "{key}", key))
				db := open(t, e.open(address), orm.Models(c.models...))
				plan, err := introspect.Plan(t.Context(), db)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(plan.String(), c.says) {
					t.Error(plan)
				}
				e.run(t, address, plan.Changes, false)
				if again, err := introspect.Plan(t.Context(), db); err != nil || !again.Empty() {
					t.Errorf("the second plan: %v\n%v", err, again)
				}
			})
		}
	}
}

// An index that is replaced is not dropped again by what no model asks for.
func TestReplacedIndexStays(t *testing.T) {
	for _, e := range engines()[:2] {
		t.Run(e.name, func(t *testing.T) {
			key := map[string]string{"sqlite": "INTEGER PRIMARY KEY", "postgres": "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"}[e.name]
			address := e.make(t)
			e.load(t, address, "CREATE TABLE codes (id "+key+", code text NOT NULL, other text); CREATE INDEX codes_code_key ON codes (other); CREATE INDEX codes_old ON codes (other)")
			db := open(t, e.open(address), orm.Models(codedPlan{}))
			plan, err := introspect.Plan(t.Context(), db, introspect.UnmappedIndexes())
			if err != nil || len(plan.Changes) != 2 {
				t.Fatal(plan, err)
			}
			e.run(t, address, plan.Changes, false)
			if again, err := introspect.Plan(t.Context(), db, introspect.UnmappedIndexes()); err != nil || !again.Empty() {
				t.Errorf("the second plan: %v\n%v", err, again)
			}
		})
	}
}
