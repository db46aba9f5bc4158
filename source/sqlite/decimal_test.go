package sqlite_test

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/decimal"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/sqlite"
)

type item struct {
	ID    int64  `orm:"id,table=items"`
	Price string `orm:"price,type=numeric,index"`
}

var items = orm.Bind[item, struct {
	ID    orm.Col[item, int64]
	Price orm.Text[item]
}]()

func prices(t *testing.T, q orm.Query[item]) []string {
	t.Helper()
	all, err := q.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(all))
	for i := range all {
		out[i] = all[i].Price
	}
	return out
}

func openItems(t *testing.T, src *sqlite.DataSource) orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), src, orm.Models(item{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

var unsorted = []string{"7", "84.3", "13.4", "-2", "3333222211110000", "42670021827970642226975"}
var ordered = []string{"-2", "7", "13.4", "84.3", "3333222211110000", "42670021827970642226975"}

func fill(t *testing.T, r orm.Repo[item]) {
	t.Helper()
	for i, p := range unsorted {
		if err := r.Create(t.Context(), &item{ID: int64(i), Price: p}); err != nil {
			t.Fatal(err)
		}
	}
}

// step is a line of a query plan.
type step struct {
	ID, Parent, Notused int64
	Detail              string
}

// Other programs read the text, and the index of the column serves what is asked here.
func TestDecimalsAreTextInTheFile(t *testing.T) {
	path := testkit.SQLite(t)
	db := openItems(t, sqlite.Source("main", path))
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	r := orm.Repo[item](db)
	fill(t, r)
	plan := must(orm.Raw[step](t.Context(), db, `EXPLAIN QUERY PLAN SELECT price FROM items WHERE price COLLATE orm_decimal > '9' ORDER BY price COLLATE orm_decimal`))(t)
	if len(plan) != 1 || !strings.Contains(plan[0].Detail, "items_price_idx (price>?)") {
		t.Errorf("the index does not serve: %v", plan)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	plain, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	var text, class string
	if err := plain.QueryRowContext(t.Context(), "SELECT group_concat(price, ' '), min(typeof(price)) FROM items").Scan(&text, &class); err != nil || text != strings.Join(unsorted, " ") || class != "text" {
		t.Errorf("%q, %s, %v", text, class, err)
	}
	if tool, err := exec.LookPath("sqlite3"); err == nil {
		out, err := exec.CommandContext(t.Context(), tool, path, "SELECT price FROM items").CombinedOutput()
		if err != nil || strings.Join(strings.Fields(string(out)), " ") != strings.Join(unsorted, " ") {
			t.Errorf("the tool reads %q, %v", out, err)
		}
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// A table that another program made says nothing of a collation: the statements do.
func TestDecimalsInTablesOfOthers(t *testing.T) {
	db := openItems(t, sqlite.Source("main", testkit.SQLite(t)))
	if _, err := db.Exec(t.Context(), "CREATE TABLE items (id INTEGER PRIMARY KEY, price TEXT)"); err != nil {
		t.Fatal(err)
	}
	r := orm.Repo[item](db)
	fill(t, r)
	if have := prices(t, r.OrderBy(items.Price.Asc())); !slices.Equal(have, ordered) {
		t.Errorf("sorted: %v", have)
	}
	if have := prices(t, r.Where(items.Price.Gt("9")).OrderBy(items.Price.Asc())); !slices.Equal(have, ordered[2:]) {
		t.Errorf("above 9: %v", have)
	}
	if _, err := db.Exec(t.Context(), "INSERT INTO items VALUES (90, '7.00'), (91, '+07')"); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Where(items.Price.Eq("7.0")).Count(t.Context()); n != 3 || err != nil {
		t.Errorf("equal to 7.0: %d, %v", n, err)
	}
	if n, err := r.Select(items.Price).Distinct().Count(t.Context()); n != 6 || err != nil {
		t.Errorf("distinct: %d, %v", n, err)
	}
	if _, err := db.Exec(t.Context(), "INSERT INTO items VALUES (92, 'not a number')"); err != nil {
		t.Fatal(err)
	}
	type sum struct {
		Sum string `orm:"agg=sum(Price)"`
	}
	if _, err := orm.Aggregate[sum](t.Context(), r); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "no number") {
		t.Errorf("a sum over text: %v", err)
	}
}

// A column of SQLite's own numbers takes what it keeps whole, and nothing else.
func TestDecimalsInColumnsOfNumbers(t *testing.T) {
	for _, typ := range []string{"NUMERIC", "numeric(10,2)", "REAL", "INTEGER", "DOUBLE PRECISION"} {
		db := openItems(t, sqlite.Source("main", testkit.SQLite(t)))
		r := orm.Repo[item](db)
		if err := r.Create(t.Context(), &item{Price: "1"}); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("no table: %v", err)
		}
		if _, err := db.Exec(t.Context(), orm.Unsafe("CREATE TABLE items (id INTEGER PRIMARY KEY, Price "+typ+")")); err != nil {
			t.Fatal(err)
		}
		for i, p := range []string{"7", "84.3", "13.40", "-2", "3333222211110000", "0.000000000123456789012345"} {
			if err := r.Create(t.Context(), &item{ID: int64(i), Price: p}); err != nil {
				t.Errorf("%s, %s: %v", typ, p, err)
			}
		}
		if have := prices(t, r.Where(items.Price.Gt("9")).OrderBy(items.Price.Desc())); !slices.Equal(have, []string{"3333222211110000", "84.3", "13.4"}) {
			t.Errorf("%s, sorted: %v", typ, have)
		}
		type sums struct {
			Sum string `orm:"agg=sum(Price)"`
		}
		sum, err := orm.Aggregate[sums](t.Context(), r.Where(items.ID.Lt(4)))
		if err != nil || len(sum) != 1 || sum[0].Sum != "102.7" {
			t.Errorf("%s: %v, %v", typ, sum, err)
		}
		for _, p := range []string{"42670021827970642226975", "1234567890.1234567", "-9007199254740993"} {
			for about, err := range map[string]error{
				"create": r.Create(t.Context(), &item{ID: 90, Price: p}),
				"save":   r.Save(t.Context(), &item{ID: 1, Price: p}),
				"update": errOf(r.ByID(1).Update(t.Context(), items.Price.Set(p))),
				"many":   errOf(r.SaveMany(t.Context(), []item{{ID: 1, Price: "1"}, {ID: 2, Price: p}})),
				"upsert": r.Upsert(t.Context(), orm.On(items.ID), &item{ID: 1, Price: "2"}, items.Price.Set(p)),
			} {
				var typed *orm.Error
				if !errors.Is(err, orm.ErrInvalid) || !errors.As(err, &typed) || typed.Model != "item" || typed.Field != "Price" || strings.Contains(err.Error(), p) {
					t.Errorf("%s, %s: %v", typ, about, err)
				}
			}
		}
		if err := errOf(r.ByID(1).Update(t.Context(), items.Price.Inc("1"))); !errors.Is(err, orm.ErrUnsupported) {
			t.Errorf("%s, Inc: %v", typ, err)
		}
	}
}

func errOf[T any](_ T, err error) error { return err }

func TestDecimalsOnTheCallersDatabase(t *testing.T) {
	for _, registered := range []bool{false, true} {
		d := new(sqliteDriver)
		if registered {
			for range 2 { // again changes nothing
				if err := sqlite.RegisterDecimals(d); err != nil {
					t.Fatal(err)
				}
			}
		}
		plain := sql.OpenDB(opener{d, testkit.SQLite(t)})
		defer plain.Close()
		db := openItems(t, sqlite.FromDB("main", plain))
		if _, err := db.Exec(t.Context(), "CREATE TABLE items (id INTEGER PRIMARY KEY, price TEXT)"); err != nil {
			t.Fatal(err)
		}
		r := orm.Repo[item](db)
		fill(t, r)
		all, err := r.OrderBy(items.Price.Asc()).All(t.Context())
		if registered && (err != nil || len(all) != len(ordered) || all[0].Price != "-2") {
			t.Errorf("%v, %v", all, err)
		}
		if !registered && (!errors.Is(err, orm.ErrUnsupported) || !strings.Contains(err.Error(), "RegisterDecimals")) {
			t.Errorf("a driver without decimals: %v", err)
		}
	}
	if err := sqlite.RegisterDecimals(nil); !errors.Is(err, orm.ErrUnsupported) {
		t.Errorf("no driver: %v", err)
	}
}

// A driver of the caller's keeps its functions.
func TestSourceTakesADriver(t *testing.T) {
	d := new(sqliteDriver)
	if err := d.RegisterDeterministicScalarFunction("seven", 0, func(*functionContext, []driver.Value) (driver.Value, error) { return int64(7), nil }); err != nil {
		t.Fatal(err)
	}
	db := openItems(t, sqlite.Source("main", ":memory:", sqlite.Driver(d)))
	n, err := orm.Raw[int64](t.Context(), db, "SELECT seven() + orm_decimal_add('1', '2')")
	if err != nil || len(n) != 1 || n[0] != 10 {
		t.Errorf("%v, %v", n, err)
	}
}

// The database's own sort and sums agree with the numbers.
func TestSQLiteComputesDecimals(t *testing.T) {
	plain := sql.OpenDB(opener{registeredDriver(t), testkit.SQLite(t)})
	defer plain.Close()
	if _, err := plain.ExecContext(t.Context(), "CREATE TABLE t (x TEXT COLLATE orm_decimal)"); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		texts := rapid.SliceOfN(rapid.StringMatching(`-?[0-9]{1,30}(\.[0-9]{1,20})?`), 1, 12).Draw(rt, "texts")
		if _, err := plain.ExecContext(t.Context(), "DELETE FROM t"); err != nil {
			rt.Fatal(err)
		}
		sum, _ := decimal.Parse("0")
		for _, s := range texts {
			if _, err := plain.ExecContext(t.Context(), "INSERT INTO t VALUES (?)", s); err != nil {
				rt.Fatal(err)
			}
			n, _ := decimal.Parse(s)
			sum = decimal.Add(sum, n)
		}
		rows, err := plain.QueryContext(t.Context(), "SELECT x FROM t ORDER BY x")
		if err != nil {
			rt.Fatal(err)
		}
		defer rows.Close()
		last := ""
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				rt.Fatal(err)
			}
			if last != "" && decimal.Compare(last, s) > 0 {
				rt.Fatalf("%s stands before %s", last, s)
			}
			last = s
		}
		var have, average, least, most string
		if err := plain.QueryRowContext(t.Context(), "SELECT orm_decimal_sum(x, 0), orm_decimal_avg(x, 0), min(x), max(x) FROM t").Scan(&have, &average, &least, &most); err != nil {
			rt.Fatal(err)
		}
		slices.SortFunc(texts, decimal.Compare)
		if decimal.Compare(have, sum.String()) != 0 || decimal.Compare(average, decimal.Average(sum, int64(len(texts))).String()) != 0 ||
			decimal.Compare(least, texts[0]) != 0 || decimal.Compare(most, texts[len(texts)-1]) != 0 {
			rt.Fatalf("sum %s, average %s, from %s to %s of %v", have, average, least, most, texts)
		}
	})
}

// What the package's documentation says SQL text can compute exactly.
func TestDecimalsInSQLText(t *testing.T) {
	type bill struct {
		ID    int64  `orm:"id,auto"`
		Total string `orm:"total,decimal=12.2"`
		Paid  string `orm:"paid,decimal=12.2"`
	}
	db, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(bill{}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := orm.CreateTables(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	r := orm.Repo[bill](db)
	if _, err := r.CreateMany(t.Context(), []bill{{Total: "10.30", Paid: "10"}, {Total: "9.31", Paid: "9"}, {Total: "100", Paid: "90.5"}}); err != nil {
		t.Fatal(err)
	}
	n, err := r.Where(orm.SQL[bill]("orm_decimal_add(total, orm_decimal_mul(paid, '-1')) > ? COLLATE orm_decimal", "0.3")).Count(t.Context())
	if err != nil || n != 2 {
		t.Errorf("%d bills are open (%v)", n, err)
	}
}
