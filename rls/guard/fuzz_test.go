package guard_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/sqlite"
)

// spied is a database whose statements are kept.
type spied struct {
	orm.DB
	mu    sync.Mutex
	texts []string
}

func (s *spied) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.texts
	s.texts = nil
	return out
}

func spying(tb testing.TB) *spied {
	tb.Helper()
	s := &spied{}
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Project{}, Task{}, Tag{}, Person{}, Comment{}),
		orm.Observer(func(_ context.Context, st orm.Statement) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.texts = append(s.texts, st.Text)
		}))
	must(tb, err)
	tb.Cleanup(func() { _ = db.Close() })
	s.DB = db
	must(tb, orm.CreateTables(ctx, db))
	must(tb, db.Use(rls.Tenant()))
	for tenant := int64(1); tenant <= 2; tenant++ {
		fill(tb, actor(tenant), db, tenant)
	}
	s.take()
	return s
}

// outside names columns that the shape of the contract neither shows, filters, sorts by nor forces.
var outside = regexp.MustCompile(`"(secret|notes|due|budget)"`)

// However a request is formed, it panics nowhere, reads no column outside the shape, changes nothing of another tenant and
// nothing that the shape does not let it change, and what it gives is JSON.
func FuzzRequest(f *testing.F) {
	s := spying(f)
	for _, seed := range []string{
		`{}`, `{"where": {"OR": [{"title": {"contains": "x", "mode": "insensitive"}}, {"NOT": {"status": {"in": ["open"]}}}], "tasks": {"some": {"done": true}}}, "orderBy": [{"createdAt": {"sort": "asc", "nulls": "last"}}], "take": 2, "skip": 1, "select": {"id": true, "tasks": {"take": 1}, "_count": true}}`,
		`{"where": {"id": 1}, "data": {"title": "x", "tags": {"set": [], "link": {"id": 1}, "create": [{"name": "n"}]}}}`,
		`{"data": {"title": "t", "slug": "s", "priority": 3}}`, `{"data": [{"title": "t", "slug": "s"}], "skipDuplicates": true}`,
		`{"where": {"tenant_id": 2, "slug": "p0"}, "create": {"title": "t", "slug": "p0"}, "update": {"title": "u"}}`,
		`{"by": ["status"], "_count": true, "_sum": {"priority": true}, "having": {"_count": {"gt": 1}}, "orderBy": {"_count": "desc"}}`,
		`{"where": {"priority": {"gte": 1e0, "lt": "9", "between": [1, 2], "not": 3}}}`, `{"where": {"secret": "s3cret"}}`, `{"cursor": "x.y", "total": true}`,
	} {
		f.Add([]byte(seed))
	}
	errUndo := errors.New("undo")
	f.Fuzz(func(t *testing.T, body []byte) {
		ctx := actor(1)
		for verb, run := range verbs(ctx, published, s.DB) {
			reads := !strings.Contains("Create CreateMany Update UpdateMany Upsert Delete DeleteMany", verb)
			if !reads {
				continue
			}
			err := run(string(body))
			for _, text := range s.take() {
				if outside.MatchString(text) {
					t.Errorf("%s %s ran %s", verb, body, text)
				}
			}
			if err != nil {
				blameless(t, err)
			}
		}
		err := s.Tx(ctx, func(tx orm.DB) error {
			for verb, run := range verbs(ctx, published, tx) {
				if !strings.Contains("Create CreateMany Update UpdateMany Upsert Delete DeleteMany", verb) {
					continue
				}
				_ = tx.Tx(ctx, func(orm.DB) error { return run(string(body)) })
			}
			all := rls.Bypass(ctx, "the test looks at everything")
			if n, err := orm.Repo[Project](tx).Where(Projects.TenantID.Eq(2), Projects.Secret.Eq("s3cret"), Projects.Title.StartsWith("Project ")).Count(all); n != 6 || err != nil {
				t.Errorf("%s: %d projects of the other tenant are left as they were: %v", body, n, err)
			}
			if n, err := orm.Repo[Project](tx).Where(Projects.TenantID.Eq(1), Projects.Secret.Ne("s3cret"), Projects.Secret.Ne("")).Count(all); n != 0 || err != nil {
				t.Errorf("%s: %d secrets were written: %v", body, n, err)
			}
			return errUndo
		})
		if !errors.Is(err, errUndo) {
			t.Error(err)
		}
		s.take()
	})
}

// blameless holds an error against what errors may be.
func blameless(t *testing.T, err error) {
	var e *guard.Error
	switch {
	case err == nil:
		t.Error("it was not refused")
	case !errors.As(err, &e) || e.Status < 400 || e.Status >= 500 || e.Err == nil:
		t.Errorf("%T %v", err, err)
	case strings.Contains(e.Error(), "s3cret"):
		t.Errorf("the text tells a value: %v", e)
	}
}

// FuzzParseJSON holds the parser against encoding/json: what it takes, that takes too, and means the same.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a": [1, -0.5e+3, "\u00e4\ud83d\ude00\n", true, false, null, {"b": {}}]}`, `{"a":1,"a":2}`, `{"a": "\ud800"}`, `{"a": 1} x`, "\xef\xbb\xbf{}", `{"\u0061": 1}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := guard.ParseJSON(body)
		if err != nil {
			return
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q is taken, and encoding/json says %v", body, err)
		}
		got, err := json.Marshal(plain(&r.Root))
		must(t, err)
		expected, err := json.Marshal(want)
		must(t, err)
		if !bytes.Equal(got, expected) {
			t.Errorf("%q means %s, and %s to encoding/json", body, got, expected)
		}
	})
}

func plain(n *guard.Node) any {
	switch n.Kind {
	case guard.Null:
		return nil
	case guard.True, guard.False:
		return n.Kind == guard.True
	case guard.Number:
		return json.Number(n.Text)
	case guard.String:
		return n.Text
	case guard.List:
		out := make([]any, len(n.Items))
		for i := range n.Items {
			out[i] = plain(&n.Items[i])
		}
		return out
	}
	out := map[string]any{}
	for _, m := range n.Members {
		out[m.Name] = plain(&m.Value)
	}
	return out
}

// The largest and most tangled bodies cost memory in proportion to their bounds: the body's own copy and a few MB, whatever
// stands in it.
func TestHeavyRequestsAreBounded(t *testing.T) {
	repo := orm.Repo[Project](benchDB(t))
	ctx := actor(1)
	fill := func(open, item, end string) []byte {
		b := []byte(open)
		for len(b)+len(item)+len(end)+1 < guard.MaxBody {
			b = append(append(b, item...), ',')
		}
		return append(b[:len(b)-1], end...)
	}
	for name, body := range map[string][]byte{
		"numbers":     fill(`{"where": {"priority": {"in": [`, `1`, `]}}}`),
		"lists":       fill(`{"where": {"AND": [`, `[]`, `]}}`),
		"objects":     fill(`{"where": {"AND": [`, `{}`, `]}}`),
		"conditions":  fill(`{"where": {"AND": [`, `{"status": "open"}`, `]}}`),
		"empty lists": fill(`{"where": {"AND": [`, `{"AND": []}`, `]}}`),
		"open lists":  bytes.Repeat([]byte("["), guard.MaxBody),
		"rows":        fill(`{"data": [`, `{"title": "x", "slug": "y"}`, `]}`),
		"escapes":     fill(`{"where": {"title": "`, `\u0041`, `"}}`),
		"one name":    fill(`{"where": {"x`, `yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy`, `": 1}}`),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := published.Query(ctx, repo, body)
		runtime.ReadMemStats(&after)
		if name != "escapes" { // the one that is right
			blameless(t, err)
		}
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 5<<20 {
			t.Errorf("%s: %d KiB for a body of %d KiB", name, cost>>10, len(body)>>10)
		}
	}
}
