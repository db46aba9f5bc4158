package openapi

import (
	"slices"

	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// kind is what a request is of.
type kind uint8

const (
	list   kind = iota // GET of a resource
	one                // GET of a row
	made               // POST
	loaded             // POST of an import
	many               // PATCH or DELETE of a resource
	single             // PATCH or DELETE of a row
)

// reading tells how a request of a resource may pick what is read.
func (k kind) reading(r *outline.Resource, verb string, o *guard.Outline) reading {
	out := reading{forbid: r.Forbid, counts: true}
	if verb == "DELETE" && counting(o) { // gone rows have no related ones to count
		out.counts, out.word = false, "Deleted"
	}
	return out
}

// counting reports whether a shape has counts at any depth.
func counting(o *guard.Outline) bool {
	if len(o.Counts) > 0 {
		return true
	}
	for i := range o.Relations {
		if counting(o.Relations[i].Shape) {
			return true
		}
	}
	return false
}

// asked is the schema of ?query= for a caller, nil where there is nothing to ask.
func (b *builder) asked(p place, k kind, c *outline.Caller) object {
	r, o := p.resource, c.Shape
	properties := b.conditions(p, k, c)
	var needs []string
	if k == many && properties != nil && !c.Every {
		needs = append(needs, "where")
	}
	numbers := properties.with("select", described(constant(false), "Numbers only."))
	if k == list {
		properties = append(properties, b.paged(p, o, r.Forbid)...)
		if r.Single == outline.Always {
			properties = properties.without("take")
		} else if r.Forbid&outline.ForbidOffset == 0 {
			properties = properties.with("cursor", described(typed("string").with("format", "cursor"), "The next or prev of a page; empty for the first one."))
		}
		if r.CountTotal {
			total := described(typed("boolean"), "Also tells total and matched.")
			properties, numbers = properties.with("total", total), numbers.with("total", total)
		}
	}
	properties = append(properties, b.chosen(p, o, k.reading(r, p.Method, o))...)
	word := k.reading(r, p.Method, o).word
	var kinds []object
	if len(properties) > 0 {
		kinds = append(kinds, b.component(p, word+k.stage(), exclusive(closed(properties, needs...))))
	}
	if k != one && k != loaded && r.Forbid&outline.ForbidColumns == 0 {
		kinds = append(kinds, b.component(p, "Count"+k.stage(), closed(numbers, slices.Concat(needs, []string{"select"})...)))
	}
	if len(kinds) == 0 {
		return nil
	}
	return anyOf(kinds...)
}

// stage names the requests of a kind.
func (k kind) stage() string {
	switch k {
	case list:
		return "Query"
	case many:
		return "WriteQuery"
	}
	return "Pick"
}

// conditions gives the member where.
func (b *builder) conditions(p place, k kind, c *outline.Caller) object {
	switch w := &c.Shape.Where; {
	case p.resource.Forbid&outline.ForbidWhere != 0, k != list && k != many:
		return nil
	case k == many && !c.Every:
		return members("where", b.where(p, w, stageCondition, true, nil))
	default:
		return members("where", b.where(p, w, stageWhere, false, c.Shape.Columns))
	}
}

// written is the schema of a body for a caller.
func (b *builder) written(p place, k kind, c *outline.Caller) object {
	o := c.Shape
	switch k {
	case made:
		p.fresh = true
		row := b.data(p, o.Create, writing{stage: "Create", fresh: true, nests: true}, o.Columns)
		return anyOf(row, listOf(row).with("maxItems", guard.MaxItems))
	case loaded:
		stage := "Create"
		if len(o.Create.Nests) > 0 {
			stage = "Import"
		}
		return listOf(b.data(p, o.Create, writing{stage: stage, fresh: true}, o.Columns)).with("maxItems", guard.MaxItems)
	case many:
		stage := "Update"
		if len(o.Update.Nests) > 0 {
			stage = "UpdateMany"
		}
		return b.data(p, o.Update, writing{stage: stage}, o.Columns)
	}
	return b.data(p, o.Update, writing{stage: "Update", nests: true}, o.Columns)
}

// form is the schema of a body that is a form: its values are texts, which only some columns can be written as. nil where that is
// not enough.
func (b *builder) form(c *outline.Caller, k kind) object {
	d := c.Shape.Update
	if k == made {
		d = c.Shape.Create
	}
	properties, needs := object{}, []string(nil)
	for i := range d.Columns {
		x := &d.Columns[i]
		need := k == made && (x.Required || b.zeroRefused(x))
		if !texts(x, c.Shape.Strict) {
			if need {
				return nil
			}
			continue
		}
		properties = properties.with(x.Name, ruled(x, column(&x.OutlineColumn, given, c.Shape.Strict)))
		if need {
			needs = append(needs, x.Name)
		}
	}
	if len(properties) == 0 {
		return nil
	}
	if k == made {
		for _, names := range d.Either {
			found := false
			for _, name := range names {
				found = found || properties.get(name) != nil
			}
			if !found {
				return nil
			}
		}
		return eitherOf(closed(properties, needs...), d.Either)
	}
	return closed(properties).with("minProperties", 1)
}
