package comingfrom_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
)

func Example_writing() {
	ctx, db := library()
	defer db.Close()
	authors, books := orm.Repo[Author](db), orm.Repo[Book](db)

	eve := Author{Email: "eve@example.com", Name: "Eve"}
	err := authors.Create(ctx, &eve)
	fmt.Println("23", eve.ID, eve.CreatedAt.IsZero(), err)

	n, err := books.CreateMany(ctx, []Book{{AuthorID: eve.ID, Title: "One"}, {AuthorID: eve.ID, Title: "Two"}})
	fmt.Println("24", n, err)

	a, err := authors.ByID(eve.ID).Update(ctx, Authors.Name.Set("Eva"), Authors.Nick.SetNull())
	fmt.Println("25", a.Name, err)

	a, err = authors.ByID(eve.ID).Update(ctx, Authors.Sales.Inc(3))
	fmt.Println("26", a.Sales, err)

	n, err = books.Where(Books.Price.Lt(100)).UpdateMany(ctx, Books.Price.Set(100))
	fmt.Println("27", n, err)

	a.Name = "Eve"
	err = authors.Save(ctx, &a)
	fmt.Println("28", a.Version, err)

	up := Author{Email: "eve@example.com", Name: "Evita"}
	err = authors.Upsert(ctx, orm.On(Authors.Email), &up, Authors.Name.Set("Evita"))
	fmt.Println("29", up.ID == eve.ID, up.Name, err)

	n, err = authors.CreateMany(ctx, []Author{{Email: "eve@example.com"}, {Email: "fay@example.com", Name: "Fay"}}, orm.SkipDuplicates())
	fmt.Println("30", n, err)

	_, err = authors.ByID(eve.ID).Update(ctx, Authors.Books.Create(&Book{Title: "Three"}))
	fmt.Println("31", err)

	_, err = authors.ByID(eve.ID).Update(ctx, Authors.Tags.LinkOrCreate(Tags.Word.Eq("poet"), &Tag{}))
	fmt.Println("32", err)

	type patch struct {
		Name orm.Opt[string]
		Nick orm.Opt[string]
	}
	a, err = authors.ByID(eve.ID).Update(ctx, orm.PatchOf[Author](patch{Nick: orm.Value("E")})...)
	fmt.Println("33", a.Name, *a.Nick, err)

	_, err = authors.ByID(eve.ID).Delete(ctx)
	fmt.Println("34", err)

	gone, err := authors.OnlyDeleted().All(ctx)
	fmt.Println("35", len(gone), err)

	n, err = authors.Where(Authors.ID.Eq(eve.ID)).Restore(ctx)
	fmt.Println("36", n, err)

	_, err = books.DeleteMany(ctx)
	fmt.Println("37", errors.Is(err, orm.ErrUnboundedWrite))

	err = db.Tx(ctx, func(tx orm.DB) error {
		a, err := orm.Repo[Author](tx).ByID(1).Lock(orm.ForUpdate).One(ctx)
		if err != nil {
			return err
		}
		_, err = orm.Repo[Author](tx).ByID(a.ID).Update(ctx, Authors.Sales.Inc(1))
		return err
	}, orm.Retry(3))
	fmt.Println("38", err)

	err = db.Use(hook.After[Author](func(_ context.Context, op *hook.Op) error {
		if op.Kind == hook.Create {
			fmt.Println("39 created")
		}
		return nil
	}))
	check(err)
	check(authors.Create(ctx, &Author{Email: "gil@example.com"}))

	other := orm.WithActor(context.Background(), orm.Actor{ID: 2, TenantID: 2})
	n, err = authors.Count(other)
	fmt.Println("40", n, err)
	n, err = authors.Count(rls.Bypass(ctx, "yearly figures of all tenants"))
	fmt.Println("40", n, err)
	// Output:
	// 23 3 false <nil>
	// 24 2 <nil>
	// 25 Eva <nil>
	// 26 3 <nil>
	// 27 2 <nil>
	// 28 3 <nil>
	// 29 true Evita <nil>
	// 30 1 <nil>
	// 31 <nil>
	// 32 <nil>
	// 33 Evita E <nil>
	// 34 <nil>
	// 35 1 <nil>
	// 36 1 <nil>
	// 37 true
	// 38 <nil>
	// 39 created
	// 40 0 <nil>
	// 40 5 <nil>
}
