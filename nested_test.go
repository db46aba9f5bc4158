package orm_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"unsafe"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// byName makes an assignment from metadata alone, as a program does that knows its models by name.
func byName(t *testing.T, relation string, n builder.Nested) orm.Assign[User] {
	t.Helper()
	m, err := model.For[User]()
	if err != nil {
		t.Fatal(err)
	}
	if n.Relation, err = m.Relation(relation); err != nil {
		t.Fatal(err)
	}
	return builder.AssignOf[User](builder.Set{Op: builder.SetNested, Ext: &builder.SetExt{Nested: &n}})
}

func named(f func(*builder.Nested), es ...builder.Expr) builder.Nested {
	n := builder.Nested{Named: es}
	f(&n)
	return n
}

// Every nested write can be made of metadata: a relation, conditions, pointers to rows and assignments.
func TestNestedByName(t *testing.T) {
	ctx := t.Context()
	db := example()
	defer db.Close()
	users := orm.Repo[User](db)
	op := func(op builder.NestedOp, sets []builder.Set, rows ...unsafe.Pointer) func(*builder.Nested) {
		return func(n *builder.Nested) { n.Op, n.Sets, n.Rows = op, sets, rows }
	}
	status := []builder.Set{Orders.Status.Set("seen").Set()}
	eq := func(id int64) builder.Expr { return Orders.ID.Eq(id).Expr() }
	teamNamed := func(s string) builder.Expr { return Teams.Name.Eq(s).Expr() }
	made, bulk, up, press := &Order{Total: 1}, &Team{Name: "Core"}, &Order{Total: 2}, &Team{}
	first := []orm.Assign[User]{
		byName(t, "Orders", named(op(builder.NestedCreate, nil, unsafe.Pointer(made)))),
		byName(t, "Orders", named(op(builder.NestedUpdate, status), eq(1))),
		byName(t, "Orders", named(op(builder.NestedUpdateMany, status), Orders.Total.Lt(100).Expr(), Orders.Total.Gt(250).Expr())),
		byName(t, "Orders", named(op(builder.NestedUpsert, status, unsafe.Pointer(up)), eq(77))),
		byName(t, "Orders", named(op(builder.NestedDelete, nil), eq(2))),
		byName(t, "Orders", named(op(builder.NestedDeleteMany, nil), Orders.Total.Gt(250).Expr())),
		byName(t, "Orders", named(op(builder.NestedLink, nil), eq(4))),
		byName(t, "Teams", named(func(n *builder.Nested) {
			n.Op, n.Rows, n.Bulk.SkipDuplicates = builder.NestedCreateMany, []unsafe.Pointer{unsafe.Pointer(bulk)}, true
		})),
		byName(t, "Teams", named(op(builder.NestedUnlink, nil), teamNamed("Docs"))),
		byName(t, "Teams", named(op(builder.NestedLinkOrCreate, nil, unsafe.Pointer(press)), teamNamed("Press"))),
		byName(t, "Post", named(op(builder.NestedSet, nil))),
	}
	if _, err := users.ByID(1).Update(ctx, first...); err != nil {
		t.Fatal(err)
	}
	u, err := users.With(Users.Orders.OrderBy(Orders.ID.Asc()), Users.Teams.OrderBy(Teams.Name.Asc())).ByID(1).One(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range u.Orders {
		got = append(got, fmt.Sprint(o.Total, o.Status))
	}
	for _, x := range u.Teams {
		got = append(got, x.Name)
	}
	if want := []string{"120seen", "50completed", "1seen", "2", "Core", "Press"}; !slices.Equal(got, want) || u.PostID != nil {
		t.Errorf("have %q, want %q; %v", got, want, u.PostID)
	}
	for what, n := range map[string]builder.Nested{
		"unknown":           {Op: 99},
		"no row":            {Op: builder.NestedUpsert, Named: []builder.Expr{eq(1)}, Sets: status},
		"two rows":          {Op: builder.NestedLinkOrCreate, Named: []builder.Expr{eq(1)}, Rows: []unsafe.Pointer{unsafe.Pointer(&Order{}), unsafe.Pointer(&Order{})}},
		"a nil row":         {Op: builder.NestedCreate, Rows: []unsafe.Pointer{nil}},
		"two names":         {Op: builder.NestedUpdate, Named: []builder.Expr{eq(1), eq(4)}, Sets: status},
		"no name":           {Op: builder.NestedUpdate, Sets: status},
		"rows to delete":    {Op: builder.NestedDelete, Named: []builder.Expr{eq(1)}, Rows: []unsafe.Pointer{unsafe.Pointer(&Order{})}},
		"sets to link":      {Op: builder.NestedLink, Named: []builder.Expr{eq(1)}, Sets: status},
		"bulk of a link":    {Op: builder.NestedLink, Named: []builder.Expr{eq(1)}, Bulk: builder.BulkOptions{SkipDuplicates: true}},
		"set of another":    {Op: builder.NestedUpdate, Named: []builder.Expr{eq(1)}, Sets: []builder.Set{Users.Active.Set(true).Set()}},
		"no set":            {Op: builder.NestedUpdateMany, Named: []builder.Expr{eq(1)}},
		"nested once more":  {Op: builder.NestedUpdate, Named: []builder.Expr{eq(1)}, Sets: []builder.Set{first[0].Set()}},
		"name of another":   {Op: builder.NestedUpdate, Named: []builder.Expr{Users.ID.Eq(1).Expr()}, Sets: status},
		"a failed one":      {Op: builder.NestedUpdateMany, Named: []builder.Expr{orm.Key[Order]("x").Expr()}, Sets: status},
		"another condition": {Op: builder.NestedDeleteMany, Named: []builder.Expr{Users.ID.Gt(0).Expr()}},
	} {
		if _, err := users.ByID(1).Update(ctx, byName(t, "Orders", n)); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, n := range map[string]builder.Nested{
		"many of one":   {Op: builder.NestedCreateMany, Rows: []unsafe.Pointer{unsafe.Pointer(&Post{})}},
		"all of one":    {Op: builder.NestedDeleteMany, Named: []builder.Expr{builder.True()}},
		"a name of one": {Op: builder.NestedDelete, Named: []builder.Expr{orm.Key[Post](1).Expr()}},
	} {
		if _, err := users.ByID(2).Update(ctx, byName(t, "Post", n)); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, op := range []builder.NestedOp{builder.NestedDelete, builder.NestedDeleteMany} {
		if _, err := users.ByID(1).Update(ctx, byName(t, "Orders", builder.Nested{Op: op})); !errors.Is(err, orm.ErrUnboundedWrite) {
			t.Errorf("no condition: %v", err)
		}
	}
	if n, err := orm.Repo[Order](db).Count(ctx); err != nil || n != 4 {
		t.Errorf("%d orders, want 4: %v", n, err)
	}
}

// That a row is related is said by the statement that writes it.
func TestNestedStatements(t *testing.T) {
	var seen []string
	db := example(orm.Observer(func(_ context.Context, s orm.Statement) {
		if s.Model != "User" && (s.Verb == "update" || s.Verb == "delete") {
			seen = append(seen, s.Text)
		}
	}))
	defer db.Close()
	name := orm.Repo[Team](db).F("Name").Set("x")
	title := orm.Repo[Post](db).F("Title").Set("x")
	for _, c := range []struct {
		set  orm.Assign[User]
		want []string
	}{
		{Users.Orders.Update(orm.Key[Order](1), Orders.Total.Set(1)), []string{`UPDATE "orders" SET "total" = ?1 WHERE "orders"."user_id" = ?2 AND "orders"."id" = ?3`}},
		{Users.Orders.DeleteMany(Orders.Total.Gt(200)), []string{`DELETE FROM "orders" WHERE "orders"."user_id" = ?1 AND "orders"."total" > ?2`}},
		{Users.Orders.Delete(Orders.ID.In(1, 2)), []string{`DELETE FROM "orders" WHERE "orders"."user_id" = ?1 AND "orders"."id" IN (SELECT value FROM json_each(?2))`}},
		{Users.Orders.UpdateMany(orm.And[Order](), Orders.Total.Set(1)), []string{`UPDATE "orders" SET "total" = ?1 WHERE "orders"."user_id" = ?2`}},
		{Users.Teams.UpdateMany(Teams.Name.Eq("Docs"), name), []string{`UPDATE "teams" SET "name" = ?1 WHERE EXISTS (SELECT 1 FROM "memberships" AS "r1" WHERE "r1"."team_id" = "teams"."id" AND "r1"."user_id" = ?2) AND "teams"."name" = ?3`}},
		{Users.Teams.Delete(orm.Key[Team](1)), []string{
			`DELETE FROM "memberships" WHERE "memberships"."user_id" = ?1 AND "memberships"."team_id" IN (SELECT value FROM json_each(?2))`,
			`DELETE FROM "teams" WHERE "teams"."id" IN (SELECT value FROM json_each(?1))`,
		}},
		{Users.Post.Update(title), []string{`UPDATE "posts" SET "title" = ?1 WHERE "posts"."id" = ?2`}},
		{Users.Post.Delete(), []string{`DELETE FROM "posts" WHERE "posts"."id" = ?1`}},
	} {
		seen = nil
		if _, err := orm.Repo[User](db).ByID(1).Update(t.Context(), c.set); err != nil {
			t.Error(err)
		}
		if !slices.Equal(seen, c.want) {
			t.Errorf("ran\n%q, want\n%q", seen, c.want)
		}
	}
}

// The links to a row that is deleted go before it, so that a foreign key does not hold it; those of other rows are left
// alone, and do hold it.
func TestNestedDeleteUnderForeignKeys(t *testing.T) {
	ctx := t.Context()
	db := example()
	defer db.Close()
	for _, run := range []func() (int64, error){
		func() (int64, error) { return db.Exec(ctx, "DROP TABLE memberships") },
		func() (int64, error) {
			return db.Exec(ctx, "CREATE TABLE memberships (user_id INTEGER NOT NULL, team_id INTEGER NOT NULL REFERENCES teams(id), PRIMARY KEY (user_id, team_id))")
		},
		func() (int64, error) {
			return db.Exec(ctx, "INSERT INTO memberships (user_id, team_id) VALUES (1, 1), (1, 2), (2, 1)")
		},
	} {
		if _, err := run(); err != nil {
			t.Fatal(err)
		}
	}
	users := orm.Repo[User](db)
	if _, err := users.ByID(1).Update(ctx, Users.Teams.Delete(Teams.Name.Eq("Docs"))); err != nil {
		t.Error(err)
	}
	if _, err := users.ByID(1).Update(ctx, Users.Teams.DeleteMany(orm.And[Team]())); !errors.Is(err, orm.ErrReference) {
		t.Errorf("a team that another user is in: %v", err)
	}
	u, err := users.Include("Teams").ByID(1).One(ctx)
	if err != nil || len(u.Teams) != 1 || u.Teams[0].Name != "Core" {
		t.Errorf("%v, %v", u.Teams, err)
	}
}
