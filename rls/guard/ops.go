package guard

import "github.com/multi-orm/orm/model"

// Ops says which writes of related rows a request may nest, each under its word. A request gives one or a list of them.
// A unique set is how it names the related row; of a relation to one row, Unlink and Delete take true instead, and
// Update and Upsert no name.
type Ops[C any] struct {
	Create       Data[C]         // create: {…}
	CreateMany   Data[C]         // createMany: {"data": [{…}], "skipDuplicates": true}
	Link         Unique[C]       // link, connect: {…}
	Unlink       Unique[C]       // unlink, disconnect: {…}
	Set          Unique[C]       // set: [{…}], of relations to many rows; [] unties all
	LinkOrCreate LinkOrCreate[C] // linkOrCreate, connectOrCreate: {"where": {…}, "create": {…}}
	Update       Change[C]       // update: {"where": {…}, "data": {…}}
	UpdateMany   ChangeMany[C]   // updateMany: {"where": {…}, "data": {…}}
	Upsert       Upsert[C]       // upsert: {"where": {…}, "create": {…}, "update": {…}}
	Delete       Unique[C]       // delete: {…}
	DeleteMany   Where[C]        // deleteMany: {…}, which must hold a condition
}

// LinkOrCreate links the row that Where names, or creates one.
type LinkOrCreate[C any] struct {
	Where  Unique[C]
	Create Data[C]
}

// Change changes the related row that Where names.
type Change[C any] struct {
	Where Unique[C]
	Data  Data[C]
}

// ChangeMany changes the related rows that Where lets a request pick. The request must hold a condition.
type ChangeMany[C any] struct {
	Where Where[C]
	Data  Data[C]
}

// Upsert changes the related row that Where names, or creates one.
type Upsert[C any] struct {
	Where          Unique[C]
	Create, Update Data[C]
}

// nestOp is one of the eleven writes of related rows.
type nestOp uint8

const (
	nestCreate nestOp = iota
	nestCreateMany
	nestLink
	nestUnlink
	nestSet
	nestLinkOrCreate
	nestUpdate
	nestUpdateMany
	nestUpsert
	nestDelete
	nestDeleteMany
	nestCount
)

var nestWords = [nestCount][]string{
	{"create"}, {"createMany"}, {"link", "connect"}, {"unlink", "disconnect"}, {"set"}, {"linkOrCreate", "connectOrCreate"},
	{"update"}, {"updateMany"}, {"upsert"}, {"delete"}, {"deleteMany"},
}

func nestOf(word string) (nestOp, bool) {
	for op, words := range nestWords {
		for _, w := range words {
			if w == word {
				return nestOp(op), true
			}
		}
	}
	return 0, false
}

// nestOps is an Ops without its type.
type nestOps struct {
	model *model.Model
	err   error
	rules [nestCount]nestRule
}

type nestRule struct {
	allowed        bool
	unique         columns
	create, change []datum
	where          []filter
}

func (o Ops[C]) plain() *nestOps {
	out := new(nestOps)
	out.model, out.err = model.For[C]()
	set := func(op nestOp, allowed bool, r nestRule) {
		r.allowed = allowed
		out.rules[op] = r
	}
	named := func(op nestOp, u Unique[C]) { set(op, len(u.c.fields) > 0, nestRule{unique: u.c}) }
	set(nestCreate, o.Create != nil, nestRule{create: o.Create.plain()})
	set(nestCreateMany, o.CreateMany != nil, nestRule{create: o.CreateMany.plain()})
	named(nestLink, o.Link)
	named(nestUnlink, o.Unlink)
	named(nestSet, o.Set)
	set(nestLinkOrCreate, o.LinkOrCreate.Create != nil || len(o.LinkOrCreate.Where.c.fields) > 0, nestRule{unique: o.LinkOrCreate.Where.c, create: o.LinkOrCreate.Create.plain()})
	set(nestUpdate, o.Update.Data != nil, nestRule{unique: o.Update.Where.c, change: o.Update.Data.plain()})
	set(nestUpdateMany, o.UpdateMany.Data != nil, nestRule{where: o.UpdateMany.Where.plain(), change: o.UpdateMany.Data.plain()})
	set(nestUpsert, o.Upsert.Create != nil || o.Upsert.Update != nil, nestRule{unique: o.Upsert.Where.c, create: o.Upsert.Create.plain(), change: o.Upsert.Update.plain()})
	named(nestDelete, o.Delete)
	set(nestDeleteMany, o.DeleteMany != nil, nestRule{where: o.DeleteMany.plain()})
	return out
}
