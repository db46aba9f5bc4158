package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// vast is a list whose rows may hold a document.
type vast struct {
	ID  int64 `orm:"id,id,datasource=blog"`
	Doc any   `orm:"doc,json"`
}

func (vast) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/vast").Items("$.rows"), FindUnique: httpapi.GET("/vast/{id}").Item("$")}
}

// scattered is found by a path that needs the whole reply.
type scattered struct {
	ID int64 `orm:"id,id,datasource=blog"`
}

func (scattered) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/scattered").Items("$..row")}
}

// allocated gives the bytes that do made, whether or not they were let go again: no less than its peak.
func allocated(do func()) (int64, time.Duration) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	do()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc), took
}

// fill gives head, size bytes of text over and over, and tail.
func fill(size int, head, text, tail string) func(io.Writer) {
	block := []byte(strings.Repeat(text, 1+64<<10/len(text)))
	return func(w io.Writer) {
		_, _ = io.WriteString(w, head)
		for n := 0; n < size; n += len(block) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
		_, _ = io.WriteString(w, tail)
	}
}

// Whatever thirty mebibytes of a reply hold, they cost little more than their bytes, and too many rows not even those.
func TestGuardMemoryOfReplies(t *testing.T) {
	const size, small, body = 30 << 20, 16 << 20, 96 << 20
	var write func(io.Writer)
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		write(w)
	}), orm.Models(vast{}, scattered{}), httpapi.Timeout(10*time.Minute), httpapi.Retries(0)) // a slow machine reads each reply once
	ctx := context.Background()
	all := func() error { _, err := orm.Repo[vast](db).All(ctx); return err }
	take := func() error { _, err := orm.Repo[vast](db).Take(1).All(ctx); return err }
	unique := func() error { _, err := orm.Repo[vast](db).ByID(1).One(ctx); return err }
	whole := func() error { _, err := orm.Repo[scattered](db).All(ctx); return err }
	for name, c := range map[string]struct {
		write func(io.Writer)
		read  func() error
		want  error
		most  int64
	}{
		"empty rows":               {fill(size, `{"rows":[`, `{},`, `{}]}`), all, orm.ErrLimit, small},
		"numbers for rows":         {fill(size, `{"rows":[`, `1,`, `1]}`), all, orm.ErrLimit, small},
		"one row of them":          {fill(size, `{"rows":[`, `{},`, `{}]}`), take, orm.ErrUpstream, body},
		"an unknown key":           {fill(size, `{"rows":[{"id":1,"doc":1,"x":[`, `{},`, `{}]}]}`), all, nil, body},
		"an unknown list":          {fill(size, `{"x":[`, `[1],`, `0],"rows":[]}`), all, nil, body},
		"an unknown key, one row":  {fill(size, `{"x":[`, `{},`, `0],"id":1,"doc":null}`), unique, nil, body},
		"a document":               {fill(size, `{"rows":[{"id":1,"doc":[`, `{},`, `{}]}]}`), all, orm.ErrLimit, body},
		"numbers in a document":    {fill(size, `{"rows":[{"id":1,"doc":[`, `1,`, `1]}]}`), all, orm.ErrLimit, body},
		"many keys":                {fill(size, `{"rows":[{"id":1,"doc":1`, `,"x":1`, `}]}`), all, nil, body},
		"a path through all of it": {fill(size, `{"row":{"id":1},"x":[`, `{},`, `{}]}`), whole, orm.ErrLimit, body},
	} {
		t.Run(name, func(t *testing.T) {
			write = c.write
			var err error
			n, took := allocated(func() { err = c.read() })
			t.Logf("%d MiB, %v", n>>20, took)
			if !errors.Is(err, c.want) || n > c.most {
				t.Errorf("%d MiB in %v: %v", n>>20, took, err)
			}
		})
	}
}

// A reply is read up to the row that is too many, and no further.
func TestTooManyRowsEndTheReading(t *testing.T) {
	sent := 0
	db := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"rows":[`)
		for block := bytes.Repeat([]byte(`{},`), 1000); r.Context().Err() == nil && sent < 1<<30; sent += len(block) {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}), orm.Models(vast{}), httpapi.MaxRows(1000), httpapi.MaxBody(1<<40))
	_, err := orm.Repo[vast](db).All(context.Background())
	if !errors.Is(err, orm.ErrLimit) || !strings.Contains(err.Error(), "MaxRows (1000)") {
		t.Error(err)
	}
}

// Rows are counted over all pages, and a read that needs only some of a reply takes those.
func TestGuardRowsAreCountedOverPages(t *testing.T) {
	bad, calls := "", 0
	db := open(t, pages(&bad, &calls), orm.Models(byPage{}, byNext{}), httpapi.MaxRows(25))
	ctx := context.Background()
	if rows, err := orm.Repo[byNext](db).All(ctx); !errors.Is(err, orm.ErrLimit) || rows != nil || calls != 3 {
		t.Error(rows, err, calls)
	}
	if rows, err := orm.Repo[byPage](db).Take(20).All(ctx); err != nil || len(rows) != 20 {
		t.Error(rows, err)
	}
}

// odd has columns of every kind that is no plain number or text.
type odd struct {
	ID   int64           `orm:"id,id,datasource=blog"`
	Raw  json.RawMessage `orm:"raw,json"`
	Tags []string        `orm:"tags"`
	Data []byte          `orm:"data"`
	Note *string         `orm:"note"`
	Rate float32         `orm:"rate"`
	Size uint8           `orm:"size"`
}

func (odd) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/odd").Items("$.a[*].b[0]").Total("$.n")}
}

// Names and values mean what they mean to encoding/json: the last of several, and what an escape says.
func TestWhatRowsSay(t *testing.T) {
	db := open(t, jsonText(`{"n":7,"a":[1,{"b":[]},{"b":[{"\u0069d":"x","id":1,"raw": {"b" : [1.50] , "a":"\u003c","b":2},"tags":[ "a", "\u00e9\n" ],
		"data":"AAE=","note":"x","note":"\ud83d\ude00\ud800","rate":0.5,"size":255,"x":{"id":2}}]},{"b":[{"id":2,"raw":null,"tags":[],"data":"","rate":1,"size":0}]}],"n":2}`), orm.Models(odd{}))
	rows, err := orm.Repo[odd](db).All(context.Background())
	if err != nil || len(rows) != 2 {
		t.Fatal(rows, err)
	}
	a, b := rows[0], rows[1]
	if a.ID != 1 || string(a.Raw) != `{"a":"<","b":2}` || len(a.Tags) != 2 || a.Tags[1] != "é\n" || string(a.Data) != "\x00\x01" || a.Note == nil || *a.Note != "😀\ufffd" || a.Rate != 0.5 || a.Size != 255 {
		t.Errorf("%+v", a)
	}
	if b.ID != 2 || b.Raw != nil || len(b.Tags) != 0 || b.Note != nil || b.Size != 0 {
		t.Errorf("%+v", b)
	}
}
