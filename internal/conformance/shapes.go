package conformance

import (
	"fmt"

	"github.com/multi-orm/orm"
)

var shapeCases = []testCase{
	{"keys/composite", "a key of two columns names one row, in field order", keysComposite},
	{"keys/uuid", "default=uuid makes version 7, ordered by time; auto lets the source make it", keysUUID},
	{"keys/uuid order", "default=uuid keeps the order that rows are made in: of a slice, and of calls, as UUIDs and as texts", keysUUIDOrder},
	{"keys/text", "a text key is made when empty and kept when given", keysText},
	{"keys/lone", "a model of nothing but its key can be written", keysLone},
}

func keysComposite(e *env) {
	db := e.open(Place{}, Visit{})
	r := orm.Repo[Place](db)
	in := []Place{{"ch", 1, "Bern", nil}, {"ch", 2, "Chur", nil}, {"de", 1, "Bonn", nil}, {"de", 0, "Zero", nil}}
	e.equal(must(r.CreateMany(e.ctx, in)), int64(4), "inserted")
	e.equal(must(r.ByID("de", 1).One(e.ctx)).Name, "Bonn", "by key")
	e.equal(must(r.ByID("de", 0).One(e.ctx)).Name, "Zero", "zero may be part of a key")
	p := must(r.ByID("ch", 2).Update(e.ctx, places.Name.Set("Coire")))
	e.equal(p.Name, "Coire", "update by key")
	p.Name = "Cuira"
	ok(r.Save(e.ctx, &p))
	e.equal(must(r.Sort("-Country", "Number").All(e.ctx)), []Place{in[3], in[2], in[0], {"ch", 2, "Cuira", nil}}, "sorted")
	x := Place{Country: "ch", Number: 1, Name: "Berna"}
	ok(r.Upsert(e.ctx, orm.On(places.Country, places.Number), &x))
	e.equal(must(r.ByID("ch", 1).One(e.ctx)).Name, "Berna", "upserted")
	e.equal(must(r.ByID("ch", 1).Delete(e.ctx)).Name, "Berna", "deleted")
	e.fails(second(r.ByID("ch").One(e.ctx)), orm.ErrInvalid, "Place", "")
	e.fails(second(r.ByID("", 1).One(e.ctx)), orm.ErrNotFound, "Place", "")
	e.fails(second(r.ByID(nil, 1).One(e.ctx)), orm.ErrInvalid, "Place", "Country")
	e.fails(second(r.ByID(1, "ch").One(e.ctx)), orm.ErrInvalid, "Place", "Country")
	e.fails(r.Create(e.ctx, &Place{Country: "de", Number: 1}), orm.ErrConflict, "Place", "")
}

func second[T any](_ T, err error) error { return err }

func keysUUID(e *env) {
	db := e.open(Token{}, Seed{})
	in := make([]Token, 50)
	must(orm.Repo[Token](db).CreateMany(e.ctx, in))
	seen := map[Key]bool{}
	for i, tk := range in {
		if tk.ID[6]>>4 != 7 || tk.ID[8]>>6 != 2 {
			e.Fatalf("%x is no UUID of version 7", tk.ID)
		}
		if seen[tk.ID] {
			e.Fatal("a UUID came twice")
		}
		seen[tk.ID] = true
		if i > 0 && string(tk.ID[:]) <= string(in[i-1].ID[:]) {
			e.Fatal("the UUIDs do not grow with time")
		}
	}
	given := Token{ID: Key{9}, Name: "given"}
	ok(orm.Repo[Token](db).Create(e.ctx, &given))
	e.equal(must(orm.Repo[Token](db).ByID(Key{9}).One(e.ctx)), given, "a given key is kept")
	e.fails(second(orm.Repo[Token](db).ByID(Key{}).One(e.ctx)), orm.ErrInvalid, "Token", "ID")

	seeds := []Seed{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	must(orm.Repo[Seed](db).CreateMany(e.ctx, seeds))
	one := Seed{Name: "d"}
	ok(orm.Repo[Seed](db).Create(e.ctx, &one))
	for _, s := range append(seeds, one) {
		if s.ID == (Key{}) {
			e.Fatal("the source made no key")
		}
		e.equal(must(orm.Repo[Seed](db).ByID(s.ID).One(e.ctx)), s, "each row got its own key")
	}
}

// keysUUIDOrder has rows whose names say when they were made, and reads them by key.
func keysUUIDOrder(e *env) {
	db := e.open(Token{}, Label{})
	var want []string
	for i := range 40 {
		name := fmt.Sprintf("%04d", len(want))
		ok(orm.Repo[Token](db).Create(e.ctx, &Token{Name: name}))
		ok(orm.Repo[Label](db).Create(e.ctx, &Label{Name: name}))
		want = append(want, name)
		tokens, labels := make([]Token, i), make([]Label, i)
		for j := range tokens {
			name := fmt.Sprintf("%04d", len(want))
			tokens[j].Name, labels[j].Name = name, name
			want = append(want, name)
		}
		must(orm.Repo[Token](db).CreateMany(e.ctx, tokens))
		must(orm.Repo[Label](db).CreateMany(e.ctx, labels))
	}
	e.equal(pick(must(orm.Repo[Token](db).Sort("ID").All(e.ctx)), func(x Token) string { return x.Name }), want, "UUIDs by key")
	e.equal(pick(must(orm.Repo[Label](db).Sort("ID").All(e.ctx)), func(x Label) string { return x.Name }), want, "texts by key")
}

func keysText(e *env) {
	db := e.open(Label{})
	made, given := Label{Name: "made"}, Label{ID: "mine", Name: "given"}
	ok(orm.Repo[Label](db).Create(e.ctx, &made))
	ok(orm.Repo[Label](db).Create(e.ctx, &given))
	if len(made.ID) != 36 || made.ID[14] != '7' {
		e.Errorf("made %q", made.ID)
	}
	e.equal(must(orm.Repo[Label](db).ByID(made.ID).One(e.ctx)), made, "made")
	e.equal(must(orm.Repo[Label](db).ByID("mine").One(e.ctx)), given, "given")
}

func keysLone(e *env) {
	db := e.open(Lone{})
	one := Lone{}
	ok(orm.Repo[Lone](db).Create(e.ctx, &one))
	many := make([]Lone, 3)
	e.equal(must(orm.Repo[Lone](db).CreateMany(e.ctx, many)), int64(3), "inserted")
	e.equal([]int64{one.ID, many[0].ID, many[1].ID, many[2].ID}, []int64{1, 2, 3, 4}, "keys")
}
