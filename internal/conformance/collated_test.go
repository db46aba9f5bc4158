package conformance

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

type reader struct {
	ID   int64  `orm:"id,table=readers"`
	Name string `orm:"name"`
	N    int64  `orm:"n"`

	Loans []loan  `orm:"relation=name:reader"`
	Same  []loan  `orm:"relation=name+n:reader+n"`
	Clubs []*club `orm:"relation=name:name,through=members(reader:club)"`
}

type loan struct {
	ID     int64   `orm:"id,table=loans"`
	Reader *string `orm:"reader"`
	N      int64   `orm:"n"`

	By *reader `orm:"relation=reader:name"`
}

type club struct {
	ID   int64  `orm:"id,table=clubs"`
	Name string `orm:"name"`
}

// member describes the link table in one of two runs, so that link rows of both kinds are met.
type member struct {
	Reader string `orm:"reader,id,table=members"`
	Club   string `orm:"club,id"`
}

var (
	loanN   = orm.F(func(l *loan) *int64 { return &l.N })
	readers = orm.Bind[reader, struct {
		ID    orm.Col[reader, int64]
		Loans orm.Many[reader, loan]
		Same  orm.Many[reader, loan]
		Clubs orm.Many[reader, club]
	}]()
	loans = orm.Bind[loan, struct {
		ID orm.Col[loan, int64]
		By orm.One[loan, reader]
	}]()
	loanClubID = orm.F(func(c *club) *int64 { return &c.ID })
)

// collations are column types of an engine, some of which take texts for the same whose bytes differ.
type collations struct {
	name   string
	types  []string
	before []string
	open   func() source.Source
}

func collationsOf(t *testing.T) []collations {
	dsn := testkit.Postgres(t)
	return []collations{
		{"sqlite", []string{"TEXT", "TEXT COLLATE NOCASE", "VARCHAR(20) COLLATE RTRIM", `TEXT COLLATE "binary"`}, nil,
			func() source.Source { return sqlite.Source("main", ":memory:") }},
		{"postgres", []string{"text", "citext", "varchar(20)", "char(6)", `text COLLATE orm_ci`, `text COLLATE "C"`, "orm_ci_name"},
			[]string{"CREATE EXTENSION IF NOT EXISTS citext",
				"CREATE COLLATION IF NOT EXISTS orm_ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
				"DROP DOMAIN IF EXISTS orm_ci_name CASCADE", "CREATE DOMAIN orm_ci_name AS citext"},
			func() source.Source { return postgres.Source("main", dsn) }},
	}
}

var collatedNames = []string{"a", "A", "a ", "b", "B", "ab", "aB", "é", "É", "e", "ss", ""}

// Inside one database, lookup finds the rows that its own comparison of the two columns finds: those that a join, a filter
// and a count find, whatever the columns' types and collations.
func TestCollatedKeysInOneDatabase(t *testing.T) {
	for _, c := range collationsOf(t) {
		for i, parent := range c.types {
			for j, child := range c.types {
				t.Run(fmt.Sprintf("%s/%s to %s", c.name, parent, child), func(t *testing.T) {
					link := c.types[(i+j)%len(c.types)]
					ctx := context.Background()
					models := orm.Models(reader{}, loan{}, club{})
					if (i+j)%2 == 0 {
						models = orm.Models(reader{}, loan{}, club{}, member{})
					}
					db, err := orm.Open(ctx, c.open(), models)
					if err != nil {
						t.Fatal(err)
					}
					defer db.Close() //nolint:errcheck // a test
					run := func(text string, args ...any) {
						t.Helper()
						if _, err := db.Exec(ctx, orm.Unsafe(text), args...); err != nil {
							t.Fatalf("%s: %v", text, err)
						}
					}
					for _, text := range c.before {
						run(text)
					}
					for _, table := range []string{"readers", "loans", "clubs", "members"} {
						run("DROP TABLE IF EXISTS " + table)
					}
					run("CREATE TABLE readers (id bigint PRIMARY KEY, name " + parent + " NOT NULL, n bigint NOT NULL)")
					run("CREATE TABLE loans (id bigint PRIMARY KEY, reader " + child + ", n bigint NOT NULL)")
					run("CREATE TABLE clubs (id bigint PRIMARY KEY, name " + child + " NOT NULL)")
					run("CREATE TABLE members (reader " + link + " NOT NULL, club " + link + " NOT NULL)")
					for seed := range uint64(5) {
						t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
							collatedCase(ctx, t, db, rand.New(rand.NewPCG(seed, uint64(i*100+j)))) //nolint:gosec // a test
						})
					}
				})
			}
		}
	}
}

func collatedCase(ctx context.Context, t *testing.T, db orm.DB, r *rand.Rand) {
	name := func() string { return "'" + collatedNames[r.IntN(len(collatedNames))] + "'" }
	orNone := func() string {
		if r.IntN(8) == 0 {
			return "NULL"
		}
		return name()
	}
	fill := func(table string, most int, row func(i int) string) {
		text := []string{"DELETE FROM " + table}
		var rows []string
		for i := range r.IntN(most + 1) {
			rows = append(rows, "("+row(i)+")")
		}
		if len(rows) > 0 {
			text = append(text, "INSERT INTO "+table+" VALUES "+strings.Join(rows, ", "))
		}
		for _, x := range text {
			if _, err := db.Exec(ctx, orm.Unsafe(x)); err != nil {
				t.Fatal(err)
			}
		}
	}
	fill("readers", 6, func(i int) string { return fmt.Sprintf("%d, %s, %d", i, name(), r.IntN(2)) })
	fill("loans", 12, func(i int) string { return fmt.Sprintf("%d, %s, %d", i, orNone(), r.IntN(2)) })
	fill("clubs", 5, func(i int) string { return fmt.Sprintf("%d, %s", i, name()) })
	fill("members", 10, func(int) string { return name() + ", " + name() })

	all := orm.Repo[reader](db).OrderBy(readers.ID.Asc())
	by := func(s orm.Strategy, take bool) ([]string, error) {
		l, m, k := readers.Loans.OrderBy(loanN.Desc()).Strategy(s), readers.Same.Strategy(s), readers.Clubs.OrderBy(loanClubID.Desc()).Strategy(s)
		if take {
			l, k = l.Skip(1).Take(2), k.Take(1)
		}
		var out []string
		for _, q := range []orm.Query[reader]{all.With(l), all.With(m), all.With(k)} {
			rows, err := q.All(ctx)
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				out = append(out, fmt.Sprintf("%d: %v %v %v", r.ID, pick(r.Loans, func(l loan) int64 { return l.ID }), pick(r.Same, func(l loan) int64 { return l.ID }), pick(r.Clubs, func(c *club) int64 { return c.ID })))
			}
		}
		return out, nil
	}
	same := func(what string, have, want any, err, err2 error) {
		t.Helper()
		if (err == nil) != (err2 == nil) {
			t.Fatalf("%s: %v, and %v", what, err, err2)
		}
		if err == nil && fmt.Sprint(have) != fmt.Sprint(want) {
			t.Fatalf("%s:\n%v\nwant\n%v", what, have, want)
		}
		if errors.Is(err, orm.ErrUpstream) {
			t.Fatalf("%s: %v", what, err)
		}
	}
	joined, err := by(orm.Join, false)
	looked, err2 := by(orm.Lookup, false)
	if err != nil { // the database does not compare columns of two such collations, once there are rows to compare
		for _, e := range []error{err, err2} {
			if e != nil && (!errors.Is(e, orm.ErrInvalid) || !strings.Contains(e.Error(), "collation")) {
				t.Fatalf("join %v, lookup %v", err, err2)
			}
		}
		return
	}
	same("lookup", looked, joined, err2, nil)
	// per parent pages, cut out of what was joined
	rowsJoined, err := all.With(readers.Loans.OrderBy(loanN.Desc()).Strategy(orm.Join)).All(ctx)
	rowsPaged, err2 := all.With(readers.Loans.OrderBy(loanN.Desc()).Skip(1).Take(2)).All(ctx)
	page := func(rows []reader, cut bool) (out [][]int64) {
		for _, r := range rows {
			ids := pick(r.Loans, func(l loan) int64 { return l.ID })
			if cut {
				ids = ids[min(1, len(ids)):]
				ids = ids[:min(2, len(ids))]
			}
			out = append(out, ids)
		}
		return out
	}
	same("pages of parents", page(rowsPaged, false), page(rowsJoined, true), err2, err)
	// a filter and a count of related rows
	var some []int64
	for _, r := range rowsJoined {
		if len(r.Loans) > 0 {
			some = append(some, r.ID)
		}
	}
	filtered, err2 := all.Where(readers.Loans.Some()).All(ctx)
	same("filter", pick(filtered, func(r reader) int64 { return r.ID }), some, err2, nil)
	// streams load in windows
	var streamed []reader
	for r, err := range all.With(readers.Loans.OrderBy(loanN.Desc())).Rows(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		streamed = append(streamed, r)
	}
	same("stream", page(streamed, false), page(rowsJoined, false), nil, nil)
	// to-one, where each loan has one reader at most, and an error that is the same where it has more
	ones := func(s orm.Strategy) ([]string, error) {
		rows, err := orm.Repo[loan](db).OrderBy(loans.ID.Asc()).With(loans.By.Strategy(s)).All(ctx)
		return pick(rows, func(l loan) string {
			if l.By == nil {
				return "-"
			}
			return fmt.Sprint(l.By.ID)
		}), err
	}
	joined, err = ones(orm.Join)
	looked, err2 = ones(orm.Lookup)
	same("to-one", looked, joined, err2, err)
}
