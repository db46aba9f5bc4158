package comingfrom_test

import (
	"context"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/rls"
	"github.com/multi-orm/orm/source/sqlite"
)

// Author has many books, one profile, and tags through a table.
type Author struct {
	ID        int64      `orm:"id,auto"`
	TenantID  int64      `orm:"tenant_id,tenant,unique=email"`
	Email     string     `orm:"email,unique=email,size=200"`
	Name      string     `orm:"name"`
	Nick      *string    `orm:"nick"`
	Sales     int64      `orm:"sales"`
	CreatedAt time.Time  `orm:"created_at,default=now"`
	UpdatedAt time.Time  `orm:"updated_at,update=now"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete"`
	Version   int        `orm:"version,version"`

	Books []Book `orm:"relation=id:author_id"`
	Tags  []Tag  `orm:"relation,through=author_tags(author_id:tag_id)"`
}

// Book belongs to an author.
type Book struct {
	ID       int64          `orm:"id,auto"`
	TenantID int64          `orm:"tenant_id,tenant"`
	AuthorID int64          `orm:"author_id,index"`
	Title    string         `orm:"title"`
	Price    int64          `orm:"price"` // cents
	Meta     map[string]any `orm:"meta,json"`

	Author *Author `orm:"relation=author_id:id"`
}

// Tag is a word for authors.
type Tag struct {
	ID       int64  `orm:"id,auto"`
	TenantID int64  `orm:"tenant_id,tenant,unique=word"`
	Word     string `orm:"word,unique=word"`
}

var (
	Authors = orm.Bind[Author, struct {
		ID    orm.Col[Author, int64]
		Email orm.Text[Author]
		Name  orm.Text[Author]
		Nick  orm.Text[Author]
		Sales orm.Col[Author, int64]
		Books orm.Many[Author, Book]
		Tags  orm.Many[Author, Tag]
	}]()
	Books = orm.Bind[Book, struct {
		Title  orm.Text[Book]
		Price  orm.Col[Book, int64]
		Meta   orm.JSON[Book, map[string]any]
		Author orm.One[Book, Author]
	}]()
	Tags = orm.Bind[Tag, struct{ Word orm.Text[Tag] }]()
)

// library opens a database in memory with two authors and three books of tenant 1.
func library() (context.Context, orm.DB) {
	ctx := orm.WithActor(context.Background(), orm.Actor{ID: 1, TenantID: 1})
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Author{}, Book{}, Tag{}))
	check(err)
	check(orm.CreateTables(ctx, db))
	check(db.Use(rls.Tenant(), hook.SoftDelete()))
	authors := orm.Repo[Author](db)
	check(authors.Create(ctx, &Author{Email: "ada@example.com", Name: "Ada", Sales: 10},
		Authors.Books.Create(&Book{Title: "Engines", Price: 1200, Meta: map[string]any{"lang": "en"}}, &Book{Title: "Notes", Price: 800})))
	check(authors.Create(ctx, &Author{Email: "bob@example.com", Name: "Bob", Sales: 5}, Authors.Books.Create(&Book{Title: "Boats", Price: 500})))
	return ctx, db
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
