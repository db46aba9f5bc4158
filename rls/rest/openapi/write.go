package openapi

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/rls/guard"
)

// writing says what a write is.
type writing struct {
	stage string
	fresh bool     // it makes rows
	nests bool     // it may write related rows
	named []string // columns that a new row gets from what names it
}

// data is the schema of what a write gives of a row. columns are those that the shape shows.
func (b *builder) data(p place, d *guard.OutlineData, w writing, columns []guard.OutlineColumn) object {
	properties := object{}
	var needs, gives []string
	for i := range d.Columns {
		c := &d.Columns[i]
		if slices.Contains(w.named, c.Name) {
			continue
		}
		properties = properties.with(c.Name, givenColumn(c, p.strict))
		gives = append(gives, c.Name)
		if w.fresh && (c.Required || b.zeroRefused(c)) {
			needs = append(needs, c.Name)
		}
	}
	if w.nests {
		for i := range d.Nests {
			properties = properties.with(d.Nests[i].Name, b.nest(p.at(d.Nests[i].Name), &d.Nests[i]))
			gives = append(gives, d.Nests[i].Name)
		}
	}
	plain := len(properties)
	properties = withEchoes(properties, d.Echoes, columns)
	out := closed(properties, needs...)
	switch {
	case w.fresh:
		out = eitherOf(out, d.Either)
	case len(properties) > plain: // what is not heeded changes nothing
		var one []object
		for _, name := range gives {
			one = append(one, required(name))
		}
		out = append(out, anyOf(one...)...)
	default:
		out = out.with("minProperties", 1)
	}
	return b.component(p, w.stage, out)
}

// givenColumn is the schema of what a write gives a column.
func givenColumn(c *guard.OutlineInput, strict bool) object {
	s := ruled(c, column(&c.OutlineColumn, given, strict))
	if c.Across {
		s = described(s, "It is held against other fields too.")
	}
	if c.Field.Nullable && !strings.Contains(c.Rule, "required") {
		s = orNull(s)
	}
	return s
}

// eitherOf makes a new row be given one name of each list, of those that the schema has.
func eitherOf(s object, lists [][]string) object {
	properties, _ := s.get("properties").(object)
	var all []object
	for _, names := range lists {
		var one []object
		for _, name := range names {
			if properties.get(name) != nil {
				one = append(one, required(name))
			}
		}
		if len(one) > 0 {
			all = append(all, anyOf(one...))
		}
	}
	if len(all) == 0 {
		return s
	}
	return s.with("allOf", all)
}

// unique is the schema of what names one row.
//
// Where there is no such row, create makes one with these values, so its rules hold.
func unique(sets [][]guard.OutlineColumn, create *guard.OutlineData, strict bool) object {
	kinds := make([]object, len(sets))
	for i, set := range sets {
		properties := object{}
		var names []string
		for k := range set {
			s := column(&set[k], compared, strict)
			if create != nil {
				for x := range create.Columns {
					if create.Columns[x].Name == set[k].Name {
						s = withoutNull(givenColumn(&create.Columns[x], strict))
					}
				}
			}
			properties = properties.with(set[k].Name, s)
			names = append(names, set[k].Name)
		}
		kinds[i] = closed(properties, names...)
	}
	return anyOf(kinds...)
}

// nest is the schema of the writes of related rows.
func (b *builder) nest(p place, n *guard.OutlineNest) object {
	properties := object{}
	var apart []object
	for i := range n.Ops {
		op := &n.Ops[i]
		of := b.nestOp(p, n, op)
		for _, word := range op.Words {
			properties = properties.with(word, of)
		}
		if len(op.Words) > 1 {
			apart = append(apart, notBoth(op.Words[0], op.Words[1]))
		}
	}
	out := closed(properties).with("minProperties", 1)
	if !n.Of.Many { // one row is written in one way
		return b.component(p, stageOf(p, "Writes"), out.with("maxProperties", 1))
	}
	if properties.get("set") != nil {
		apart = append(apart, members("dependentSchemas", members("set", object{{"maxProperties", 1}})))
	}
	if len(apart) > 0 {
		out = out.with("allOf", apart)
	}
	return b.component(p, stageOf(p, "Writes"), out)
}

// stageOf tells what is nested in a new row from what is nested in a change.
func stageOf(p place, stage string) string {
	if p.fresh {
		return "Created" + stage
	}
	return "Updated" + stage
}

func (b *builder) nestOp(p place, n *guard.OutlineNest, op *guard.OutlineNestOp) object {
	name := op.Words[0]
	nested := strings.ToUpper(name[:1]) + name[1:]
	create := func(named bool) object {
		w := writing{stage: nested + "Row", fresh: true}
		if named && len(op.Unique) > 0 {
			for _, c := range op.Unique[0] {
				w.named = append(w.named, c.Name)
			}
		}
		return b.data(p, op.Create, w, nil)
	}
	change := func() object {
		return b.data(p, op.Change, writing{stage: nested + "Change"}, nil)
	}
	naming := unique(op.Unique, op.Create, p.strict)
	parts := object{}
	if len(op.Unique) > 0 {
		parts = members("where", naming)
	}
	switch name {
	case "create":
		return several(n, create(false), 1)
	case "createMany":
		rows := listOf(create(false)).with("minItems", 1).with("maxItems", guard.MaxItems)
		return several(n, closed(object{{"data", rows}, {"skipDuplicates", typed("boolean")}}, "data"), 1)
	case "linkOrCreate":
		parts = parts.with("create", create(true))
	case "upsert":
		parts = parts.with("create", create(true)).with("update", change())
	case "update":
		if len(op.Unique) == 0 {
			return change()
		}
		parts = parts.with("data", change())
	case "updateMany":
		parts = object{{"where", b.where(p, op.Where, nested+stageCondition, true, nil)}, {"data", change()}}
	case "deleteMany":
		return several(n, b.where(p, op.Where, nested+stageCondition, true, nil), 1)
	case "set":
		return several(n, naming, 0)
	default: // link, unlink, delete
		if len(op.Unique) == 0 {
			return constant(true)
		}
		return several(n, naming, 1)
	}
	var names []string
	for i := range parts {
		names = append(names, parts[i].name)
	}
	return several(n, closed(parts, names...), 1)
}

// several is one, or a list where the relation is of many rows.
func several(n *guard.OutlineNest, one object, least int) object {
	if !n.Of.Many {
		return one
	}
	list := listOf(one).with("maxItems", guard.MaxItems)
	if least > 0 {
		list = list.with("minItems", least)
	}
	return anyOf(one, list)
}
