package builder_test

import (
	"testing"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

func TestGoldenSeek(t *testing.T) {
	p := people
	page := func(back bool, values []model.Value, keys ...builder.Order[Person]) builder.Statement {
		s := find(p.Role.Eq("user"))
		for _, k := range keys {
			s.Order.Add(k.Key())
		}
		s.Where.Add(builder.Seek(&s.Order, values, back, false))
		if back {
			s.Order = s.Order.Reversed()
		}
		s.Take, s.HasTake = 11, true
		return s
	}
	id, null, text, one := model.IntOf(7), model.Null(), model.StringOf("x"), model.IntOf(1)
	check(t, "seek", []golden{
		{"key", page(false, []model.Value{id}, p.ID.Asc())},
		{"mixed", page(false, []model.Value{one, text, id}, p.Hits.Desc(), p.Email.Asc(), p.ID.Asc())},
		{"mixed_back", page(true, []model.Value{one, text, id}, p.Hits.Desc(), p.Email.Asc(), p.ID.Asc())},
		{"nullable", page(false, []model.Value{text, id}, p.Name.Asc(), p.ID.Asc())},
		{"nullable_back", page(true, []model.Value{text, id}, p.Name.Asc(), p.ID.Asc())},
		{"at_null", page(false, []model.Value{null, id}, p.Name.Asc(), p.ID.Asc())},
		{"at_null_first", page(false, []model.Value{null, id}, p.Name.Asc().NullsFirst(), p.ID.Asc())},
		{"fold", page(false, []model.Value{text, id}, p.Email.Fold().Asc(), p.ID.Asc())},
	})
}
