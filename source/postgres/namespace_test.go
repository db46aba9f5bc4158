package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// tenants have schemas whose tables differ in type, in the order of the columns, and in what they are.
var tenants = []struct {
	name, table string
	item        item
}{
	{"a", "CREATE TABLE a.items (id bigint PRIMARY KEY, n int, label text)", item{N: 5, Label: "happy"}},
	{"b", "CREATE TYPE b.mood AS ENUM ('happy', 'b'); CREATE TABLE b.items (label b.mood, n bigint, id bigint PRIMARY KEY)", item{N: 1 << 40, Label: "b"}},
	{"c", "CREATE TABLE c.items (n numeric(20,2), id bigint PRIMARY KEY, label varchar(20))", item{N: 7, Label: "of c"}},
}

func searchPath(ctx context.Context, schema string) context.Context {
	return source.WithSettings(ctx, []source.Setting{{Name: "app.tenant", Value: schema}, {Name: "Search_Path", Value: schema}})
}

func schemas(t *testing.T, opts ...Option) *DataSource {
	d := open(t, nil, append(opts, one())...)
	for _, x := range tenants {
		mustExec(t, d, "CREATE SCHEMA "+x.name+"; "+x.table)
	}
	return d
}

// TestSchemaPerTenant runs every kind of statement for tenants in turn, on one connection.
func TestSchemaPerTenant(t *testing.T) {
	m := modelOf[item](t)
	for mode, opts := range modes() {
		for kind, run := range kinds(t, m) {
			if kind == "bulk" {
				continue // its lists are cast to the types of the model, which an enum does not take
			}
			t.Run(mode+"/"+kind, func(t *testing.T) {
				d := schemas(t, opts...)
				for i := range 4 * len(tenants) {
					x := tenants[i%len(tenants)]
					x.item.ID = int64(i + 1)
					ctx := searchPath(t.Context(), x.name)
					if i/len(tenants)%2 == 0 {
						if err := run(ctx, d, x.item); err != nil {
							t.Fatalf("%d, tenant %s: %v %v", i, x.name, err, inner(err))
						}
						continue
					}
					tx, err := d.Begin(ctx, source.TxOptions{})
					if err != nil {
						t.Fatal(err)
					}
					if err := errors.Join(run(ctx, tx, x.item), tx.Commit(ctx)); err != nil {
						t.Fatalf("%d, tenant %s in a transaction: %v", i, x.name, err)
					}
				}
				for _, x := range tenants {
					got, err := rawCards(t, d, "SELECT count(*) AS id, '' AS label FROM "+x.name+".items")
					if want := int64(4); err != nil || kind != "delete" && got[0].ID != want {
						t.Errorf("tenant %s has %v rows, %v", x.name, got, err)
					}
				}
			})
		}
	}
}

// TestNamespaceChangesInATransaction changes the search path under way: by settings, by texts, and by savepoints undone.
func TestNamespaceChangesInATransaction(t *testing.T) {
	m := modelOf[item](t)
	for mode, opts := range modes() {
		t.Run(mode, func(t *testing.T) {
			d := schemas(t, opts...)
			for i, x := range tenants {
				mustExec(t, d, fmt.Sprintf("INSERT INTO %s.items (id, n, label) VALUES (%d, %d, '%s')", x.name, i+1, x.item.N, x.item.Label))
			}
			tx := begun(t, d, source.TxOptions{})
			check := func(i int) {
				t.Helper()
				for range 2 {
					if got := all[item](t, tx, selectOf(m)); len(got) != 1 || got[0].ID != int64(i+1) || got[0].Label != tenants[i].item.Label {
						t.Fatalf("got %v of tenant %s", got, tenants[i].name)
					}
				}
			}
			set := func(schema string) {
				t.Helper()
				if err := tx.(source.Settable).Set(t.Context(), source.SettingsFrom(searchPath(t.Context(), schema))); err != nil {
					t.Fatal(err)
				}
			}
			set("a")
			check(0)
			for range 2 {
				set("b")
				check(1)
				if err := tx.Savepoint(t.Context(), "s"); err != nil {
					t.Fatal(err)
				}
				set("c")
				check(2)
				mustExec(t, tx, "SET LOCAL search_path TO a")
				check(0)
				if err := tx.RollbackTo(t.Context(), "s"); err != nil {
					t.Fatal(err)
				}
				check(1)
				if err := tx.Release(t.Context(), "s"); err != nil {
					t.Fatal(err)
				}
				mustExec(t, tx, "SET LOCAL SCHEMA 'c'")
				check(2)
			}
			_ = tx.Rollback(t.Context())
		})
	}
}

// TestRolePerTenant sets a role, whose own schema comes first in the search path.
func TestRolePerTenant(t *testing.T) {
	m := modelOf[item](t)
	for mode, opts := range modes() {
		t.Run(mode, func(t *testing.T) {
			d := open(t, nil, append(opts, one())...)
			name := strings.ToLower(t.Name()[strings.Index(t.Name(), "/")+1:]) + d.poolName()
			for i, column := range []string{"int", "numeric(20,2)"} {
				role := fmt.Sprintf("%s_%d", name, i)
				mustExec(t, d, "CREATE ROLE "+role+"; CREATE SCHEMA "+role+" AUTHORIZATION "+role+"; SET ROLE "+role+"; CREATE TABLE items (id bigint PRIMARY KEY, n "+column+", label text); RESET ROLE")
				t.Cleanup(func() { mustExec(t, d, "DROP OWNED BY "+role+"; DROP ROLE "+role) })
			}
			for i := range 6 {
				ctx := source.WithSettings(t.Context(), []source.Setting{{Name: "role", Value: fmt.Sprintf("%s_%d", name, i%2)}})
				if _, err := d.Insert(ctx, insertOf(t, m, &item{ID: int64(i + 1), N: 1, Label: "x"}), nil); err != nil {
					t.Fatal(i, err, inner(err))
				}
				if got, err := tryAll[item](ctx, d, selectOf(m)); err != nil || len(got) != i/2+1 {
					t.Fatal(i, got, err)
				}
			}
		})
	}
}

func (d *DataSource) poolName() string {
	return "_" + d.pool.Load().Config().ConnConfig.Database
}

// TestMissingSchemaPoisonsNothing asks for a table before its schema is there.
func TestMissingSchemaPoisonsNothing(t *testing.T) {
	m := modelOf[item](t)
	for mode, opts := range modes() {
		t.Run(mode, func(t *testing.T) {
			d := schemas(t, opts...)
			ctx := searchPath(t.Context(), "later")
			for range 2 {
				_, err := tryAll[item](ctx, d, selectOf(m))
				checkError(t, err, wantError{fault.ErrInvalid, "", "", "42P01"})
			}
			mustExec(t, d, "CREATE SCHEMA later; CREATE TABLE later.items (id bigint, n int, label text)")
			for _, c := range []context.Context{ctx, searchPath(t.Context(), "a"), ctx} {
				if got, err := tryAll[item](c, d, selectOf(m)); err != nil || len(got) != 0 {
					t.Fatal(got, err)
				}
			}
		})
	}
}

// TestNamespaceOf keeps lists apart that differ in what decides, and only those.
func TestNamespaceOf(t *testing.T) {
	set := func(pairs ...string) (out []source.Setting) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, source.Setting{Name: pairs[i], Value: pairs[i+1]})
		}
		return out
	}
	if namespaceOf(set("orm.tenant", "1")) != "" {
		t.Error("a variable decides nothing")
	}
	if namespaceOf(set("role", "a")) != namespaceOf(set("ROLE", "a", "x.y", "z")) {
		t.Error("the case of a name means something")
	}
	seen := map[namespace]bool{}
	for _, s := range [][]source.Setting{nil, set("search_path", ""), set("search_path", "a"), set("role", "a"), set("search_path", `a"role"b`), set("search_path", "a", "role", "b"), set("search_path", `a"`), set("session_authorization", "a")} {
		k := namespaceOf(s)
		if seen[k] {
			t.Errorf("%v has the namespace of another list", s)
		}
		seen[k] = true
	}
	plain := set("orm.tenant", "1", "orm.actor", "1")
	if n := testing.AllocsPerRun(10, func() { namespaceOf(plain) }); n > 0 {
		t.Errorf("%v allocations where nothing decides", n)
	}
}
