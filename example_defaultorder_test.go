package orm_test

import (
	"context"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

// Playlist holds tracks, which are listed by their place, those without one last, then from the longest on.
type Playlist struct {
	ID     int64   `orm:"id,auto"`
	Name   string  `orm:"name,order=1"`
	Tracks []Track `orm:"relation=id:playlist_id"`
}

type Track struct {
	ID         int64  `orm:"id,auto"`
	PlaylistID int64  `orm:"playlist_id"`
	Place      *int   `orm:"place,order=1"`
	Seconds    int    `orm:"seconds,order=2 desc"`
	Title      string `orm:"title"`
}

var (
	Playlists = orm.Bind[Playlist, struct{ Tracks orm.Many[Playlist, Track] }]()
	Tracks    = orm.Bind[Track, struct {
		Place   orm.Col[Track, int]
		Seconds orm.Col[Track, int]
	}]()
)

// The tag says the order that rows come in. What a query says comes before it.
func Example_defaultOrder() {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Playlist{}, Track{}))
	check(err)
	defer db.Close()
	check(orm.CreateTables(ctx, db))
	_, err = orm.Repo[Playlist](db).CreateMany(ctx, []Playlist{{Name: "rain"}, {Name: "dawn"}})
	check(err)
	_, err = orm.Repo[Track](db).CreateMany(ctx, []Track{
		{PlaylistID: 1, Title: "Drops", Seconds: 90}, {PlaylistID: 1, Title: "Clouds", Seconds: 240, Place: new(2)}, {PlaylistID: 1, Title: "Thunder", Seconds: 200, Place: new(1)},
		{PlaylistID: 2, Title: "Birds", Seconds: 120}, {PlaylistID: 2, Title: "Mist", Seconds: 300},
	})
	check(err)

	titles := func(tracks []Track) (out []string) {
		for _, t := range tracks {
			out = append(out, t.Title)
		}
		return out
	}
	tracks := orm.Repo[Track](db)
	all, err := tracks.All(ctx)
	check(err)
	fmt.Println(titles(all))
	short, err := tracks.OrderBy(Tracks.Seconds.Asc()).Take(2).All(ctx)
	check(err)
	fmt.Println(titles(short))
	bare, err := tracks.OrderBy(Tracks.Place.Asc().NullsFirst()).All(ctx)
	check(err)
	fmt.Println(titles(bare))

	lists, err := orm.Repo[Playlist](db).With(Playlists.Tracks.Take(2)).All(ctx)
	check(err)
	for _, l := range lists {
		fmt.Println(l.Name, titles(l.Tracks))
	}
	// Output:
	// [Thunder Clouds Mist Birds Drops]
	// [Drops Birds]
	// [Mist Birds Drops Thunder Clouds]
	// dawn [Mist Birds]
	// rain [Thunder Clouds]
}
