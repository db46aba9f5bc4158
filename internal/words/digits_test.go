package words_test

import (
	"errors"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/sqlite"
)

// priced has columns that keep fewer digits than others, and days.
type priced struct {
	ID    int64     `orm:"id,auto"`
	Price string    `orm:"price,decimal=12.2"`
	Exact string    `orm:"exact,decimal=20.7"`
	Wide  string    `orm:"wide,decimal=20.2"`
	Day   time.Time `orm:"day,type=date"`
	On    string    `orm:"on_day,type=date"`
}

var priceds = orm.Bind[priced, struct {
	Price, Exact, Wide, On orm.Text[priced]
	Day                    orm.Time[priced]
}]()

// What a column does not keep is refused by whatever gives it a value, and changes nothing.
func TestWhatAColumnDoesNotKeepIsRefused(t *testing.T) {
	engines(t, func(t *testing.T, db orm.DB) {
		ctx := t.Context()
		r := orm.Repo[priced](db)
		row := priced{Price: "1.11", Exact: "2.5", Wide: "3", Day: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), On: "2024-02-29"}
		must(t, r.Create(ctx, &row))
		for about, a := range map[string]orm.Assign[priced]{
			"more digits": priceds.Price.Set("1.111"), "adding more digits": priceds.Price.Inc("0.001"), "another column's digits": priceds.Price.SetFrom(priceds.Exact),
			"another column's size": priceds.Price.SetFrom(priceds.Wide), "an hour": priceds.Day.Set(row.Day.Add(time.Hour)), "no day": priceds.On.Set("2024-02-30"), "no text of a day": priceds.On.Set(""),
		} {
			if got, err := r.ByID(row.ID).Update(ctx, a); !errors.Is(err, orm.ErrInvalid) {
				t.Errorf("%s: %+v, %v", about, got, err)
			}
		}
		for about, bad := range map[string]priced{
			"an hour": {Price: "0", Exact: "0", Wide: "0", Day: row.Day.Add(time.Hour), On: "2024-02-29"},
			"no day":  {Price: "0", Exact: "0", Wide: "0", Day: row.Day, On: "0000-00-00"},
		} {
			if err := r.Create(ctx, &bad); !errors.Is(err, orm.ErrInvalid) {
				t.Errorf("%s: %v", about, err)
			}
		}
		if _, err := r.Where(priceds.On.Lt("2024-02-30")).Count(ctx); !errors.Is(err, orm.ErrInvalid) {
			t.Errorf("compared with no day: %v", err)
		}
		got, err := r.ByID(row.ID).Update(ctx, priceds.Price.Inc("0.010"), priceds.Exact.SetFrom(priceds.Price))
		must(t, err)
		if got.Price != "1.12" || got.Exact != "1.11" && got.Exact != "1.1100000" || !got.Day.Equal(row.Day) || got.On != row.On {
			t.Errorf("%+v", got)
		}
	}, priced{})
}

// SQLite would compute decimals in floating-point numbers.
func TestGeneratedDecimalsAreRefusedBySQLite(t *testing.T) {
	type line struct {
		ID     int64  `orm:"id,auto"`
		Price  string `orm:"price,decimal=12.2"`
		Amount string `orm:"amount,decimal=20.4,generated=price * 2"`
	}
	_, err := orm.Open(t.Context(), sqlite.Source("main", ":memory:"), orm.Models(line{}))
	var told *orm.Error
	if !errors.Is(err, orm.ErrUnsupported) || !errors.As(err, &told) || told.Model != "line" || told.Field != "Amount" {
		t.Errorf("%v", err)
	}
}
