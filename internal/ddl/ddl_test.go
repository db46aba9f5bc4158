package ddl_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/model"
)

type Left struct {
	ID   int64   `orm:"id,auto,type=INTEGER"`
	Name string  `orm:"name,unique=by_name,enum=a|it's"`
	Nick *string `orm:"nick,unique"`
	Gone *int64  `orm:"gone"`
}

type Right struct {
	A     int64  `orm:"a,id,schema=s"`
	B     int64  `orm:"b,id,auto"`
	Name  string `orm:"name,unique=by_name"`
	Long  string `orm:"a_column_with_a_name_that_is_longer_than_one_would_like_to_type,index"`
	Also  string `orm:"a_column_with_a_name_that_is_longer_than_one_would_like_to_read,index"`
	Lefts []Left `orm:"relation=b:id,through=s.links(right_b:left_id)"`
}

type Twin struct {
	ID   [16]byte `orm:"id,auto"`
	Name string   `orm:"name,unique=by_name"`
	Seq  int64    `orm:"seq,auto"`
}

func models(t *testing.T) []*model.Model {
	t.Helper()
	var out []*model.Model
	for _, f := range []func() (*model.Model, error){model.For[Left], model.For[Right], model.For[Twin]} {
		m, err := f()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

var indexName = regexp.MustCompile(`INDEX (?:IF NOT EXISTS )?(?:"s"\.)?["\[]([^"\]]+)["\]] ON ((?:"s"\.|\[s\]\.)?["\[])`)

// An index whose name is taken, or is cut off to one that is, would be skipped in silence.
func TestIndexNamesAreTheirOwn(t *testing.T) {
	for _, d := range []dialect.Dialect{dialect.Postgres{}, dialect.SQLite{}, dialect.SQLServer{}} {
		seen := map[string]bool{}
		n := 0
		for _, s := range ddl.Statements(d, models(t)) {
			m := indexName.FindStringSubmatch(s)
			if m == nil {
				continue
			}
			n++
			key := m[1]
			if strings.Contains(s, `"s".`) || strings.Contains(s, "[s].") {
				key = "s." + key
			}
			if seen[key] || len(m[1]) > 63 {
				t.Errorf("%s: index name %q is taken or too long", d.Name(), key)
			}
			seen[key] = true
		}
		if n != 7 {
			t.Errorf("%s: %d indexes", d.Name(), n)
		}
	}
}

func statement(t *testing.T, d dialect.Dialect, part string) string {
	t.Helper()
	for _, s := range ddl.Statements(d, models(t)) {
		if strings.Contains(s, part) {
			return s
		}
	}
	t.Fatalf("%s: no statement with %s", d.Name(), part)
	return ""
}

func TestDetails(t *testing.T) {
	for _, c := range []struct {
		d          dialect.Dialect
		part, want string
	}{
		{dialect.SQLite{}, `EXISTS "lefts"`, `("id" INTEGER NOT NULL, "name" TEXT NOT NULL CHECK ("name" IN ('a', 'it''s')), "nick" TEXT, "gone" INTEGER, PRIMARY KEY ("id"))`},
		{dialect.SQLite{}, `"rights" (`, `"b" INTEGER NOT NULL`},
		{dialect.SQLite{}, `"twins" (`, `"seq" INTEGER NOT NULL, PRIMARY KEY ("id")`}, // only a key makes itself
		{dialect.SQLite{}, `"by_name" ON "rights"`, `INDEX IF NOT EXISTS "s"."by_name" ON "rights"`},
		{dialect.Postgres{}, `"by_name" ON "s"."rights"`, `INDEX IF NOT EXISTS "by_name" ON "s"."rights" ("name")`},
		{dialect.Postgres{}, `ON "twins"`, `INDEX IF NOT EXISTS "twins_by_name" ON "twins" ("name")`},
		{dialect.Postgres{}, `"links" (`, `CREATE TABLE IF NOT EXISTS "s"."links" ("right_b" bigint NOT NULL, "left_id" bigint NOT NULL`},
		{dialect.SQLServer{}, `[lefts] ([nick])`, `WHERE [nick] IS NOT NULL`},
		{dialect.SQLServer{}, `CREATE TABLE [lefts]`, `CHECK ([name] IN (N'a', N'it''s'))`},
	} {
		if got := statement(t, c.d, c.part); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s\nwant %s", c.d.Name(), got, c.want)
		}
	}
}
