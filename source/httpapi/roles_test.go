package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// song is listed, searched by a form, counted and asked for its first.
type song struct {
	ID    int64  `orm:"id,table=songs,datasource=blog"`
	Name  string `orm:"name"`
	Stars int64  `orm:"stars"`
}

func (song) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany:  httpapi.GET("/songs").Query("stars", "$where.Stars.eq?").Items("$").Sorted("ID"),
		FindFirst: httpapi.GET("/first").Query("stars", "$where.Stars.eq?").Query("sort", "$orderBy").ByteOrder().Item("$.song"),
		Count:     httpapi.GET("/count").Query("stars", "$where.Stars.eq?").Total("$.n"),
	}
}

var songs = orm.Bind[song, struct {
	ID    orm.Col[song, int64]
	Name  orm.Text[song]
	Stars orm.Col[song, int64]
}]()

// jukebox answers for songs; what it says of the first and the number can be replaced.
type jukebox struct {
	mu          sync.Mutex // a call in chunks sends several requests at once
	calls       []string
	first, many string
	count       string
	types       []string
}

const fourSongs = `[{"id":1,"name":"a","stars":1},{"id":2,"name":"b","stars":5},{"id":3,"name":"c","stars":5},{"id":4,"name":"d","stars":2}]`

func (j *jukebox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.calls = append(j.calls, r.URL.RequestURI())
	switch r.URL.Path {
	case "/first":
		if j.first == "" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		jsonText(`{"song":`+j.first+`}`)(w, r)
	case "/count":
		jsonText(`{"n":`+j.count+`}`)(w, r)
	case "/search":
		j.types = append(j.types, r.Header.Get("Content-Type"))
		j.calls[len(j.calls)-1] += " " + strings.Join(r.PostForm["name[]"], "|") + " " + r.PostForm.Get("mode") + " " + strings.Join(r.PostForm["min"], "|")
		jsonText(j.many)(w, r)
	default:
		jsonText(fourSongs)(w, r)
	}
}

func (j *jukebox) took() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := j.calls
	j.calls = nil
	return out
}

func TestFindFirst(t *testing.T) {
	j := &jukebox{first: `{"id":2,"name":"b","stars":5}`}
	db := open(t, j, orm.Models(song{}))
	r, ctx := orm.Repo[song](db), context.Background()
	five := r.Where(songs.Stars.Eq(5))
	got, err := five.First(ctx)
	if calls := j.took(); err != nil || got.ID != 2 || !slices.Equal(calls, []string{"/first?sort=id&stars=5"}) {
		t.Fatal(got, err, calls)
	}
	got, err = five.OrderBy(songs.Name.Desc()).First(ctx)
	if calls := j.took(); err != nil || got.ID != 2 || !slices.Equal(calls, []string{"/first?sort=-name%2Cid&stars=5"}) {
		t.Fatal(got, err, calls)
	}
	// what the endpoint cannot be told goes to the list
	for about, q := range map[string]orm.Query[song]{"a condition": r.Where(songs.Stars.Gt(4)), "a second condition": five.Where(songs.Name.Ne("x")), "a place": five.Skip(0).Where(songs.ID.Gt(1))} {
		got, err = q.First(ctx)
		if calls := j.took(); err != nil || got.ID != 2 || len(calls) != 1 || !strings.HasPrefix(calls[0], "/songs") {
			t.Errorf("%s: %v, %v, %q", about, got, err, calls)
		}
	}
	// one that ignores its condition is not believed: the list has the row
	j.first = `{"id":1,"name":"a","stars":1}`
	got, err = five.First(ctx)
	if calls := j.took(); err != nil || got.ID != 2 || !slices.Equal(calls, []string{"/first?sort=id&stars=5", "/songs?stars=5"}) {
		t.Fatal(got, err, calls)
	}
	j.first = ""
	if _, err = five.First(ctx); !errors.Is(err, orm.ErrNotFound) {
		t.Fatal(err)
	}
	for _, j.first = range []string{`[]`, `4711`, `{"id":2,"name":"b"}`} {
		if _, err = five.First(ctx); !errors.Is(err, orm.ErrUpstream) || leaks(err) {
			t.Error(err)
		}
	}
}

// lone has nothing but a first row.
type lone struct {
	ID    int64 `orm:"id,table=lones,datasource=blog"`
	Stars int64 `orm:"stars"`
}

func (lone) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindFirst: httpapi.GET("/first").Query("stars", "$where.Stars.eq?").Query("sort", "$orderBy").ByteOrder().Item("$.song")}
}

// A first row that is not what was asked for is an error where there is no list to look it up in.
func TestFindFirstAlone(t *testing.T) {
	j := &jukebox{first: `{"id":2,"stars":5}`}
	db := open(t, j, orm.Models(lone{}))
	r, ctx := orm.Repo[lone](db), context.Background()
	if got, err := r.Where(r.F("Stars").Eq(5)).First(ctx); err != nil || got.ID != 2 {
		t.Fatal(got, err)
	}
	if _, err := r.Where(r.F("Stars").Eq(4)).First(ctx); !errors.Is(err, orm.ErrUpstream) || !strings.Contains(err.Error(), "ignore") {
		t.Fatal(err)
	}
	if _, err := r.Where(r.F("Stars").Gt(4)).First(ctx); !errors.Is(err, orm.ErrUnsupported) {
		t.Fatal(err)
	}
}

func TestCountEndpoint(t *testing.T) {
	j := &jukebox{count: "12"}
	db := open(t, j, orm.Models(song{}))
	r, ctx := orm.Repo[song](db), context.Background()
	n, err := r.Where(songs.Stars.Eq(5)).Count(ctx)
	if calls := j.took(); n != 12 || err != nil || !slices.Equal(calls, []string{"/count?stars=5"}) {
		t.Fatal(n, err, calls)
	}
	if n, err = r.Count(ctx); n != 12 || err != nil {
		t.Fatal(n, err)
	}
	j.took()
	// what it cannot be told is counted here
	for about, q := range map[string]orm.Query[song]{"a condition": r.Where(songs.Stars.Gt(4)), "a second condition": r.Where(songs.Stars.Eq(5), songs.Name.Ne("x")), "distinct": r.Select(songs.Stars).Distinct().Where(songs.Stars.Gt(1))} {
		n, err = q.Count(ctx)
		if calls := j.took(); n != 2 || err != nil || len(calls) != 1 || !strings.HasPrefix(calls[0], "/songs") {
			t.Errorf("%s: %d, %v, %q", about, n, err, calls)
		}
	}
	for _, j.count = range []string{`-1`, `1.5`, `"12"`, `null`, `[]`, `99999999999999999999`} {
		if n, err = r.Count(ctx); n != 0 || !errors.Is(err, orm.ErrUpstream) || leaks(err) {
			t.Errorf("%s: %d, %v", j.count, n, err)
		}
	}
}

// tally has a number and no list.
type tally struct {
	ID    int64 `orm:"id,table=tallies,datasource=blog"`
	Stars int64 `orm:"stars"`
}

func (tally) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{Count: httpapi.GET("/count").Query("stars", "$where.Stars.eq?").Total("$.n")}
}

func TestCountAlone(t *testing.T) {
	j := &jukebox{count: "12"}
	db := open(t, j, orm.Models(tally{}))
	r, ctx := orm.Repo[tally](db), context.Background()
	if n, err := r.Where(r.F("Stars").Eq(5)).Count(ctx); n != 12 || err != nil {
		t.Fatal(n, err)
	}
	if _, err := r.Where(r.F("Stars").Gt(5)).Count(ctx); !errors.Is(err, orm.ErrUnsupported) {
		t.Fatal(err)
	}
	if _, err := r.All(ctx); !errors.Is(err, orm.ErrUnsupported) {
		t.Fatal(err)
	}
}

// lyric is searched by a form.
type lyric struct {
	ID    int64  `orm:"id,table=lyrics,datasource=blog"`
	Name  string `orm:"name"`
	Stars int64  `orm:"stars"`
}

func (lyric) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{
		FindMany: httpapi.POST("/search").Form("name[]", "$where.Name.in?").Form("min", "$where.Stars.gte?").Form("mode", "exact").Items("$").Chunk(100),
	}
}

var lyrics = orm.Bind[lyric, struct {
	ID    orm.Col[lyric, int64]
	Name  orm.Text[lyric]
	Stars orm.Col[lyric, int64]
}]()

// A form holds what it is given, whatever that is, and says nothing of what was not asked.
func TestForms(t *testing.T) {
	j := &jukebox{many: fourSongs}
	db := open(t, j, orm.Models(lyric{}))
	r, ctx := orm.Repo[lyric](db), context.Background()
	names := []string{"b", "a=b&c", "d e+f", "g\r\nh: i", "é,{id}"}
	got, err := r.Where(lyrics.Name.In(names...)).All(ctx)
	if calls := j.took(); err != nil || len(got) != 1 || !slices.Equal(calls, []string{"/search " + strings.Join(names, "|") + " exact "}) {
		t.Fatalf("%v, %v, %q", got, err, calls)
	}
	got, err = r.Where(lyrics.Name.In("b", "c"), lyrics.Stars.Gte(5)).OrderBy(lyrics.ID.Desc()).Take(1).All(ctx)
	if calls := j.took(); err != nil || len(got) != 1 || got[0].ID != 3 || !slices.Equal(calls, []string{"/search b|c exact 5"}) {
		t.Fatalf("%v, %v, %q", got, err, calls)
	}
	if slices.ContainsFunc(j.types, func(x string) bool { return x != "application/x-www-form-urlencoded" }) {
		t.Fatal(j.types)
	}
	long := make([]string, 250) // in chunks of a hundred
	for i := range long {
		long[i] = strconv.Itoa(i)
	}
	if got, err = r.Where(lyrics.Name.In(append(long, "d")...)).All(ctx); err != nil || len(got) != 1 || len(j.took()) != 3 {
		t.Fatal(got, err)
	}
	if _, err = r.Where(lyrics.Name.In("a\x00", "b")).All(ctx); !errors.Is(err, orm.ErrInvalid) || len(j.took()) > 0 {
		t.Fatal(err)
	}
}
