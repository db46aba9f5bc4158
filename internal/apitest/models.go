// Package apitest is an API with something of everything that an outline can say, for the tests of what is made of outlines. Only
// tests import it.
package apitest

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/multi-orm/orm"
)

// Amount is a decimal number of a type of the program's own, or none.
type Amount struct{ n *big.Rat }

// Value gives the number for the database.
func (a Amount) Value() (driver.Value, error) {
	if a.n == nil {
		return nil, nil
	}
	return a.n.FloatString(4), nil
}

// Scan reads what Value gave.
func (a *Amount) Scan(src any) error {
	if src == nil {
		a.n = nil
		return nil
	}
	n, ok := new(big.Rat).SetString(fmt.Sprint(src))
	if !ok {
		return errors.New("no number")
	}
	a.n = n
	return nil
}

// Binding is a document of a book.
type Binding struct {
	Cover  string             `json:"cover"`
	Colors []string           `json:"colors"`
	Sizes  map[string]float64 `json:"sizes,omitempty"`
	Back   *Binding           `json:"back,omitempty"`
}

// Book has a column of every kind.
type Book struct {
	ID        [16]byte        `orm:"id,default=uuid"`
	AuthorID  int64           `orm:"author_id" json:"authorId"`
	Title     string          `orm:"title,size=60" validate:"required,min=2"`
	Subtitle  *string         `orm:"subtitle,size=20"`
	Kind      string          `orm:"kind,enum=novel|essay|poem,default=novel"`
	Pages     int32           `orm:"pages" validate:"min=1,max=5000"`
	Rank      *int16          `orm:"rank"`
	Copies    int64           `orm:"copies,default=0" json:"copies,string"`
	Readers   uint64          `orm:"readers,default=0"`
	Weight    float64         `orm:"weight,default=0"`
	Ratio     *float32        `orm:"ratio"`
	Price     Amount          `orm:"price,type=numeric(10,2)"`
	Discount  *string         `orm:"discount,type=numeric(6,3)"`
	Sold      bool            `orm:"sold,default=false"`
	Born      time.Time       `orm:"born"`
	ReadAt    *time.Time      `orm:"read_at" json:"readAt"`
	Cover     []byte          `orm:"cover"`
	Marks     []int32         `orm:"marks"`
	Binding   *Binding        `orm:"binding,json"`
	Notes     json.RawMessage `orm:"notes,json"`
	Secret    string          `orm:"secret,hidden,default=hush"`
	Version   int             `orm:"version,version"`
	CreatedAt time.Time       `orm:"created_at,default=now" json:"createdAt"`

	Author  *Author  `orm:"relation=author_id:id"`
	Reviews []Review `orm:"relation=id:book_id"`
	Tags    []Tag    `orm:"relation=id:id,through=book_tags(book_id:tag_id)"`
}

// Author writes books.
type Author struct {
	ID      int64   `orm:"id,auto"`
	Name    string  `orm:"name,unique,size=40" validate:"required,max=40"`
	Email   *string `orm:"email" validate:"omitempty,email"`
	Site    *string `orm:"site" validate:"omitempty,url"`
	Class   string  `orm:"class,default=a" validate:"oneof=a b 'c d'"`
	Code    *string `orm:"code" validate:"omitempty,alphanum,len=4"`
	Country string  `orm:"country,default=NO" validate:"iso3166_1_alpha2"`
	Since   *int    `orm:"since" validate:"omitempty,gte=1900,lt=2100"`
	Until   *int    `orm:"until" validate:"omitempty,gtefield=Since"`

	Books []Book `orm:"relation=id:author_id"`
}

// Review is of a book, by one of its readers.
type Review struct {
	Reader string   `orm:"reader,id"`
	BookID [16]byte `orm:"book_id,id" json:"bookId"`
	Stars  int8     `orm:"stars" validate:"required,oneof=1 2 3 4 5"`
	Text   string   `orm:"text,default=''"`

	Book *Book `orm:"relation=book_id:id"`
}

// Tag is of many books.
type Tag struct {
	ID   int64  `orm:"id,auto"`
	Name string `orm:"name,unique" validate:"required,max=20"`
}

// Place has what resources that are made of tags read.
type Place struct {
	ID        int64      `orm:"id,auto,filter=in"`
	Name      string     `orm:"name,filter=prefix|eq,size=30" validate:"required"`
	About     *string    `orm:"about,filter=contains"`
	Height    *int       `orm:"height,filter=zeronull"`
	Score     int        `orm:"score,filter=gte&ne,default=0"`
	Open      bool       `orm:"open,filter=bool,default=false"`
	Kind      string     `orm:"kind,filter=notin,default=park,enum=park|shop"`
	Slug      string     `orm:"slug,createonly,unique"`
	Note      *string    `orm:"note,updateonly"`
	Internal  string     `orm:"internal,readonly,default=x"`
	Token     *string    `orm:"token,hidden"`
	ParentID  *int64     `orm:"parent_id" json:"parentId"`
	UpdatedAt time.Time  `orm:"updated_at,default=now,update=now" json:"updatedAt"`
	DeletedAt *time.Time `orm:"deleted_at,softdelete" json:"deletedAt"`

	Parent *Place `orm:"relation=parent_id:id"`
}

// Books are the columns of books.
var Books = orm.Bind[Book, struct {
	ID        orm.Col[Book, [16]byte]
	AuthorID  orm.Col[Book, int64]
	Title     orm.Text[Book]
	Subtitle  orm.Text[Book]
	Kind      orm.Text[Book]
	Pages     orm.Col[Book, int32]
	Rank      orm.Col[Book, int16]
	Copies    orm.Col[Book, int64]
	Readers   orm.Col[Book, uint64]
	Weight    orm.Col[Book, float64]
	Ratio     orm.Col[Book, float32]
	Price     orm.Col[Book, Amount]
	Discount  orm.Text[Book]
	Sold      orm.Col[Book, bool]
	Born      orm.Col[Book, time.Time]
	ReadAt    orm.Col[Book, time.Time]
	Cover     orm.Col[Book, []byte]
	Marks     orm.Array[Book, int32]
	Binding   orm.JSON[Book, Binding]
	Notes     orm.Col[Book, json.RawMessage]
	CreatedAt orm.Col[Book, time.Time]
	Author    orm.One[Book, Author]
	Reviews   orm.Many[Book, Review]
	Tags      orm.Many[Book, Tag]
}]()

// Authors are the columns of authors.
var Authors = orm.Bind[Author, struct {
	ID      orm.Col[Author, int64]
	Name    orm.Text[Author]
	Email   orm.Text[Author]
	Site    orm.Text[Author]
	Class   orm.Text[Author]
	Code    orm.Text[Author]
	Country orm.Text[Author]
	Since   orm.Col[Author, int]
	Until   orm.Col[Author, int]
	Books   orm.Many[Author, Book]
}]()

// Reviews are the columns of reviews.
var Reviews = orm.Bind[Review, struct {
	Reader orm.Text[Review]
	BookID orm.Col[Review, [16]byte]
	Stars  orm.Col[Review, int8]
	Text   orm.Text[Review]
	Book   orm.One[Review, Book]
}]()

// Tags are the columns of tags.
var Tags = orm.Bind[Tag, struct {
	ID   orm.Col[Tag, int64]
	Name orm.Text[Tag]
}]()
