package typescript

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// data is the type of what a write gives of a row; named are columns that a new row gets from what names it.
func (b *builder) data(p place, d *guard.OutlineData, stage string, fresh, nests bool, named ...guard.OutlineColumn) string {
	var m members
	for i := range d.Columns {
		c := &d.Columns[i]
		if !slices.ContainsFunc(named, func(n guard.OutlineColumn) bool { return n.Name == c.Name }) {
			m.add(c.Name, nullIf(given(&c.OutlineColumn, p.strict), c.Field.Nullable), fresh && b.needed(c))
		}
	}
	for i := range d.Nests {
		if nests {
			m.add(d.Nests[i].Name, b.nest(p.at(d.Nests[i].Name), &d.Nests[i]), false)
		}
	}
	return b.declare(p, stage, m.text())
}

// needed reports whether a new row must be given the column: its own rules may say so too.
func (b *builder) needed(c *guard.OutlineInput) bool {
	f := c.Field
	return c.Required || c.Rule != "" && f.Default == model.NoFill && f.Update == model.NoFill && strings.Contains(","+c.Rule+",", ",required,")
}

// unique is the type of what names one row.
func unique(sets [][]guard.OutlineColumn, strict bool) string {
	var kinds []string
	for _, set := range sets {
		var m members
		for i := range set {
			m.add(set[i].Name, given(&set[i], strict), true)
		}
		kinds = append(kinds, m.line())
	}
	return either(kinds...)
}

// nest is the type of the writes of related rows.
func (b *builder) nest(p place, n *guard.OutlineNest) string {
	stage := "UpdatedWrites"
	if p.fresh {
		stage = "CreatedWrites"
	}
	var m members
	for i := range n.Ops {
		m.add(n.Ops[i].Words[0], b.nestOp(p, n, &n.Ops[i]), false)
	}
	return b.declare(p, stage, m.text())
}

func (b *builder) nestOp(p place, n *guard.OutlineNest, op *guard.OutlineNestOp) string {
	name := op.Words[0]
	nested := strings.ToUpper(name[:1]) + name[1:]
	several := func(t string) string {
		if n.Of.Many {
			return "OneOrMany<" + t + ">"
		}
		return t
	}
	create := func(named ...guard.OutlineColumn) string {
		return b.data(p, op.Create, nested+"Row", true, false, named...)
	}
	change := func() string { return b.data(p, op.Change, nested+"Change", false, false) }
	var parts members
	var named []guard.OutlineColumn
	if len(op.Unique) > 0 {
		named = op.Unique[0]
		parts.add("where", unique(op.Unique, p.strict), true)
	}
	switch name {
	case "create":
		return several(create())
	case "createMany":
		parts.add("data", "ReadonlyArray<"+create()+">", true)
		parts.add("skipDuplicates", "boolean", false)
	case "linkOrCreate":
		parts.add("create", create(named...), true)
	case "upsert":
		parts.add("create", create(named...), true)
		parts.add("update", change(), true)
	case "update":
		if named == nil {
			return change()
		}
		parts.add("data", change(), true)
	case "updateMany":
		parts.add("where", b.where(p, op.Where, nested+"Where"), true)
		parts.add("data", change(), true)
	case "deleteMany":
		return several(b.where(p, op.Where, nested+"Where"))
	default: // link, unlink, set, delete
		if named == nil {
			return "true"
		}
		return several(unique(op.Unique, p.strict))
	}
	return several(parts.line())
}

// massAsk is the type of what picks the rows of a mass write.
func (b *builder) massAsk(p place, r *outline.Resource, c *outline.Caller) string {
	var m members
	if r.Forbid&outline.ForbidWhere == 0 && (filters(&c.Shape.Where) || !c.Every) {
		m.add("where", b.where(p, &c.Shape.Where, "Where"), !c.Every)
	}
	return b.declare(p, "WriteAsk", m.text())
}
