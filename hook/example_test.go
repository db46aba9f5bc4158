package hook_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/source/sqlite"
)

// Member is the model of the examples.
type Member struct {
	ID        int64      `orm:"id,auto"`
	Email     string     `orm:"email,unique" validate:"required,email"`
	Password  string     `orm:"password,hidden"`
	Age       int        `orm:"age" validate:"gte=0,lte=150"`
	JoinedAt  time.Time  `orm:"joined_at"`
	ChangedAt time.Time  `orm:"changed_at"`
	Domain    string     `orm:"domain,computed"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
}

var Members = orm.Bind[Member, struct {
	ID    orm.Col[Member, int64]
	Email orm.Text[Member]
	Age   orm.Col[Member, int]
}]()

func club(extensions ...hook.Extension) (orm.Repo[Member], context.Context, orm.DB) {
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Member{}))
	if err == nil {
		err = orm.CreateTables(ctx, db)
	}
	if err == nil {
		err = db.Use(extensions...)
	}
	if err == nil {
		_, err = orm.Repo[Member](db).CreateMany(ctx, []Member{{Email: "ada@example.com", Password: "1", Age: 36}, {Email: "bob@example.com", Password: "2", Age: 41}})
	}
	if err != nil {
		log.Fatal(err)
	}
	return orm.Repo[Member](db), ctx, db
}

// An event sees every operation on the way in, and its result on the way out.
func ExampleHook() {
	members, ctx, db := club(hook.Hook{
		Name:   "trace",
		Before: func(_ context.Context, op *hook.Op) error { fmt.Println("before", op.Kind, op.Name); return nil },
		After:  func(_ context.Context, op *hook.Op) error { fmt.Println("after", op.Kind, op.Affected); return nil },
		Error:  func(_ context.Context, op *hook.Op, err error) error { fmt.Println("failed", op.Name); return err },
	})
	defer db.Close()
	_, _ = members.Count(ctx)
	_ = members.Create(ctx, &Member{Email: "ada@example.com"})
	// Output:
	// before create CreateMany
	// after create 2
	// before count Count
	// after count 1
	// before create Create
	// failed Create
}

// Before runs before the operations of one model and may veto them.
func ExampleBefore() {
	closed := errors.New("the club is closed")
	members, ctx, db := club()
	defer db.Close()
	_ = db.Use(hook.Before[Member](func(_ context.Context, op *hook.Op) error {
		if op.Kind == hook.Create {
			return closed
		}
		return nil
	}))
	err := members.Create(ctx, &Member{Email: "cleo@example.com"})
	fmt.Println(errors.Is(err, closed))
	// Output: true
}

// After sees the rows and may change them in place.
func ExampleAfter() {
	members, ctx, db := club()
	defer db.Close()
	_ = db.Use(hook.After[Member](func(_ context.Context, op *hook.Op) error {
		if op.Kind == hook.Read {
			for i := range op.Rows.Len() {
				op.Rows.Index(i).Addr().Interface().(*Member).Age++
			}
		}
		return nil
	}))
	ada, err := members.Sort("ID").First(ctx)
	fmt.Println(ada.Age, err)
	// Output: 37 <nil>
}

// What cannot be undone waits for the commit.
func ExampleOp_AfterCommit() {
	members, ctx, db := club()
	defer db.Close()
	_ = db.Use(hook.Before[Member](func(_ context.Context, op *hook.Op) error {
		op.AfterCommit(func(context.Context) { fmt.Println("mail sent after", op.Name) })
		return nil
	}))
	err := db.Tx(ctx, func(tx orm.DB) error {
		if err := orm.Repo[Member](tx).Create(ctx, &Member{Email: "cleo@example.com"}); err != nil {
			return err
		}
		fmt.Println("still in the transaction")
		return nil
	})
	fmt.Println(err)
	_ = members.Create(ctx, &Member{Email: "cleo@example.com"}) // fails, so no mail
	// Output:
	// still in the transaction
	// mail sent after Create
	// <nil>
}

// A call may leave out a hook that is Optional, and no other.
func ExampleWithout() {
	members, ctx, db := club(hook.MaxRows(1), hook.Validate())
	defer db.Close()
	_, err := members.All(ctx)
	fmt.Println(errors.Is(err, orm.ErrLimit))
	all, err := members.All(hook.Without(ctx, "max rows 1"))
	fmt.Println(len(all), err)
	err = members.Create(hook.Without(ctx, "validate"), &Member{})
	fmt.Println(errors.Is(err, orm.ErrDenied))
	// Output:
	// true
	// 2 <nil>
	// true
}

// With SoftDelete a delete hides the row; its unique columns are free again among the living.
func ExampleSoftDelete() {
	members, ctx, db := club(hook.SoftDelete())
	defer db.Close()
	_, err := members.Where(Members.Email.Eq("bob@example.com")).DeleteMany(ctx)
	fmt.Println(err)
	n, _ := members.Count(ctx)
	all, _ := members.WithDeleted().Count(ctx)
	fmt.Println(n, all)
	fmt.Println(members.Create(ctx, &Member{Email: "bob@example.com"}))
	_, err = members.Where(Members.ID.Eq(2)).Restore(ctx)
	fmt.Println(errors.Is(err, orm.ErrConflict))
	// Output:
	// <nil>
	// 1 2
	// <nil>
	// true
}

// HardDelete removes rows for good, those that were soft-deleted too.
func ExampleHardDelete() {
	members, ctx, db := club(hook.SoftDelete())
	defer db.Close()
	_, _ = members.ByID(1).Delete(ctx)
	n, err := members.EveryRow().DeleteMany(hook.HardDelete(ctx))
	fmt.Println(n, err)
	n, err = members.WithDeleted().Count(ctx)
	fmt.Println(n, err)
	// Output:
	// 2 <nil>
	// 0 <nil>
}

// Audit tells every changed row, as it was and as it is; hidden fields are redacted.
func ExampleAudit() {
	members, ctx, db := club()
	defer db.Close()
	_ = db.Use(hook.Audit(func(_ context.Context, e hook.Entry) error {
		fmt.Println(e.Op, e.Model, e.Key["ID"], e.ActorID, e.Old["Age"], "→", e.New["Age"], e.New["Password"])
		return nil
	}))
	ctx = orm.WithActor(ctx, orm.Actor{ID: 7})
	_, err := members.EveryRow().UpdateMany(ctx, Members.Age.Inc(1))
	fmt.Println(err)
	// Unordered output:
	// update Member 1 7 36 → 37 [redacted]
	// update Member 2 7 41 → 42 [redacted]
	// <nil>
}

// SlowQuery tells which line of the program waited.
func ExampleSlowQuery() {
	members, ctx, db := club()
	defer db.Close()
	_ = db.Use(hook.SlowQuery(0, hook.SlowTo(func(_ context.Context, s hook.Slow) {
		fmt.Println(s.Model, s.Op, s.Rows, s.Caller != "")
	})))
	_, _ = members.All(ctx)
	// Output: Member All 2 true
}

// Sanitize empties hidden fields in whatever comes back; saving such a row leaves them in the database alone.
func ExampleSanitize() {
	members, ctx, db := club(hook.Sanitize())
	defer db.Close()
	ada, err := members.ByID(1).One(ctx)
	fmt.Printf("%q %v\n", ada.Password, err)
	ada.Age = 40
	fmt.Println(members.Save(ctx, &ada))
	kept, err := orm.Raw[string](ctx, db, "SELECT password FROM members WHERE id = 1")
	fmt.Println(kept, err)
	// Output:
	// "" <nil>
	// <nil>
	// [1] <nil>
}

// MaxRows refuses reads that nobody bounded.
func ExampleMaxRows() {
	members, ctx, db := club(hook.MaxRows(1))
	defer db.Close()
	_, err := members.All(ctx)
	fmt.Println(errors.Is(err, orm.ErrLimit))
	one, err := members.Take(1).All(ctx)
	fmt.Println(len(one), err)
	// Output:
	// true
	// 1 <nil>
}

// Timestamps fills time columns whose tags say nothing.
func ExampleTimestamps() {
	members, ctx, db := club(hook.Timestamps("JoinedAt", "ChangedAt"))
	defer db.Close()
	ada, err := members.ByID(1).One(ctx)
	fmt.Println(ada.JoinedAt.IsZero(), ada.ChangedAt.IsZero(), err)
	// Output: false false <nil>
}

// Validate names every field and rule, and no value.
func ExampleValidate() {
	members, ctx, db := club(hook.Validate())
	defer db.Close()
	fmt.Println(members.Create(ctx, &Member{Email: "nobody", Age: 200}))
	_, err := members.ByID(1).Update(ctx, Members.Age.Set(-1))
	fmt.Println(err)
	// Output:
	// orm: Create Member (source main): invalid: Email breaks the rule email; Age breaks the rule lte=150
	// orm: Update Member.Age (source main): invalid: Age breaks the rule gte=0
}

// Filter keeps rows out of sight on every path.
func ExampleFilter() {
	members, ctx, db := club(hook.Filter("adults", func(context.Context) (orm.Pred[Member], error) { return Members.Age.Gte(40), nil }))
	defer db.Close()
	n, err := members.Count(ctx)
	fmt.Println(n, err)
	// Output: 1 <nil>
}

// A computed field is filled in every row, with all rows of an operation at once.
func ExampleComputed() {
	members, ctx, db := club(hook.Computed("Domain", []string{"Email"}, func(_ context.Context, rows []*Member) error {
		for _, m := range rows {
			_, m.Domain, _ = strings.Cut(m.Email, "@")
		}
		return nil
	}))
	defer db.Close()
	m, err := members.Select(Members.ID, members.F("Domain")).Sort("ID").First(ctx)
	fmt.Printf("%q %q %v\n", m.Domain, m.Email, err)
	// Output: "example.com" "" <nil>
}
