package openapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/naming"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// resource adds the paths of a resource.
func (b *builder) resource(r *outline.Resource) {
	tag := object{{"name", r.Name}}
	if r.Description != "" {
		tag = tag.with("description", r.Description)
	}
	b.tags = append(b.tags, tag)
	var rows, row, imports object
	for i := range r.Operations {
		op := &r.Operations[i]
		verb := strings.ToLower(op.Method)
		switch op.Method {
		case http.MethodGet:
			rows = b.reads(rows, r, op, list, op.Callers, op.List)
			row = b.reads(row, r, op, one, named(op), op.Row)
			continue
		case http.MethodPost:
			rows = rows.with(verb, b.operation(r, op, made, op.Callers, nil))
			if r.Import {
				imports = members(verb, b.operation(r, op, loaded, op.Callers, nil))
			}
			continue
		}
		if op.List {
			rows = rows.with(verb, b.operation(r, op, many, op.Callers, nil))
		}
		if callers := named(op); op.Row && len(callers) > 0 {
			row = row.with(verb, b.operation(r, op, single, callers, nil))
		}
	}
	path := "/" + url.PathEscape(r.Name)
	if rows != nil {
		b.paths = b.paths.with(path, rows.with("options", b.options(r, "")))
	}
	if row != nil && len(r.Key) > 0 {
		b.paths = b.paths.with(path+"/{key}", members("parameters", []object{b.key(r)}).with("options", b.options(r, "Row")))
		last := &b.paths[len(b.paths)-1]
		item, _ := last.value.(object)
		last.value = append(append(item[:1:1], row...), item[1:]...)
	}
	if imports != nil {
		b.paths = b.paths.with(path+"/import", imports)
	}
}

// named gives the callers that may name one row.
func named(op *outline.Operation) []outline.Caller {
	return slices.DeleteFunc(slices.Clone(op.Callers), func(c outline.Caller) bool { return len(c.Shape.Unique) == 0 })
}

// reads adds a GET, and the HEAD that is the same without a body.
func (b *builder) reads(item object, r *outline.Resource, op *outline.Operation, k kind, callers []outline.Caller, served bool) object {
	if !served || len(callers) == 0 {
		return item
	}
	parameters := b.parametersOf(r, op, k, callers)
	item = item.with("get", b.operation(r, op, k, callers, parameters))
	head := object{{"operationId", b.operationID(r, k, "head")}, {"tags", []string{r.Name}}, {"summary", "As GET, without a body"}, {"parameters", parameters},
		{"security", security(callers)}}
	responses := members("200", object{{"description", "As of GET."}})
	for _, x := range failing() {
		if x.status == "400" || x.status == "401" || x.status == "403" || x.status == "404" && k == one || x.status == "413" {
			responses = responses.with(x.status, object{{"description", x.says}})
		}
	}
	return item.with("head", head.with("responses", responses))
}

func (b *builder) operationID(r *outline.Resource, k kind, word string) string {
	name := naming.Pascal(r.Name)
	name = strings.ToLower(name[:1]) + name[1:] + naming.Pascal(word)
	if k == one || k == single {
		name += "ByKey"
	}
	return b.operations.Take(name)
}

// operation describes a method of a resource, or of one of its rows.
func (b *builder) operation(r *outline.Resource, op *outline.Operation, k kind, callers []outline.Caller, parameters []object) object {
	word, summary := deed(k, op.Method)
	out := object{{"operationId", b.operationID(r, k, word)}, {"tags", []string{r.Name}}, {"summary", summary + " of " + r.Name}, {"description", who(r, k, op.Method, callers)}}
	if parameters == nil {
		parameters = b.parametersOf(r, op, k, callers)
	}
	if len(parameters) > 0 {
		out = out.with("parameters", parameters)
	}
	if op.Method == http.MethodPost || op.Method == http.MethodPatch {
		out = out.with("requestBody", b.body(r, op, k, callers))
	}
	status, says := "200", "What was asked for."
	if k == made {
		status, says = "201", "The rows as they are stored."
	}
	row := b.each(r, op, callers, func(p place, c *outline.Caller) object { return b.row(p, c.Shape) })
	success := object{{"description", says}}
	if h := tagged(r, op, k); h != nil {
		success = success.with("headers", h)
	}
	success = success.with("content", members("application/json", members("schema", answers(r, k, op.Method, row))))
	responses := members(status, success)
	if op.Method == http.MethodGet && tagged(r, op, k) != nil {
		responses = responses.with("304", object{{"description", "The row is as its entity tag in If-None-Match says."}})
	}
	return out.with("responses", failures(responses, k, op.Method)).with("security", security(callers))
}

// deed names what an operation does.
func deed(k kind, verb string) (word, summary string) {
	switch {
	case k == loaded:
		return "import", "Insert those that can be"
	case verb == http.MethodPost:
		return "create", "Insert rows"
	case verb == http.MethodPatch && k == many:
		return "update", "Change the rows that pass"
	case verb == http.MethodPatch:
		return "update", "Change one row"
	case verb == http.MethodDelete && k == many:
		return "delete", "Remove the rows that pass"
	case verb == http.MethodDelete:
		return "delete", "Remove one row"
	case k == one:
		return "get", "Read one row"
	}
	return "list", "Read rows"
}

// who tells which callers may ask, and how they say which of them they are.
func who(r *outline.Resource, k kind, verb string, callers []outline.Caller) string {
	var out []string
	for i := range callers {
		c := &callers[i]
		switch {
		case i == 0 && c.Flag != "":
			out = append(out, c.Who+" (by itself, or with ?"+c.Flag+")")
		case i == 0:
			out = append(out, c.Who+" (by itself)")
		case c.Flag != "":
			out = append(out, c.Who+" (with ?"+c.Flag+")")
		default:
			out = append(out, c.Who)
		}
	}
	words := "Asked as " + strings.Join(out, ", or ") + "."
	if k == list && r.Single == outline.Always {
		words += " It gives the first row that passes, or null."
	}
	if k == many && !callers[0].Every {
		words += " It needs a condition of the request's own that leaves rows out."
	}
	if k == loaded {
		words += " Each row is inserted by itself: one that cannot be leaves the others alone. A zero in place of a default is refused; leave it out."
	}
	if verb == http.MethodDelete && k == single {
		words += " It gives the row as it was."
	}
	return words
}

// each makes a schema for every caller. Where they differ it is one of them, each with the callers that it is for.
func (b *builder) each(r *outline.Resource, op *outline.Operation, callers []outline.Caller, make func(p place, c *outline.Caller) object) object {
	var kinds []object
	var keys []string
	whose := map[string][]string{}
	for i := range callers {
		c := &callers[i]
		s := make(place{Place: naming.Place{Resource: r.Name, Who: c.Who, Method: op.Method}, resource: r, strict: c.Shape.Strict}, c)
		if s == nil {
			continue
		}
		key := text(s)
		if whose[key] == nil {
			kinds, keys = append(kinds, s), append(keys, key)
		}
		whose[key] = append(whose[key], c.Who)
	}
	switch len(kinds) {
	case 0:
		return nil
	case 1:
		if len(whose[keys[0]]) == len(callers) {
			return kinds[0]
		}
	}
	for i := range kinds {
		kinds[i] = described(kinds[i], "Of "+strings.Join(whose[keys[i]], ", ")+".").with("x-callers", whose[keys[i]])
	}
	return anyOf(kinds...)
}

// body describes what is sent.
func (b *builder) body(r *outline.Resource, op *outline.Operation, k kind, callers []outline.Caller) object {
	schema := b.each(r, op, callers, func(p place, c *outline.Caller) object { return b.written(p, k, c) })
	content := object{{"application/json", members("schema", schema)},
		{"application/rjson", members("schema", described(typed("string"), "The same as RJSON."))}}
	form := b.each(r, op, callers, func(_ place, c *outline.Caller) object { return b.form(c, k) })
	if k != loaded && form != nil {
		content = content.with("application/x-www-form-urlencoded", members("schema", form))
	}
	return object{{"required", true}, {"content", content}}
}

// security lets operations that nobody in particular may ask be asked without a session.
func security(callers []outline.Caller) []object {
	out := []object{members(scheme, []string{})}
	for i := range callers {
		if callers[i].Who == "guest" || callers[i].Who == "all" {
			return append([]object{{}}, out...)
		}
	}
	return out
}

// versioned reports whether answers of one row carry an entity tag.
func versioned(op *outline.Operation) bool {
	v := op.Callers[0].Shape.Model.Version
	return v != nil && !v.Hidden && op.Callers[0].Shape.ByKey()
}

// tagged gives the headers of a success.
func tagged(r *outline.Resource, op *outline.Operation, k kind) object {
	first := k == list && r.Single != outline.Never
	if !versioned(op) || !first && k != one && k != made && (k != single || op.Method == http.MethodDelete) {
		return nil
	}
	return members("ETag", object{{"description", "The version of the row, where the answer is one row."}, {"schema", typed("string")}})
}

// key describes the last segment of the path of a row.
func (b *builder) key(r *outline.Resource) object {
	var kinds []object
	words := map[string]bool{}
	var says []string
	for i := range r.Operations {
		op := &r.Operations[i]
		if !op.Row {
			continue
		}
		for _, c := range named(op) {
			set := c.Shape.Unique[0]
			kinds = append(kinds, keyed(set))
			var names []string
			for k := range set {
				names = append(names, set[k].Name)
			}
			if line := strings.Join(names, ","); !words[line] {
				words[line] = true
				says = append(says, line)
			}
		}
	}
	return object{{"name", "key"}, {"in", "path"}, {"required", true}, {"description", "The value of " + strings.Join(says, ", or of ") + ". A comma within one of several is escaped."},
		{"schema", anyOf(kinds...)}}
}

// keyed is the schema of a key: of several columns, their values with commas between.
func keyed(set []guard.OutlineColumn) object {
	if len(set) == 1 {
		return column(&guard.OutlineColumn{Name: set[0].Name, Field: set[0].Field}, compared, false)
	}
	parts := make([]string, len(set))
	for i := range set {
		switch f := set[i].Field; {
		case f.Kind == model.UUID:
			parts[i] = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
		case f.Kind == model.Int, f.Kind == model.Uint:
			parts[i] = "-?(0|[1-9][0-9]*)"
		default:
			parts[i] = "[^,]+"
		}
	}
	return typed("string").with("pattern", "^"+strings.Join(parts, ",")+"$")
}
