package schemafit_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/schemafit"
	"github.com/multi-orm/orm/source/sqlite"
)

// Tables that orm.CreateTables makes have no finding, advice included, whatever the type of the field.
func TestOwnTablesSuit(t *testing.T) {
	for _, e := range engines() {
		address := e.make(t)
		for _, s := range samples() {
			if e.name == "sqlite" && s.name == "time" { // TIME on SQLite: texts such as 007 would be numbers there
				continue
			}
			db := open(t, e.source(address), s.open)
			exec(t, db, "DROP TABLE IF EXISTS cells")
			if err := orm.CreateTables(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			if got := told(t, db); got != "" {
				t.Errorf("%s: %s: %s", e.name, s.name, got)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

type (
	// Reading is of a partitioned table, ReadingOfMay of a part of it.
	Reading struct {
		ID  int64 `orm:"id"`
		Day int32 `orm:"day,id"`
	}
	ReadingOfMay struct {
		ID  int64 `orm:"id,table=readings_may"`
		Day int32 `orm:"day,id"`
	}
	// Odd is where names need quotes.
	Odd struct {
		ID   int64  `orm:"id,schema=Odd Ones,table=a \"table\".x"`
		Name string `orm:"The Name"`
	}
	// Plain is found by the search path.
	Plain struct {
		ID int64 `orm:"id,table=plain"`
	}
	// Setting is the system's.
	Setting struct {
		Name string `orm:"name,id,schema=pg_catalog,table=pg_settings"`
	}
	// Total is of a view.
	Total struct {
		Day   int32 `orm:"day,id,table=totals"`
		Count int64 `orm:"count"`
	}
)

func TestWhereTablesAre(t *testing.T) {
	e := engines()[1]
	address := e.make(t)
	db := open(t, e.source(address))
	exec(t, db, `CREATE TABLE readings (id bigint, day int, PRIMARY KEY (id, day)) PARTITION BY LIST (day)`, `CREATE TABLE readings_may PARTITION OF readings FOR VALUES IN (5)`,
		`CREATE SCHEMA "Odd Ones"`, `CREATE TABLE "Odd Ones"."a ""table"".x" (id bigint PRIMARY KEY, "The Name" text NOT NULL)`, `CREATE VIEW totals AS SELECT day, count(*) FROM readings GROUP BY day`,
		`CREATE SCHEMA first`, `CREATE TABLE plain (id bigint PRIMARY KEY)`)
	both := open(t, e.source(address+"&search_path=first,public"), Reading{}, ReadingOfMay{}, Odd{}, Plain{}, Setting{}, Total{})
	if got := told(t, both); got != "Setting: the table pg_catalog.pg_settings is the system's or an extension's, which the catalogue leaves out: it was not compared" {
		t.Error(got)
	}
	exec(t, db, `ALTER TABLE "Odd Ones"."a ""table"".x" RENAME "The Name" TO name`, `DROP TABLE plain`)
	got := told(t, both)
	for _, want := range []string{`!Odd.Name: the table Odd Ones.a "table".x has no column "The Name"`, `!Plain: the table plain does not exist`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

type (
	// Near is in the main database, Far and Away in one that is attached; the schema of Away is not said.
	Near struct {
		ID int64 `orm:"id,table=near"`
	}
	Far struct {
		ID int64 `orm:"id,schema=other,table=far"`
	}
	Away struct {
		ID int64 `orm:"id,table=away"`
	}
)

func TestAttachedDatabases(t *testing.T) {
	folder := t.TempDir()
	other := open(t, sqlite.Source("main", filepath.Join(folder, "other.db")))
	exec(t, other, "CREATE TABLE FAR (ID INTEGER PRIMARY KEY)", "CREATE TABLE away (id INTEGER PRIMARY KEY, code TEXT NOT NULL)")
	pool, err := sql.Open("sqlite", filepath.Join(folder, "main.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	pool.SetMaxOpenConns(1) // what is attached belongs to a connection
	if _, err := pool.ExecContext(t.Context(), "ATTACH ? AS other", filepath.Join(folder, "other.db")); err != nil {
		t.Fatal(err)
	}
	db := open(t, sqlite.FromDB("main", pool), Near{}, Far{}, Away{})
	exec(t, db, "CREATE TABLE near (id INTEGER PRIMARY KEY)")
	if got := told(t, db); got != "!Away: the column other.away.code (TEXT) is NOT NULL without a default and the model has no field for it: rows cannot be created" {
		t.Error(got)
	}
}

// Ties are by keys of either table and through those that link them.
func TestTies(t *testing.T) {
	for _, e := range engines() {
		db := open(t, e.source(e.make(t)))
		exec(t, db, strings.Split(clinics[e.name], ";\n")...)
		exec(t, db, "CREATE TABLE badges (owner_id bigint NOT NULL PRIMARY KEY REFERENCES owners (id), given_by bigint NOT NULL REFERENCES owners (id))")
		s, err := db.Catalogue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		live := schemafit.NewLive(s)
		for pair, want := range map[[2]string]string{
			{"owners", "clinics"}: "relation=clinic_id:id false",
			{"clinics", "owners"}: "relation=id:clinic_id true",
			{"owners", "pets"}:    "relation=id:id,through=owner_pets(owner_id:pet_id) true",
			{"pets", "owners"}:    "relation=id:id,through=owner_pets(pet_id:owner_id) true",
			{"owners", "badges"}:  "relation=id:given_by true, relation=id:owner_id false",
			{"badges", "owners"}:  "relation=given_by:id false, relation=owner_id:id false",
			{"pets", "clinics"}:   "",
		} {
			var got []string
			for _, tie := range live.Ties(live.Table("", pair[0]), live.Table("", pair[1])) {
				got = append(got, fmt.Sprint(tie, tie.Many))
			}
			if strings.Join(got, ", ") != want {
				t.Errorf("%s: %s: %q", e.name, pair, got)
			}
		}
	}
}
