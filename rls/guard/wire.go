package guard

import (
	"reflect"

	"github.com/multi-orm/orm/internal/wire"
	"github.com/multi-orm/orm/model"
)

// wireOf gives the name of a column in requests and answers: that of its json tag, else the column's. ok is false where the
// tag is json:"-".
func wireOf(f *model.Field) (name string, ok bool) { return wire.Column(f) }

// wireOfRelation gives the name of a relation in requests and answers.
func wireOfRelation(r *model.Relation) (name string, ok bool) { return wire.Relation(r) }

// asText reports whether the json tag of a field says ",string": numbers are then text in answers.
func asText(f *model.Field) bool { return wire.AsText(f) }

func structField(t reflect.Type, name string) (reflect.StructField, bool) {
	return wire.StructField(t, name)
}

func jsonName(f reflect.StructField) (name string, hidden bool) { return wire.JSONName(f) }
