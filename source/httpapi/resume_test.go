package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/httpapi"
)

// The rows of one list, in every kind of pages; none can be asked for rows after a key.
type (
	byOffsetRow struct {
		ID int64 `orm:"id,table=offsets,datasource=blog"`
	}
	byNumberRow struct {
		ID int64 `orm:"id,table=page_numbers,datasource=blog"`
	}
	bySizedRow struct {
		ID int64 `orm:"id,table=sized_pages,datasource=blog"`
	}
	byCursorRow struct {
		ID int64 `orm:"id,table=cursors,datasource=blog"`
	}
	byURLRow struct {
		ID int64 `orm:"id,table=urls,datasource=blog"`
	}
	byHeaderRow struct {
		ID int64 `orm:"id,table=headers,datasource=blog"`
	}
	byKeyRow struct {
		ID int64 `orm:"id,table=keys,datasource=blog"`
	}
)

func (byOffsetRow) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/offset").Query("from", "$skip").Query("n", "$take").Query("sort", "$orderBy").Items("$.rows").Total("$.total")}
}

func (byNumberRow) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/number").Query("page", "$page").Items("$.rows").Sorted("ID")}
}

func (bySizedRow) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/number").Query("page", "$page").Query("n", "$take").Items("$.rows").Total("$.total").Sorted("ID")}
}

func (byCursorRow) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/cursor").Query("cursor", "$cursor").Query("n", "$take").Items("$.rows").Next("$.next").Sorted("ID")}
}

func (byURLRow) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/url").Items("$.rows").Next("$.next").Sorted("ID")}
}

func (byHeaderRow) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/header").Items("$.rows").NextLink().Sorted("ID")}
}

func (byKeyRow) Endpoints() httpapi.Endpoints {
	return httpapi.Endpoints{FindMany: httpapi.GET("/offset").Query("from", "$skip").Query("n", "$take").Query("sort", "$orderBy").Query("above", "$where.ID.gt?").Items("$.rows")}
}

// shelf serves the numbers of ids in their order, most at a time.
type shelf struct {
	ids     []int
	most    int
	salt    string // of cursors: those of another salt are too old
	shuffle bool   // pages come in another order
	calls   []string
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls = append(s.calls, r.URL.RequestURI())
	q, n, from := r.URL.Query(), s.most, 0
	if k, err := strconv.Atoi(q.Get("n")); err == nil {
		n = min(n, k)
	}
	token := func(at int) string { return s.salt + strconv.Itoa(at) }
	ids := s.ids
	switch r.URL.Path {
	case "/offset":
		from, _ = strconv.Atoi(q.Get("from"))
		if k, err := strconv.Atoi(q.Get("above")); err == nil {
			at, _ := slices.BinarySearch(ids, k+1)
			ids = ids[at:]
		}
	case "/number":
		k, _ := strconv.Atoi(q.Get("page"))
		from = (k - 1) * n
	default:
		if text := q.Get("cursor"); text != "" {
			at, ok := strings.CutPrefix(text, s.salt)
			if !ok {
				w.WriteHeader(http.StatusGone)
				return
			}
			from, _ = strconv.Atoi(at)
		}
	}
	rows := []map[string]any{}
	end := min(from+n, len(ids))
	for i := min(from, len(ids)); i < end; i++ {
		rows = append(rows, map[string]any{"id": ids[i]})
	}
	if s.shuffle {
		slices.Reverse(rows)
	}
	out := map[string]any{"rows": rows, "total": len(ids)}
	if end < len(ids) {
		switch r.URL.Path {
		case "/cursor":
			out["next"] = token(end)
		case "/url":
			out["next"] = "/url?cursor=" + token(end)
		case "/header":
			w.Header().Set("Link", fmt.Sprintf(`</header?cursor=%s>; rel="next"`, token(end)))
		}
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (s *shelf) took() []string {
	out := s.calls
	s.calls = nil
	return out
}

func upTo(n int) (ids []int) {
	for i := range n {
		ids = append(ids, i+1)
	}
	return ids
}

// turnPages reads all pages of a query, calling between before each but the first.
func turnPages[T any](q orm.Query[T], id func(T) int64, between func(page int)) (ids []int, most int, err error) {
	for cursor, n := "", 0; ; n++ {
		if n > 0 && between != nil {
			between(n)
		}
		p, err := q.Page(context.Background(), cursor)
		if err != nil {
			return ids, n, err
		}
		for _, r := range p.Rows {
			ids = append(ids, int(id(r)))
		}
		if cursor = p.Next; cursor == "" {
			return ids, n + 1, nil
		}
	}
}

// resumes runs what holds for every kind of pages.
func resumes[T any](t *testing.T, id func(T) int64, perPage int) {
	var row T
	open := func(t *testing.T, s *shelf) orm.Query[T] {
		return orm.Repo[T](open(t, s, orm.Models(row))).Query()
	}
	check := func(t *testing.T, got, want []int, err error) {
		t.Helper()
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%d rows of %d, %v: %v", len(got), len(want), err, got[:min(len(got), 300)])
		}
	}
	t.Run("each page reads its own part", func(t *testing.T) {
		s := &shelf{ids: upTo(12_345), most: 100, salt: "c"}
		before, worst := 0, 0
		got, pages, err := turnPages(open(t, s).Take(50), id, func(int) {
			worst, before = max(worst, len(s.calls)-before), len(s.calls)
		})
		check(t, got, s.ids, err)
		if worst > perPage || pages != 247 {
			t.Errorf("%d requests for one of %d pages: %q", worst, pages, s.calls[len(s.calls)-4:])
		}
	})
	t.Run("pages of any size", func(t *testing.T) {
		for _, size := range []int{1, 2, 3, 7, 10, 11, 29, 30, 31, 60, 100} {
			for _, most := range []int{1, 3, 10, 100} {
				s := &shelf{ids: upTo(61), most: most, salt: "c"}
				got, _, err := turnPages(open(t, s).Take(size), id, nil)
				check(t, got, s.ids, err)
			}
		}
	})
	t.Run("rows that went and came", func(t *testing.T) {
		s := &shelf{ids: upTo(400), most: 10, salt: "c"}
		want := upTo(400)
		got, _, err := turnPages(open(t, s).Take(20), id, func(page int) {
			last := page * 20
			switch page {
			case 2: // before the place
				s.ids = slices.DeleteFunc(s.ids, func(i int) bool { return i <= 7 })
			case 3: // the place itself
				s.ids = slices.DeleteFunc(s.ids, func(i int) bool { return i == last })
			case 4: // before the place, more than a page
				s.ids = slices.DeleteFunc(s.ids, func(i int) bool { return i < last-3 })
			case 6:
				s.ids = append([]int{-5, -4, -3, -2, -1, 0}, s.ids...)
			case 7: // all that was read and the first row of the page
				s.ids = slices.DeleteFunc(s.ids, func(i int) bool { return i <= last+1 })
				want = slices.DeleteFunc(want, func(i int) bool { return i == last+1 })
			}
		})
		check(t, got, want, err)
	})
	t.Run("places that the API has forgotten", func(t *testing.T) {
		s := &shelf{ids: upTo(95), most: 10, salt: "c"}
		got, _, err := turnPages(open(t, s).Take(20), id, func(page int) { s.salt = "d" + strconv.Itoa(page) + "-" })
		check(t, got, s.ids, err)
	})
	t.Run("an API that does not keep its order", func(t *testing.T) {
		s := &shelf{ids: upTo(95), most: 10, salt: "c"}
		got, _, err := turnPages(open(t, s).Take(20), id, func(page int) { s.shuffle = page > 1 })
		check(t, got, s.ids, err)
	})
	t.Run("back again", func(t *testing.T) {
		s := &shelf{ids: upTo(95), most: 10, salt: "c"}
		q, ctx := open(t, s).Take(20), context.Background()
		one, err := q.Page(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		two, err := q.Page(ctx, one.Next)
		if err != nil {
			t.Fatal(err)
		}
		again, err := q.Page(ctx, two.Prev)
		if err != nil || len(again.Rows) != 20 || id(again.Rows[0]) != 1 || id(again.Rows[19]) != 20 {
			t.Fatal(again, err)
		}
		forth, err := q.Page(ctx, again.Next)
		if err != nil || len(forth.Rows) != 20 || id(forth.Rows[0]) != 21 {
			t.Fatal(forth, err)
		}
	})
}

func TestPagesGoOnWhereTheLastOneEnded(t *testing.T) {
	t.Run("offset", func(t *testing.T) { resumes(t, func(r byOffsetRow) int64 { return r.ID }, 1) })
	t.Run("page number", func(t *testing.T) { resumes(t, func(r byNumberRow) int64 { return r.ID }, 2) })
	t.Run("sized page", func(t *testing.T) { resumes(t, func(r bySizedRow) int64 { return r.ID }, 2) })
	t.Run("cursor", func(t *testing.T) { resumes(t, func(r byCursorRow) int64 { return r.ID }, 3) })
	t.Run("url", func(t *testing.T) { resumes(t, func(r byURLRow) int64 { return r.ID }, 2) })
	t.Run("header", func(t *testing.T) { resumes(t, func(r byHeaderRow) int64 { return r.ID }, 2) })
	t.Run("key", func(t *testing.T) { resumes(t, func(r byKeyRow) int64 { return r.ID }, 1) })
}

// What was read of a list in another order than was asked for says nothing of where the next page is.
func TestPagesOfAnOrderThatIsNotKeptBeginAtTheStart(t *testing.T) {
	s := &shelf{ids: upTo(300), most: 100, shuffle: true}
	q, ctx := orm.Repo[byOffsetRow](open(t, s, orm.Models(byOffsetRow{}))).Query().Take(50), context.Background()
	one, err := q.Page(ctx, "")
	if err != nil || len(one.Rows) != 50 || one.Rows[0].ID != 1 {
		t.Fatal(one, err)
	}
	s.took()
	two, err := q.Page(ctx, one.Next)
	if err != nil || len(two.Rows) != 50 || two.Rows[0].ID != 51 {
		t.Fatal(two, err)
	}
	if calls := s.took(); !strings.Contains(calls[0], "from=0") {
		t.Errorf("the second page begins with %s", calls[0])
	}
}
