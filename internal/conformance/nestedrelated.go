package conformance

import (
	"slices"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
)

var nestedRelatedCases = []testCase{
	{"nested/update", "Update and UpdateMany change related rows and no others, from either side and through link tables", nestedUpdate},
	{"nested/upsert", "Upsert changes the related row or makes one, and never moves the row of another parent", nestedUpsert},
	{"nested/link or create", "LinkOrCreate links what is there and makes what is not", nestedLinkOrCreate},
	{"nested/delete", "Delete and DeleteMany remove related rows and no others, and links with them", nestedDelete},
	{"nested/delete softly", "a row that is deleted softly is hidden, keeps its links, and is no related row any more", nestedSoftly},
	{"nested/create many", "CreateMany takes the options of CreateMany, and links what was inserted", nestedCreateMany},
	{"nested/related keys", "composite keys, keys that are NULL, and relations to the same model", nestedKeys},
	{"nested/related order", "writes of one relation run in the order given", nestedOrder},
	{"nested/related refused", "writes of related rows that make no sense are refused by name and write nothing", nestedSense},
	{"nested/related undone", "a failure undoes rows and structs", nestedUndone},
}

// Album holds tracks and labels, which are deleted softly.
type Album struct {
	ID   int64 `orm:"id,auto"`
	Name string

	Tracks   []Track   `orm:"relation=id:album_id"`
	Stickers []Sticker `orm:"relation=id:id,through=album_stickers(album_id:sticker_id)"`
}

// Track is on an album, or on none.
type Track struct {
	ID      int64 `orm:"id,auto"`
	AlbumID *int64
	Title   string     `orm:"title,unique"`
	Plays   int64      `orm:"plays"`
	GoneAt  *time.Time `orm:"gone_at,softdelete"`

	Album *Album `orm:"relation=album_id:id"`
}

// Sticker is on albums.
type Sticker struct {
	ID     int64      `orm:"id,auto"`
	Name   string     `orm:"name,unique"`
	GoneAt *time.Time `orm:"gone_at,softdelete"`
}

var albums = orm.Bind[Album, struct {
	Tracks   orm.Many[Album, Track]
	Stickers orm.Many[Album, Sticker]
}]()

var tracks = orm.Bind[Track, struct {
	Title orm.Text[Track]
	Plays orm.Col[Track, int64]
	Album orm.One[Track, Album]
}]()

// library is two people who wrote and edited three books each, and are in two clubs each, one of which they share.
type library struct {
	db    orm.DB
	r     orm.Repo[Person]
	a, b  Person
	books []Book // three of a's, then three of b's
	clubs []Club // of a, of both, of b
}

func openLibrary(e *env) *library {
	w := &library{db: e.open(Person{}, Book{}, Chapter{}, Club{})}
	w.r = orm.Repo[Person](w.db)
	w.a, w.b = Person{Name: "a"}, Person{Name: "b"}
	ok(w.r.Create(e.ctx, &w.a))
	ok(w.r.Create(e.ctx, &w.b))
	for i, p := range []*Person{&w.a, &w.a, &w.a, &w.b, &w.b, &w.b} {
		w.books = append(w.books, Book{AuthorID: p.ID, EditorID: &p.ID, Title: string(rune('0' + i))})
	}
	must(orm.Repo[Book](w.db).CreateMany(e.ctx, w.books))
	w.clubs = []Club{{Name: "0"}, {Name: "1"}, {Name: "2"}}
	must(orm.Repo[Club](w.db).CreateMany(e.ctx, w.clubs))
	w.link(e, w.a, 0, 1)
	w.link(e, w.b, 1, 2)
	return w
}

func (w *library) link(e *env, p Person, at ...int) {
	for _, i := range at {
		must(w.r.ByID(p.ID).Update(e.ctx, people.Clubs.Link(orm.Key[Club](w.clubs[i].ID))))
	}
}

func (w *library) titles(e *env) string {
	out := ""
	for _, b := range must(orm.Repo[Book](w.db).Sort("ID").All(e.ctx)) {
		out += b.Title
	}
	return out
}

func (w *library) names(e *env) string {
	out := ""
	for _, c := range must(orm.Repo[Club](w.db).Sort("ID").All(e.ctx)) {
		out += c.Name
	}
	return out
}

// in gives the names of the clubs of p.
func (w *library) in(e *env, p Person) string {
	var out []byte
	for _, c := range must(w.r.Include("Clubs").ByID(p.ID).One(e.ctx)).Clubs {
		out = append(out, c.Name...)
	}
	slices.Sort(out)
	return string(out)
}

func nestedUpdate(e *env) {
	w := openLibrary(e)
	update := func(a ...orm.Assign[Person]) error { return second(w.r.ByID(w.a.ID).Update(e.ctx, a...)) }
	ok(update(people.Written.Update(orm.Key[Book](w.books[1].ID), books.Title.Set("x"), books.Stars.Set(3))))
	e.equal(w.titles(e), "0x2345", "the one that is named")
	e.fails(update(people.Name.Set("no"), people.Written.Update(orm.Key[Book](w.books[3].ID), books.Title.Set("y"))), orm.ErrNotFound, "Person", "Written")
	e.fails(update(people.Written.Update(orm.Key[Book](999), books.Title.Set("y"))), orm.ErrNotFound, "Person", "Written", "999")
	ok(update(people.Edited.UpdateMany(books.Title.Gte("2"), books.Title.Set("z"))))
	e.equal(w.titles(e), "0zz345", "those that pass")
	ok(update(people.Edited.UpdateMany(books.Title.Eq("none"), books.Title.Set("z")), people.Written.UpdateMany(orm.And[Book](), books.Price.Set(2))))
	e.equal(must(orm.Repo[Book](w.db).Where(books.Price.Eq(2)).Count(e.ctx)), int64(3), "every related row")
	e.equal(must(w.r.ByID(w.a.ID).One(e.ctx)).Name, "a", "the parent")

	ok(update(people.Clubs.Update(clubs.Name.Eq("1"), clubs.Name.Set("x"))))
	ok(update(people.Clubs.Update(orm.Key[Club](w.clubs[0].ID), clubs.Name.Set("w"))))
	e.fails(update(people.Clubs.Update(clubs.Name.Eq("2"), clubs.Name.Set("y"))), orm.ErrNotFound, "Person", "Clubs")
	ok(update(people.Clubs.UpdateMany(clubs.Name.Eq("2"), clubs.Name.Set("y"))))
	ok(update(people.Clubs.UpdateMany(clubs.People.Some(people.ID.Eq(w.b.ID)), clubs.Name.Set("v"))))
	e.equal(w.names(e), "wv2", "by the link table")

	r := orm.Repo[Book](w.db)
	must(r.ByID(w.books[0].ID).Update(e.ctx, books.Author.Update(people.Name.Set("author")), books.Price.Set(9)))
	e.equal(must(w.r.ByID(w.a.ID).One(e.ctx)).Name, "author", "the row above")
	e.equal(must(w.r.ByID(w.b.ID).One(e.ctx)).Name, "b", "another")
	must(r.ByID(w.books[0].ID).Update(e.ctx, books.Editor.Unlink()))
	e.fails(second(r.ByID(w.books[0].ID).Update(e.ctx, books.Editor.Update(people.Name.Set("no")))), orm.ErrNotFound, "Book", "Editor")

	ds := e.open(Desk{}, Lamp{})
	dr, name := orm.Repo[Desk](ds), orm.Repo[Lamp](ds).F("Name")
	d, bare, l := Desk{Name: "d"}, Desk{Name: "bare"}, Lamp{Name: "l"}
	ok(dr.Create(e.ctx, &d, desks.Lamp.Create(&l)))
	ok(dr.Create(e.ctx, &bare))
	must(dr.ByID(d.ID).Update(e.ctx, desks.Lamp.Update(name.Set("m"))))
	e.equal(must(orm.Repo[Lamp](ds).ByID(l.ID).One(e.ctx)).Name, "m", "the row below")
	e.fails(second(dr.ByID(bare.ID).Update(e.ctx, desks.Lamp.Update(name.Set("no")))), orm.ErrNotFound, "Desk", "Lamp")
	ok(orm.Repo[Lamp](ds).Create(e.ctx, &Lamp{Name: "second", DeskID: &d.ID}))
	e.fails(second(dr.ByID(d.ID).Update(e.ctx, desks.Lamp.Update(name.Set("no")))), orm.ErrInvalid, "Desk", "Lamp")
	e.fails(second(dr.ByID(d.ID).Update(e.ctx, desks.Lamp.Delete())), orm.ErrInvalid, "Desk", "Lamp")
	e.equal(must(orm.Repo[Lamp](ds).Where(orm.Repo[Lamp](ds).F("Name").Eq("no")).Count(e.ctx)), int64(0), "two where one is expected")

	ss := e.open(Shelf{}, Item{})
	s, i := Shelf{Name: "s"}, Item{Name: "i"}
	ok(orm.Repo[Shelf](ss).Create(e.ctx, &s, shelves.Items.Create(&i)))
	must(orm.Repo[Shelf](ss).ByID(s.ID).Update(e.ctx, shelves.Items.Update(orm.Key[Item](i.ID), orm.Repo[Item](ss).F("Name").Set("j"))))
	e.equal(must(orm.Repo[Item](ss).ByID(i.ID).One(e.ctx)).Version, 1, "the version moves on")
}

func nestedUpsert(e *env) {
	w := openLibrary(e)
	update := func(a ...orm.Assign[Person]) error { return second(w.r.ByID(w.a.ID).Update(e.ctx, a...)) }
	row := Book{Title: "new"}
	ok(update(people.Written.Upsert(orm.Key[Book](w.books[1].ID), &row, books.Title.Set("x"))))
	e.equal(w.titles(e), "0x2345", "changed")
	e.equal([]any{row.ID, row.AuthorID, row.Title}, []any{w.books[1].ID, w.a.ID, "x"}, "the struct holds what the database holds")
	row = Book{Title: "6"}
	ok(update(people.Written.Upsert(orm.Key[Book](999), &row, books.Title.Set("x"))))
	e.equal(w.titles(e), "0x23456", "made")
	e.equal([]any{row.ID > w.books[5].ID, row.AuthorID}, []any{true, w.a.ID}, "the struct of a new row")
	mine := Book{ID: w.books[3].ID, Title: "y"}
	e.fails(update(people.Written.Upsert(orm.Key[Book](mine.ID), &mine, books.Title.Set("y"))), orm.ErrConflict, "Book", "")
	e.equal(mine, Book{ID: w.books[3].ID, Title: "y"}, "the struct is as it was")
	e.equal(must(orm.Repo[Book](w.db).ByID(mine.ID).One(e.ctx)).AuthorID, w.b.ID, "never moved")
	e.fails(update(people.Written.Upsert(orm.Key[Book](999), &Book{ID: 5}, books.Title.Set("y"))), orm.ErrInvalid, "Book", "ID")

	ok(update(people.Clubs.Upsert(clubs.Name.Eq("0"), &Club{}, clubs.Name.Set("x"))))
	ok(update(people.Clubs.Upsert(clubs.Name.Eq("3"), &Club{}, clubs.Name.Set("no"))))
	e.equal(w.in(e, w.a), "13x", "through the link table, the name filled in")
	e.fails(update(people.Clubs.Upsert(clubs.Name.Eq("2"), &Club{}, clubs.Name.Set("no"))), orm.ErrConflict, "Club", e.told("Name"))
	e.equal(w.in(e, w.b), "12", "those of another parent")

	r := orm.Repo[Book](w.db)
	p := Person{Name: "fresh"}
	must(r.ByID(w.books[0].ID).Update(e.ctx, books.Editor.Upsert(&p, people.Name.Set("editor"))))
	e.equal([]any{p.ID, p.Name}, []any{w.a.ID, "editor"}, "the row above")
	must(r.ByID(w.books[0].ID).Update(e.ctx, books.Editor.Unlink()))
	p = Person{Name: "fresh"}
	e.equal(*must(r.ByID(w.books[0].ID).Update(e.ctx, books.Editor.Upsert(&p, people.Name.Set("no")))).EditorID, p.ID, "made above")
	must(r.ByID(w.books[0].ID).Update(e.ctx, books.Editor.Upsert(&Person{Name: "whole"})))
	e.equal(must(w.r.ByID(p.ID).One(e.ctx)).Name, "whole", "without assignments the row gets what the struct says")

	ds := e.open(Desk{}, Lamp{})
	dr, name := orm.Repo[Desk](ds), orm.Repo[Lamp](ds).F("Name")
	d, l := Desk{Name: "d"}, Lamp{Name: "l"}
	ok(dr.Create(e.ctx, &d))
	must(dr.ByID(d.ID).Update(e.ctx, desks.Lamp.Upsert(&l, name.Set("no"))))
	e.equal([]any{*l.DeskID, l.Name}, []any{d.ID, "l"}, "made below")
	again := Lamp{}
	must(dr.ByID(d.ID).Update(e.ctx, desks.Lamp.Upsert(&again, name.Set("m"))))
	e.equal([]any{again.ID, again.Name}, []any{l.ID, "m"}, "changed below")
}

func nestedLinkOrCreate(e *env) {
	w := openLibrary(e)
	update := func(a ...orm.Assign[Person]) error { return second(w.r.ByID(w.a.ID).Update(e.ctx, a...)) }
	ok(update(people.Clubs.LinkOrCreate(clubs.Name.Eq("2"), &Club{}), people.Clubs.LinkOrCreate(clubs.Name.Eq("1"), &Club{}), people.Clubs.LinkOrCreate(clubs.Name.Eq("3"), &Club{Name: "3"})))
	e.equal(w.in(e, w.a), "0123", "linked, linked already, made")
	e.equal(w.names(e), "0123", "clubs")
	made := Book{Title: "made"}
	ok(update(people.Written.LinkOrCreate(orm.Key[Book](w.books[3].ID), &Book{Title: "no"}), people.Written.LinkOrCreate(orm.Key[Book](999), &made)))
	e.equal(must(orm.Repo[Book](w.db).Where(books.AuthorID.Eq(w.a.ID)).Count(e.ctx)), int64(5), "moved, and made")
	e.equal(made.AuthorID, w.a.ID, "the struct of a new row")
	fresh := Person{Name: "c"}
	ok(w.r.Create(e.ctx, &fresh, people.Clubs.LinkOrCreate(clubs.Name.Eq("4"), &Club{}), people.Clubs.LinkOrCreate(clubs.Name.Eq("0"), &Club{}),
		people.Boss.LinkOrCreate(orm.Key[Person](w.a.ID), &Person{Name: "no"}), people.Edited.LinkOrCreate(orm.Key[Book](w.books[0].ID), &Book{})))
	e.equal([]any{w.in(e, fresh), *fresh.BossID}, []any{"04", w.a.ID}, "of a new row")
	r := orm.Repo[Book](w.db)
	e.equal(must(r.ByID(w.books[1].ID).Update(e.ctx, books.Author.LinkOrCreate(orm.Key[Person](w.b.ID), &Person{}))).AuthorID, w.b.ID, "above")
	p := Person{Name: "made"}
	e.equal(must(r.ByID(w.books[1].ID).Update(e.ctx, books.Author.LinkOrCreate(orm.Key[Person](999), &p))).AuthorID, p.ID, "made above")
	ds := e.open(Desk{}, Lamp{})
	dr := orm.Repo[Desk](ds)
	d, l, m := Desk{Name: "d"}, Lamp{Name: "l"}, Lamp{Name: "m"}
	ok(orm.Repo[Lamp](ds).Create(e.ctx, &l))
	ok(dr.Create(e.ctx, &d, desks.Lamp.LinkOrCreate(orm.Key[Lamp](l.ID), &Lamp{})))
	must(dr.ByID(d.ID).Update(e.ctx, desks.Lamp.LinkOrCreate(orm.Key[Lamp](999), &m)))
	e.equal(must(dr.Include("Lamp").ByID(d.ID).One(e.ctx)).Lamp.ID, m.ID, "the new one takes the place of the old one")
	e.equal(must(orm.Repo[Lamp](ds).ByID(l.ID).One(e.ctx)).DeskID == nil, true, "which is untied")
}

func nestedDelete(e *env) {
	w := openLibrary(e)
	update := func(a ...orm.Assign[Person]) error { return second(w.r.ByID(w.a.ID).Update(e.ctx, a...)) }
	id := pick(w.books, bookID)
	ok(update(people.Written.Delete(orm.Key[Book](id[1]))))
	e.equal(w.titles(e), "02345", "the one that is named")
	e.fails(update(people.Written.Delete(orm.Key[Book](id[3]))), orm.ErrNotFound, "Person", "Written")
	e.fails(update(people.Written.Delete(orm.Key[Book](id[0]), books.ID.In(id[3], id[2]))), orm.ErrNotFound, "Person", "Written")
	e.fails(update(people.Written.Delete()), orm.ErrUnboundedWrite, "Person", "Written")
	e.equal(w.titles(e), "02345", "nothing is done")
	ok(update(people.Written.Delete(orm.Key[Book](id[0]), books.ID.In(id[0], id[2]))))
	e.equal(w.titles(e), "345", "several, one named twice")
	must(w.r.ByID(w.b.ID).Update(e.ctx, people.Edited.DeleteMany(books.Title.Lte("4")), people.Written.DeleteMany(books.Title.Eq("none"))))
	e.equal(w.titles(e), "5", "those that pass")
	ok(update(people.Edited.DeleteMany(orm.And[Book]())))
	e.equal(w.titles(e), "5", "those of another parent stay")

	e.fails(update(people.Clubs.Delete(clubs.Name.Eq("2"))), orm.ErrNotFound, "Person", "Clubs")
	e.fails(update(people.Clubs.Delete(clubs.Name.In("0", "2"))), orm.ErrNotFound, "Person", "Clubs")
	e.equal([]string{w.names(e), w.in(e, w.a)}, []string{"012", "01"}, "nothing is done")
	ok(update(people.Clubs.Delete(clubs.Name.Eq("0"))))
	e.equal([]string{w.names(e), w.in(e, w.a), w.in(e, w.b)}, []string{"12", "1", "12"}, "the row and its link")
	ok(update(people.Clubs.Link(orm.Key[Club](w.clubs[2].ID))))
	must(w.r.ByID(w.b.ID).Update(e.ctx, people.Clubs.Set()))
	ok(update(people.Clubs.DeleteMany(clubs.Name.Gte("2"))))
	e.equal([]string{w.names(e), w.in(e, w.a)}, []string{"1", "1"}, "those that pass")

	r := orm.Repo[Book](w.db)
	e.fails(second(r.ByID(id[5]).Update(e.ctx, books.Author.Delete())), orm.ErrInvalid, "Book", "Author")
	got := must(r.ByID(id[5]).Update(e.ctx, books.Editor.Create(&Person{Name: "gone"})))
	got = must(r.ByID(id[5]).Update(e.ctx, books.Editor.Delete(), books.Title.Set("left")))
	e.equal([]any{got.EditorID == nil, got.Title}, []any{true, "left"}, "the row lets go of the one above")
	e.equal(must(w.r.Where(people.Name.Eq("gone")).Count(e.ctx)), int64(0), "which is deleted")
	e.fails(second(r.ByID(id[5]).Update(e.ctx, books.Editor.Delete())), orm.ErrNotFound, "Book", "Editor")

	ds := e.open(Desk{}, Lamp{})
	dr := orm.Repo[Desk](ds)
	d := Desk{Name: "d"}
	ok(dr.Create(e.ctx, &d, desks.Lamp.Create(&Lamp{Name: "l"})))
	must(dr.ByID(d.ID).Update(e.ctx, desks.Lamp.Delete()))
	e.fails(second(dr.ByID(d.ID).Update(e.ctx, desks.Lamp.Delete())), orm.ErrNotFound, "Desk", "Lamp")
	e.equal(must(orm.Repo[Lamp](ds).Count(e.ctx)), int64(0), "below")

	gs := e.open(Guild{}, Artisan{}, Joining{})
	g, h, a, b := Guild{Name: "g"}, Guild{Name: "h"}, Artisan{Name: "a"}, Artisan{Name: "b"}
	ar := orm.Repo[Artisan](gs)
	ok(ar.Create(e.ctx, &a, artisans.Guilds.Create(&g, &h)))
	ok(ar.Create(e.ctx, &b, artisans.Guilds.Link(orm.Key[Guild](h.ID))))
	must(ar.ByID(a.ID).Update(e.ctx, artisans.Guilds.Delete(orm.Key[Guild](g.ID))))
	left := must(orm.Repo[Joining](gs).Sort("ID").All(e.ctx))
	e.equal([]int64{int64(len(left)), left[0].GuildID, left[1].ArtisanID}, []int64{2, h.ID, b.ID}, "a link table that is a model")
}

func nestedSoftly(e *env) {
	db := e.open(Album{}, Track{}, Sticker{})
	ok(db.Use(hook.SoftDelete()))
	r, tr, lr := orm.Repo[Album](db), orm.Repo[Track](db), orm.Repo[Sticker](db)
	a := Album{Name: "a"}
	one, two, three := Track{Title: "1"}, Track{Title: "2"}, Track{Title: "3"}
	l, m := Sticker{Name: "l"}, Sticker{Name: "m"}
	ok(r.Create(e.ctx, &a, albums.Tracks.Create(&one, &two, &three), albums.Stickers.Create(&l, &m)))
	update := func(x ...orm.Assign[Album]) error { return second(r.ByID(a.ID).Update(e.ctx, x...)) }
	ok(update(albums.Tracks.Delete(orm.Key[Track](one.ID)), albums.Tracks.DeleteMany(tracks.Title.Eq("2")), albums.Stickers.Delete(orm.Key[Sticker](l.ID))))
	got := must(r.Include("Tracks", "Stickers").ByID(a.ID).One(e.ctx))
	e.equal([]int{len(got.Tracks), len(got.Stickers)}, []int{1, 1}, "hidden")
	e.equal(must(tr.OnlyDeleted().Count(e.ctx)), int64(2), "and there")
	e.fails(update(albums.Tracks.Delete(orm.Key[Track](one.ID))), orm.ErrNotFound, "Album", "Tracks")
	e.fails(update(albums.Stickers.Delete(orm.Key[Sticker](l.ID))), orm.ErrNotFound, "Album", "Stickers")
	e.fails(update(albums.Tracks.Update(orm.Key[Track](one.ID), tracks.Plays.Set(1))), orm.ErrNotFound, "Album", "Tracks")
	ok(update(albums.Tracks.UpdateMany(orm.And[Track](), tracks.Plays.Inc(1))))
	e.equal(must(tr.WithDeleted().Where(tracks.Plays.Eq(1)).Count(e.ctx)), int64(1), "what is deleted is not changed")
	again := Track{}
	ok(update(albums.Tracks.Upsert(tracks.Title.Eq("1"), &again, tracks.Plays.Set(7)), albums.Tracks.LinkOrCreate(tracks.Title.Eq("1"), &Track{})))
	e.equal([]any{again.ID > three.ID, again.Title, again.Plays}, []any{true, "1", int64(0)}, "a new row, since the old one is gone")
	e.equal(must(tr.WithDeleted().Count(e.ctx)), int64(4), "which is linked by then")
	must(lr.OnlyDeleted().EveryRow().Restore(e.ctx))
	e.equal(len(must(r.Include("Stickers").ByID(a.ID).One(e.ctx)).Stickers), 2, "restored with its link")
	got2 := must(tr.ByID(three.ID).Update(e.ctx, tracks.Album.Update(orm.Repo[Album](db).F("Name").Set("b"))))
	e.equal(*got2.AlbumID, a.ID, "still there")
}

func nestedCreateMany(e *env) {
	w := openLibrary(e)
	update := func(a ...orm.Assign[Person]) error { return second(w.r.ByID(w.a.ID).Update(e.ctx, a...)) }
	one, two := Book{Title: "6"}, Book{Title: "7"}
	var done []int
	ok(update(people.Written.CreateMany([]*Book{&one, &two}, orm.Progress(func(n, of int) { done = append(done, n, of) }))))
	e.equal([]any{one.ID > 0, two.AuthorID, done}, []any{true, w.a.ID, []int{2, 2}}, "filled")
	e.fails(update(people.Clubs.CreateMany([]*Club{{Name: "8"}, {Name: "2"}})), orm.ErrConflict, "Club", e.told("Name"))
	fresh, old := Club{Name: "3"}, Club{Name: "2"}
	ok(update(people.Clubs.CreateMany([]*Club{&fresh, &old}, orm.SkipDuplicates())))
	e.equal([]string{w.names(e), w.in(e, w.a)}, []string{"0123", "013"}, "only what was inserted is linked")
	e.equal([]Club{fresh, old}, []Club{{Name: "3"}, {Name: "2"}}, "the structs are as they were")
	ok(update(people.Clubs.CreateMany(nil), people.Written.CreateMany([]*Book{{ID: one.ID, Title: "no"}, {Title: "8"}}, orm.SkipDuplicates())))
	e.equal(w.titles(e), "012345678", "rows in conflict are left out")
	ok(w.r.Create(e.ctx, &Person{Name: "c"}, people.Edited.CreateMany([]*Book{{Title: "9", AuthorID: w.a.ID}})))
	e.fails(update(people.Written.CreateMany([]*Book{{}}, nil)), orm.ErrInvalid, "Person", "Written")
	e.fails(update(people.Written.CreateMany([]*Book{nil})), orm.ErrInvalid, "Person", "Written")
}

func nestedKeys(e *env) {
	db := e.open(Place{}, Visit{})
	r, vr := orm.Repo[Place](db), orm.Repo[Visit](db)
	v, w, stray := Visit{}, Visit{}, Visit{}
	ok(r.Create(e.ctx, &Place{Country: "de", Number: 1, Name: "p"}, places.Visits.Create(&v)))
	ok(r.Create(e.ctx, &Place{Country: "de", Number: 2, Name: "q"}, places.Visits.Create(&w)))
	ok(vr.Create(e.ctx, &stray))
	must(vr.ByID(v.ID).Update(e.ctx, visits.Place.Update(places.Name.Set("x"))))
	e.equal([]string{must(r.ByID("de", 1).One(e.ctx)).Name, must(r.ByID("de", 2).One(e.ctx)).Name}, []string{"x", "q"}, "both columns")
	e.fails(second(vr.ByID(stray.ID).Update(e.ctx, visits.Place.Update(places.Name.Set("no")))), orm.ErrNotFound, "Visit", "Place")
	e.fails(second(vr.ByID(stray.ID).Update(e.ctx, visits.Place.Delete())), orm.ErrNotFound, "Visit", "Place")
	e.fails(second(r.ByID("de", 1).Update(e.ctx, places.Visits.Delete(orm.Key[Visit](w.ID)))), orm.ErrNotFound, "Place", "Visits")
	e.fails(second(r.ByID("de", 1).Update(e.ctx, places.Visits.Delete(orm.Key[Visit](stray.ID)))), orm.ErrNotFound, "Place", "Visits")
	must(r.ByID("de", 1).Update(e.ctx, places.Visits.DeleteMany(orm.And[Visit]())))
	e.equal(must(vr.Count(e.ctx)), int64(2), "those of another place stay, and those of none")
	got := must(vr.ByID(stray.ID).Update(e.ctx, visits.Place.Upsert(&Place{Country: "fr", Number: 3, Name: "made"}, places.Name.Set("no"))))
	e.equal([]any{*got.PlaceCountry, *got.PlaceNumber}, []any{"fr", int64(3)}, "tied by both")
	got = must(vr.ByID(stray.ID).Update(e.ctx, visits.Place.Delete()))
	e.equal([]bool{got.PlaceCountry == nil, got.PlaceNumber == nil}, []bool{true, true}, "both are emptied")
	must(vr.ByID(stray.ID).Update(e.ctx, visits.Place.LinkOrCreate(orm.Key[Place]("es", 4), &Place{Name: "es"})))
	e.equal(must(r.ByID("es", 4).One(e.ctx)).Name, "es", "the key is filled in")

	ods := orm.Repo[Odd](e.open(Odd{}))
	x, y, z := Odd{Name: "x"}, Odd{Name: "y"}, Odd{Name: "z"}
	ok(ods.Create(e.ctx, &x, odds.Kids.Create(&y)))
	ok(ods.Create(e.ctx, &z, odds.Pals.Link(orm.Key[Odd](x.Number))))
	must(ods.ByID(x.Number).Update(e.ctx, odds.Pals.Link(orm.Key[Odd](y.Number), orm.Key[Odd](x.Number))))
	must(ods.ByID(x.Number).Update(e.ctx, odds.Pals.UpdateMany(odds.Name.Ne("y"), odds.Size.Set(1)), odds.Kids.UpdateMany(orm.And[Odd](), odds.Size.Set(2))))
	size := func(o Odd) int64 {
		if s := must(ods.ByID(o.Number).One(e.ctx)).Size; s != nil {
			return *s
		}
		return 0
	}
	e.equal([]int64{size(x), size(y), size(z)}, []int64{1, 2, 0}, "to the same model")
	e.fails(second(ods.ByID(x.Number).Update(e.ctx, odds.Pals.Update(odds.Name.Eq("z"), odds.Size.Set(3)))), orm.ErrNotFound, "Odd", "Pals")
	must(ods.ByID(x.Number).Update(e.ctx, odds.Pals.Delete(orm.Key[Odd](y.Number))))
	e.equal(must(ods.Count(e.ctx)), int64(2), "one way only")
}

func nestedOrder(e *env) {
	w := openLibrary(e)
	update := func(a ...orm.Assign[Person]) error { return second(w.r.ByID(w.a.ID).Update(e.ctx, a...)) }
	all := orm.And[Book]()
	ok(update(people.Written.DeleteMany(all), people.Written.Create(&Book{Title: "6"}), people.Written.UpdateMany(all, books.Stars.Set(1)), people.Written.Create(&Book{Title: "7"})))
	e.equal(w.titles(e), "34567", "deleted before they were made")
	e.equal(must(orm.Repo[Book](w.db).Where(books.Stars.Eq(1)).Count(e.ctx)), int64(1), "changed before the next was made")
	ok(update(people.Clubs.Unlink(clubs.Name.Eq("0")), people.Clubs.Link(clubs.Name.Eq("0")), people.Clubs.Link(clubs.Name.Eq("2")), people.Clubs.Unlink(clubs.Name.Eq("2"))))
	e.equal(w.in(e, w.a), "01", "untied and tied, tied and untied")
	ok(update(people.Clubs.Delete(clubs.Name.Eq("0")), people.Clubs.CreateMany([]*Club{{Name: "4"}}), people.Clubs.Set(clubs.Name.Eq("2"))))
	e.equal(w.in(e, w.a), "24", "Set comes before what is made")
}

func nestedSense(e *env) {
	w := openLibrary(e)
	update := func(a ...orm.Assign[Person]) error { return second(w.r.ByID(w.a.ID).Update(e.ctx, a...)) }
	first := orm.Key[Book](w.books[0].ID)
	title := books.Title.Set("no")
	for _, a := range []orm.Assign[Person]{
		people.Written.Update(first, title), people.Written.UpdateMany(first, title), people.Written.Upsert(first, &Book{}, title),
		people.Written.Delete(first), people.Written.DeleteMany(first), people.Written.Unlink(first),
	} {
		e.fails(w.r.Create(e.ctx, &Person{Name: "q"}, a), orm.ErrInvalid, "Person", "Written")
	}
	e.fails(w.r.Create(e.ctx, &Person{Name: "q"}, people.Boss.Delete()), orm.ErrInvalid, "Person", "Boss")
	e.fails(update(people.Written.Update(first)), orm.ErrInvalid, "Person", "Written")
	e.fails(update(people.Written.UpdateMany(first)), orm.ErrInvalid, "Person", "Written")
	e.fails(update(people.Written.Update(first, books.Editor.Update(people.Name.Set("no")))), orm.ErrInvalid, "Person", "Written")
	e.fails(update(people.Written.Update(first, books.AuthorID.Set(w.b.ID))), orm.ErrInvalid, "Book", "AuthorID")
	e.fails(update(people.Written.UpdateMany(first, books.AuthorID.Set(w.b.ID))), orm.ErrInvalid, "Book", "AuthorID")
	e.fails(update(people.Written.Upsert(first, &Book{}, books.AuthorID.Set(w.b.ID))), orm.ErrInvalid, "Book", "AuthorID")
	e.fails(update(people.Written.Update(first, books.ID.Set(77))), orm.ErrInvalid, "Book", "ID")
	e.fails(update(people.Written.Update(books.Title.Eq("0"), title)), orm.ErrInvalid, "Person", "Written")
	e.fails(update(people.Written.Update(books.ID.In(w.books[0].ID, w.books[1].ID), title)), orm.ErrInvalid, "Person", "Written")
	e.fails(update(people.Written.Update(orm.And[Book](), title)), orm.ErrInvalid, "Person", "Written")
	e.fails(update(people.Written.Delete(books.Title.Eq("0"))), orm.ErrInvalid, "Person", "Written")
	e.fails(update(people.Written.Delete(orm.And[Book]())), orm.ErrInvalid, "Person", "Written")
	e.fails(update(people.Written.Upsert(first, nil, title)), orm.ErrInvalid, "Person", "Written")
	e.fails(update(people.Clubs.LinkOrCreate(clubs.Name.Eq("0"), &Club{Name: "1"})), orm.ErrInvalid, "Club", "Name")
	e.fails(update(people.Boss.Update(people.Name.Set("x")), people.BossID.Set(w.b.ID)), orm.ErrInvalid, "Person", "BossID")
	e.fails(update(people.Boss.Update(people.Name.Set("x")), people.Boss.Unlink()), orm.ErrInvalid, "Person", "Boss")
	e.fails(update(people.Clubs.Set(), people.Clubs.LinkOrCreate(clubs.Name.Eq("0"), &Club{})), orm.ErrInvalid, "Person", "Clubs")
	e.equal([]string{w.titles(e), w.names(e), w.in(e, w.a)}, []string{"012345", "012", "01"}, "nothing was written")
	e.equal(must(w.r.Count(e.ctx)), int64(2), "nobody was made")
}

func nestedUndone(e *env) {
	w := openLibrary(e)
	book, club, boss := Book{Title: "b"}, Club{}, Person{Name: "boss"}
	err := second(w.r.ByID(w.a.ID).Update(e.ctx,
		people.Boss.Upsert(&boss, people.Name.Set("x")),
		people.Written.Upsert(orm.Key[Book](w.books[0].ID), &book, books.Title.Set("x")),
		people.Written.Delete(orm.Key[Book](w.books[1].ID)),
		people.Clubs.LinkOrCreate(clubs.Name.Eq("new"), &club),
		people.Clubs.Delete(clubs.Name.Eq("0")),
		people.Edited.UpdateMany(orm.And[Book](), books.Price.Set(7)),
		people.Clubs.Update(clubs.Name.Eq("2"), clubs.Name.Set("no")),
	))
	e.fails(err, orm.ErrNotFound, "Person", "Clubs")
	e.equal([]any{book, club, boss}, []any{Book{Title: "b"}, Club{}, Person{Name: "boss"}}, "the structs are as they were")
	e.equal([]string{w.titles(e), w.names(e), w.in(e, w.a)}, []string{"012345", "012", "01"}, "rows and links")
	e.equal(must(orm.Repo[Book](w.db).Where(books.Price.Eq(7)).Count(e.ctx)), int64(0), "prices")
	e.equal(must(w.r.Sort("ID").All(e.ctx)), []Person{w.a, w.b}, "people")
	ok(w.db.Tx(e.ctx, func(tx orm.DB) error {
		e.fails(second(orm.Repo[Person](tx).ByID(w.a.ID).Update(e.ctx, people.Written.Delete(orm.Key[Book](w.books[3].ID)))), orm.ErrNotFound, "Person", "Written")
		return second(orm.Repo[Person](tx).ByID(w.a.ID).Update(e.ctx, people.Written.Delete(orm.Key[Book](w.books[0].ID))))
	}))
	e.equal(w.titles(e), "12345", "the outer transaction goes on")
}
