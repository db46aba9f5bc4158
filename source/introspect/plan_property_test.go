package introspect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/dialect"
	"github.com/multi-orm/orm/internal/ddl"
	"github.com/multi-orm/orm/internal/migrate"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source/introspect"
)

// madeColumn is a column of a made model.
type madeColumn struct {
	name, kind      string
	null            bool
	word            string // "", "unique", "index"
	size            int
	values, literal string
}

// palette has a field of every kind, and one that may be NULL.
type palette struct {
	ID       int64 `orm:"id,auto"`
	Int16    int16
	Int32    int32
	Int64    int64
	Uint32   uint32
	Uint64   uint64
	Float32  float32
	Float64  float64
	Bool     bool
	String   string
	Enum     string
	Time     time.Time
	UUID     [16]byte
	Decimal  string         `orm:"decimal,type=numeric(12)"`
	Int16N   *int16         `orm:"int16n"`
	Int32N   *int32         `orm:"int32n"`
	Int64N   *int64         `orm:"int64n"`
	Uint32N  *uint32        `orm:"uint32n"`
	Uint64N  *uint64        `orm:"uint64n"`
	Float32N *float32       `orm:"float32n"`
	Float64N *float64       `orm:"float64n"`
	BoolN    *bool          `orm:"booln"`
	StringN  *string        `orm:"stringn"`
	EnumN    *string        `orm:"enumn"`
	TimeN    *time.Time     `orm:"timen"`
	UUIDN    *[16]byte      `orm:"uuidn"`
	DecimalN *string        `orm:"decimaln,type=numeric(12)"`
	BytesN   []byte         `orm:"bytesn"`
	JSONN    map[string]any `orm:"jsonn,json"`
}

// madeKind is a type of made columns: a value of row n, and one for rows without, on an engine.
type madeKind struct {
	value  func(n int) string
	few    bool // values are not all different
	filled string
}

func madeKinds(e engine) map[string]madeKind {
	text := func(format string) func(int) string { return func(n int) string { return fmt.Sprintf(format, n) } }
	bytes, uuid := text(`'\x0%d'`), text("'00000000-0000-0000-0000-00000000000%d'")
	truth := "true"
	if e.name == "sqlite" {
		bytes, truth = text("x'0%d'"), "1"
	}
	return map[string]madeKind{
		"int16":   {text("%d"), false, "7"},
		"int32":   {text("%d"), false, "7"},
		"int64":   {text("%d"), false, "7"},
		"uint32":  {text("%d"), false, "7"},
		"uint64":  {text("%d"), false, "7"},
		"float32": {text("%d.5"), false, "7"},
		"float64": {text("%d.5"), false, "7"},
		"bool":    {func(int) string { return truth }, true, truth},
		"string":  {text("'t%d'"), false, "'f'"},
		"enum":    {func(int) string { return "'x'" }, true, "'x'"},
		"bytes":   {bytes, false, bytes(7)},
		"time":    {text("'2024-01-02 03:04:0%d'"), false, "'2024-01-02 03:04:05'"},
		"uuid":    {uuid, false, uuid(7)},
		"json":    {text(`'{"a": %d}'`), true, "'{}'"},
		"decimal": {text("'%d.25'"), false, "'7.00'"},
	}
}

// madeModel makes a model of columns.
func madeModel(tb testing.TB, columns []madeColumn) *model.Model {
	tb.Helper()
	of, err := model.For[palette]()
	if err != nil {
		tb.Fatal(err)
	}
	m := &model.Model{Name: "Thing", Table: "things", Key: of.Key, Fields: slices.Clone(of.Key)}
	for _, c := range columns {
		name := c.kind
		if c.null {
			name += "n"
		}
		from, err := of.Field(name)
		if err != nil {
			tb.Fatal(err)
		}
		f := *from
		f.Model, f.Column, f.Size = m, c.name, c.size
		if c.values != "" {
			f.Enum = strings.Split(c.values, "|")
		}
		if c.literal != "" {
			if err := f.SetDefault(c.literal); err != nil {
				tb.Fatal(err)
			}
		}
		m.Fields = append(m.Fields, &f)
		switch c.word {
		case "unique":
			m.Uniques = append(m.Uniques, model.Index{Fields: []*model.Field{&f}})
		case "index":
			m.Indexes = append(m.Indexes, model.Index{Fields: []*model.Field{&f}})
		}
	}
	return m
}

func drawColumn(t *rapid.T, kinds map[string]madeKind, name string, added bool) madeColumn {
	names := make([]string, 0, len(kinds))
	for k := range kinds {
		names = append(names, k)
	}
	slices.Sort(names)
	c := madeColumn{name: name, kind: rapid.SampledFrom(names).Draw(t, name)}
	c.null = c.kind == "bytes" || c.kind == "json" || rapid.Bool().Draw(t, "null")
	c.draw(t, kinds, added)
	return c
}

// draw settles what may change of a column whose kind stays.
func (c *madeColumn) draw(t *rapid.T, kinds map[string]madeKind, added bool) {
	c.word, c.size, c.values, c.literal = "", 0, "", ""
	if !kinds[c.kind].few && (c.null || !added) {
		c.word = rapid.SampledFrom([]string{"", "", "unique", "index"}).Draw(t, "word")
	}
	switch c.kind {
	case "string":
		c.size = rapid.SampledFrom([]int{0, 20, 40}).Draw(t, "size")
		c.literal = rapid.SampledFrom([]string{"", "d"}).Draw(t, "literal")
	case "enum":
		c.values = rapid.SampledFrom([]string{"x", "x|y", "y|x|it's"}).Draw(t, "values")
	case "int32", "int64", "float64":
		c.literal = rapid.SampledFrom([]string{"", "3"}).Draw(t, "literal")
	}
	if c.word == "unique" {
		c.literal = ""
	}
}

// changed is the column as a later model has it.
func changed(t *rapid.T, kinds map[string]madeKind, c madeColumn) madeColumn {
	wider := map[string]string{"int16": "int32", "int32": "int64", "float32": "float64"}
	if w := wider[c.kind]; w != "" && rapid.Bool().Draw(t, "wider") {
		c.kind = w
	}
	if c.kind != "bytes" && c.kind != "json" {
		c.null = rapid.Bool().Draw(t, "null")
	}
	c.draw(t, kinds, false)
	return c
}

// run runs the statements of changes as a tool would, each change by itself.
func (e engine) run(tb testing.TB, address string, changes []migrate.Change, down bool) {
	tb.Helper()
	var script strings.Builder
	for i := range changes {
		list := changes[i].Up
		if down {
			list = changes[len(changes)-1-i].Down
		}
		for _, s := range list {
			script.WriteString(s + ";\n")
		}
	}
	e.load(tb, address, script.String())
}

// What a plan does makes the next one empty, whatever the models were and are; rows keep their values, and what goes back
// gives the schema that was.
func TestPlanOfAnyModels(t *testing.T) {
	for _, e := range engines() {
		t.Run(e.name, func(t *testing.T) {
			kinds := madeKinds(e)
			shared := ""
			if e.name == "postgres" {
				shared = e.make(t)
			}
			rapid.Check(t, func(rt *rapid.T) {
				address := shared
				if e.name == "postgres" {
					e.load(t, address, "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public")
				} else {
					address = e.make(t)
				}
				onePlan(t, rt, e, kinds, address)
			})
		})
	}
}

func onePlan(t *testing.T, rt *rapid.T, e engine, kinds map[string]madeKind, address string) {
	var old, next []madeColumn
	for _, name := range []string{"a", "b", "c", "d", "orders"} {
		switch rapid.SampledFrom([]string{"keep", "keep", "drop", "add", "none"}).Draw(rt, "what of "+name) {
		case "keep":
			c := drawColumn(rt, kinds, name, false)
			old, next = append(old, c), append(next, changed(rt, kinds, c))
		case "drop":
			old = append(old, drawColumn(rt, kinds, name, false))
		case "add":
			next = append(next, drawColumn(rt, kinds, name, true))
		}
	}
	drops := rapid.Bool().Draw(rt, "drops")
	o := migrate.Options{DropColumns: drops, DropIndexes: drops, NotValid: rapid.Bool().Draw(rt, "not valid"), Fills: map[string]string{}}
	rows := rapid.IntRange(0, 3).Draw(rt, "rows")
	for _, c := range next {
		if !c.null && (c.literal == "" || slices.ContainsFunc(old, func(x madeColumn) bool { return x.name == c.name })) {
			o.Fills["things."+c.name] = kinds[c.kind].filled
		}
	}
	db := open(t, e.open(address))
	defer db.Close()
	d := dialect.Dialect(dialect.SQLite{})
	if e.name == "postgres" {
		d = dialect.Postgres{}
	}
	plan := func(columns []madeColumn, o migrate.Options) ([]migrate.Change, *introspect.Schema) {
		live, err := introspect.Read(t.Context(), db)
		if err != nil {
			rt.Fatal(err)
		}
		for at := range o.Fills { // names that are no column's are refused
			if !slices.ContainsFunc(columns, func(c madeColumn) bool { return "things."+c.name == at }) {
				rt.Fatal(at)
			}
		}
		changes, notes, err := migrate.Diff(d, live, []*model.Model{madeModel(t, columns)}, o)
		if err != nil {
			rt.Fatal(err)
		}
		for _, c := range changes {
			rt.Log(c.Kind, c.Column, c.Up)
		}
		for _, n := range notes {
			if !strings.Contains(n.Text, "new name") && !strings.Contains(n.Text, "no field maps it") {
				rt.Fatal(n)
			}
		}
		return changes, live
	}
	e.load(t, address, strings.Join(ddl.Statements(d, []*model.Model{madeModel(t, old)}), ";\n")+";\n"+inserts(kinds, old, next, rows))
	if first, _ := plan(old, migrate.Options{}); len(first) > 0 {
		rt.Fatal("a plan of what CreateTables makes is not empty")
	}
	var kept []string
	for _, c := range old {
		if slices.ContainsFunc(next, func(n madeColumn) bool { return n.name == c.name }) {
			kept = append(kept, c.name)
		}
	}
	before := texts(t, rt, db, kept)
	changes, was := plan(next, o)
	e.run(t, address, changes, false)
	o.Fills = nil
	if again, _ := plan(next, o); len(again) > 0 {
		rt.Fatal("the second plan is not empty")
	}
	after := texts(t, rt, db, kept)
	if len(before) != len(after) {
		rt.Fatalf("%d rows became %d", len(before), len(after))
	}
	for i := range before {
		for j := range before[i] {
			if before[i][j] != after[i][j] && before[i][j] != "NULL" {
				rt.Fatalf("%v became %v", before, after)
			}
		}
	}
	if slices.ContainsFunc(changes, func(c migrate.Change) bool { return c.Destructive || len(c.Down) == 0 }) {
		return
	}
	e.run(t, address, changes, true)
	_, back := plan(old, migrate.Options{})
	for _, s := range []*introspect.Schema{was, back} {
		for i := range s.Tables {
			s.Tables[i].Statements = nil // with other spaces
		}
	}
	if d := cmp.Diff(was, back); d != "" {
		rt.Fatalf("gone back: %s", d)
	}
}

// inserts gives rows with a value in every column, and NULL in some of the second one.
func inserts(kinds map[string]madeKind, old, next []madeColumn, rows int) string {
	var script strings.Builder
	for n := 1; n <= rows; n++ {
		names, values := []string{"id"}, []string{fmt.Sprint(n)}
		for _, c := range old {
			again := slices.ContainsFunc(next, func(x madeColumn) bool { return x.name == c.name && x.word == "unique" && !x.null })
			names, values = append(names, c.name), append(values, kinds[c.kind].value(n))
			if c.null && n == 2 && !again {
				values[len(values)-1] = "NULL"
			}
		}
		fmt.Fprintf(&script, "INSERT INTO things (%s) VALUES (%s);\n", strings.Join(names, ", "), strings.Join(values, ", "))
	}
	return script.String()
}

// texts gives the values of columns as text, by the keys of their rows.
func texts(t *testing.T, rt *rapid.T, db orm.DB, columns []string) (out [][]string) {
	parts := []string{"CAST(id AS TEXT)"}
	for _, c := range columns {
		parts = append(parts, "COALESCE(CAST("+c+" AS TEXT), 'NULL')")
	}
	rows, err := orm.Raw[string](t.Context(), db, orm.Unsafe("SELECT "+strings.Join(parts, " || '|' || ")+" FROM things ORDER BY id"))
	if err != nil {
		rt.Fatal(err)
	}
	for _, r := range rows {
		out = append(out, strings.Split(r, "|"))
	}
	return out
}
