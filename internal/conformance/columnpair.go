package conformance

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/golang-sql/civil"

	"github.com/multi-orm/orm"
)

// Claim has columns that are compared with each other.
type Claim struct {
	ID       int64       `orm:"id,auto"`
	Asked    int64       `orm:"asked"`
	Granted  *int32      `orm:"granted"`
	Total    Exact       `orm:"total,decimal=12.2"`
	Paid     *Exact      `orm:"paid,decimal=14.4"`
	From     time.Time   `orm:"from_at"`
	Until    *time.Time  `orm:"until_at"`
	Due      civil.Date  `orm:"due,type=date"`
	Settled  *civil.Date `orm:"settled,type=date"`
	Name     string      `orm:"name"`
	Alias    *string     `orm:"alias"`
	Rate     float64     `orm:"rate"`
	Open     bool        `orm:"open"`
	Shown    bool        `orm:"shown"`
	Internal string      `orm:"internal,noquery"`
}

var claims = orm.Bind[Claim, struct {
	ID, Asked    orm.Col[Claim, int64]
	Granted      orm.Col[Claim, int32]
	Total, Paid  orm.Col[Claim, Exact]
	From, Until  orm.Time[Claim]
	Due, Settled orm.Col[Claim, civil.Date]
	Name, Alias  orm.Text[Claim]
	Rate         orm.Col[Claim, float64]
	Open, Shown  orm.Col[Claim, bool]
}]()

var columnPairCases = []testCase{
	{"columns/compare", "two columns of a row compare as their values do, NULL with nothing", columnsCompare},
	{"columns/refused", "columns that databases compare by different rules are ErrInvalid", columnsRefused},
}

// sign compares what a row holds in two columns; known is false where one is NULL.
type sign func(c *Claim) (order int, known bool)

func columnsCompare(e *env) {
	db := e.open(Claim{})
	r := orm.Repo[Claim](db)
	rnd := rand.New(rand.NewPCG(3, 3))
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	in := make([]Claim, 60)
	for i := range in {
		n := func() int { return rnd.IntN(3) - 1 }
		c := Claim{Asked: int64(n()), Total: x([]string{"-2", "9.5", "10"}[n()+1]), From: start.Add(time.Duration(n()) * time.Microsecond),
			Due: civil.DateOf(start.AddDate(0, 0, n())), Name: string(rune('b' + n())), Rate: float64(n()), Open: n() > 0, Shown: n() > 0}
		if rnd.IntN(4) > 0 {
			until, settled := start.Add(time.Duration(n())*time.Microsecond), civil.DateOf(start.AddDate(0, 0, n()))
			c.Granted, c.Paid, c.Until, c.Settled, c.Alias = ptr(int32(n())), ptr(x([]string{"-2.0000", "9.5001", "10.00"}[n()+1])), &until, &settled, ptr(string(rune('b'+n())))
		}
		in[i] = c
	}
	must(r.CreateMany(e.ctx, in))
	compare := func(a, b int) (int, bool) { return a - b, true }
	place := map[string]int{"-2": 0, "-2.0000": 0, "9.5": 1, "9.5001": 2, "10": 3, "10.00": 3}
	type pair struct {
		col func(op string) orm.Pred[Claim]
		of  sign
	}
	pairs := map[string]pair{}
	add := func(name string, col func(op string) orm.Pred[Claim], of sign) { pairs[name] = pair{col, of} }
	add("integers", pairing(claims.Asked, claims.Granted), func(c *Claim) (int, bool) {
		if c.Granted == nil {
			return 0, false
		}
		return compare(int(c.Asked), int(*c.Granted))
	})
	add("decimals", pairing(claims.Total, claims.Paid), func(c *Claim) (int, bool) {
		if c.Paid == nil {
			return 0, false
		}
		return compare(place[c.Total.Text], place[c.Paid.Text])
	})
	add("times", pairing(claims.From.Col, claims.Until), func(c *Claim) (int, bool) {
		if c.Until == nil {
			return 0, false
		}
		return c.From.Compare(*c.Until), true
	})
	add("dates", pairing(claims.Due, claims.Settled), func(c *Claim) (int, bool) {
		if c.Settled == nil {
			return 0, false
		}
		return compare(c.Due.DaysSince(*c.Settled), 0)
	})
	add("texts", pairing(claims.Name.Col, claims.Alias), func(c *Claim) (int, bool) {
		if c.Alias == nil {
			return 0, false
		}
		return compare(int(c.Name[0]), int((*c.Alias)[0]))
	})
	for name, p := range pairs {
		for op, is := range map[string]func(order int) bool{
			"EqCol": func(o int) bool { return o == 0 }, "NeCol": func(o int) bool { return o != 0 }, "GtCol": func(o int) bool { return o > 0 },
			"GteCol": func(o int) bool { return o >= 0 }, "LtCol": func(o int) bool { return o < 0 }, "LteCol": func(o int) bool { return o <= 0 },
		} {
			got, err := r.Where(p.col(op)).OrderBy(claims.ID.Asc()).All(e.ctx)
			if e.engine.API {
				e.fails(err, orm.ErrUnsupported, "Claim", "")
				continue
			}
			ok(err)
			var want []int64
			for i := range in {
				if order, known := p.of(&in[i]); known && is(order) {
					want = append(want, in[i].ID)
				}
			}
			e.equal(pick(got, func(c Claim) int64 { return c.ID }), want, fmt.Sprint(name, " ", op))
		}
	}
	if e.engine.API {
		return
	}
	n := must(r.Where(claims.Open.EqCol(claims.Shown), orm.Not(claims.Open.NeCol(claims.Shown))).Count(e.ctx))
	m := must(r.Where(claims.Open.NeCol(claims.Shown)).Count(e.ctx))
	e.equal(n+m, int64(len(in)), "booleans")
	e.equal(must(r.Where(r.F("Asked").GtCol(r.F("Granted"))).Count(e.ctx)), must(r.Where(claims.Asked.GtCol(claims.Granted)).Count(e.ctx)), "by name")
	changed := must(r.Where(claims.Asked.GtCol(claims.Granted)).UpdateMany(e.ctx, claims.Name.Set("z")))
	e.equal(must(r.Where(claims.Name.Eq("z")).Count(e.ctx)), changed, "of an update")
}

// pairing gives the comparisons of a with b by name.
func pairing[V any](a orm.Col[Claim, V], b orm.Selectable[Claim]) func(op string) orm.Pred[Claim] {
	return func(op string) orm.Pred[Claim] {
		switch op {
		case "EqCol":
			return a.EqCol(b)
		case "NeCol":
			return a.NeCol(b)
		case "GtCol":
			return a.GtCol(b)
		case "GteCol":
			return a.GteCol(b)
		case "LtCol":
			return a.LtCol(b)
		}
		return a.LteCol(b)
	}
}

func columnsRefused(e *env) {
	r := orm.Repo[Claim](e.open(Claim{}))
	for about, p := range map[string]orm.Pred[Claim]{
		"itself": claims.Asked.EqCol(claims.Asked), "a number and a text": claims.Asked.EqCol(claims.Name), "a number and a float": claims.Asked.LtCol(claims.Rate),
		"a decimal and a number": claims.Total.GtCol(claims.Asked), "a day and a time": claims.Due.LtCol(claims.Until), "an order of booleans": claims.Open.GtCol(claims.Shown),
		"case ignored": claims.Name.Fold().EqCol(claims.Alias), "a field that names may not ask about": r.F("Name").EqCol(r.F("Internal")), "nothing": claims.Asked.EqCol(nil),
	} {
		_, err := r.Where(p).Count(e.ctx)
		if !errors.Is(err, orm.ErrInvalid) && !(e.engine.API && errors.Is(err, orm.ErrUnsupported)) {
			e.Errorf("%s: %v", about, err)
		}
		if _, err := r.Where(p).DeleteMany(e.ctx); err == nil {
			e.Errorf("%s: deletes", about)
		}
	}
}
