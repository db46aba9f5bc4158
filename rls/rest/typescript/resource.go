package typescript

import (
	"net/http"
	"strings"

	"github.com/multi-orm/orm/internal/naming"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// resource writes the types of a resource, and its place in the client.
func (b *builder) resource(r *outline.Resource) {
	var methods members
	var names []string
	add := func(name, kind string) {
		methods.add(name, kind, true)
		names = append(names, literal(name))
	}
	for i := range r.Operations {
		op := &r.Operations[i]
		who := literal(op.Callers[0].Who)
		all := b.callers(r, op)
		rowed, rowWho := rowsOnly(op, all)
		row := op.Row && rowed != ""
		switch op.Method {
		case http.MethodGet:
			if op.List && r.Single != outline.Always {
				add("list", "List<"+all+", "+who+", "+extras(r)+">")
			}
			if op.List && r.Single != outline.Never {
				add("first", "First<"+all+", "+who+">")
			}
			if op.List && turns(r) {
				add("pages", "Pages<"+all+", "+who+", "+extras(r)+">")
			}
			if op.List && r.Envelope != outline.Custom && r.Forbid&outline.ForbidColumns == 0 {
				add("count", "Count<"+all+", "+who+">")
			}
			if row {
				add("get", "Get<"+rowed+", "+rowWho+">")
			}
		case http.MethodPost:
			add("create", "Create<"+all+", "+who+">")
			if r.Import {
				add("import", "Import<"+all+", "+who+">")
			}
		case http.MethodPatch:
			if op.List {
				add("update", "Update<"+all+", "+who+">")
			}
			if row {
				add("updateOne", "UpdateOne<"+rowed+", "+rowWho+">")
			}
		case http.MethodDelete:
			if op.List {
				add("delete", "Delete<"+all+", "+who+">")
			}
			if row {
				add("deleteOne", "DeleteOne<"+rowed+", "+rowWho+">")
			}
		}
	}
	at := place{Place: naming.Place{Resource: r.Name}}
	kind := b.declare(at, "Resource", methods.text())
	b.resources = append(b.resources, indent(comment(r.Description)+key(r.Name)+": "+kind+";", "  "))
	described := []string{"name: " + literal(r.Name), "envelope: " + literal(envelope(r)), "single: " + boolean(r.Single == outline.Always), "methods: [" + strings.Join(names, ", ") + "]",
		"flags: [" + strings.Join(flags(r), ", ") + "]", "form: " + rows(shapesOf(r)...)}
	b.made = append(b.made, indent(member(r.Name)+": resource(options, {\n  "+strings.Join(described, ",\n  ")+",\n}) as "+kind+",", "    "))
}

// callers writes the type of what each caller of an operation may ask, by their names.
func (b *builder) callers(r *outline.Resource, op *outline.Operation) string {
	var all members
	for i := range op.Callers {
		c := &op.Callers[i]
		p := place{Place: naming.Place{Resource: r.Name, Who: c.Who, Method: op.Method}, strict: c.Shape.Strict}
		counts := op.Method != http.MethodDelete || !counting(c.Shape)
		pick, beside := b.chosen(p, c.Shape, r.Forbid, counts)
		shape := b.shape(p, c.Shape, r.Envelope == outline.Custom)
		b.alias(p, "Row", "Whole<"+shape+">")
		var m members
		m.add("shape", shape, true)
		m.add("select", pick, true)
		m.add("include", beside, true)
		switch op.Method {
		case http.MethodGet:
			m.add("ask", b.asked(p, r, c.Shape), true)
		case http.MethodPost:
			p.fresh = true
			create := b.data(p, c.Shape.Create, "Create", true, true)
			m.add("create", create, true)
			if load := create; r.Import {
				if len(c.Shape.Create.Nests) > 0 {
					load = b.data(p, c.Shape.Create, "Import", true, false)
				}
				m.add("load", load, true)
			}
		case http.MethodPatch:
			m.add("ask", b.massAsk(p, r, c), true)
			row := b.data(p, c.Shape.Update, "Update", false, true)
			change := row
			if len(c.Shape.Update.Nests) > 0 {
				change = b.data(p, c.Shape.Update, "UpdateMany", false, false)
			}
			m.add("change", change, true)
			m.add("row", row, true)
		default:
			m.add("ask", b.massAsk(p, r, c), true)
		}
		if op.Method != http.MethodPost && len(c.Shape.Unique) > 0 {
			m.add("key", keyOf(c.Shape.Unique[0], c.Shape.Strict), true)
		}
		all.add(c.Who, m.line(), true)
	}
	return b.declare(place{Place: naming.Place{Resource: r.Name, Method: op.Method}}, callersOf(op.Method), all.text())
}

func callersOf(method string) string {
	switch method {
	case http.MethodGet:
		return "Readers"
	case http.MethodPost:
		return "Makers"
	case http.MethodPatch:
		return "Changers"
	}
	return "Removers"
}

// rowsOnly picks the callers that may name one row, and the first of them.
func rowsOnly(op *outline.Operation, all string) (kind, who string) {
	var names []string
	for i := range op.Callers {
		if len(op.Callers[i].Shape.Unique) > 0 {
			names = append(names, op.Callers[i].Who)
		}
	}
	switch len(names) {
	case 0:
		return "", ""
	case len(op.Callers):
		return all, literal(names[0])
	}
	return "Pick<" + all + ", " + literals(names) + ">", literal(names[0])
}

// keyOf is the type of a key: of several columns, a tuple.
func keyOf(set []guard.OutlineColumn, strict bool) string {
	if len(set) == 1 {
		return given(&set[0], strict)
	}
	kinds := make([]string, len(set))
	for i := range set {
		kinds[i] = given(&set[i], strict)
	}
	return "readonly [" + strings.Join(kinds, ", ") + "]"
}

// extras is the type of what is computed beside lists.
func extras(r *outline.Resource) string {
	if len(r.Extras) == 0 {
		return "undefined"
	}
	var m members
	for _, name := range r.Extras {
		m.add(name, "Int64 | string | boolean | null", true)
	}
	return m.line()
}

// flags maps callers to the flags that ask for them. Who needs none has "".
func flags(r *outline.Resource) (out []string) {
	seen := map[string]bool{}
	for i := range r.Operations {
		for _, c := range r.Operations[i].Callers {
			if !seen[c.Who] {
				seen[c.Who] = true
				out = append(out, "["+literal(c.Who)+", "+literal(c.Flag)+"]")
			}
		}
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

func envelope(r *outline.Resource) string {
	switch r.Envelope {
	case outline.Nicot:
		return "nicot"
	case outline.Bare:
		return "bare"
	case outline.Custom:
		return "custom"
	}
	return "default"
}

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func indent(text, by string) string { return by + strings.ReplaceAll(text, "\n", "\n"+by) }
