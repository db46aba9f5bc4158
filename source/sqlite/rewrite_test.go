package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/sqlite"
)

// Whatever forms a file holds, it reads the same after RewriteTimes, and is then what the library writes.
func TestRewriteTimes(t *testing.T) {
	db, src := openEvents(t, testkit.SQLite(t))
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	r := orm.Repo[event](db)
	rapid.Check(t, func(rt *rapid.T) {
		ok := func(err error) {
			rt.Helper()
			if err != nil {
				rt.Fatal(err)
			}
		}
		_, err := r.EveryRow().DeleteMany(t.Context())
		ok(err)
		for range rapid.IntRange(1, 6).Draw(rt, "rows") {
			e := foreignRow(rt, t.Context(), db, instants().Draw(rt, "at"))
			if rapid.Bool().Draw(rt, "text") { // text among the numbers, and a Julian day beside the others
				_, err := db.Exec(t.Context(), "UPDATE events SET sec = ?, ms = ?, day = day + 1e-9 WHERE id = ?", e.Sec.Format(time.RFC3339), e.Ms.Format("2006-01-02 15:04:05.000-07:00"), e.ID)
				ok(err)
			}
		}
		before, err := r.OrderBy(events.ID.Asc()).All(t.Context())
		ok(err)
		_, err = src.RewriteTimes(t.Context())
		ok(err)
		after, err := r.OrderBy(events.ID.Asc()).All(t.Context())
		ok(err)
		for i := range before {
			a, b := before[i], after[i]
			if !a.Sec.Equal(b.Sec) || !a.Ms.Equal(b.Ms) || !a.Us.Equal(b.Us) || !a.Other.Equal(b.Other) || (a.Day == nil) != (b.Day == nil) || a.Day != nil && !a.Day.Equal(*b.Day) {
				rt.Fatalf("%v became %v", a, b)
			}
			for _, f := range timeFields() {
				if at := f.get(&b); at != nil {
					if n, err := r.Where(f.col.Eq(*at), events.ID.Eq(b.ID)).Count(t.Context()); n != 1 || err != nil {
						rt.Fatalf("%s = %v finds %d, %v", f.name, at, n, err)
					}
				}
			}
		}
		again, err := src.RewriteTimes(t.Context())
		if err != nil || len(again) != 0 {
			rt.Fatalf("the second time: %v, %v", again, err)
		}
		found, err := db.Check(t.Context())
		if err != nil || len(found) != 0 {
			rt.Fatalf("Check: %v, %v", found, err)
		}
	})
}

// What is no time, or would lose something, stays and is named.
func TestRewriteTimesLeavesWhatItCannotRead(t *testing.T) {
	db, src := openEvents(t, testkit.SQLite(t))
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	for i, other := range []string{"2021-01-01T00:00:00.123456789Z", "yesterday", "", "2021-01-01T00:00:00Z", "2021-01-01 00:00:00", "2021-02-30 00:00:00", "2021-01-01 24:00:00"} {
		if _, err := db.Exec(t.Context(), "INSERT INTO events (id, sec, ms, us, day, other) VALUES (?, 0, 'secret', 0, NULL, ?)", i+1, other); err != nil {
			t.Fatal(err)
		}
	}
	found := must(db.Check(t.Context()))(t)
	var about []string
	for _, f := range found {
		about = append(about, f.Model+"."+f.Field)
		if !strings.Contains(f.Detail, "events.") || !strings.Contains(f.Detail, "RewriteTimes") || strings.Contains(f.Detail, "secret") {
			t.Errorf("%v", f)
		}
	}
	if fmt.Sprint(about) != "[event.Ms event.Other]" {
		t.Errorf("Check: %v", found)
	}
	done, err := src.RewriteTimes(t.Context())
	var typed *orm.Error
	if !errors.Is(err, orm.ErrInvalid) || !errors.As(err, &typed) || typed.Model != "event" || typed.Field != "Ms" || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "events.other") {
		t.Errorf("%v", err)
	}
	if fmt.Sprint(done) != "[{event Ms events ms 0 7} {event Other events other 1 5}]" {
		t.Errorf("%v", done)
	}
	done, err = src.RewriteTimes(t.Context(), sqlite.CutFractions())
	if fmt.Sprint(done) != "[{event Ms events ms 0 7} {event Other events other 1 4}]" || !errors.Is(err, orm.ErrInvalid) {
		t.Errorf("cut: %v, %v", done, err)
	}
	all := must(orm.Raw[string](t.Context(), db, "SELECT other FROM events ORDER BY id"))(t)
	if want := "2021-01-01 00:00:00.123456|yesterday||2021-01-01 00:00:00|2021-01-01 00:00:00|2021-02-30 00:00:00|2021-01-01 24:00:00"; strings.Join(all, "|") != want {
		t.Errorf("%q", all)
	}
}

// Two texts of one time collide in a unique column: nothing is written, and the error says where.
func TestRewriteTimesRefusesWhatCollides(t *testing.T) {
	db, src := openEvents(t, testkit.SQLite(t))
	for _, text := range []string{"CREATE TABLE events (id INTEGER PRIMARY KEY, sec INTEGER NOT NULL, ms INTEGER NOT NULL, us INTEGER NOT NULL, day REAL, other TEXT NOT NULL UNIQUE)",
		"INSERT INTO events VALUES (1, '1970-01-01T00:00:00Z', 0, 0, NULL, '2021-01-01T00:00:00Z'), (2, 0, 0, 0, NULL, '2021-01-01 00:00:00')"} {
		if _, err := db.Exec(t.Context(), orm.Unsafe(text)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := src.RewriteTimes(t.Context())
	var typed *orm.Error
	if !errors.Is(err, orm.ErrConflict) || !errors.As(err, &typed) || typed.Model != "event" || typed.Field != "Other" {
		t.Errorf("%v", err)
	}
	if n := must(orm.Raw[int64](t.Context(), db, "SELECT count(*) FROM events WHERE typeof(sec) = 'text'"))(t); n[0] != 1 {
		t.Error("something was written")
	}
}

// A table that would make text or floating-point numbers of the numbers is refused, by Check too, and left alone.
func TestTablesThatBendTimes(t *testing.T) {
	db, src := openEvents(t, testkit.SQLite(t))
	if _, err := db.Exec(t.Context(), "CREATE TABLE events (id INTEGER PRIMARY KEY, sec TEXT NOT NULL, ms NUMERIC NOT NULL, us DOUBLE NOT NULL, day REAL, other TEXT NOT NULL)"); err != nil {
		t.Fatal(err)
	}
	r := orm.Repo[event](db)
	now := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	for about, err := range map[string]error{
		"create": r.Create(t.Context(), &event{ID: 1, Sec: now, Ms: now, Us: now, Other: now}),
		"update": errOf(r.EveryRow().UpdateMany(t.Context(), events.Us.Set(now))),
		"upsert": r.Upsert(t.Context(), orm.On(events.ID), &event{ID: 1, Sec: now, Ms: now, Us: now, Other: now}),
		"many":   errOf(r.SaveMany(t.Context(), []event{{ID: 1, Sec: now, Ms: now, Us: now, Other: now}})),
	} {
		var typed *orm.Error
		if !errors.Is(err, orm.ErrInvalid) || !errors.As(err, &typed) || typed.Model != "event" || typed.Field != "Sec" && typed.Field != "Us" {
			t.Errorf("%s: %v", about, err)
		}
	}
	if _, err := db.Exec(t.Context(), "INSERT INTO events VALUES (1, '2021-01-01 00:00:00', 0, 0, NULL, '2021-01-01 00:00:00')"); err != nil {
		t.Fatal(err)
	}
	if _, err := src.RewriteTimes(t.Context()); !errors.Is(err, orm.ErrInvalid) {
		t.Errorf("%v", err)
	}
	if text := must(orm.Raw[string](t.Context(), db, "SELECT sec FROM events"))(t); text[0] != "2021-01-01 00:00:00" {
		t.Errorf("rewritten to %q", text)
	}
	var about []string
	for _, f := range must(db.Check(t.Context()))(t) {
		about = append(about, f.Field)
	}
	if fmt.Sprint(about) != "[Sec Us]" {
		t.Errorf("Check: %v", about)
	}
}

func TestCheckComparesTables(t *testing.T) {
	db, _ := openEvents(t, testkit.SQLite(t))
	if found := must(db.Check(t.Context()))(t); len(found) != 1 || !strings.Contains(found[0].Detail, "does not exist") {
		t.Errorf("%v", found)
	}
	if _, err := db.Exec(t.Context(), "CREATE TABLE events (ID INTEGER PRIMARY KEY, sec INTEGER, us INTEGER NOT NULL, day REAL, other NUMERIC NOT NULL)"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), "INSERT INTO events VALUES (1, 1609459200000, 0, NULL, 1609459200)"); err != nil {
		t.Fatal(err)
	}
	var about []string
	for _, f := range must(db.Check(t.Context()))(t) {
		about = append(about, f.Field+": "+f.Detail[:32])
	}
	want := "Sec: the column events.sec may be NUL|Sec: the column events.sec holds valu|Ms: the table events has no column \"|Other: the column events.other holds nu"
	if strings.Join(about, "|") != want {
		t.Errorf("%q", about)
	}
}

// A database of the caller's needs the functions, and says so.
func TestForeignTimesOnTheCallersDatabase(t *testing.T) {
	for _, registered := range []bool{false, true} {
		d := new(sqliteDriver)
		if registered {
			for range 2 { // again changes nothing
				if err := sqlite.RegisterTimes(d); err != nil {
					t.Fatal(err)
				}
			}
		}
		plain := sql.OpenDB(opener{d, testkit.SQLite(t)})
		defer plain.Close()
		src := sqlite.FromDB("main", plain, sqlite.ForeignTimes("events.other"))
		db := must(orm.Open(t.Context(), src, orm.Models(event{})))(t)
		defer db.Close()
		if err := orm.CreateTables(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(t.Context(), "INSERT INTO events (sec, ms, us, other) VALUES (0, 0, 0, '2021-01-01T01:00+01:00')"); err != nil {
			t.Fatal(err)
		}
		n, err := orm.Repo[event](db).Where(events.Other.Eq(time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC))).Count(t.Context())
		_, err2 := src.RewriteTimes(t.Context())
		if registered && (n != 1 || err != nil || err2 != nil) {
			t.Errorf("%d, %v, %v", n, err, err2)
		}
		for _, err := range []error{err, err2} {
			if !registered && (!errors.Is(err, orm.ErrUnsupported) || !strings.Contains(err.Error(), "RegisterTimes")) {
				t.Errorf("a driver without times: %v", err)
			}
		}
	}
	if err := sqlite.RegisterTimes(nil); !errors.Is(err, orm.ErrUnsupported) {
		t.Errorf("no driver: %v", err)
	}
	_, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:", sqlite.ForeignTimes("event.Othr")), orm.Models(event{}))
	if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), `"event.Other"`) {
		t.Errorf("an unknown column: %v", err)
	}
}

// The index of a column in the library's form serves conditions, orders and pages where nothing foreign is said of it.
func TestTimesUseTheIndex(t *testing.T) {
	db, _ := openEvents(t, testkit.SQLite(t), sqlite.ForeignTimes("event.Other"))
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	q := orm.Repo[event](db).Where(events.Sec.Gte(time.Unix(0, 0))).OrderBy(events.Sec.Asc()).Take(3)
	text, args, err := q.SQL()
	if err != nil || len(args) == 0 || args[0] != any(int64(0)) || strings.Contains(text, "orm_time") {
		t.Errorf("%s, %v, %v", text, args, err)
	}
	plan := must(orm.Raw[step](t.Context(), db, "EXPLAIN QUERY PLAN "+"SELECT sec FROM events WHERE sec >= 0 ORDER BY sec"))(t)
	if len(plan) != 1 || !strings.Contains(plan[0].Detail, "events_sec_idx (sec>?)") {
		t.Errorf("the index does not serve: %v", plan)
	}
	if text, _, err = orm.Repo[event](db).Where(events.Other.Gte(time.Unix(0, 0))).SQL(); err != nil || !strings.Contains(text, "orm_time(") {
		t.Errorf("%s, %v", text, err)
	}
}
