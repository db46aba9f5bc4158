package conformance

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/multi-orm/orm"
)

// Level is a named number.
type Level int8

// Colour is a named text.
type Colour string

// Key is a named UUID.
type Key [16]byte

// Cents is a Scanner and Valuer that the database keeps as a number.
type Cents struct{ N int64 }

// Value implements driver.Valuer.
func (c Cents) Value() (driver.Value, error) { return fmt.Sprintf("%d.%02d", c.N/100, c.N%100), nil }

// Scan implements sql.Scanner.
func (c *Cents) Scan(src any) error {
	var text string
	switch x := src.(type) {
	case nil:
		*c = Cents{}
		return nil
	case string:
		text = x
	case []byte:
		text = string(x)
	case float64:
		text = strconv.FormatFloat(x, 'f', -1, 64)
	case int64:
		text = strconv.FormatInt(x, 10)
	default:
		return fmt.Errorf("cents from %T", src)
	}
	f, err := strconv.ParseFloat(text, 64)
	c.N = int64(f*100 + 0.5)
	return err
}

// Doc is kept as JSON.
type Doc struct {
	Title string         `json:"title"`
	Tags  []string       `json:"tags,omitempty"`
	Deep  map[string]any `json:"deep,omitempty"`
}

// Stamps is embedded.
type Stamps struct {
	MadeAt time.Time `orm:"made_at"`
	By     string    `orm:"made_by"`
}

// Spot is embedded under a prefix.
type Spot struct {
	City string
	Zip  *string
}

// Thing has a column of every kind.
type Thing struct {
	ID    int64 `orm:"id,auto"`
	Yes   bool
	I     int
	I8    int8
	I16   int16
	I32   int32
	I64   int64
	U8    uint8
	U16   uint16
	U32   uint32
	U64   uint64
	F32   float32
	F64   float64
	S     string
	Raw   []byte
	At    time.Time
	UID   Key `orm:"uid"`
	Level Level
	Tint  Colour `orm:"tint,enum=red|green"`
	Doc   Doc    `orm:"doc,json"`
	Any   json.RawMessage
	Nums  []int64
	Words []string
	Addr  netip.Addr
	Price Cents
	Stamps
	Home Spot `orm:"prefix=home_"`

	PYes   *bool
	PI     *int
	PI64   *int64
	PU32   *uint32
	PF     *float64
	PS     *string
	PAt    *time.Time
	PUID   *Key `orm:"puid"`
	PLevel *Level
	PTint  *Colour
	PAddr  *netip.Addr
	PPrice *Cents
	PDoc   *Doc `orm:"p_doc,json"`

	NS  sql.Null[string]
	NI  sql.Null[int64]
	NT  sql.Null[time.Time]
	NB  sql.NullBool
	NF  sql.NullFloat64
	Old sql.NullString
}

// Row is a small table with NULLs.
type Row struct {
	ID   int64 `orm:"id"`
	A    *int64
	B    int64
	S    *string
	T    string
	F    *float64
	On   *bool
	At   *time.Time
	Raw  []byte
	Code *Key
}

var rows = orm.Bind[Row, struct {
	ID   orm.Col[Row, int64]
	A    orm.Col[Row, int64]
	B    orm.Col[Row, int64]
	S    orm.Text[Row]
	T    orm.Text[Row]
	F    orm.Col[Row, float64]
	On   orm.Col[Row, bool]
	At   orm.Col[Row, time.Time]
	Raw  orm.Col[Row, []byte]
	Code orm.Col[Row, Key]
}]()

// Odd has every column renamed, with names that need quotes.
type Odd struct {
	Number int64     `orm:"select,id,auto,table=order"`
	Name   string    `orm:"Group By,unique"`
	Size   *int64    `orm:"where\"1"`
	Stamp  time.Time `orm:"from,default=now"`
	Parent *int64    `orm:"parent-id"`

	Kids []Odd `orm:"relation=select:parent-id"`
	Up   *Odd  `orm:"relation=parent-id:select"`
	Pals []Odd `orm:"relation=select:select,through=odd links(left:right)"`
}

var odds = orm.Bind[Odd, struct {
	Number orm.Col[Odd, int64]
	Name   orm.Text[Odd]
	Size   orm.Col[Odd, int64]
	Kids   orm.Many[Odd, Odd]
	Up     orm.One[Odd, Odd]
	Pals   orm.Many[Odd, Odd]
}]()

// Person writes and edits books; a cyclic graph with two relations to one model and one to itself.
type Person struct {
	ID     int64 `orm:"id,auto"`
	Name   string
	BossID *int64

	Boss    *Person  `orm:"relation=boss_id:id"`
	Staff   []Person `orm:"relation=id:boss_id"`
	Written []*Book  `orm:"relation=id:author_id"`
	Edited  []Book   `orm:"relation=id:editor_id"`
	Clubs   []Club   `orm:"relation=id:id,through=members(person_id:club_id)"`
}

// Book is written and edited.
type Book struct {
	ID       int64 `orm:"id,auto"`
	AuthorID int64 `orm:"author_id,index"`
	EditorID *int64
	Title    string
	Stars    *int64
	Price    float64

	Author   *Person   `orm:"relation=author_id:id"`
	Editor   *Person   `orm:"relation=editor_id:id"`
	Chapters []Chapter `orm:"relation=id:book_id"`
}

// Chapter is part of a book.
type Chapter struct {
	ID     int32 `orm:"id,auto"`
	BookID int64 `orm:"book_id"`
	No     int
	Words  *int64

	Book *Book `orm:"relation"`
}

// Club has members.
type Club struct {
	ID   int64  `orm:"id,auto"`
	Name string `orm:"name,unique"`

	People []*Person `orm:"relation=id:id,through=members(club_id:person_id)"`
}

// Member ties people to clubs where no database does.
type Member struct {
	PersonID int64 `orm:"person_id,id,table=members"`
	ClubID   int64 `orm:"club_id,id"`
}

var people = orm.Bind[Person, struct {
	ID      orm.Col[Person, int64]
	Name    orm.Text[Person]
	BossID  orm.Col[Person, int64]
	Boss    orm.One[Person, Person]
	Staff   orm.Many[Person, Person]
	Written orm.Many[Person, Book]
	Edited  orm.Many[Person, Book]
	Clubs   orm.Many[Person, Club]
}]()

var books = orm.Bind[Book, struct {
	ID       orm.Col[Book, int64]
	AuthorID orm.Col[Book, int64]
	Title    orm.Text[Book]
	Stars    orm.Col[Book, int64]
	Price    orm.Col[Book, float64]
	Author   orm.One[Book, Person]
	Editor   orm.One[Book, Person]
	Chapters orm.Many[Book, Chapter]
}]()

var chapters = orm.Bind[Chapter, struct {
	ID    orm.Col[Chapter, int32]
	No    orm.Col[Chapter, int]
	Words orm.Col[Chapter, int64]
	Book  orm.One[Chapter, Book]
}]()

var clubs = orm.Bind[Club, struct {
	ID     orm.Col[Club, int64]
	Name   orm.Text[Club]
	People orm.Many[Club, Person]
}]()
