package main

import (
	"context"
	"embed"
	"encoding/csv"
	"fmt"
	"strconv"

	"github.com/multi-orm/orm"
)

//go:embed data/*.csv
var data embed.FS

// load fills every table from its file.
func load(ctx context.Context, db orm.DB, p *progress) error {
	defer p.end()
	l := loader{ctx: ctx, db: db, p: p}
	fill(&l, "countries", country)
	fill(&l, "cities", city)
	fill(&l, "languages", func(r *record) Language { return Language{r.text("code"), r.text("name")} })
	fill(&l, "currencies", func(r *record) Currency {
		return Currency{Code: r.text("code"), Name: r.text("name"), Symbol: r.maybe("symbol")}
	})
	fill(&l, "borders", func(r *record) Border { return Border{r.text("country_code"), r.text("neighbour_code")} })
	fill(&l, "country_languages", func(r *record) CountryLanguage {
		return CountryLanguage{r.text("country_code"), r.text("language_code")}
	})
	fill(&l, "country_currencies", func(r *record) CountryCurrency {
		return CountryCurrency{r.text("country_code"), r.text("currency_code")}
	})
	return l.err
}

func country(r *record) Country {
	return Country{
		Code:        r.text("code"),
		Alpha2:      r.text("cca2"),
		Name:        r.text("name"),
		Official:    r.text("official_name"),
		Capital:     r.maybe("capital"),
		Region:      r.text("region"),
		Subregion:   r.maybe("subregion"),
		Area:        optional(r, "area_km2", r.float),
		Lat:         r.float("lat"),
		Lng:         r.float("lng"),
		Landlocked:  r.bool("landlocked"),
		Independent: optional(r, "independent", r.bool),
	}
}

func city(r *record) City {
	return City{
		ID:          r.int("id"),
		Name:        r.text("name"),
		CountryCode: r.text("country_code"),
		Population:  r.int("population"),
		Lat:         r.float("lat"),
		Lng:         r.float("lng"),
	}
}

// loader carries what every fill needs; the first failure stays in err and ends the rest.
type loader struct {
	ctx context.Context
	db  orm.DB
	p   *progress
	err error
}

// fill makes a row of each record of a file and inserts them with one CreateMany: all or none.
func fill[T any](l *loader, name string, row func(*record) T) {
	if l.err != nil {
		return
	}
	rows, err := read(name, row)
	if err != nil {
		l.err = fmt.Errorf("%s.csv: %w", name, err)
		return
	}
	n, err := orm.Repo[T](l.db).CreateMany(l.ctx, rows, orm.Progress(func(done, total int) { l.p.show(name, done, total) }))
	if err != nil {
		l.err = err
		return
	}
	l.p.done(name, int(n))
}

func read[T any](name string, row func(*record) T) ([]T, error) {
	f, err := data.Open("data/" + name + ".csv")
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // embedded, and only read
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	rows := make([]T, len(lines)-1)
	for i, cells := range lines[1:] {
		r := record{header: lines[0], cells: cells}
		if rows[i] = row(&r); r.err != nil {
			return nil, fmt.Errorf("line %d: %w", i+2, r.err)
		}
	}
	return rows, nil
}

// record is one line of a file, its cells found by name; the first failure stays in err.
type record struct {
	header, cells []string
	err           error
}

func (r *record) text(name string) string {
	for i, h := range r.header {
		if h == name {
			return r.cells[i]
		}
	}
	r.fail(fmt.Errorf("no column %q", name))
	return ""
}

func (r *record) maybe(name string) *string { return optional(r, name, r.text) }

func (r *record) int(name string) int64 {
	n, err := strconv.ParseInt(r.text(name), 10, 64)
	r.fail(err)
	return n
}

func (r *record) float(name string) float64 {
	x, err := strconv.ParseFloat(r.text(name), 64)
	r.fail(err)
	return x
}

func (r *record) bool(name string) bool {
	b, err := strconv.ParseBool(r.text(name))
	r.fail(err)
	return b
}

func (r *record) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// optional reads a cell that may be empty, which means NULL.
func optional[V any](r *record, name string, read func(string) V) *V {
	if r.text(name) == "" {
		return nil
	}
	v := read(name)
	return &v
}
