package conformance

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/multi-orm/orm"
)

// Exact is a decimal type as libraries have them: it reads and gives text.
type Exact struct{ Text string }

// Value implements driver.Valuer.
func (x Exact) Value() (driver.Value, error) {
	if x.Text == "" {
		return "0", nil
	}
	return x.Text, nil
}

// Scan implements sql.Scanner. Zeros behind the point say nothing, so that the databases' answers can be compared.
func (x *Exact) Scan(src any) error {
	text := fmt.Sprint(src)
	if b, ok := src.([]byte); ok {
		text = string(b)
	}
	if strings.Trim(text, "-0123456789.") != "" || text == "" {
		return errors.New("no decimal")
	}
	if strings.Contains(text, ".") {
		text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
	}
	if text = strings.TrimLeft(text, "0"); text == "" || text[0] == '.' {
		text = "0" + text
	}
	x.Text = text
	return nil
}

// Offer has a price of each kind of decimal column.
type Offer struct {
	ID    int64 `orm:"id"`
	Shop  int64
	Price Exact   `orm:"price"`
	Sale  *Exact  `orm:"sale,type=numeric"`
	Fixed Exact   `orm:"fixed,type=numeric(10,2),index"`
	Words string  `orm:"words,type=numeric(12,3)"`
	Rate  *string `orm:"rate,type=numeric,unique"`
}

var offers = orm.Bind[Offer, struct {
	ID    orm.Col[Offer, int64]
	Shop  orm.Col[Offer, int64]
	Price orm.Col[Offer, Exact]
	Sale  orm.Col[Offer, Exact]
	Fixed orm.Col[Offer, Exact]
	Words orm.Text[Offer]
	Rate  orm.Text[Offer]
}]()

var decimalCases = []testCase{
	{"decimal/exact", "forty digits are read as they were written, by every kind of write", decimalExact},
	{"decimal/compare", "decimals compare as numbers, by every operator", decimalCompare},
	{"decimal/order", "decimals sort as numbers, both ways, NULL as ever", decimalOrder},
	{"decimal/pages", "pages sorted by decimals cover every row once, over ties and NULLs, forward and back", decimalPages},
	{"decimal/aggregates", "sums and averages are exact, the least and the greatest are those of the numbers", decimalAggregates},
	{"decimal/groups", "equal numbers are one group, one distinct row and one key, however they are written", decimalGroups},
	{"decimal/assign", "Inc and Mul compute exactly and keep to the column's digits", decimalAssign},
	{"decimal/random", "random decimals give the same sums, averages, products and orders everywhere, to the last zero", decimalRandom},
	{"decimal/refused", "what is no number, or has digits that the column would lose, is ErrInvalid with model and field", decimalRefused},
	{"decimal/related", "decimals of related rows filter and sort", decimalRelated},
}

func x(text string) Exact { return Exact{text} }

func (e *env) offered(prices ...string) orm.Repo[Offer] {
	r := orm.Repo[Offer](e.open(Offer{}))
	in := make([]Offer, len(prices))
	for i, p := range prices {
		in[i] = Offer{ID: int64(i + 1), Shop: int64(i % 2), Price: x(p), Words: "0"}
	}
	must(r.CreateMany(e.ctx, in))
	return r
}

func offerIDs(in []Offer) []int64 { return pick(in, func(o Offer) int64 { return o.ID }) }

func prices(in []Offer) []string { return pick(in, func(o Offer) string { return o.Price.Text }) }

func decimalExact(e *env) {
	r := orm.Repo[Offer](e.open(Offer{}))
	long := []string{"42670021827970642226975", "3333222211110000", "1234567890123456789012345678901234567890", "-0.1234567890123456789012345678901234567891", "9007199254740993", "0.1", "0", "-2"}
	for i, text := range long {
		o := Offer{ID: int64(i + 1), Price: x(text), Sale: ptr(x(text)), Fixed: x("7.5"), Words: "12.5", Rate: &long[i]}
		switch i % 3 {
		case 0:
			ok(r.Create(e.ctx, &o))
		case 1:
			must(r.CreateMany(e.ctx, []Offer{o}))
		default:
			ok(r.Create(e.ctx, &Offer{ID: o.ID, Words: "1"}))
			ok(r.Save(e.ctx, &o))
		}
		got := must(r.ByID(o.ID).One(e.ctx))
		e.equal(got, Offer{ID: o.ID, Price: x(text), Sale: ptr(x(text)), Fixed: x("7.5"), Words: "12.500", Rate: &text}, text)
		e.equal(must(r.Where(offers.Price.Eq(x(text)), offers.Sale.Eq(x(text)), offers.Rate.Eq(text)).Count(e.ctx)), int64(1), "equal to "+text)
	}
	all := must(r.OrderBy(offers.ID.Asc()).All(e.ctx))
	for i := range all {
		all[i].Price = x(long[len(long)-1-i])
	}
	must(r.SaveMany(e.ctx, all))
	e.equal(prices(must(r.OrderBy(offers.ID.Desc()).All(e.ctx))), long, "saved together")
	e.equal(must(r.ByID(1).Update(e.ctx, offers.Price.Set(x(long[2])), r.F("Sale").Set("1e3"))).Price.Text, long[2], "updated")
	e.equal(must(r.ByID(1).One(e.ctx)).Sale, ptr(x("1000")), "an exponent")
}

func decimalCompare(e *env) {
	r := e.offered("7", "84.3", "13.4", "-2", "3333222211110000", "7.0")
	for about, c := range map[string]struct {
		p    orm.Pred[Offer]
		want []int64
	}{
		"Eq 7.0": {offers.Price.Eq(x("7.0")), []int64{1, 6}}, "Eq 07": {offers.Price.Eq(x("07")), []int64{1, 6}}, "Ne": {offers.Price.Ne(x("7.00")), []int64{2, 3, 4, 5}},
		"Gt 9": {offers.Price.Gt(x("9")), []int64{2, 3, 5}}, "Gte": {offers.Price.Gte(x("13.40")), []int64{2, 3, 5}}, "Lt 0": {offers.Price.Lt(x("0")), []int64{4}},
		"Lte": {offers.Price.Lte(x("7.000")), []int64{1, 4, 6}}, "In": {offers.Price.In(x("7.00"), x("-2.0"), x("1")), []int64{1, 4, 6}}, "NotIn": {offers.Price.NotIn(x("7.00"), x("-2.0")), []int64{2, 3, 5}},
		"Between": {offers.Price.Between(x("7.0"), x("100")), []int64{1, 2, 3, 6}}, "DistinctFrom": {offers.Price.DistinctFrom(x("7.000")), []int64{2, 3, 4, 5}},
		"by name": {r.F("Price").Gt(9), []int64{2, 3, 5}}, "a name and a text": {r.F("Price").Eq("7.00"), []int64{1, 6}}, "a name and a float": {r.F("Price").Lt(13.5), []int64{1, 3, 4, 6}},
		"Not": {orm.Not(offers.Price.Gt(x("9"))), []int64{1, 4, 6}}, "sub-select": {offers.Price.InQuery(orm.Values(r.Where(offers.ID.Eq(6)), offers.Price)), []int64{1, 6}},
		"text": {r.F("Price").StartsWith("84"), []int64{2}},
		"far":  {offers.Price.Gt(x("3333222211109999.99999999999999999999")), []int64{5}},
	} {
		e.equal(offerIDs(must(r.Where(c.p).OrderBy(offers.ID.Asc()).All(e.ctx))), c.want, about)
	}
	must(r.ByID(2).Update(e.ctx, offers.Fixed.Set(x("9.5")), offers.Words.Set("10")))
	e.equal(must(r.Where(offers.Fixed.Gt(x("9.499"))).Count(e.ctx)), int64(1), "a column of two digits is compared with three")
	e.equal(must(r.Where(offers.Words.Gt("9")).Count(e.ctx)), int64(1), "a string that is a decimal")
	e.equal(must(r.Where(offers.Words.Eq("10.0"), offers.Words.In("10.00", "x1"[1:])).Count(e.ctx)), int64(1), "strings in a list")
}

func decimalOrder(e *env) {
	r := e.offered("7", "84.3", "13.4", "-2", "3333222211110000", "-13.4", "0.5")
	want := []string{"-13.4", "-2", "0.5", "7", "13.4", "84.3", "3333222211110000"}
	e.equal(prices(must(r.OrderBy(offers.Price.Asc()).All(e.ctx))), want, "ascending")
	e.equal(prices(must(r.Sort("Price").All(e.ctx))), want, "by name")
	e.equal(prices(must(r.OrderBy(offers.Price.Asc()).Skip(2).Take(3).All(e.ctx))), want[2:5], "a page")
	slices.Reverse(want)
	e.equal(prices(must(r.OrderBy(offers.Price.Desc()).All(e.ctx))), want, "descending")
	for id, sale := range map[int64]string{1: "10", 2: "9", 3: "9.0"} {
		must(r.ByID(id).Update(e.ctx, offers.Sale.Set(x(sale))))
	}
	e.equal(offerIDs(must(r.OrderBy(offers.Sale.Asc(), offers.ID.Asc()).All(e.ctx))), []int64{2, 3, 1, 4, 5, 6, 7}, "NULL last")
	e.equal(offerIDs(must(r.OrderBy(offers.Sale.Desc(), offers.ID.Asc()).All(e.ctx))), []int64{4, 5, 6, 7, 1, 2, 3}, "NULL first")
	e.equal(offerIDs(must(r.OrderBy(offers.Sale.Asc().NullsFirst(), offers.ID.Asc()).All(e.ctx))), []int64{4, 5, 6, 7, 2, 3, 1}, "NULL first, as said")
}

func decimalPages(e *env) {
	var texts []string
	for i := range 23 {
		texts = append(texts, []string{"7", "84.3", "7.0", "-2", "3333222211110000", "-2.50", "100", "9"}[i%8])
	}
	r := e.offered(texts...)
	for i, t := range texts {
		if i%3 > 0 {
			must(r.ByID(i+1).Update(e.ctx, offers.Sale.Set(x(t)), offers.Words.Set(strings.Replace(t, "3333222211110000", "333", 1))))
		}
	}
	for about, q := range map[string]orm.Query[Offer]{
		"price": r.OrderBy(offers.Price.Asc()), "price, descending": r.OrderBy(offers.Price.Desc()), "sale": r.OrderBy(offers.Sale.Asc()), "sale, descending": r.OrderBy(offers.Sale.Desc()),
		"sale, NULL first": r.OrderBy(offers.Sale.Asc().NullsFirst()), "two": r.OrderBy(offers.Shop.Desc(), offers.Sale.Desc().NullsLast(), offers.Price.Asc()), "by name": r.Sort("-Words", "Price"),
		"not selected": r.Select(offers.ID).OrderBy(offers.Price.Desc()),
	} {
		want := offerIDs(must(q.OrderBy(offers.ID.Asc()).All(e.ctx)))
		q = q.OrderBy(offers.ID.Asc()).Take(4)
		var have, backward []int64
		cursor, last := "", ""
		for {
			p := must(q.Page(e.ctx, cursor))
			have = append(have, offerIDs(p.Rows)...)
			if p.Next == "" {
				last = p.Prev
				backward = offerIDs(p.Rows)
				break
			}
			cursor = p.Next
		}
		e.equal(have, want, about)
		for last != "" {
			p := must(q.Page(e.ctx, last))
			backward = append(offerIDs(p.Rows), backward...)
			last = p.Prev
		}
		e.equal(backward, want, about+", backward")
	}
}

// OfShop sums up offers.
type OfShop struct {
	Shop  int64
	N     int64  `orm:"agg=count(*)"`
	Kinds int64  `orm:"agg=count(distinct Price)"`
	Sum   Exact  `orm:"agg=sum(Price)"`
	Mean  *Exact `orm:"agg=avg(Price)"`
	Least *Exact `orm:"agg=min(Price)"`
	Most  *Exact `orm:"agg=max(Price)"`
	Sales *Exact `orm:"agg=sum(Sale)"`
	None  Exact  `orm:"agg=sum(Sale)"`
	Words string `orm:"agg=sum(Words)"`
	Top   string `orm:"agg=max(Words)"`
}

var ofShop = orm.Bind[OfShop, struct {
	Shop  orm.Col[OfShop, int64]
	Sum   orm.Col[OfShop, Exact]
	Mean  orm.Col[OfShop, Exact]
	Most  orm.Col[OfShop, Exact]
	Words orm.Text[OfShop]
}]()

func decimalAggregates(e *env) {
	r := e.offered("7", "0.1", "13.40", "0.2", "7.0", "42670021827970642226975", "-2", "0.30")
	must(r.Where(offers.Shop.Eq(0)).UpdateMany(e.ctx, offers.Words.Set("9.5")))
	must(r.ByID(1).Update(e.ctx, offers.Words.Set("10")))
	shops := must(orm.Aggregate[OfShop](e.ctx, r))
	e.equal(shops, []OfShop{
		{Shop: 0, N: 4, Kinds: 3, Sum: x("25.4"), Mean: ptr(x("6.35")), Least: ptr(x("-2")), Most: ptr(x("13.4")), None: x("0"), Words: "38.500", Top: "10.000"},
		{Shop: 1, N: 4, Kinds: 4, Sum: x("42670021827970642226975.6"), Mean: ptr(x("10667505456992660556743.9")), Least: ptr(x("0.1")), Most: ptr(x("42670021827970642226975")), None: x("0"), Words: "0.000", Top: "0.000"},
	}, "groups")
	e.same("groups", shops)
	of := func(p orm.Pred[OfShop]) []int64 {
		return pick(must(orm.Aggregate[OfShop](e.ctx, r, orm.Having(p))), func(s OfShop) int64 { return s.Shop })
	}
	e.equal(of(ofShop.Sum.Eq(x("25.40"))), []int64{0}, "a sum that equals")
	e.equal(of(ofShop.Sum.Gt(x("9"))), []int64{0, 1}, "sums above 9")
	e.equal(of(ofShop.Sum.In(x("25.400"), x("1"))), []int64{0}, "sums in a list")
	e.equal(of(ofShop.Most.Lt(x("100"))), []int64{0}, "the greatest")
	e.equal(of(ofShop.Words.Gt("9")), []int64{0}, "a sum of strings")
	e.equal(of(ofShop.Mean.Between(x("6"), x("7"))), []int64{0}, "an average")
	by := must(orm.Aggregate[OfShop](e.ctx, r, orm.GroupOrder(ofShop.Sum.Desc())))
	e.equal(pick(by, func(s OfShop) int64 { return s.Shop }), []int64{1, 0}, "sorted by sums")
	type mean struct {
		Mean Exact `orm:"agg=avg(Price)"`
	}
	third := must(orm.Aggregate[mean](e.ctx, r.Where(offers.ID.In(1, 2, 3))))
	e.equal(third, []mean{{x("6.8333333333333333")}}, "an average that does not end")
	e.same("thirds", third)
	type nothing struct {
		Sum   Exact  `orm:"agg=sum(Price)"`
		Maybe *Exact `orm:"agg=sum(Price)"`
		Mean  *Exact `orm:"agg=avg(Price)"`
		Least *Exact `orm:"agg=min(Price)"`
	}
	e.equal(must(orm.Aggregate[nothing](e.ctx, r.Where(offers.ID.Lt(0)))), []nothing{{Sum: x("0")}}, "of no rows")
	type wrong struct {
		Sum float64 `orm:"agg=sum(Price)"`
	}
	_, err := orm.Aggregate[wrong](e.ctx, r)
	e.fails(err, orm.ErrInvalid, "wrong", "Sum")
}

func decimalGroups(e *env) {
	r := e.offered("7", "7.0", "7.00", "9", "10", "9.0")
	type byPrice struct {
		Price Exact
		N     int64 `orm:"agg=count(*)"`
	}
	groups := must(orm.Aggregate[byPrice](e.ctx, r))
	e.equal(groups, []byPrice{{x("7"), 3}, {x("9"), 2}, {x("10"), 1}}, "groups, in the order of the numbers")
	e.same("groups", groups)
	above := must(orm.Aggregate[byPrice](e.ctx, r, orm.Having(orm.F(func(b *byPrice) *Exact { return &b.Price }).Gte(x("9.00")))))
	e.equal(above, []byPrice{{x("9"), 2}, {x("10"), 1}}, "a condition on groups")
	e.equal(prices(must(r.Select(offers.Price).Distinct().OrderBy(offers.Price.Desc()).All(e.ctx))), []string{"10", "9", "7"}, "distinct, sorted")
	e.equal(len(must(r.Select(offers.Price).Distinct().All(e.ctx))), 3, "distinct")
	e.equal(must(r.Select(offers.Price).Distinct().Count(e.ctx)), int64(3), "counted")
	ok(r.Create(e.ctx, &Offer{ID: 100, Words: "1", Rate: ptr("1.5")}))
	e.fails(r.Create(e.ctx, &Offer{ID: 101, Words: "1", Rate: ptr("1.50")}), orm.ErrConflict, "Offer", "")
	o := Offer{ID: 102, Words: "3", Rate: ptr("01.500")}
	ok(r.Upsert(e.ctx, orm.On(offers.Rate), &o, offers.Words.Set("4")))
	e.equal(must(r.Where(offers.Rate.Eq("1.5")).One(e.ctx)).Words, "4.000", "an upsert meets the row of the same number")
}

func decimalAssign(e *env) {
	r := e.offered("42670021827970642226975.5", "7")
	up := func(as ...orm.Assign[Offer]) Offer { return must(r.ByID(1).Update(e.ctx, as...)) }
	e.equal(up(offers.Price.Inc(x("0.50"))).Price.Text, "42670021827970642226976", "Inc")
	e.equal(up(offers.Price.Inc(x("-42670021827970642226969"))).Price.Text, "7", "Inc by a negative number")
	e.equal(up(offers.Price.Mul(x("1.1"))).Price.Text, "7.7", "Mul")
	e.equal(must(r.Where(offers.Price.Eq(x("7.70"))).Count(e.ctx)), int64(1), "what was computed compares")
	e.equal(up(r.F("Price").Inc(1), offers.Fixed.Set(x("10"))).Price.Text, "8.7", "by name")
	e.equal(up(offers.Fixed.Mul(x("1.19"))).Fixed.Text, "11.9", "two digits")
	e.equal(up(offers.Fixed.Mul(x("0.15"))).Fixed.Text, "1.79", "halves are rounded away from zero, as PostgreSQL does")
	e.equal(up(offers.Fixed.Mul(x("-0.5"))).Fixed.Text, "-0.9", "below zero too")
	e.equal(up(offers.Words.Inc("1.5")).Words, "1.500", "a string that is a decimal")
	e.equal(up(offers.Sale.Inc(x("1"))).Sale, (*Exact)(nil), "NULL stays NULL")
	e.equal(up(offers.Price.SetFrom(offers.Fixed)).Price.Text, "-0.9", "another column's value")
	e.equal(up(offers.Price.Set(x("1.005")), offers.Fixed.Set(x("0"))).Price.Text, "1.005", "set")
	e.fails(second(r.ByID(1).Update(e.ctx, offers.Fixed.SetFrom(offers.Price))), orm.ErrInvalid, "Offer", "Fixed")
	e.fails(second(r.ByID(1).Update(e.ctx, offers.Fixed.Inc(x("0.001")))), orm.ErrInvalid, "Offer", "Fixed", "0.001")
	e.equal(up(offers.Fixed.Inc(x("0.010"))).Fixed.Text, "0.01", "zeros behind the point are no digits")
	e.equal(must(r.EveryRow().UpdateMany(e.ctx, offers.Price.Mul(x("2")))), int64(2), "many")
	e.equal(prices(must(r.OrderBy(offers.ID.Asc()).All(e.ctx))), []string{"2.01", "14"}, "many")
	_, err := r.ByID(1).Update(e.ctx, offers.Fixed.Set(x("99999999.99")), offers.Price.Inc(x("1")))
	ok(err)
	_, err = r.ByID(1).Update(e.ctx, offers.Fixed.Inc(x("0.01")))
	e.fails(err, orm.ErrInvalid, "Offer", "", "99999999", "100000000")
	e.equal(must(r.ByID(1).One(e.ctx)).Fixed.Text, "99999999.99", "what does not fit changes nothing")
	e.fails(second(r.ByID(1).Update(e.ctx, offers.Price.Inc(x("x")))), orm.ErrInvalid, "Offer", "Price")
}

// Ration has decimals that show their zeros.
type Ration struct {
	ID    int64 `orm:"id"`
	G     int64
	Free  string `orm:"free,type=numeric"`
	Fixed string `orm:"fixed,type=numeric(30,5)"`
}

var rations = orm.Bind[Ration, struct {
	Free  orm.Text[Ration]
	Fixed orm.Text[Ration]
}]()

// OfRations sums up rations, as text.
type OfRations struct {
	G      int64
	Free   string `orm:"agg=sum(Free)"`
	Mean   string `orm:"agg=avg(Free)"`
	Least  string `orm:"agg=min(Fixed)"`
	Fixed  string `orm:"agg=sum(Fixed)"`
	Middle string `orm:"agg=avg(Fixed)"`
}

func decimalRandom(e *env) {
	r := orm.Repo[Ration](e.open(Ration{}))
	rnd := rand.New(rand.NewPCG(7, 7))
	number := func(whole, after int) string {
		b := []byte{"-1234567890"[rnd.IntN(11)]}
		for range 1 + rnd.IntN(whole) {
			b = append(b, byte('0'+rnd.IntN(10)))
		}
		if after = rnd.IntN(after + 1); after > 0 {
			b = append(b, '.')
			for range after {
				b = append(b, byte('0'+rnd.IntN(10)))
			}
		}
		return string(b)
	}
	var in []Ration
	for i := range 120 {
		in = append(in, Ration{ID: int64(i + 1), G: int64(i % 17), Free: number(1+i%30, i%25), Fixed: number(20, 5)})
	}
	must(r.CreateMany(e.ctx, in))
	e.same("sums", must(orm.Aggregate[OfRations](e.ctx, r)))
	all := func() []Ration { return must(r.Sort("Free", "ID").All(e.ctx)) }
	e.same("sorted", all())
	for i := range 40 {
		free, fixed := number(6, 10), number(1, 6)
		must(r.ByID(i+1).Update(e.ctx, rations.Free.Mul(free), rations.Fixed.Mul(fixed)))
		must(r.ByID(i+40).Update(e.ctx, rations.Free.Inc(free), rations.Fixed.Inc(number(1, 5))))
	}
	e.same("computed", all())
	e.same("sums of what was computed", must(orm.Aggregate[OfRations](e.ctx, r)))
}

func decimalRefused(e *env) {
	r := e.offered("7")
	for _, bad := range []string{"not a number", "NaN", "Infinity", "-inf", "1,5", " 7", "0x7", "1e999999", "7.7.7", "--7"} {
		e.fails(r.Create(e.ctx, &Offer{ID: 9, Price: x(bad), Words: "1"}), orm.ErrInvalid, "Offer", "Price", bad)
		e.fails(second(r.CreateMany(e.ctx, []Offer{{ID: 9, Words: "1"}, {ID: 10, Sale: ptr(x(bad)), Words: "1"}})), orm.ErrInvalid, "Offer", "Sale", bad)
		e.fails(r.Create(e.ctx, &Offer{ID: 9, Words: bad}), orm.ErrInvalid, "Offer", "Words", bad)
		e.fails(second(r.ByID(1).Update(e.ctx, offers.Fixed.Set(x(bad)))), orm.ErrInvalid, "Offer", "Fixed", bad)
		e.fails(r.Save(e.ctx, &Offer{ID: 1, Price: x(bad), Words: "1"}), orm.ErrInvalid, "Offer", "Price", bad)
		e.fails(second(r.SaveMany(e.ctx, []Offer{{ID: 1, Price: x(bad), Words: "1"}, {ID: 1, Words: "1"}})), orm.ErrInvalid, "Offer", "", bad)
		e.fails(second(r.Where(offers.Price.Gt(x(bad))).All(e.ctx)), orm.ErrInvalid, "Offer", "Price", bad)
		e.fails(second(r.Where(offers.Price.In(x("1"), x(bad))).Count(e.ctx)), orm.ErrInvalid, "Offer", "Price", bad)
		e.fails(second(r.Where(r.F("Words").Eq(bad)).All(e.ctx)), orm.ErrInvalid, "Offer", "Words", bad)
	}
	for field, o := range map[string]Offer{"Fixed": {Fixed: x("7.005"), Words: "1"}, "Words": {Words: "1234567890"}} {
		o.ID = 9
		err := r.Create(e.ctx, &o)
		e.fails(err, orm.ErrInvalid, "Offer", field, "7.005", "1234567890")
		e.says(err, "numeric(")
	}
	e.equal(must(r.Query().Count(e.ctx)), int64(1), "nothing was written")
}

// Deal is one of many under an offer.
type Deal struct {
	ID      int64 `orm:"id"`
	OfferID int64 `orm:"offer_id"`
	Off     Exact `orm:"off,type=decimal(20,4)"`

	Bid *Bid `orm:"relation=id:id"`
}

// Bid has its deals in the order of a decimal.
type Bid struct {
	ID    int64  `orm:"id"`
	Worth *Exact `orm:"worth"`

	Deals []Deal `orm:"relation=id:offer_id"`
}

var bids = orm.Bind[Bid, struct {
	ID    orm.Col[Bid, int64]
	Worth orm.Col[Bid, Exact]
	Deals orm.Many[Bid, Deal]
}]()

var deals = orm.Bind[Deal, struct {
	ID  orm.Col[Deal, int64]
	Off orm.Col[Deal, Exact]
	Bid orm.One[Deal, Bid]
}]()

func decimalRelated(e *env) {
	db := e.open(Bid{}, Deal{})
	b, d := orm.Repo[Bid](db), orm.Repo[Deal](db)
	must(b.CreateMany(e.ctx, []Bid{{ID: 1, Worth: ptr(x("10"))}, {ID: 2, Worth: ptr(x("9"))}, {ID: 3}, {ID: 4, Worth: ptr(x("9.0"))}}))
	must(d.CreateMany(e.ctx, []Deal{{1, 1, x("7"), nil}, {2, 1, x("84.3"), nil}, {3, 1, x("-2"), nil}, {4, 2, x("13.4"), nil}, {5, 2, x("9"), nil}}))
	ids := func(in []Deal) []int64 { return pick(in, func(d Deal) int64 { return d.ID }) }
	e.equal(pick(must(b.Where(bids.Deals.Some(deals.Off.Gt(x("20")))).All(e.ctx)), func(b Bid) int64 { return b.ID }), []int64{1}, "a filter")
	got := must(b.With(bids.Deals.OrderBy(deals.Off.Desc()).Take(2)).OrderBy(bids.ID.Asc()).All(e.ctx))
	e.equal([][]int64{ids(got[0].Deals), ids(got[1].Deals)}, [][]int64{{2, 1}, {4, 5}}, "paged includes")
	q := d.OrderBy(deals.Bid.By(bids.Worth.Asc()), deals.ID.Asc())
	want := []int64{2, 4, 1, 3, 5}
	e.equal(ids(must(q.All(e.ctx))), want, "sorted by a related row")
	var paged []int64
	for cursor := ""; ; {
		p := must(q.Take(2).Page(e.ctx, cursor))
		paged = append(paged, ids(p.Rows)...)
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	e.equal(paged, want, "pages by a related row")
}
