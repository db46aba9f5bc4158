package guard_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/sqlite"
)

// What a verb gave shows what was asked however it is passed on: by value, in a struct, in a map.
func TestAnswersByValue(t *testing.T) {
	ctx := actor(1)
	repo := orm.Repo[Project](opened(t, sqlite.Source("main", ":memory:")))
	row, err := published.Create(ctx, repo, []byte(`{"data": {"title": "New", "slug": "new"}, "select": {"title": true, "_count": {"tasks": true}}}`))
	must(t, err)
	shows(t, *row, nil, `{"title":"New","_count":{"tasks":0}}`)
	shows(t, struct{ Row guard.Row[Project] }{*row}, nil, `{"Row":{"title":"New","_count":{"tasks":0}}}`)
	rows, err := published.FindMany(ctx, repo, []byte(`{"select": {"title": true}, "take": 1}`))
	must(t, err)
	shows(t, map[string]any{"rows": *rows}, nil, `{"rows":[{"title":"New"}]}`)
	page, err := published.Page(ctx, repo, []byte(`{"select": {"title": true}, "where": {"title": "New"}}`))
	must(t, err)
	shows(t, *page, nil, `{"rows":[{"title":"New"}],"next":null,"prev":null}`)
	groups, err := published.GroupBy(ctx, repo, []byte(`{"by": ["status"], "_count": true, "where": {"status": "open"}}`))
	must(t, err)
	shows(t, *groups, nil, `[{"status":"open","_count":2}]`)
}

// What no verb gave is empty, or an error: nothing says what of it may be shown.
func TestZeroAnswers(t *testing.T) {
	shows(t, guard.Result[Project]{}, nil, `[]`)
	shows(t, guard.Grouped{}, nil, `[]`)
	if n := (guard.Grouped{}).Len(); n != 0 {
		t.Errorf("no groups are %d", n)
	}
	for _, v := range []any{guard.Row[Project]{}, &guard.Row[Project]{}, guard.Result[Project]{Rows: make([]Project, 1)}, guard.Page[Project]{Result: guard.Result[Project]{Rows: make([]Project, 1)}}} {
		if b, err := json.Marshal(v); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("%T shows %s, %v", v, b, err)
		}
	}
}

// Counts belong to their rows, in whatever order these are written; a row of another key has none.
func TestCountsFollowTheirRows(t *testing.T) {
	ctx := actor(1)
	repo := orm.Repo[Project](opened(t, sqlite.Source("main", ":memory:")))
	_, err := published.Create(ctx, repo, []byte(`{"data": {"title": "New", "slug": "new"}}`))
	must(t, err)
	rows, err := published.FindMany(ctx, repo, []byte(`{"select": {"title": true, "_count": {"tasks": true}}, "take": 2}`))
	shows(t, rows, err, `[{"title":"New","_count":{"tasks":0}},{"title":"Project 4","_count":{"tasks":1}}]`)
	slices.Reverse(rows.Rows)
	rows.Rows = append(rows.Rows, rows.Rows[0])
	shows(t, rows, nil, `[{"title":"Project 4","_count":{"tasks":1}},{"title":"New","_count":{"tasks":0}},{"title":"Project 4","_count":{"tasks":1}}]`)
	rows.Rows[0].ID = 99
	if _, err := json.Marshal(rows); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("a row of another key shows counts: %v", err)
	}
}
