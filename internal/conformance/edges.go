package conformance

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/multi-orm/orm"
)

// Edge has columns that are compared at the edges of what they hold.
type Edge struct {
	ID  int64 `orm:"id,auto"`
	F32 float32
	Num float32   `orm:"num,type=numeric"`
	Day time.Time `orm:"day,type=date"`
	At  time.Time
}

var edges = orm.Bind[Edge, struct {
	ID  orm.Col[Edge, int64]
	F32 orm.Col[Edge, float32]
	Num orm.Col[Edge, float32]
	Day orm.Time[Edge]
	At  orm.Time[Edge]
}]()

var edgeCases = []testCase{
	{"edge/dates", "a date column is compared as its midnight UTC", edgeDates},
	{"edge/precision", "a number is compared in its field's own precision", edgePrecision},
	{"edge/digits", "a float32 equals the decimal digits that it is written with", edgeForeign},
	{"edge/swallowed", "a row that the database takes and does not write is an error that says so", edgeSwallowed},
	{"edge/words", "what a tag keeps from creates, updates and names from outside is refused there", edgeWords},
	{"edge/half_keys", "a key of several columns may hold zero or empty parts, in every verb", edgeHalfKeys},
	{"edge/generated", "what the database makes of a row is never written and read back by every verb", edgeGenerated},
	{"edge/years", "parts of times have one range on every source", edgeYears},
}

func edgeDates(e *env) {
	db := e.open(Edge{})
	r := orm.Repo[Edge](db)
	noon := time.Date(2024, 2, 1, 12, 0, 0, 0, time.UTC)
	midnight := time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)
	in := []Edge{{Day: midnight, At: noon}, {Day: midnight.AddDate(0, 0, 1), At: noon}}
	must(r.CreateMany(e.ctx, in))
	e.equal(must(r.ByID(in[0].ID).One(e.ctx)).Day.UTC(), midnight, "a date reads back as its midnight")
	for name, c := range map[string]struct {
		p    orm.Pred[Edge]
		want int64
	}{
		"Eq midnight": {edges.Day.Eq(midnight), 1}, "Eq noon": {edges.Day.Eq(noon), 0}, "Ne noon": {edges.Day.Ne(noon), 2}, "Lt noon": {edges.Day.Lt(noon), 1},
		"Lte noon": {edges.Day.Lte(noon), 1}, "Gt noon": {edges.Day.Gt(noon), 1}, "Gte noon": {edges.Day.Gte(noon), 1}, "Gt midnight": {edges.Day.Gt(midnight), 1},
		"In": {edges.Day.In(noon, midnight), 1}, "NotIn": {edges.Day.NotIn(noon), 2}, "Between": {edges.Day.Between(midnight, noon), 1},
		"another zone": {edges.Day.Eq(midnight.In(time.FixedZone("x", 7*3600))), 1}, "DistinctFrom": {edges.Day.DistinctFrom(noon), 2},
	} {
		e.equal(must(r.Where(c.p).Count(e.ctx)), c.want, name)
	}
}

func edgePrecision(e *env) {
	db := e.open(Edge{})
	r := orm.Repo[Edge](db)
	for _, v := range []float32{868.3, 0.1, 16777216, 1e-7, -3.4e38} {
		g := Edge{F32: v, Num: v, Day: day(1), At: day(1)}
		ok(r.Create(e.ctx, &g))
		got := must(r.ByID(g.ID).One(e.ctx))
		e.equal([]any{got.F32, got.Num}, []any{v, v}, "read")
		e.equal(must(r.Where(edges.F32.Eq(v), edges.ID.Eq(g.ID)).Count(e.ctx)), int64(1), fmt.Sprint("real ", v))
		e.equal(must(r.Where(edges.Num.Eq(v), edges.ID.Eq(g.ID)).Count(e.ctx)), int64(1), fmt.Sprint("numeric ", v))
		e.equal(must(r.Where(edges.Num.In(v), edges.ID.Eq(g.ID)).Count(e.ctx)), int64(1), fmt.Sprint("numeric in a list ", v))
		e.equal(must(r.Where(edges.Num.Gt(v), edges.ID.Eq(g.ID)).Count(e.ctx)), int64(0), fmt.Sprint("numeric above ", v))
	}
}

// edgeForeign reads what another program has written, in its own digits.
func edgeForeign(e *env) {
	if e.engine.API {
		return
	}
	db := e.open(Edge{})
	r := orm.Repo[Edge](db)
	ok(r.Create(e.ctx, &Edge{Day: day(1), At: day(1)}))
	if e.engine.Serializable { // a database that keeps decimal digits
		must(db.Exec(e.ctx, "UPDATE edges SET num = 868.3"))
		e.equal(must(r.Where(edges.Num.Eq(868.3)).Count(e.ctx)), int64(1), "digits of another program")
		e.equal(must(r.Where(edges.Num.In(868.3, 1)).Count(e.ctx)), int64(1), "in a list")
		e.equal(must(r.First(e.ctx)).Num, float32(868.3), "read")
	}
}

func edgeYears(e *env) {
	db := e.open(Edge{})
	r := orm.Repo[Edge](db)
	must(r.CreateMany(e.ctx, []Edge{{At: day(1), Day: day(1)}}))
	for _, y := range []int{-1, 0, 1, 1999, 9999, 10000, math.MaxInt32} {
		counted(e, r.Where(edges.At.Year().Eq(y)), 0, fmt.Sprint("year ", y))
		counted(e, r.Where(edges.At.Year().Ne(y)), 1, fmt.Sprint("not the year ", y))
	}
	counted(e, r.Where(edges.At.Year().Gt(0)), 1, "after the year 0")
	for _, y := range []int{-1, 0, 10000, 20000} {
		at := time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC)
		err := r.Create(e.ctx, &Edge{At: at, Day: day(1)})
		if !errors.Is(err, orm.ErrInvalid) {
			e.Errorf("a time in the year %d: %v", y, err)
		}
		if _, err := r.Where(edges.At.Lt(at)).Count(e.ctx); !errors.Is(err, orm.ErrInvalid) {
			e.Errorf("a comparison with the year %d: %v", y, err)
		}
	}
	for _, y := range []int{1, 9999} {
		g := Edge{At: time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), Day: day(1)}
		ok(r.Create(e.ctx, &g))
		e.equal(must(r.ByID(g.ID).One(e.ctx)).At, g.At, fmt.Sprint("year ", y))
	}
}

func edgeSwallowed(e *env) {
	if e.engine.API {
		return
	}
	db := e.open(Edge{})
	if e.engine.Name == "sqlserver" {
		e.Skip("SQL Server gives back what a trigger in place of an insert was given, not what it wrote")
	}
	if e.engine.Serializable {
		must(db.Exec(e.ctx, "CREATE FUNCTION swallow_edges() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.f32 = 13 THEN RETURN NULL; END IF; RETURN NEW; END'"))
		must(db.Exec(e.ctx, "CREATE TRIGGER swallow BEFORE INSERT ON edges FOR EACH ROW EXECUTE FUNCTION swallow_edges()"))
	} else {
		must(db.Exec(e.ctx, "CREATE TRIGGER swallow BEFORE INSERT ON edges WHEN NEW.f32 = 13 BEGIN SELECT RAISE(IGNORE); END"))
	}
	r := orm.Repo[Edge](db)
	row := Edge{F32: 13, Day: day(1), At: day(1)}
	e.fails(r.Create(e.ctx, &row), orm.ErrInvalid, "Edge", "")
	e.equal(row.ID, int64(0), "no key of a row that is not there")
	given := Edge{ID: 77, F32: 13, Day: day(1), At: day(1)}
	e.fails(r.Create(e.ctx, &given), orm.ErrInvalid, "Edge", "")
	many := []Edge{{F32: 1, Day: day(1), At: day(1)}, {F32: 13, Day: day(1), At: day(1)}}
	e.fails(second(r.CreateMany(e.ctx, many)), orm.ErrInvalid, "Edge", "")
	e.equal([]int64{many[0].ID, many[1].ID}, []int64{0, 0}, "no keys of a call that failed")
	fine := Edge{F32: 2, Day: day(1), At: day(1)}
	ok(r.Create(e.ctx, &fine))
}

// Sealed says of its columns who may write and ask.
type Sealed struct {
	ID    int64  `orm:"id,auto"`
	Name  string `orm:"name"`
	Read  int    `orm:"read_only,readonly"`
	Late  int    `orm:"late,updateonly"`
	Early int    `orm:"early,createonly"`
	Quiet int    `orm:"quiet,noquery"`
	Made  int    `orm:"made,readonly,default=7"`
}

func edgeWords(e *env) {
	db := e.open(Sealed{})
	r := orm.Repo[Sealed](db)
	for field, row := range map[string]Sealed{"Read": {Read: 1}, "Late": {Late: 1}} {
		row.Name = "x"
		one, many, other := row, []Sealed{row}, row
		e.fails(r.Create(e.ctx, &one), orm.ErrInvalid, "Sealed", field)
		e.fails(second(r.CreateMany(e.ctx, many)), orm.ErrInvalid, "Sealed", field)
		other.ID = 5
		e.fails(r.Upsert(e.ctx, orm.On(r.F("ID")), &other), orm.ErrInvalid, "Sealed", field)
	}
	row := Sealed{Name: "x", Early: 3, Quiet: 4}
	ok(r.Create(e.ctx, &row))
	got := must(r.ByID(row.ID).One(e.ctx))
	e.equal(got, Sealed{ID: row.ID, Name: "x", Early: 3, Quiet: 4, Made: 7}, "what the library makes itself is written")
	e.fails(second(r.ByID(row.ID).Update(e.ctx, r.F("Read").Set(2))), orm.ErrInvalid, "Sealed", "Read")
	e.fails(second(r.ByID(row.ID).Update(e.ctx, r.F("Early").Set(2))), orm.ErrInvalid, "Sealed", "Early")
	e.equal(must(r.ByID(row.ID).Update(e.ctx, r.F("Late").Set(2))).Late, 2, "updateonly")
	e.fails(second(r.Where(r.F("Quiet").Eq(4)).All(e.ctx)), orm.ErrInvalid, "Sealed", "Quiet")
	e.fails(second(r.Where(r.F("Quiet").In(4)).Count(e.ctx)), orm.ErrInvalid, "Sealed", "Quiet")
	e.fails(second(r.Where(r.F("Quiet").IsNull()).All(e.ctx)), orm.ErrInvalid, "Sealed", "Quiet")
	e.fails(second(r.Where(r.F("Quiet").Between(1, 9)).All(e.ctx)), orm.ErrInvalid, "Sealed", "Quiet")
	e.fails(second(r.Sort("-Quiet").All(e.ctx)), orm.ErrInvalid, "Sealed", "Quiet")
	e.fails(second(r.Sort("Quiet").Take(1).Page(e.ctx, "")), orm.ErrInvalid, "Sealed", "Quiet")
}

// Half has a key of two columns, of which one may be empty.
type Half struct {
	N    int64  `orm:"n,id"`
	Word string `orm:"word,id"`
	Note string
}

// edgeHalfKeys treats a key with a zero or empty part alike in every verb.
func edgeHalfKeys(e *env) {
	if e.engine.API {
		return
	}
	db := e.open(Half{})
	r := orm.Repo[Half](db)
	rows := []Half{{0, "a", ""}, {1, "", ""}, {0, "", ""}}
	must(r.CreateMany(e.ctx, rows))
	for i := range rows {
		rows[i].Note = "saved"
		ok(r.Save(e.ctx, &rows[i]))
		e.equal(must(r.ByID(rows[i].N, rows[i].Word).One(e.ctx)), rows[i], "Save")
		rows[i].Note = "together"
	}
	must(r.SaveMany(e.ctx, rows))
	for i := range rows {
		e.equal(must(r.ByID(rows[i].N, rows[i].Word).One(e.ctx)), rows[i], "SaveMany")
		e.equal(must(r.Load(e.ctx, rows[i].N, rows[i].Word)), rows[i], "Load")
		ok(r.Upsert(e.ctx, orm.On[Half](r.F("N"), r.F("Word")), &rows[i]))
		must(r.ByID(rows[i].N, rows[i].Word).Update(e.ctx, r.F("Note").Set("x")))
		must(r.ByID(rows[i].N, rows[i].Word).Delete(e.ctx))
	}
	e.fails(r.Save(e.ctx, &rows[0]), orm.ErrNotFound, "Half", "")
}

// Bill has columns that the database makes: of other columns, and by a trigger of its own.
type Bill struct {
	ID    int64    `orm:"id,auto"`
	Price int64    `orm:"price"`
	Count int64    `orm:"count"`
	Total *int64   `orm:"total,generated,type=bigint GENERATED ALWAYS AS (price * count) STORED"`
	Label *string  `orm:"label,generated,type=text GENERATED ALWAYS AS ('x' || 'y') STORED"`
	Lines []BillLn `orm:"relation=id:bill_id"`
}

// BillLn hangs below a Bill, and has a key that the database makes as text.
type BillLn struct {
	ID     string `orm:"id,auto,type=text DEFAULT ('t' || 1)"`
	BillID *int64 `orm:"bill_id"`
}

var bills = orm.Bind[Bill, struct {
	ID    orm.Col[Bill, int64]
	Price orm.Col[Bill, int64]
	Total orm.Col[Bill, int64]
	Lines orm.Many[Bill, BillLn]
}]()

func edgeGenerated(e *env) {
	if e.engine.API {
		return
	}
	if e.engine.Name == "sqlserver" {
		e.Skip("the tags of its models are DDL that SQL Server does not read")
	}
	db := e.open(Bill{}, BillLn{})
	r := orm.Repo[Bill](db)
	total := func(b Bill, want int64, about string) {
		e.Helper()
		if b.Total == nil || *b.Total != want || b.Label == nil || *b.Label != "xy" {
			e.Errorf("%s: %+v", about, b)
		}
	}
	b := Bill{Price: 2, Count: 3}
	ok(r.Create(e.ctx, &b))
	total(b, 6, "Create")
	many := []Bill{{Price: 1, Count: 1}, {Price: 5, Count: 5}}
	must(r.CreateMany(e.ctx, many))
	total(many[0], 1, "CreateMany")
	total(many[1], 25, "CreateMany")
	nested := Bill{Price: 3, Count: 3}
	ok(r.Create(e.ctx, &nested, bills.Lines.Create(&BillLn{})))
	total(nested, 9, "Create with related rows")
	b.Price = 10
	ok(r.Save(e.ctx, &b))
	total(b, 30, "Save")
	many[0].Count, many[1].Count = 7, 8
	must(r.SaveMany(e.ctx, many))
	total(many[0], 7, "SaveMany")
	total(many[1], 40, "SaveMany")
	total(must(r.ByID(b.ID).Update(e.ctx, bills.Price.Set(4))), 12, "Update")
	up := Bill{ID: b.ID, Price: 6, Count: 6, Total: ptr(int64(1))}
	e.fails(r.Upsert(e.ctx, orm.On[Bill](bills.ID), &up), orm.ErrInvalid, "Bill", "Total")
	up.Total = nil
	ok(r.Upsert(e.ctx, orm.On[Bill](bills.ID), &up))
	total(up, 36, "Upsert")
	imported := []Bill{{Price: 2, Count: 2}}
	e.equal(must(r.Import(e.ctx, imported))[0].Err, nil, "Import")
	total(imported[0], 4, "Import")
	e.fails(r.Create(e.ctx, &Bill{Total: ptr(int64(1))}), orm.ErrInvalid, "Bill", "Total")
	e.fails(second(r.ByID(b.ID).Update(e.ctx, bills.Total.Set(1))), orm.ErrInvalid, "Bill", "Total")
	e.fails(r.Save(e.ctx, &b, bills.Total), orm.ErrInvalid, "Bill", "Total")
	e.equal(must(r.Where(bills.Total.Eq(36)).Count(e.ctx)), int64(1), "found by it")
	line := must(orm.Repo[BillLn](db).One(e.ctx))
	e.equal(line.ID, "t1", "a key that the database makes as text")
}
