package conformance

import (
	"fmt"
	"math"
	"reflect"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	serve "github.com/multi-orm/orm/rls/rest"
)

// The depths of the rules, which are finite where models lead to each other in circles.
const (
	includesDeep = 5
	filtersDeep  = 3 // of the rows that are asked for; those of included rows go one relation far
)

// rules allow everything that rules can allow.
type rules struct {
	most   int
	models map[reflect.Type]served
	made   map[string]any // shapes and their parts, which models lead to more than once
}

// served is a model that a service can have.
type served struct {
	links  any // []link[T]
	option func(r *rules, name string) serve.Option
}

// link is a relation of T.
type link[T any] interface {
	include(r *rules, depth int) guard.Branch[T]
	count(r *rules) (guard.Branch[T], bool)
	filter(r *rules, depth int) guard.Filter[T]
}

type linkTo[T, C any] struct{ builder.Relation[T, C] }

func (l linkTo[T, C]) include(r *rules, depth int) guard.Branch[T] {
	return guard.Include(l.Relation, reads[C](r, depth, 1))
}

func (l linkTo[T, C]) count(r *rules) (b guard.Branch[T], is bool) {
	many, is := any(l.Relation).(orm.Many[T, C])
	if is {
		b = guard.Count(many, filters[C](r, 1)...)
	}
	return b, is
}

func (l linkTo[T, C]) filter(r *rules, depth int) guard.Filter[T] {
	kinds := guard.Is | guard.IsNot
	if must(builder.RelationOf(l.Relation)).Many {
		kinds = guard.Some | guard.None | guard.Every
	}
	return guard.Related(l.Relation, kinds, filters[C](r, depth))
}

func to[T, C any](relation builder.Relation[T, C]) link[T] { return linkTo[T, C]{relation} }

// serves tells the relations of a model.
func serves[T any](r *rules, links ...link[T]) {
	r.models[reflect.TypeFor[T]()] = served{links: links, option: func(r *rules, name string) serve.Option {
		every := reads[T](r, includesDeep, filtersDeep)
		changes := every
		changes.With = nil
		for _, f := range must(model.For[T]()).Fields {
			if d := guard.Accept(builder.ColumnOf[T](f)); compiles(guard.Shape[T]{Select: every.Select, Update: guard.Data[T]{d}}) {
				changes.Update = append(changes.Update, d)
			}
		}
		out := serve.Rules[T]{Get: serve.By[T]{serve.All: every}, Delete: serve.By[T]{serve.All: changes}, EveryRow: true}
		if changes.Update != nil {
			out.Patch = serve.By[T]{serve.All: changes}
		}
		return serve.Resource(name, out)
	}}
}

func compiles[T any](s guard.Shape[T]) bool {
	_, err := guard.Compile(s)
	return err == nil
}

func once[V any](r *rules, key string, make func() V) V {
	key = fmt.Sprintf("%s %s", reflect.TypeFor[V](), key)
	if v, ok := r.made[key].(V); ok {
		return v
	}
	v := make()
	r.made[key] = v
	return v
}

func linksOf[T any](r *rules) []link[T] {
	links, ok := r.models[reflect.TypeFor[T]()].links.([]link[T])
	if !ok {
		panic("no rules for " + reflect.TypeFor[T]().String())
	}
	return links
}

// reads lets rows of T be read with what they are related to.
func reads[T any](r *rules, depth, filtered int) guard.Shape[T] {
	return once(r, fmt.Sprint(depth, filtered), func() guard.Shape[T] {
		var columns []orm.Selectable[T]
		for _, f := range must(model.For[T]()).Fields {
			if c := builder.ColumnOf[T](f); compiles(guard.Shape[T]{Select: guard.Only[T](c)}) {
				columns = append(columns, c)
			}
		}
		s := guard.Shape[T]{Select: guard.Only(columns...), Where: filters[T](r, filtered), Logic: guard.And | guard.Or | guard.Not, Take: guard.Take{Max: r.most}, Skip: math.MaxInt}
		var sorts []orm.Selectable[T]
		for _, c := range columns {
			if compiles(guard.Shape[T]{Select: s.Select, OrderBy: guard.Only(c)}) {
				sorts = append(sorts, c)
			}
		}
		s.OrderBy = guard.Only(sorts...)
		for _, l := range linksOf[T](r) {
			if depth > 0 {
				s.With = append(s.With, l.include(r, depth-1))
			}
			if b, is := l.count(r); is {
				s.With = append(s.With, b)
			}
		}
		return s
	})
}

// filters lets requests filter by whatever a rule may, Like included.
func filters[T any](r *rules, depth int) guard.Where[T] {
	return once(r, fmt.Sprint(depth), func() (out guard.Where[T]) {
		fields := must(model.For[T]()).Fields
		for _, f := range fields {
			c := builder.ColumnOf[T](f)
			var ops []guard.Op
			for op := guard.Eq; op <= guard.Like; op++ {
				if a := guard.Allow(c, op); compiles(guard.Shape[T]{Select: guard.Only[T](builder.ColumnOf[T](fields[0])), Where: guard.Where[T]{a}}) {
					ops = append(ops, op)
				}
			}
			if ops != nil {
				out = append(out, guard.Allow(c, ops...))
			}
		}
		if depth > 0 {
			for _, l := range linksOf[T](r) {
				out = append(out, l.filter(r, depth-1))
			}
		}
		return out
	})
}

// resource serves a model under the name of its table.
func (r *rules) resource(m *model.Model) serve.Option {
	s, ok := r.models[m.Type]
	if !ok {
		panic("no rules for " + m.Name)
	}
	return s.option(r, m.Table)
}

// named finds a model by its name.
func (r *rules) named(name string) (*model.Model, bool) {
	for t := range r.models {
		if m := must(model.Of(t)); m.Name == name {
			return m, true
		}
	}
	return nil, false
}

func newRules(most int) *rules {
	r := &rules{most: most, models: map[reflect.Type]served{}, made: map[string]any{}}
	oddLinks := orm.Bind[Odd, struct {
		Kids orm.Many[Odd, Odd]
		Up   orm.One[Odd, Odd]
		Pals orm.Many[Odd, Odd]
	}]()
	pointedLinks := orm.Bind[Pointed, struct {
		Below orm.Many[Pointed, Pointed]
		Up    orm.One[Pointed, Pointed]
	}]()
	serves[Thing](r)
	serves[Row](r)
	serves(r, to(oddLinks.Kids), to(oddLinks.Up), to(oddLinks.Pals))
	serves(r, to(people.Boss), to(people.Staff), to(people.Written), to(people.Edited), to(people.Clubs))
	serves(r, to(books.Author), to(books.Editor), to(books.Chapters))
	serves(r, to(chapters.Book))
	serves(r, to(clubs.People))
	serves[Member](r)
	serves(r, to(places.Visits))
	serves(r, to(visits.Place))
	serves[Paper](r)
	serves[Token](r)
	serves[Label](r)
	serves[Seed](r)
	serves[Wide](r)
	serves[Lone](r)
	serves[Plain](r)
	serves(r, to(nears.Far), to(nears.Fars))
	serves(r, to(fars.Near))
	serves(r, to(desks.Lamp))
	serves[Lamp](r)
	serves(r, to(artisans.Guilds))
	serves[Guild](r)
	serves[Joining](r)
	serves(r, to(shelves.Items))
	serves[Item](r)
	serves(r, to(shops.Wares), to(shops.Labels), to(shops.Best), to(shops.Parent), to(shops.Kids))
	serves(r, to(wares.Shop), to(wares.Notes))
	serves[Note](r)
	serves[Tag](r)
	serves(r, to(pointedLinks.Below), to(pointedLinks.Up))
	serves[Lists](r)
	serves[Edge](r)
	serves[Sealed](r)
	serves[Half](r)
	return r
}
