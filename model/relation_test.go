package model

import (
	"errors"
	"strings"
	"testing"

	"github.com/multi-orm/orm/internal/fault"
)

func columnsOf(fs []*Field) string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Column)
	}
	return strings.Join(out, "+")
}

// shape renders a relation: "Model.Name many local:remote Target".
func shape(r *Relation) string {
	s := r.Model.Name + "." + r.Name + " one "
	if r.Many {
		s = r.Model.Name + "." + r.Name + " many "
		if r.Pointers {
			s += "pointers "
		}
	}
	s += columnsOf(r.Local) + ":" + columnsOf(r.Remote) + " " + r.Target.Name
	if th := r.Through; th != nil {
		s += " through " + th.Schema + "." + th.Table + "(" + strings.Join(th.Local, "+") + ":" + strings.Join(th.Remote, "+") + ")"
	}
	if r.Strategy == Join {
		s += " join"
	}
	return s
}

type Account struct {
	ID       int64
	BossID   *int64
	TenantID int64

	Orders   []Order    `orm:"relation"`
	Drafts   []*Order   `orm:"relation=id:drafter_id,strategy=lookup"`
	Named    []Order    `orm:"relation=ID:DrafterID"`
	Boss     *Account   `orm:"relation"`
	Reports  []*Account `orm:"relation=id:boss_id,strategy=join"`
	Profile  *Profile   `orm:",relation,strategy=pushdown"`
	Teams    []Team     `orm:"relation=id:code,through=memberships(user_id:team_code)"`
	AllTeams []*Team    `orm:"relation,through=hr.memberships(user_id:team_code)"`
	Implied  []Team     `orm:"through=memberships(user_id:team_code)"`
	Peers    []Account  `orm:"relation,through=peers(a:b)"`
	Lines    []Line     `orm:"relation=tenant_id+id:tenant_id+account_id"`
}

type Order struct {
	ID        uint32
	AccountID int32
	DrafterID *int64

	Account *Account `orm:"relation"`
	Drafter *Account `orm:"relation=drafter_id:id"`
}

type Profile struct {
	ID        int64
	AccountID int64
}

type Team struct {
	Code string `orm:"code,id"`
}

type Line struct {
	TenantID  int64 `orm:",id"`
	AccountID int64 `orm:",id"`
	No        int   `orm:",id"`

	Owner *Account `orm:"relation=tenant_id+account_id:tenant_id+id"`
}

func TestRelationShapes(t *testing.T) {
	m, err := For[Account]()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Account.Orders many id:account_id Order",
		"Account.Drafts many pointers id:drafter_id Order",
		"Account.Named many id:drafter_id Order",
		"Account.Boss one boss_id:id Account",
		"Account.Reports many pointers id:boss_id Account join",
		"Account.Profile one id:account_id Profile join",
		"Account.Teams many id:code Team through .memberships(user_id:team_code)",
		"Account.AllTeams many pointers id:code Team through hr.memberships(user_id:team_code)",
		"Account.Implied many id:code Team through .memberships(user_id:team_code)",
		"Account.Peers many id:id Account through .peers(a:b)",
		"Account.Lines many tenant_id+id:tenant_id+account_id Line",
	}
	for i, r := range m.Relations {
		if got := shape(r); got != want[i] || r.Index != i {
			t.Errorf("%d: got  %s\nwant %s", r.Index, got, want[i])
		}
	}
	o, err := For[Order]()
	if err != nil {
		t.Fatal(err)
	}
	if got := shape(o.Relations[0]) + ", " + shape(o.Relations[1]); got != "Order.Account one account_id:id Account, Order.Drafter one drafter_id:id Account" {
		t.Error(got)
	}
	if o.Relations[0].Target != m || m.Relations[0].Target != o || m.Relations[3].Target != m {
		t.Error("a cycle has two models of one type")
	}
	l, err := For[Line]()
	if err != nil || len(l.Key) != 3 || shape(l.Relations[0]) != "Line.Owner one tenant_id+account_id:tenant_id+id Account" {
		t.Error(err)
	}
}

func TestRelationErrors(t *testing.T) {
	type Child struct {
		ID   int64
		Name string
		Full string `orm:",computed"`
	}
	type Pair struct {
		A int64 `orm:",id"`
		B int64 `orm:",id"`
	}
	t.Run("inferred", func(t *testing.T) {
		type User struct {
			ID       int64
			Children []Child `orm:"relation"`
		}
		left[User](t, `orm: User.Children: invalid: tag "relation": no column holds the relation (looked for Child.user_id): say relation=local:remote, or have the database's foreign keys tell by the option introspect.Relations()`)
	})
	t.Run("inferred to-one", func(t *testing.T) {
		type User struct {
			ID    int64
			First *Child `orm:"relation"`
		}
		left[User](t, `orm: User.First: invalid: tag "relation": no column holds the relation (looked for User.first_id, User.child_id, Child.user_id): say relation=local:remote, or have the database's foreign keys tell by the option introspect.Relations()`)
	})
	t.Run("two candidates", func(t *testing.T) {
		type User struct {
			ID, FirstID, ChildID int64
			First                *Child `orm:"relation"`
		}
		left[User](t, `orm: User.First: invalid: tag "relation": more than one column could hold the relation (User.first_id, User.child_id): say relation=local:remote, or have the database's foreign keys tell by the option introspect.Relations()`)
	})
	t.Run("two relations by one column", func(t *testing.T) {
		type Pet struct{ ID, UserID int64 }
		type User struct {
			ID   int64
			Pets []Pet `orm:"relation"`
			Cats []Pet `orm:"relation"`
		}
		refused[User](t, `orm: User.Cats: invalid: tag "relation": relations Pets and Cats would both go by User.id = Pet.user_id: say relation=local:remote`)
	})
	t.Run("composite key", func(t *testing.T) {
		type User struct {
			ID, PairID int64
			Pair       *Pair `orm:"relation"`
		}
		left[User](t, `orm: User.Pair: invalid: tag "relation": Pair has a key of 2 columns: say relation=local:remote with + between columns, or have the database's foreign keys tell by the option introspect.Relations()`)
	})
	t.Run("unknown column", func(t *testing.T) {
		type User struct {
			ID       int64
			Children []Child `orm:"relation=id:nmae"`
		}
		refused[User](t, `orm: User.Children: invalid: tag "relation=id:nmae": Child has no column "nmae" (did you mean "name"?)`)
	})
	t.Run("computed column", func(t *testing.T) {
		type User struct {
			ID       int64
			Children []Child `orm:"relation=id:full"`
		}
		refused[User](t, `orm: User.Children: invalid: tag "relation=id:full": Child.Full is computed, not stored`)
	})
	t.Run("kinds", func(t *testing.T) {
		type User struct {
			ID       int64
			On       bool
			Children []Child `orm:"relation=on:name"`
		}
		refused[User](t, `orm: User.Children: invalid: tag "relation=on:name": User.On (bool) cannot be compared with Child.Name (string)`)
	})
	t.Run("uuid and number", func(t *testing.T) {
		type Key struct {
			ID [16]byte
		}
		type User struct {
			ID    int64
			KeyID int64
			Key   *Key `orm:"relation"`
		}
		refused[User](t, `orm: User.Key: invalid: tag "relation": User.KeyID (int64) cannot be compared with Key.ID ([16]uint8)`)
	})
	t.Run("counts", func(t *testing.T) {
		type User struct {
			ID       int64
			Children []Child `orm:"relation=id:id+name"`
		}
		refused[User](t, `orm: User.Children: invalid: tag "relation=id:id+name": 1 columns of User stand against 2 of Child`)
	})
	t.Run("twice on one side", func(t *testing.T) {
		type User struct {
			ID, N    int64
			Children []Child `orm:"relation=id+n:id+id"`
		}
		refused[User](t, `orm: User.Children: invalid: tag "relation=id+n:id+id": column "id" is said twice on one side`)
	})
	t.Run("form", func(t *testing.T) {
		type User struct {
			ID       int64
			Children []Child `orm:"relation=id"`
		}
		left[User](t, `orm: User.Children: invalid: tag "relation=id": word "relation=id": write relation=local:remote, or have the database's foreign keys tell by the option introspect.Relations()`)
	})
	t.Run("through counts", func(t *testing.T) {
		type User struct {
			ID    int64
			Pairs []Pair `orm:"relation,through=up(user_id:pair)"`
		}
		refused[User](t, `orm: User.Pairs: invalid: tag "relation,through=up(user_id:pair)": the link table's columns (1 and 1) do not match the ends they hold (1 of User, 2 of Pair)`)
	})
	t.Run("join across sources", func(t *testing.T) {
		type Post struct {
			ID     int64 `orm:"id,datasource=blog"`
			UserID int64
		}
		type User struct {
			ID    int64  `orm:"id,datasource=main"`
			Posts []Post `orm:"relation,strategy=join"`
		}
		refused[User](t, `orm: User.Posts: invalid: tag "relation,strategy=join": strategy=join needs one source, but User lives in "main" and Post in "blog": use strategy=lookup`)
	})
	t.Run("embedded", func(t *testing.T) {
		type User struct {
			ID     int64
			*Child `orm:"relation=id:id"`
		}
		refused[User](t, `orm: User.Child: invalid: tag "relation=id:id": an embedded struct cannot be a relation: give the field a name`)
	})
	t.Run("in a prefixed struct", func(t *testing.T) {
		type Home struct {
			Kids []Child `orm:"relation=id:id"`
		}
		type User struct {
			ID   int64
			Home Home `orm:"prefix=h_"`
		}
		refused[User](t, `orm: User.Home.Kids: invalid: tag "relation=id:id": a relation belongs to the model itself, not to a struct embedded with prefix=`)
	})
	t.Run("fault in the target", func(t *testing.T) {
		type Bad struct {
			ID   int64
			Name string `orm:"name,hiden"`
		}
		type User struct {
			ID  int64
			Bad []Bad `orm:"relation=id:id"`
		}
		refused[User](t, `orm: Bad.Name: invalid: tag "name,hiden": unknown word "hiden" (did you mean "hidden"?)`)
		refused[Bad](t, `orm: Bad.Name: invalid: tag "name,hiden": unknown word "hiden" (did you mean "hidden"?)`)
	})
}

// A graph that fails must not leave its good half behind: its relations point at unpublished models.
func TestFailedGraphPublishesNothing(t *testing.T) {
	type Good struct {
		ID, BadID int64
	}
	type Bad struct {
		ID    int64
		Goods []Good `orm:"relation"`
		Oops  string `orm:"oops,oops"`
	}
	if _, err := For[Bad](); err == nil {
		t.Fatal("no error")
	}
	if known := *registry.Load(); known[nil] != nil {
		t.Error("nil type")
	} else {
		for typ := range known {
			if typ.Name() == "Good" && strings.Contains(typ.PkgPath(), "model") {
				t.Errorf("%s was published", typ)
			}
		}
	}
	if _, err := For[Good](); err != nil {
		t.Error(err)
	}
}

func TestLookup(t *testing.T) {
	m, err := For[Account]()
	if err != nil {
		t.Fatal(err)
	}
	byName, _ := m.Field("TenantID")
	byColumn, _ := m.Field("tenant_id")
	if byName == nil || byName != byColumn {
		t.Error("Field")
	}
	if r, err := m.Relation("Orders"); err != nil || r.Name != "Orders" {
		t.Error(err)
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{second(m.Field("TenatID")), `orm: Account has no field "TenatID" (did you mean "TenantID"?)`},
		{second(m.Field("tenat_id")), `orm: Account has no field "tenat_id" (did you mean "tenant_id"?)`},
		{second(m.Field("Password")), `orm: Account has no field "Password"`},
		{second(m.Field("Orders")), `orm: Account has no field "Orders" ("Orders" is a relation)`},
		{second(m.Field(strings.Repeat("x", 1000))), `orm: Account has no field "` + strings.Repeat("x", 1000) + `"`},
		{second(m.Relation("Order")), `orm: Account has no relation "Order" (did you mean "Orders"?)`},
		{second(m.Relation("Zebra")), `orm: Account has no relation "Zebra"`},
		{second(m.Relation("ID")), `orm: Account has no relation "ID" ("ID" is a column)`},
	} {
		if c.err == nil || c.err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", c.err, c.want)
		}
		var e *fault.Error
		if !asFault(c.err, &e) || e.Model != "Account" || e.Field == "" {
			t.Errorf("%#v", c.err)
		}
	}
	if got := fault.Fill(second(m.Field("TenatID")), "all", "X", "main").Error(); got != `orm: Account has no field "TenatID" (did you mean "TenantID"?)` {
		t.Error(got)
	}
}

func second[T any](_ T, err error) error { return err }

func asFault(err error, e **fault.Error) bool {
	return errors.Is(err, fault.ErrInvalid) && errors.As(err, e)
}
