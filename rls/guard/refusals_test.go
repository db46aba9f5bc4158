package guard_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/source/sqlite"
)

// verbs runs a request by name.
func verbs(ctx context.Context, c *guard.Compiled[Project], db orm.DB) map[string]func(body string) error {
	repo := orm.Repo[Project](db)
	return map[string]func(string) error{
		"FindMany":   func(b string) error { _, err := c.FindMany(ctx, repo, []byte(b)); return err },
		"FindFirst":  func(b string) error { _, err := c.FindFirst(ctx, repo, []byte(b)); return err },
		"FindUnique": func(b string) error { _, err := c.FindUnique(ctx, repo, []byte(b)); return err },
		"Count":      func(b string) error { _, err := c.Count(ctx, repo, []byte(b)); return err },
		"Page":       func(b string) error { _, err := c.Page(ctx, repo, []byte(b)); return err },
		"Query":      func(b string) error { _, err := c.Query(ctx, repo, []byte(b)); return err },
		"GroupBy":    func(b string) error { _, err := c.GroupBy(ctx, repo, []byte(b)); return err },
		"Create":     func(b string) error { _, err := c.Create(ctx, repo, []byte(b)); return err },
		"CreateMany": func(b string) error { _, err := c.CreateMany(ctx, repo, []byte(b)); return err },
		"Update":     func(b string) error { _, err := c.Update(ctx, repo, []byte(b)); return err },
		"UpdateMany": func(b string) error { _, err := c.UpdateMany(ctx, repo, []byte(b)); return err },
		"Upsert":     func(b string) error { _, err := c.Upsert(ctx, repo, []byte(b)); return err },
		"Delete":     func(b string) error { _, err := c.Delete(ctx, repo, []byte(b)); return err },
		"DeleteMany": func(b string) error { _, err := c.DeleteMany(ctx, repo, []byte(b)); return err },
	}
}

// Every rule, and ways to break it. What is refused changes nothing and tells nothing.
func TestRefusals(t *testing.T) {
	deep := func(n int, inner string) string {
		return strings.Repeat(`{"AND": [`, n) + inner + strings.Repeat(`]}`, n)
	}
	many := func(n int, item string) string { return strings.TrimSuffix(strings.Repeat(item+",", n), ",") }
	for _, c := range []struct{ verb, body, code, path string }{
		// the document
		{"FindMany", ``, guard.CodeShape, ""},
		{"FindMany", `[]`, guard.CodeShape, ""},
		{"FindMany", `null`, guard.CodeShape, ""},
		{"FindMany", `{} {}`, guard.CodeShape, ""},
		{"FindMany", `{}x`, guard.CodeShape, ""},
		{"FindMany", `{"take": 1,}`, guard.CodeShape, ""},
		{"FindMany", `{'take': 1}`, guard.CodeShape, ""},
		{"FindMany", `{"take": 01}`, guard.CodeShape, ""},
		{"FindMany", `{"take": 1, "take": 2}`, guard.CodeShape, ""},
		{"FindMany", `{"take": 1, "\u0074ake": 2}`, guard.CodeShape, ""},
		{"FindMany", `{"where": {"title": {"equals": "a", "equals": "b"}}}`, guard.CodeShape, ""},
		{"FindMany", "{\"where\": {\"title\": \"\xff\"}}", guard.CodeShape, ""},
		{"FindMany", `{"where": {"title": "\ud800"}}`, guard.CodeShape, ""},
		{"FindMany", `{"where": {"title": "` + "\n" + `"}}`, guard.CodeShape, ""},
		{"FindMany", `{"where": ` + strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40) + `}`, guard.CodeLimit, ""},
		{"FindMany", `{"where": {"title": "` + strings.Repeat("x", guard.MaxBody) + `"}}`, guard.CodeLimit, ""},
		{"FindMany", `{"where": {"status": {"in": [` + many(1001, `"open"`) + `]}}}`, guard.CodeLimit, ""},
		// names
		{"FindMany", `{"Where": {}}`, guard.CodeShape, "Where"},
		{"FindMany", `{"caller": "/admin"}`, guard.CodeShape, "caller"},
		{"FindMany", `{"data": {}}`, guard.CodeShape, "data"},
		{"FindMany", `{"cursor": "x"}`, guard.CodeShape, "cursor"},
		{"FindMany", `{"__proto__": {}}`, guard.CodeShape, "__proto__"},
		{"FindMany", `{"where": {"Title": "x"}}`, guard.CodeShape, "where.Title"},
		{"FindMany", `{"where": {"TITLE": "x"}}`, guard.CodeShape, "where.TITLE"},
		{"FindMany", "{\"where\": {\"\u017ftatus\": \"open\"}}", guard.CodeShape, "where"}, // long s
		{"FindMany", "{\"where\": {\"\u212aey\": \"open\"}}", guard.CodeShape, "where"},    // the sign for kelvin
		{"FindMany", `{"where": {"constructor": {"prototype": 1}}}`, guard.CodeShape, "where.constructor"},
		{"FindMany", `{"where": {"secret": "s3cret"}}`, guard.CodeShape, "where.secret"},
		{"FindMany", `{"where": {"nothing": "s3cret"}}`, guard.CodeShape, "where.nothing"},
		{"FindMany", `{"where": {"createdAt": {"gt": "2026-01-01T00:00:00Z"}}}`, guard.CodeShape, "where.createdAt"},
		{"FindMany", `{"where": {"tenant_id": 2}}`, guard.CodeShape, "where.tenant_id"},
		// operators and values
		{"FindMany", `{"where": {"title": {"startsWith": "x"}}}`, guard.CodeShape, "where.title.startsWith"},
		{"FindMany", `{"where": {"title": {"Contains": "x"}}}`, guard.CodeShape, "where.title.Contains"},
		{"FindMany", `{"where": {"title": {"contains": 1}}}`, guard.CodeShape, "where.title.contains"},
		{"FindMany", `{"where": {"title": 1}}`, guard.CodeShape, "where.title"},
		{"FindMany", `{"where": {"title": null}}`, guard.CodeShape, "where.title"},
		{"FindMany", `{"where": {"title": ["x"]}}`, guard.CodeShape, "where.title"},
		{"FindMany", `{"where": {"title": "a\u0000b"}}`, guard.CodeShape, "where.title"},
		{"FindMany", `{"where": {"title": {"contains": "x", "mode": "Insensitive"}}}`, guard.CodeShape, "where.title.mode"},
		{"FindMany", `{"where": {"title": {"mode": "insensitive"}}}`, guard.CodeShape, "where.title.mode"},
		{"FindMany", `{"where": {"status": "gone"}}`, guard.CodeShape, "where.status"},
		{"FindMany", `{"where": {"status": {"contains": "o"}}}`, guard.CodeShape, "where.status.contains"},
		{"FindMany", `{"where": {"priority": 1.5}}`, guard.CodeShape, "where.priority"},
		{"FindMany", `{"where": {"priority": "1.0"}}`, guard.CodeShape, "where.priority"},
		{"FindMany", `{"where": {"priority": 9223372036854775808}}`, guard.CodeShape, "where.priority"},
		{"FindMany", `{"where": {"priority": 1e400}}`, guard.CodeShape, "where.priority"},
		{"FindMany", `{"where": {"priority": NaN}}`, guard.CodeShape, ""},
		{"FindMany", `{"where": {"priority": {"in": 1}}}`, guard.CodeShape, "where.priority.in"},
		{"FindMany", `{"where": {"priority": {"in": [1, null]}}}`, guard.CodeShape, "where.priority.in[1]"},
		{"FindMany", `{"where": {"priority": {"between": [1]}}}`, guard.CodeShape, "where.priority.between"},
		{"FindMany", `{"where": {"priority": {"isNull": true}}}`, guard.CodeShape, "where.priority.isNull"},
		{"FindMany", `{"where": {"tasks": {"every": {"done": true}}}}`, guard.CodeShape, "where.tasks.every"},
		{"FindMany", `{"where": {"tasks": {"some": {"title": "x"}}}}`, guard.CodeShape, "where.tasks.some.title"},
		{"FindMany", `{"where": {"tasks": {"some": {"is_hidden": true}}}}`, guard.CodeShape, "where.tasks.some.is_hidden"},
		{"FindMany", `{"where": {"tags": {"some": {}}}}`, guard.CodeShape, "where.tags"},
		// combinators
		{"FindMany", `{"where": {"OR": {}}, "skip": -1}`, guard.CodeShape, "skip"},
		{"FindMany", `{"where": {"OR": "x"}}`, guard.CodeShape, "where.OR"},
		{"FindMany", `{"where": {"OR": [1]}}`, guard.CodeShape, "where.OR[0]"},
		{"FindMany", `{"where": {"or": []}}`, guard.CodeShape, "where.or"},
		{"FindMany", `{"where": ` + deep(6, `{"status": "open"}`) + `}`, guard.CodeLimit, "where.AND[0].AND[0].AND[0].AND[0].AND[0].AND"},
		{"FindMany", `{"where": {"AND": [` + many(101, `{"status": "open"}`) + `]}}`, guard.CodeLimit, "where.AND[99].status"},
		// order and page
		{"FindMany", `{"orderBy": {"priority": "asc"}}`, guard.CodeShape, "orderBy.priority"},
		{"FindMany", `{"orderBy": {"secret": "asc"}}`, guard.CodeShape, "orderBy.secret"},
		{"FindMany", `{"orderBy": {"title": "ASC"}}`, guard.CodeShape, "orderBy.title"},
		{"FindMany", `{"orderBy": {"title": true}}`, guard.CodeShape, "orderBy.title"},
		{"FindMany", `{"orderBy": "title"}`, guard.CodeShape, "orderBy"},
		{"FindMany", `{"orderBy": {"title": "asc", "createdAt": "asc"}}`, guard.CodeShape, "orderBy"},
		{"FindMany", `{"orderBy": [{"title": "asc"}, {"title": "desc"}]}`, guard.CodeShape, "orderBy[1].title"},
		{"FindMany", `{"take": 0}`, guard.CodeShape, "take"},
		{"FindMany", `{"take": -1}`, guard.CodeShape, "take"},
		{"FindMany", `{"take": "5"}`, guard.CodeShape, "take"},
		{"FindMany", `{"take": 1.5}`, guard.CodeShape, "take"},
		{"FindMany", `{"take": 101}`, guard.CodeLimit, "take"},
		{"FindMany", `{"skip": 10001}`, guard.CodeLimit, "skip"},
		{"Page", `{"skip": 1}`, guard.CodeShape, "skip"},
		{"Page", `{"cursor": "forged"}`, guard.CodeShape, "cursor"},
		{"Page", `{"cursor": 1}`, guard.CodeShape, "cursor"},
		{"Page", `{"total": 1}`, guard.CodeShape, "total"},
		// projection
		{"FindMany", `{"select": {"secret": true}}`, guard.CodeShape, "select.secret"},
		{"FindMany", `{"select": {"notes": true}}`, guard.CodeShape, "select.notes"},
		{"FindMany", `{"select": {"id": false}}`, guard.CodeShape, "select.id"},
		{"FindMany", `{"select": {}}`, guard.CodeShape, "select"},
		{"FindMany", `{"select": {"id": true}, "include": {"tasks": true}}`, guard.CodeShape, "include"},
		{"FindMany", `{"include": {"id": true}}`, guard.CodeShape, "include.id"},
		{"FindMany", `{"include": {"tags": true}}`, guard.CodeShape, "include.tags"},
		{"FindMany", `{"select": {"tasks": {"take": 21}}}`, guard.CodeLimit, "select.tasks.take"},
		{"FindMany", `{"select": {"tasks": {"skip": 1}}}`, guard.CodeShape, "select.tasks.skip"},
		{"FindMany", `{"select": {"tasks": {"select": {"is_hidden": true}}}}`, guard.CodeShape, "select.tasks.select.is_hidden"},
		{"FindMany", `{"select": {"tasks": {"where": {"done": true}}}}`, guard.CodeShape, "select.tasks.where.done"},
		{"FindMany", `{"select": {"tasks": {"cursor": "x"}}}`, guard.CodeShape, "select.tasks.cursor"},
		{"FindMany", `{"select": {"_count": {"tags": true}}}`, guard.CodeShape, "select._count.tags"},
		{"Count", `{"select": {"id": true}}`, guard.CodeShape, "select"},
		{"UpdateMany", `{"where": {"status": "open"}, "data": {"title": "x"}, "select": {"id": true}}`, guard.CodeShape, "select"},
		// unique names
		{"FindUnique", `{}`, guard.CodeShape, "where"},
		{"FindUnique", `{"where": {}}`, guard.CodeShape, "where"},
		{"FindUnique", `{"where": {"slug": "p1"}}`, guard.CodeShape, "where"},
		{"FindUnique", `{"where": {"title": "x"}}`, guard.CodeShape, "where"},
		{"FindUnique", `{"where": {"id": {"equals": 1}}}`, guard.CodeShape, "where.id"},
		{"FindUnique", `{"where": {"id": null}}`, guard.CodeShape, "where.id"},
		{"FindUnique", `{"where": {"id": 1, "title": "x"}}`, guard.CodeShape, "where"},
		{"FindUnique", `{"where": {"id": 6}}`, guard.CodeNotFound, ""}, // archived
		// writes
		{"Create", `{}`, guard.CodeShape, "data"},
		{"Create", `{"data": []}`, guard.CodeShape, "data"},
		{"Create", `{"data": {"slug": "x"}}`, guard.CodeValidation, "data.title"},
		{"Create", `{"data": {"slug": "x", "title": null}}`, guard.CodeValidation, "data.title"},
		{"Create", `{"data": {"slug": "x", "title": ""}}`, guard.CodeValidation, "data.title"},
		{"Create", `{"data": {"slug": "x", "title": 1}}`, guard.CodeValidation, "data.title"},
		{"Create", `{"data": {"slug": "x", "title": "x", "priority": 6}}`, guard.CodeValidation, "data.priority"},
		{"Create", `{"data": {"slug": "x", "title": "x", "priority": 0}}`, guard.CodeValidation, "data.priority"},
		{"Create", `{"data": {"slug": "x", "title": "", "priority": 6}}`, guard.CodeValidation, "data"},
		{"Create", `{"data": {"slug": "x", "title": "x", "tenant_id": 2}}`, guard.CodeShape, "data.tenant_id"},
		{"Create", `{"data": {"slug": "x", "title": "x", "id": 2}}`, guard.CodeShape, "data.id"},
		{"Create", `{"data": {"slug": "x", "title": "x", "secret": "x"}}`, guard.CodeShape, "data.secret"},
		{"Create", `{"data": {"slug": "x", "title": "x", "Status": "open"}}`, guard.CodeShape, "data.Status"},
		{"Create", `{"data": {"slug": "p0", "title": "x"}}`, guard.CodeConflict, ""},
		{"Create", `{"data": {"slug": "x", "title": "x", "tags": {}}}`, guard.CodeShape, "data.tags"},
		{"Create", `{"data": {"slug": "x", "title": "x", "tags": {"unlink": [{"id": 1}]}}}`, guard.CodeShape, "data.tags.unlink"},
		{"Create", `{"data": {"slug": "x", "title": "x", "tags": {"create": [{"name": "ok"}, {"name": 1}]}}}`, guard.CodeValidation, "data.tags.create[1].name"},
		{"Create", `{"data": {"slug": "x", "title": "x", "tags": {"create": [{}]}}}`, guard.CodeValidation, "data.tags.create[0].name"},
		{"Create", `{"data": {"slug": "x", "title": "x", "tags": {"create": [{"name": "x", "tenant_id": 2}]}}}`, guard.CodeShape, "data.tags.create[0].tenant_id"},
		{"Create", `{"data": {"slug": "x", "title": "x", "tags": {"link": [{"name": "red"}]}}}`, guard.CodeShape, "data.tags.link[0]"},
		{"Create", `{"data": {"slug": "x", "title": "x", "tags": {"link": {"id": 3}}}}`, guard.CodeConflict, ""}, // another tenant's
		{"Create", `{"data": {"slug": "x", "title": "x", "tags": {"link": {"id": 1}, "connect": {"id": 2}}}}`, guard.CodeShape, "data.tags.connect"},
		{"Create", `{"data": {"slug": "x", "title": "x", "tasks": {"create": {"title": "x"}}}}`, guard.CodeShape, "data.tasks"},
		{"CreateMany", `{"data": {"slug": "x"}}`, guard.CodeShape, "data"},
		{"CreateMany", `{"data": [{"slug": "x", "title": "x"}, {"slug": "y"}]}`, guard.CodeValidation, "data[1].title"},
		{"CreateMany", `{"data": [], "skipDuplicates": 1}`, guard.CodeShape, "skipDuplicates"},
		{"Update", `{"where": {"id": 1}}`, guard.CodeShape, "data"},
		{"Update", `{"where": {"id": 1}, "data": {}}`, guard.CodeShape, "data"},
		{"Update", `{"data": {"title": "x"}}`, guard.CodeShape, "where"},
		{"Update", `{"where": {"id": 1}, "data": {"slug": "x"}}`, guard.CodeShape, "data.slug"},
		{"Update", `{"where": {"id": 1}, "data": {"title": ""}}`, guard.CodeValidation, "data.title"},
		{"Update", `{"where": {"id": 6}, "data": {"title": "x"}}`, guard.CodeNotFound, ""},
		{"Update", `{"where": {"id": 7}, "data": {"title": "x"}}`, guard.CodeNotFound, ""},
		{"Update", `{"where": {"id": 7}, "data": {"tags": {"set": []}}}`, guard.CodeNotFound, ""},
		{"Upsert", `{"where": {"id": 1}, "create": {"title": "x", "slug": "x"}}`, guard.CodeShape, "update"},
		{"Upsert", `{"where": {"id": 1}, "update": {"title": "x"}}`, guard.CodeShape, "create"},
		{"Upsert", `{"where": {"tenant_id": 1, "slug": "x"}, "create": {"title": "x", "slug": "y"}, "update": {"title": "x"}}`, guard.CodeShape, "create.slug"},
		{"Delete", `{"where": {"id": 6}}`, guard.CodeNotFound, ""},
		{"Delete", `{"where": {"id": 7}}`, guard.CodeNotFound, ""},
		{"Delete", `{"where": {"status": "open"}}`, guard.CodeShape, "where"},
		// groups
		{"GroupBy", `{"by": ["status"]}`, guard.CodeShape, ""},
		{"GroupBy", `{"by": ["title"], "_count": true}`, guard.CodeShape, "by[0]"},
		{"GroupBy", `{"by": ["secret"], "_count": true}`, guard.CodeShape, "by[0]"},
		{"GroupBy", `{"_sum": {"id": true}}`, guard.CodeShape, "_sum.id"},
		{"GroupBy", `{"_avg": {"priority": true}}`, guard.CodeShape, "_avg"},
		{"GroupBy", `{"_count": true, "having": {"_sum": {"priority": {"gt": 1}}}}`, guard.CodeShape, "having._sum.priority"},
		{"GroupBy", `{"_count": true, "having": {"_count": {"contains": 1}}}`, guard.CodeShape, "having._count.contains"},
		{"GroupBy", `{"_count": true, "orderBy": {"title": "asc"}}`, guard.CodeShape, "orderBy[0].title"},
	} {
		t.Run(c.verb+" "+c.body[:min(len(c.body), 80)], func(t *testing.T) {
			db := frozen(t)
			e := refused(t, verbs(actor(1), published, db)[c.verb](c.body), c.code, c.path)
			if e == nil {
				return
			}
			said := strings.ReplaceAll(e.Error(), e.Path, "")
			for _, hidden := range []string{"s3cret", "secret", "Secret", "archived", "hidden", "TenantID", "Project", "gone"} {
				if strings.Contains(said, hidden) {
					t.Errorf("the text tells %q: %s", hidden, said)
				}
			}
		})
	}
}

// frozen is a database that many tests share: what they ask is refused.
func frozen(t *testing.T) orm.DB {
	t.Helper()
	return opened(t, sqlite.Source("main", ":memory:"))
}

// Requests without a condition of their own, in every disguise, change and delete nothing.
func TestMassWritesNeedACondition(t *testing.T) {
	db := frozen(t)
	ctx := actor(1)
	all := verbs(ctx, published, db)
	for _, where := range []string{``, `"where": {},`, `"where": {"AND": []},`, `"where": {"AND": [{}]},`, `"where": {"AND": {}},`, `"where": {"OR": [{}]},`,
		`"where": {"OR": [{"status": "open"}, {}]},`, `"where": {"NOT": {}},`, `"where": {"NOT": []},`, `"where": {"status": {}},`, `"where": {"title": {"mode": "default"}},`,
		`"where": {"archived": false},`, `"where": {"archived": true},`, `"where": {"OR": [{"archived": true}]},`, `"where": {"tasks": {}},`, `"where": {"AND": [{"OR": [{"status": {}}]}]},`} {
		for verb, data := range map[string]string{"UpdateMany": `"data": {"title": "x"}`, "DeleteMany": ``} {
			body := strings.TrimSuffix(strings.TrimSpace("{"+where+data), ",") + "}"
			e := refused(t, all[verb](body), guard.CodeShape, "where")
			if e != nil && !errors.Is(e, orm.ErrUnboundedWrite) {
				t.Errorf("%s %s: %v", verb, body, e.Err)
			}
		}
	}
	if n, err := orm.Repo[Project](db).Where(Projects.Title.Ne("x")).Count(ctx); n != 6 || err != nil {
		t.Errorf("%d rows are left as they were: %v", n, err)
	}
}

// A condition that leaves no row out is none: mass writes refuse it, though what is forced stands beside it.
func TestConditionsThatLeaveNothingOut(t *testing.T) {
	db := frozen(t)
	repo := orm.Repo[Project](db)
	for _, where := range []string{
		`{"NOT": {"OR": []}}`, `{"status": {"notIn": []}}`, `{"NOT": {"status": {"in": []}}}`, `{"AND": [{"status": {"notIn": []}}]}`, `{"title": {"contains": ""}}`,
		`{"OR": [{"status": {"notIn": []}}, {"status": "open"}]}`, `{"NOT": {"NOT": {"NOT": {"OR": []}}}}`, `{"archived": true}`, `{"OR": [{"archived": true}, {"status": "open"}]}`,
	} {
		_, err := published.UpdateMany(actor(1), repo, []byte(`{"where": `+where+`, "data": {"priority": 1}}`))
		if e := refused(t, err, guard.CodeShape, "where"); e == nil || !errors.Is(e, orm.ErrUnboundedWrite) {
			t.Error(where)
		}
		_, err = published.DeleteMany(actor(1), repo, []byte(`{"where": `+where+`}`))
		refused(t, err, guard.CodeShape, "where")
	}
	for body, path := range map[string]string{
		`{"deleteMany": {"NOT": {"OR": []}}}`:                                         "data.tasks.deleteMany",
		`{"deleteMany": [{"done": true}, {"NOT": {"OR": []}}]}`:                       "data.tasks.deleteMany[1]",
		`{"updateMany": {"where": {"title": {"notIn": []}}, "data": {"done": true}}}`: "data.tasks.updateMany.where",
	} {
		_, err := nesting.Update(actor(1), repo, []byte(`{"where": {"id": 1}, "data": {"tasks": `+body+`}}`))
		refused(t, err, guard.CodeShape, path)
	}
}
