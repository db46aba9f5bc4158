package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/sqlite"
)

// parcel is a table that another program changes while statements run.
type parcel struct {
	ID    int64     `orm:"id,auto,table=parcels"`
	N     int64     `orm:"n"`
	Label string    `orm:"label"`
	Price string    `orm:"price,type=numeric"`
	At    time.Time `orm:"at,type=integer"`
	Code  int64     `orm:"code,unique"`
}

var parcels = orm.Bind[parcel, struct {
	ID    orm.Col[parcel, int64]
	N     orm.Col[parcel, int64]
	Label orm.Text[parcel]
	Price orm.Text[parcel]
	Code  orm.Col[parcel, int64]
}]()

const parcelTable = "CREATE TABLE parcels (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER NOT NULL, label TEXT NOT NULL, price TEXT NOT NULL, at INTEGER NOT NULL, code INTEGER NOT NULL UNIQUE)"

// long is a price that a column of numbers would round.
const longPrice = "42670021827970642226975.5"

// freshParcel is a row of a worker, told from the others by its code.
func freshParcel(code int64) parcel {
	return parcel{N: code, Label: "a", Price: longPrice, At: time.Unix(1609459200, 0).UTC(), Code: code}
}

// wrong says what is wrong with a row that was read.
func (p *parcel) wrong(code int64) error {
	if want := freshParcel(code); p.N != want.N || p.Label != want.Label || p.Price != want.Price || !p.At.Equal(want.At) || p.Code != want.Code {
		return fmt.Errorf("wrong values: %+v", *p)
	}
	return nil
}

// parcelKinds are the kinds of statements. Each is given a row that is in the table, and puts into it what it reads.
func parcelKinds() map[string]func(ctx context.Context, db orm.DB, p *parcel) error {
	mine := func(db orm.DB, p *parcel) orm.Query[parcel] {
		return orm.Repo[parcel](db).Where(parcels.Code.Eq(p.Code))
	}
	first := func(p *parcel, got []parcel, err error) error {
		if err == nil && len(got) != 1 {
			return fmt.Errorf("%d rows", len(got))
		}
		if err == nil {
			*p = got[0]
		}
		return err
	}
	return map[string]func(ctx context.Context, db orm.DB, p *parcel) error{
		"select": func(ctx context.Context, db orm.DB, p *parcel) error {
			got, err := mine(db, p).All(ctx)
			return first(p, got, err)
		},
		"page": func(ctx context.Context, db orm.DB, p *parcel) error {
			page, err := mine(db, p).OrderBy(parcels.Price.Asc()).Take(1).Page(ctx, "")
			return first(p, page.Rows, err)
		},
		"stream": func(ctx context.Context, db orm.DB, p *parcel) error {
			for got, err := range mine(db, p).Rows(ctx) {
				if err != nil {
					return err
				}
				*p = got
			}
			return nil
		},
		"count": func(ctx context.Context, db orm.DB, p *parcel) error {
			n, err := mine(db, p).Count(ctx)
			if err == nil && n != 1 {
				return fmt.Errorf("%d rows", n)
			}
			return err
		},
		"aggregate": func(ctx context.Context, db orm.DB, p *parcel) error {
			type sums struct {
				Price string `orm:"agg=sum(Price)"`
				N     int64  `orm:"agg=max(N)"`
			}
			got, err := orm.Aggregate[sums](ctx, mine(db, p))
			if err == nil {
				p.Price, p.N = got[0].Price, got[0].N
			}
			return err
		},
		"update": func(ctx context.Context, db orm.DB, p *parcel) error {
			got, err := orm.Repo[parcel](db).ByID(p.ID).Update(ctx, parcels.Price.Set(longPrice), parcels.N.Set(p.N))
			return first(p, []parcel{got}, err)
		},
		"update many": func(ctx context.Context, db orm.DB, p *parcel) error {
			return errOf(mine(db, p).UpdateMany(ctx, parcels.Label.Set("a")))
		},
		"update returning": func(ctx context.Context, db orm.DB, p *parcel) error {
			got, err := mine(db, p).UpdateReturning(ctx, parcels.N.Set(p.N))
			return first(p, got, err)
		},
		"save": func(ctx context.Context, db orm.DB, p *parcel) error { return orm.Repo[parcel](db).Save(ctx, p) },
		"save many": func(ctx context.Context, db orm.DB, p *parcel) error {
			return errOf(orm.Repo[parcel](db).SaveMany(ctx, []parcel{*p}))
		},
		"upsert": func(ctx context.Context, db orm.DB, p *parcel) error {
			return orm.Repo[parcel](db).Upsert(ctx, orm.On(parcels.Code), p)
		},
		"create": func(ctx context.Context, db orm.DB, p *parcel) error {
			more := freshParcel(p.Code + 500)
			return orm.Repo[parcel](db).Create(ctx, &more)
		},
		"create many": func(ctx context.Context, db orm.DB, p *parcel) error {
			return errOf(orm.Repo[parcel](db).CreateMany(ctx, []parcel{freshParcel(p.Code + 600), freshParcel(p.Code + 700)}))
		},
		"delete": func(ctx context.Context, db orm.DB, p *parcel) error {
			got, err := mine(db, p).Delete(ctx)
			return first(p, []parcel{got}, err)
		},
		"delete many": func(ctx context.Context, db orm.DB, p *parcel) error { return errOf(mine(db, p).DeleteMany(ctx)) },
	}
}

// posted puts a row into the table for a statement to work on.
func posted(ctx context.Context, db orm.DB, code int64) (parcel, error) {
	p := freshParcel(code)
	return p, orm.Repo[parcel](db).Create(ctx, &p)
}

// rebuilt makes the table anew, as programs do for what ALTER TABLE cannot.
func rebuilt(table string) []string {
	return []string{strings.Replace(table, "parcels", "fresh", 1), "INSERT INTO fresh (id, n, label, price, at, code) SELECT id, n, label, price, at, code FROM parcels",
		"DROP TABLE parcels", "ALTER TABLE fresh RENAME TO parcels"}
}

// friendly follow one another while statements run. Each leaves a table that every statement fits.
func friendly() [][]string {
	return [][]string{
		{"ALTER TABLE parcels ADD COLUMN extra TEXT"},
		rebuilt("CREATE TABLE parcels (code INTEGER NOT NULL UNIQUE, at INTEGER NOT NULL, price TEXT NOT NULL, label VARCHAR(20) NOT NULL, id INTEGER PRIMARY KEY AUTOINCREMENT, n BIGINT NOT NULL)"),
		{"ALTER TABLE parcels ADD COLUMN more INTEGER DEFAULT 7", "CREATE INDEX by_label ON parcels (label)"},
		{"DROP INDEX by_label", "ALTER TABLE parcels RENAME COLUMN more TO less", "ALTER TABLE parcels DROP COLUMN less"},
		rebuilt(parcelTable),
		{"ALTER TABLE parcels RENAME TO gone", "ALTER TABLE gone RENAME TO parcels"},
		{"ANALYZE", "REINDEX parcels"},
	}
}

// change runs statements in one transaction of another connection, again while the library holds the lock.
func change(ctx context.Context, other *sql.DB, statements []string) error {
	for try := 0; ; try++ {
		err := func() error {
			tx, err := other.BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			for _, s := range statements {
				if _, err := tx.ExecContext(ctx, s); err != nil {
					return errors.Join(err, tx.Rollback())
				}
			}
			return tx.Commit()
		}()
		if err == nil || try > 200 || !strings.Contains(err.Error(), "locked") && !strings.Contains(err.Error(), "BUSY") {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

func openParcels(t *testing.T) (db orm.DB, other *sql.DB) {
	t.Helper()
	path := testkit.SQLite(t)
	db = must(orm.Open(t.Context(), sqlite.Source("main", path), orm.Models(parcel{})))(t)
	t.Cleanup(func() { _ = db.Close() })
	other = must(sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(5000)"))(t)
	t.Cleanup(func() { _ = other.Close() })
	if err := change(t.Context(), other, []string{parcelTable}); err != nil {
		t.Fatal(err)
	}
	return db, other
}

// The schema changes under load, by another connection: no statement fails or reads or writes anything wrong.
func TestSchemaChangesUnderLoad(t *testing.T) {
	db, other := openParcels(t)
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	var ran, changed atomic.Int64
	var workers sync.WaitGroup
	for w := range 4 {
		workers.Go(func() {
			code := int64(w+1) * 1_000_000_000
			for i := 0; ctx.Err() == nil; i++ {
				for kind, run := range parcelKinds() {
					var err error
					if code += 1000; i%2 == 0 {
						err = lives(t.Context(), db, code, run)
					} else {
						err = db.Tx(t.Context(), func(tx orm.DB) error { return lives(t.Context(), tx, code, run) }, orm.Retry(3))
					}
					if err != nil {
						t.Errorf("%s, in a transaction: %v: %v", kind, i%2 == 1, err)
						return
					}
					ran.Add(1)
				}
			}
		})
	}
	for i := 0; ctx.Err() == nil; i++ {
		if err := change(t.Context(), other, friendly()[i%len(friendly())]); err != nil {
			t.Errorf("%v: %v", friendly()[i%len(friendly())], err)
			break
		}
		changed.Add(1)
		time.Sleep(5 * time.Millisecond)
	}
	workers.Wait()
	t.Logf("%d statements, %d changes", ran.Load(), changed.Load())
}

// lives runs one kind of statement on a row of its own.
func lives(ctx context.Context, db orm.DB, code int64, run func(context.Context, orm.DB, *parcel) error) error {
	p, err := posted(ctx, db, code)
	if err == nil {
		err = run(ctx, db, &p)
	}
	if err == nil {
		err = p.wrong(code)
	}
	return err
}

// hostile changes leave a table that the model does not fit, and are mended; fields are those to be named.
var hostile = map[string]struct {
	breaks, mends []string
	fields        string
	reads         bool // reads give what the table has made of the values
}{
	"number dropped":          {[]string{"ALTER TABLE parcels DROP COLUMN n"}, []string{"ALTER TABLE parcels ADD COLUMN n INTEGER NOT NULL DEFAULT 0"}, "N", false},
	"text dropped":            {[]string{"ALTER TABLE parcels DROP COLUMN label"}, []string{"ALTER TABLE parcels ADD COLUMN label TEXT NOT NULL DEFAULT ''"}, "Label", false},
	"column renamed":          {[]string{"ALTER TABLE parcels RENAME COLUMN price TO cost"}, []string{"ALTER TABLE parcels RENAME COLUMN cost TO price"}, "Price", false},
	"columns swapped":         {[]string{"ALTER TABLE parcels RENAME COLUMN label TO tmp", "ALTER TABLE parcels RENAME COLUMN price TO tag"}, []string{"ALTER TABLE parcels RENAME COLUMN tmp TO label", "ALTER TABLE parcels RENAME COLUMN tag TO price"}, "Label Price", false},
	"table renamed":           {[]string{"ALTER TABLE parcels RENAME TO gone"}, []string{"ALTER TABLE gone RENAME TO parcels"}, "", false},
	"table dropped":           {[]string{"DROP TABLE parcels"}, []string{parcelTable}, "", false},
	"decimals become numbers": {rebuilt(strings.Replace(parcelTable, "price TEXT", "price NUMERIC", 1)), rebuilt(parcelTable), "Price", true},
	"times become text":       {rebuilt(strings.Replace(parcelTable, "at INTEGER", "at TEXT", 1)), rebuilt(parcelTable), "At", true},
}

// Every kind of statement that ran before the table changed either works afterwards or says what is wrong, reads nothing that
// is not there, and runs again when the table is mended.
func TestSchemaChangesThatDoNotFit(t *testing.T) {
	for _, given := range []bool{false, true} {
		for name, h := range hostile {
			db, other := openParcels(t)
			if given { // whose double quotes may stand for text
				d := registeredDriver(t)
				if err := sqlite.RegisterTimes(d); err != nil {
					t.Fatal(err)
				}
				other = sql.OpenDB(opener{d, "file:" + testkit.SQLite(t) + "?_dqs=1&_pragma=busy_timeout(5000)"})
				t.Cleanup(func() { _ = other.Close() })
				db = must(orm.Open(t.Context(), sqlite.FromDB("main", other), orm.Models(parcel{})))(t)
				t.Cleanup(func() { _ = db.Close() })
				if err := change(t.Context(), other, []string{parcelTable}); err != nil {
					t.Fatal(err)
				}
			}
			code := int64(0)
			for kind, run := range parcelKinds() {
				t.Run(fmt.Sprintf("%s/%s/given %v", name, kind, given), func(t *testing.T) {
					next := func() int64 { code += 1000; return code }
					for range 2 { // statements are kept from the first on
						if err := lives(t.Context(), db, next(), run); err != nil {
							t.Fatal(err)
						}
					}
					p := must(posted(t.Context(), db, next()))(t)
					if err := change(t.Context(), other, h.breaks); err != nil {
						t.Fatal(err)
					}
					for range 2 {
						q := p
						err := run(t.Context(), db, &q)
						if err == nil && !h.reads {
							err = q.wrong(p.Code)
						}
						var typed *orm.Error
						if err != nil && (!errors.Is(err, orm.ErrInvalid) || !errors.As(err, &typed) || typed.Model != "parcel" || h.fields != "" && (typed.Field == "" || !strings.Contains(h.fields, typed.Field))) {
							t.Errorf("broken: %v", err)
						}
						if strings.HasPrefix(kind, "delete") && (err == nil || name == "times become text") { // what cannot be read is gone
							break
						}
					}
					if err := change(t.Context(), other, append([]string{"DELETE FROM parcels"}, h.mends...)); err != nil && name != "table renamed" && name != "table dropped" {
						t.Fatal(err)
					} else if err != nil {
						if err := change(t.Context(), other, append(h.mends[:len(h.mends):len(h.mends)], "DELETE FROM parcels")); err != nil {
							t.Fatal(err)
						}
					}
					if err := lives(t.Context(), db, next(), run); err != nil {
						t.Errorf("mended: %v", err)
					}
				})
			}
		}
	}
}

// The name of a column that is gone is no text in what a write gives back.
func TestReturningIsNoText(t *testing.T) {
	plain := sql.OpenDB(opener{registeredDriver(t), "file:" + testkit.SQLite(t) + "?_dqs=1"})
	defer plain.Close()
	db := must(orm.Open(t.Context(), sqlite.FromDB("main", plain), orm.Models(parcel{})))(t)
	defer db.Close()
	if err := change(t.Context(), plain, []string{parcelTable}); err != nil {
		t.Fatal(err)
	}
	p := must(posted(t.Context(), db, 1))(t)
	if err := change(t.Context(), plain, []string{"ALTER TABLE parcels DROP COLUMN label"}); err != nil {
		t.Fatal(err)
	}
	got, err := orm.Repo[parcel](db).ByID(p.ID).Update(t.Context(), parcels.N.Set(2))
	if !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "Label") {
		t.Errorf("%+v, %v", got, err)
	}
	if n := must(orm.Repo[parcel](db).Where(parcels.N.Eq(2)).Count(t.Context()))(t); n != 0 {
		t.Error("the row was changed")
	}
}

// What a table makes of decimals is asked again when it has been made anew.
func TestAffinityIsAskedAgain(t *testing.T) {
	db, other := openParcels(t)
	must(posted(t.Context(), db, 1))(t)
	if err := change(t.Context(), other, rebuilt(strings.Replace(parcelTable, "price TEXT", "price NUMERIC", 1))); err != nil {
		t.Fatal(err)
	}
	if _, err := posted(t.Context(), db, 2); !errors.Is(err, orm.ErrInvalid) || !strings.Contains(err.Error(), "Price") {
		t.Errorf("a price of many digits in a column of numbers: %v", err)
	}
	if err := change(t.Context(), other, rebuilt(parcelTable)); err != nil {
		t.Fatal(err)
	}
	must(posted(t.Context(), db, 3))(t)
}
