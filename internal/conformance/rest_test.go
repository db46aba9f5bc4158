package conformance

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/multi-orm/orm/model"
)

// rest is a JSON API over tables in memory. It knows a part of what databases know: conditions on columns that are
// joined with AND, an order, and pages by offset, number, cursor or link, of which none holds more than most rows.
// Its bulk calls give rows in no order, and twice.
type rest struct {
	url    string
	most   int
	mu     sync.Mutex
	asked  map[string]int // requests by table and verb
	tables map[string]*restTable
}

type restTable struct {
	key  []string
	auto string
	last int64
	rows []map[string]any
}

// restOf serves an API as long as the test lasts.
func restOf(t testing.TB, most int) *rest {
	a := &rest{most: most, asked: map[string]int{}, tables: map[string]*restTable{}}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	a.url = server.URL
	return a
}

// know makes tables for models.
func (a *rest) know(models []*model.Model) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range models {
		if a.tables[m.Table] != nil {
			continue
		}
		t := &restTable{}
		for _, f := range m.Key {
			if t.key = append(t.key, f.Column); f.Auto {
				t.auto = f.Column
			}
		}
		a.tables[m.Table] = t
	}
}

// ServeHTTP answers /table/verb, where more of the path is a key.
func (a *rest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	parts := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	t := a.tables[parts[0]]
	body := map[string]any{}
	if text, _ := io.ReadAll(r.Body); len(text) > 0 {
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		if dec.Decode(&body) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	if t == nil || len(parts) < 2 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	a.asked[parts[0]+"/"+parts[1]]++
	q := &restQuery{t: t, say: map[string]string{}, most: a.most}
	if !q.read(r.URL.Query(), body) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	q.answer(w, r, parts[1], parts[2:], body)
}

// restQuery is a request, understood.
type restQuery struct {
	t     *restTable
	most  int
	conds []restCond
	say   map[string]string // skip, take, page, cursor, order
}

type restCond struct {
	column, op string
	values     []any // texts of a query string, or what a body holds
	set        map[string]bool
}

func newCond(column, op string, values []any) restCond {
	c := restCond{column, op, values, make(map[string]bool, len(values))}
	for _, x := range values {
		c.set[fmt.Sprint(x)] = true
	}
	return c
}

// read takes conditions named column or column~op, and the words that say the page.
func (q *restQuery) read(query url.Values, body map[string]any) bool {
	add := func(name string, values []any) {
		column, op, _ := strings.Cut(strings.TrimSuffix(name, "[]"), "~")
		q.conds = append(q.conds, newCond(column, op, values))
	}
	for name, texts := range query {
		switch name {
		case "skip", "take", "page", "cursor", "order":
			q.say[name] = texts[0]
			continue
		}
		if op := name[strings.LastIndexByte(name, '~')+1:]; op == "in" || op == "notIn" {
			texts = strings.Split(texts[0], ",")
		}
		var values []any
		for _, x := range texts {
			values = append(values, x)
		}
		add(name, values)
	}
	for name, v := range body {
		switch x := v.(type) {
		case []any:
			if name != "rows" {
				add(name, x)
			}
		case string, json.Number, bool:
			switch name {
			case "skip", "take", "cursor":
				q.say[name] = fmt.Sprint(x)
			default:
				add(name, []any{x})
			}
		}
	}
	return true
}

func (q *restQuery) answer(w http.ResponseWriter, r *http.Request, verb string, key []string, body map[string]any) {
	found := q.found()
	total := len(found)
	switch verb {
	case "list":
		restReply(w, http.StatusOK, map[string]any{"rows": q.page(found, q.number("skip", 0)), "total": total})
	case "search":
		at := q.number("cursor", 0)
		page, next := q.page(found, at), any(nil)
		if at+len(page) < total {
			next = strconv.Itoa(at + len(page))
		}
		restReply(w, http.StatusOK, map[string]any{"rows": page, "next": next})
	case "pages":
		restReply(w, http.StatusOK, q.page(found, (q.number("page", 1)-1)*q.most))
	case "links":
		at := q.number("cursor", 0)
		page := q.page(found, at)
		if at+len(page) < total {
			u := *r.URL
			values := u.Query()
			values.Set("cursor", strconv.Itoa(at+len(page)))
			u.RawQuery = values.Encode()
			w.Header().Set("Link", "<"+u.String()+`>; rel="next"`)
		}
		restReply(w, http.StatusOK, page)
	case "all":
		restReply(w, http.StatusOK, found)
	case "bulk":
		slices.Reverse(found)
		restReply(w, http.StatusOK, map[string]any{"data": append(found, found...)})
	case "count":
		restReply(w, http.StatusOK, map[string]any{"count": total})
	case "first":
		if total == 0 {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		restReply(w, http.StatusOK, map[string]any{"row": found[0]})
	case "one":
		q.one(w, r.Method, key, body)
	case "new":
		restReply(w, http.StatusCreated, q.t.add(body))
	case "many":
		made := []any{}
		rows, _ := body["rows"].([]any)
		for _, x := range rows {
			made = append(made, q.t.add(x.(map[string]any)))
		}
		restReply(w, http.StatusCreated, map[string]any{"rows": made})
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func restReply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (t *restTable) add(row map[string]any) map[string]any {
	if _, given := row[t.auto]; t.auto != "" && !given {
		t.last++
		row[t.auto] = json.Number(strconv.FormatInt(t.last, 10))
	}
	t.rows = append(t.rows, row)
	return row
}

func (q *restQuery) one(w http.ResponseWriter, method string, key []string, body map[string]any) {
	q.conds = nil
	for i, part := range key {
		text, err := url.PathUnescape(part)
		if err != nil || i >= len(q.t.key) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		q.conds = append(q.conds, newCond(q.t.key[i], "eq", []any{text}))
	}
	found := q.found()
	if len(found) == 0 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	switch method {
	case http.MethodPatch:
		maps.Copy(found[0], body)
	case http.MethodDelete:
		q.t.rows = slices.DeleteFunc(q.t.rows, func(row map[string]any) bool {
			return restCompare(keyText(row, q.t.key), keyText(found[0], q.t.key)) == 0
		})
	}
	restReply(w, http.StatusOK, found[0])
}

func keyText(row map[string]any, key []string) string {
	var out []any
	for _, k := range key {
		out = append(out, row[k])
	}
	return fmt.Sprintf("%q", out)
}

func (q *restQuery) number(name string, unsaid int) int {
	n, err := strconv.Atoi(q.say[name])
	if err != nil {
		return unsaid
	}
	return n
}

func (q *restQuery) page(rows []map[string]any, at int) []map[string]any {
	rows = rows[min(at, len(rows)):]
	return rows[:min(q.number("take", q.most), q.most, len(rows))]
}

// found gives the rows that pass, by the order or else by key.
func (q *restQuery) found() []map[string]any {
	out := []map[string]any{}
	for _, row := range q.t.rows {
		if !slices.ContainsFunc(q.conds, func(c restCond) bool { return !c.holds(row[c.column]) }) {
			out = append(out, row)
		}
	}
	order := q.t.key
	if q.say["order"] != "" {
		order = append(strings.Split(q.say["order"], ","), order...)
	}
	slices.SortStableFunc(out, func(a, b map[string]any) int {
		for _, name := range order {
			plain, desc := strings.CutPrefix(name, "-")
			if c := restCompare(a[plain], b[plain]); c != 0 {
				if desc {
					return -c
				}
				return c
			}
		}
		return 0
	})
	return out
}

func (c restCond) holds(v any) bool {
	switch {
	case c.op == "isNull":
		return v == nil
	case c.op == "isNotNull":
		return v != nil
	case v == nil:
		return false
	}
	switch c.op {
	case "", "eq", "in":
		return c.set[fmt.Sprint(v)]
	case "ne", "notIn":
		return !c.set[fmt.Sprint(v)]
	case "contains":
		return strings.Contains(fmt.Sprint(v), fmt.Sprint(c.values[0]))
	}
	n := restCompare(v, c.values[0])
	return c.op == "gt" && n > 0 || c.op == "gte" && n >= 0 || c.op == "lt" && n < 0 || c.op == "lte" && n <= 0
}

// restCompare compares numbers by size, times by when they are, and all else as text.
func restCompare(a, b any) int {
	x, y := fmt.Sprint(a), fmt.Sprint(b)
	if _, number := a.(json.Number); number {
		if n, err := strconv.ParseInt(x, 10, 64); err == nil {
			if m, err := strconv.ParseInt(y, 10, 64); err == nil {
				return cmp.Compare(n, m)
			}
		}
		n, ok := new(big.Rat).SetString(x)
		m, too := new(big.Rat).SetString(y)
		if ok && too {
			return n.Cmp(m)
		}
	}
	at, err := time.Parse(time.RFC3339Nano, x)
	to, other := time.Parse(time.RFC3339Nano, y)
	if err == nil && other == nil {
		return at.Compare(to)
	}
	return cmp.Compare(x, y)
}
