package builder_test

import (
	"fmt"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/dialect"
)

// Track is what the examples ask for.
type Track struct {
	ID     int64   `orm:"id,auto"`
	Title  string  `orm:"title"`
	Artist *string `orm:"artist"`
	Length int     `orm:"seconds"`
}

var tracks = builder.Bind[Track, struct {
	Title  builder.Text[Track]
	Artist builder.Text[Track]
	Length builder.Col[Track, int]
}]()

// show prints the condition as PostgreSQL gets it.
func show(ps ...builder.Pred[Track]) {
	st := &builder.Select{Model: of[Track](), Columns: fields[Track]("ID"), Where: where(ps...)}
	p, args, err := (&builder.Cache{Dialect: dialect.Postgres{}}).Compile(st, new(builder.Args))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.SQL[len(`SELECT "tracks"."id" FROM "tracks" WHERE `):], "--", render(args))
}

func ExampleBind() {
	var tracks = builder.Bind[Track, struct {
		Title  builder.Text[Track]
		Artist builder.Text[Track] // nullable: the same, plus IsNull and SetNull
		Length builder.Col[Track, int]
	}]()
	show(tracks.Title.StartsWith("Blue"), tracks.Artist.IsNull(), tracks.Length.Between(60, 300))
	// Output: "tracks"."title" LIKE $1 ESCAPE '\' AND "tracks"."artist" IS NULL AND "tracks"."seconds" BETWEEN $2 AND $3 -- "Blue%", 60, 300
}

func ExampleOr() {
	show(builder.Or(tracks.Length.Lt(60), tracks.Artist.Eq("Nina")), tracks.Title.Ne(""))
	show(builder.Or[Track]()) // nothing said is nothing found
	// Output:
	// ("tracks"."seconds" < $1 OR "tracks"."artist" = $2) AND "tracks"."title" <> $3 -- 60, "Nina", ""
	// 1 = 0 --
}

func ExampleNot() {
	show(builder.Not(builder.And(tracks.Length.Lt(60), tracks.Artist.Eq("Nina"))))
	// Output: NOT ("tracks"."seconds" < $1 AND "tracks"."artist" = $2) -- 60, "Nina"
}

func ExampleF() {
	show(builder.F(func(t *Track) *int { return &t.Length }).In(1, 2, 3))
	// Output: "tracks"."seconds" = ANY ($1) -- [1, 2, 3]
}

func ExampleNamed() {
	show(builder.Named[Track]("Length").Gt(60))
	show(builder.Named[Track]("Lenght").Gt(60))
	show(builder.Named[Track]("Length").Gt("an hour"))
	// Output:
	// "tracks"."seconds" > $1 -- 60
	// orm: Track has no field "Lenght" (did you mean "Length"?)
	// orm: Track.Length: invalid: got string, want int
}

func ExampleConstantSQL() {
	show(builder.ConstantSQL[Track]("seconds % ? = 0 OR title = '?'", 60), tracks.Length.Gt(0))
	show(builder.ConstantSQL[Track]("1 = 1) OR (1 = 1"))
	// Output:
	// (seconds % $1 = 0 OR title = '?') AND "tracks"."seconds" > $2 -- 60, 0
	// orm: Track: invalid: SQL text: a parenthesis is closed that was not opened
}

func ExampleText_Fold() {
	show(tracks.Title.Contains("50%"))
	show(tracks.Title.Fold().Eq("BLUE"))
	// Output:
	// "tracks"."title" LIKE $1 ESCAPE '\' -- "%50\\%%"
	// lower("tracks"."title") = lower(CASE WHEN TRUE THEN $1 ELSE "tracks"."title" END) -- "BLUE"
}
