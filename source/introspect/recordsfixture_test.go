package introspect_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

// onFixtures opens the tables of every fixture, with its rows.
func onFixtures(t *testing.T, fn func(t *testing.T, s *introspect.Schema, tables introspect.Tables)) {
	t.Helper()
	for _, e := range recordEngines() {
		for _, name := range []string{"chinook", "northwind", "pagila", "odd"} {
			if !e.has(name) {
				continue
			}
			t.Run(name+"/"+e.name, func(t *testing.T) {
				rows := name + ".rows.sql"
				if name == "odd" {
					rows = "odd." + e.name + ".rows.sql"
				}
				db, s := e.database(t, fixture(t, name+"."+e.name+".sql")+";\n"+fixture(t, rows))
				tables, err := introspect.Open(t.Context(), db)
				if err != nil {
					t.Fatal(err)
				}
				fn(t, s, tables)
			})
		}
	}
}

// Every table and view of the fixtures can be read whole, by keys and with a limit, and shows every column that the catalogue has.
func TestRecordsOfFixtures(t *testing.T) {
	onFixtures(t, func(t *testing.T, s *introspect.Schema, tables introspect.Tables) {
		for i := range s.Tables {
			of := &s.Tables[i]
			records := tables.Table(of.FullName())
			all, err := records.List(t.Context(), introspect.Args{})
			if len(of.Columns) == 0 { // a view that is broken
				if !errors.Is(err, orm.ErrUnsupported) {
					t.Errorf("%s: %v", of.FullName(), err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", of.FullName(), err)
				continue
			}
			n, err := records.Count(t.Context(), nil)
			if err != nil || n != int64(len(all)) {
				t.Errorf("%s: %d rows, %d counted, %v", of.FullName(), len(all), n, err)
			}
			page, err := records.List(t.Context(), introspect.Args{Limit: 3})
			if err != nil || len(page) != min(3, len(all)) {
				t.Errorf("%s: a page of %d: %v", of.FullName(), len(page), err)
			}
			for _, r := range all {
				if r.Len() != len(of.Columns) {
					t.Errorf("%s: %v", of.FullName(), r.Names())
				}
				text(t, r)
				if len(of.Key.Columns) == 0 {
					continue
				}
				key := introspect.Filter{}
				for _, c := range of.Key.Columns {
					key[c] = r.Get(c)
				}
				if got, err := records.First(t.Context(), introspect.Args{Filter: key}); err != nil || text(t, got) != text(t, r) {
					t.Errorf("%s: %v by its key: %v", of.FullName(), text(t, r), err)
				}
			}
		}
	})
}

// Two steps lead through a link table.
func TestRecordsOfChinook(t *testing.T) {
	onEngines(t, func(t *testing.T, e engine) {
		db, _ := e.database(t, fixture(t, "chinook."+e.name+".sql")+";\n"+fixture(t, "chinook.rows.sql"))
		tables, err := introspect.Open(t.Context(), db, introspect.Relate("PlaylistTrack.PlaylistId", "playlist", "entries"),
			introspect.Relate("PlaylistTrack.TrackId", "track", "entries"), introspect.Relate("Track.AlbumId", "album", "tracks"))
		if err != nil {
			t.Fatal(err)
		}
		lists, err := tables.Table("Playlist").List(t.Context(), introspect.Args{OrderBy: "PlaylistId", With: map[string]introspect.Args{
			"entries": {OrderBy: "TrackId", With: map[string]introspect.Args{"track": {With: map[string]introspect.Args{"album": {}}}}}}})
		if err != nil {
			t.Fatal(err)
		}
		var got []any
		for _, l := range lists {
			for _, x := range l.Get("entries").([]introspect.Record) {
				track := x.Get("track").(introspect.Record)
				got = append(got, l.Get("PlaylistId"), track.Get("Name"), track.Get("album").(introspect.Record).Get("Title"))
			}
		}
		const want = `[1,"For Those About To Rock (We Salute You)","For Those About To Rock We Salute You",1,"Balls to the Wall","Balls to the Wall",2,"For Those About To Rock (We Salute You)","For Those About To Rock We Salute You"]`
		if text(t, got) != want {
			t.Error(text(t, got))
		}
	})
}

// What a record holds can be written again, and is the same then.
func TestRecordsGoBack(t *testing.T) {
	onFixtures(t, func(t *testing.T, s *introspect.Schema, tables introspect.Tables) {
		for i := range s.Tables {
			of := &s.Tables[i]
			if of.View || len(of.Key.Columns) == 0 {
				continue
			}
			records := tables.Table(of.FullName())
			all, err := records.List(t.Context(), introspect.Args{})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range all {
				key, values := introspect.Filter{}, introspect.Values{}
				for _, c := range of.Columns {
					switch {
					case slices.Contains(of.Key.Columns, c.Name):
						key[c.Name] = r.Get(c.Name)
					case c.Generated == "" && c.Identity == "":
						values[c.Name] = r.Get(c.Name)
					}
				}
				if len(values) == 0 {
					continue
				}
				again, err := records.Change(t.Context(), key, values)
				if err != nil || len(again) != 1 || text(t, again[0]) != text(t, r) {
					t.Errorf("%s: %s is\n%s\n%v", of.FullName(), text(t, r), text(t, again), err)
				}
			}
		}
	})
}
