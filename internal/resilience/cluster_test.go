package resilience

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/internal/testkit/pgproxy"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/postgres"
)

// watched is a database reached through a proxy that keeps what passes.
func watched(t *testing.T, opts ...postgres.Option) (source.Source, *pgproxy.Proxy, string) {
	t.Helper()
	direct := testkit.Postgres(t)
	u, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	proxy := pgproxy.New(t, u.Host)
	u.Host = proxy.Addr()
	return postgres.Source("main", u.String(), opts...), proxy, direct
}

// likeCitus makes what the library looks for on a coordinator: the catalogue of the tables that are distributed, all of those
// named but the local ones by tenant_id, and the functions that read it.
func likeCitus(t *testing.T, dsn string, distributed ...string) {
	t.Helper()
	db, err := orm.Open(t.Context(), postgres.Source("main", dsn))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	texts := []string{
		"CREATE TABLE pg_dist_partition (logicalrel regclass, partmethod \"char\", partkey text, repmodel \"char\")",
		"CREATE FUNCTION column_to_column_name(regclass, text) RETURNS text LANGUAGE sql AS $$ SELECT $2 $$",
		"CREATE FUNCTION citus_table_size(regclass) RETURNS bigint LANGUAGE sql AS $$ SELECT pg_table_size($1) $$",
	}
	for _, name := range distributed {
		texts = append(texts, "INSERT INTO pg_dist_partition VALUES ('"+name+"', 'h', 'tenant_id', 'c')")
	}
	for _, text := range texts {
		if _, err := db.Exec(t.Context(), orm.Unsafe(text)); err != nil {
			t.Fatal(err)
		}
	}
}

func holding(texts []string, part string) (n int) {
	for _, text := range texts {
		if strings.Contains(text, part) {
			n++
		}
	}
	return n
}

// What a router of a cluster refuses, or cannot send to one shard, is not sent to it.
func TestStatementsForARouter(t *testing.T) {
	src, proxy, _ := watched(t)
	db, tenants, all := sharded(t, src, hook.Audit(func(context.Context, hook.Entry) error { return nil }))
	repo := orm.Repo[Garden](db)
	if texts := proxy.Take(); holding(texts, "SAVEPOINT") != 0 { // lists of values need no look at the table's types
		t.Errorf("the first rows:\n%s", strings.Join(texts, "\n"))
	}
	check := func(what string, err error, want map[string]int) {
		t.Helper()
		texts := proxy.Take()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		for part, n := range want {
			if got := holding(texts, part); got != n {
				t.Errorf("%s: %d statements have %q, want %d:\n%s", what, got, part, n, strings.Join(texts, "\n"))
			}
		}
	}
	many := make([]Garden, 100)
	for i := range many {
		many[i] = Garden{ID: int64(10 + i), Name: fmt.Sprint(i)}
	}
	_, err := repo.CreateMany(tenants[0], many)
	check("CreateMany", err, map[string]int{"unnest": 0, "), ($": 1})
	_, err = repo.Where(gardens.Name.Eq("b")).UpdateMany(all, gardens.Name.Set("c"))
	check("an audited mass write", err, map[string]int{`ORDER BY "gardens"."id" ASC, "gardens"."tenant_id" ASC FOR UPDATE`: 1, "(SELECT": 0})
	_, err = repo.With(gardens.Beds).Where(gardens.Beds.Some(beds.Size.Gt(0))).All(all)
	check("a filter and an include under a bypass", err, map[string]int{`"r1"."tenant_id" = "gardens"."tenant_id"`: 1, `("beds"."garden_id", "beds"."tenant_id") IN`: 1})
}

// Rows of several shards are saved without locks that no cluster takes; those of one tenant are locked in order.
func TestSaveManyOverShards(t *testing.T) {
	src, proxy, _ := watched(t)
	db, tenants, all := sharded(t, src)
	repo := orm.Repo[Garden](db)
	rows, err := repo.Sort("ID", "Tenant").All(all)
	if err != nil || len(rows) != 4 {
		t.Fatal(len(rows), err)
	}
	for i := range rows {
		rows[i].Name = fmt.Sprint("saved ", rows[i].Tenant)
	}
	proxy.Take()
	if _, err := repo.SaveMany(all, rows); err != nil {
		t.Fatal(err)
	}
	if texts := proxy.Take(); holding(texts, "UPDATE OF") != 0 || holding(texts, "UPDATE \"gardens\"") != 1 {
		t.Errorf("under a bypass:\n%s", strings.Join(texts, "\n"))
	}
	mine, err := repo.All(tenants[1])
	if err != nil || len(mine) != 2 || mine[0].Name != "saved 2" || mine[1].Name != "saved 2" {
		t.Fatal(mine, err)
	}
	proxy.Take()
	if _, err := repo.SaveMany(tenants[1], mine); err != nil {
		t.Fatal(err)
	}
	if texts := proxy.Take(); holding(texts, "FOR NO KEY UPDATE OF") != 1 {
		t.Errorf("of one tenant:\n%s", strings.Join(texts, "\n"))
	}
}

// A router may say zero for rows that it did insert. What counts is the rows that came back.
func TestSkipDuplicatesWithATagThatLies(t *testing.T) {
	src, proxy, _ := watched(t)
	db, tenants, _ := sharded(t, src)
	proxy.Tags(func(tag string) string {
		if strings.HasPrefix(tag, "INSERT") {
			return "INSERT 0 0"
		}
		return tag
	})
	n, err := orm.Repo[Herb](db).CreateMany(tenants[0], []Herb{{ID: 1, Name: "sage"}, {ID: 7, Name: "new"}, {ID: 8, Name: "new"}}, orm.SkipDuplicates())
	if n != 2 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
}

// Citus tells its workers of SET LOCAL inside a transaction, once it is told to, and of set_config never.
func TestNativeSettingsReachWorkers(t *testing.T) {
	for mode, m := range modes {
		t.Run(mode, func(t *testing.T) {
			src, proxy, dsn := watched(t, postgres.ExecMode(m), postgres.AllowSimpleProtocol())
			db, tenants, _ := sharded(t, src)
			likeCitus(t, dsn, "gardens", "beds", "herbs", "garden_herbs")
			if err := db.Use(rls.Native()); err != nil {
				t.Fatal(err)
			}
			repo := orm.Repo[Garden](db)
			proxy.Take()
			for range 2 { // the first finds out where it is
				if rows, err := repo.All(tenants[1]); err != nil || len(rows) != 2 {
					t.Fatal(len(rows), err)
				}
			}
			outside := proxy.Take()
			odd := orm.WithActor(t.Context(), orm.Actor{ID: 1, TenantID: 2, Role: `it's \ a role`})
			err := db.Tx(odd, func(tx orm.DB) error {
				n, err := orm.Repo[Garden](tx).Where(orm.SQL[Garden](`current_setting('orm.role') = 'it''s \ a role'`)).Count(odd)
				if n != 2 {
					t.Errorf("%d rows under the settings", n)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
			if holding(outside, "set_config") != 0 || holding(outside, "SET LOCAL citus.propagate_set_commands TO 'local'; SET LOCAL \"orm\".\"tenant\" TO '2'") != 2 {
				t.Errorf("outside transactions:\n%s", strings.Join(outside, "\n"))
			}
		})
	}
}

// On one server nothing changes: the settings travel with the statement.
func TestNativeSettingsOnOneServer(t *testing.T) {
	src, proxy, _ := watched(t)
	db, tenants, _ := sharded(t, src)
	if err := db.Use(rls.Native()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := orm.Repo[Garden](db).All(tenants[1]); err != nil {
			t.Fatal(err)
		}
	}
	if texts := proxy.Take(); holding(texts, "SET LOCAL") != 0 || holding(texts, "set_config") == 0 || holding(texts, "pg_dist_partition") != 1 {
		t.Errorf("%s", strings.Join(texts, "\n"))
	}
}

// Lamp says nothing of its shard key, and its table is distributed.
type Lamp struct {
	ID     int64 `orm:"id"`
	Tenant int64 `orm:"tenant_id,id,tenant"`
}

// Check compares the models with how the cluster keeps their tables.
func TestCheckOfACluster(t *testing.T) {
	dsn := testkit.Postgres(t)
	db, err := orm.Open(t.Context(), postgres.Source("main", dsn), orm.Models(Garden{}, Bed{}, Herb{}, Lamp{}, Note{}, orm.OutboxEntry{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if found, err := db.Check(t.Context()); err != nil || len(found) != 0 {
		t.Fatal(found, err)
	}
	again, err := orm.Open(t.Context(), postgres.Source("main", dsn), orm.Models(Garden{}, Bed{}, Herb{}, Lamp{}, Note{}, orm.OutboxEntry{}))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	likeCitus(t, dsn, "gardens", "beds", "herbs", "lamps")
	found, err := again.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"OutboxEntry": "the outbox is on the coordinator alone", "Note": "the table is on the coordinator alone", "Lamp": "say shardkey on its tenant column"}
	for _, f := range found {
		if part, ok := want[f.Model]; !ok || !strings.Contains(f.Detail, part) {
			t.Errorf("%s: %s", f.Model, f.Detail)
		}
		delete(want, f.Model)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}
