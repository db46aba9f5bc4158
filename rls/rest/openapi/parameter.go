package openapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/multi-orm/orm/rls/rest/outline"
)

// parametersOf describes the parameters of an operation. Those of a GET are components: its HEAD has them too.
func (b *builder) parametersOf(r *outline.Resource, op *outline.Operation, k kind, callers []outline.Caller) []object {
	out := flags(callers)
	add := func(p object) { out = append(out, p) }
	ask := b.each(r, op, callers, func(p place, c *outline.Caller) object { return b.asked(p, k, c) })
	if ask != nil {
		words := "What is asked, as JSON."
		if k == list && r.Single == outline.Asked {
			words += " With findFirst it holds no take and no cursor."
		}
		add(object{{"name", "query"}, {"in", "query"}, {"description", words + " It excludes select."}, {"content", members("application/json", members("schema", ask))}})
		words = "What is asked, as RJSON: (where:(…),columns:…,orderBy:(…),limit:…,offset:…,cursor:…,with:(…)), as far as query knows it. Conditions are written column.operator; a list of objects is one of them. columns:F asks for numbers only."
		p := object{{"name", "select"}, {"in", "query"}, {"description", words}, {"schema", typed("string")}}
		if e := example(r, k, op.Method, &callers[0]); e != "" {
			p = p.with("example", e)
		}
		add(p)
	}
	if r.CountTotal && k != one && k != loaded {
		add(flag("countTotal", "Tells the number of rows that the caller may see, and of those that pass."))
	}
	if k == list {
		if r.Single == outline.Asked {
			words := "Gives the first row in place of the list, or null."
			if r.Pages {
				words += " It excludes pages."
			}
			add(flag("findFirst", words))
		}
		out = append(out, pages(r, callers)...)
	}
	if versioned(op) {
		switch {
		case op.Method == http.MethodGet && tagged(r, op, k) != nil:
			add(header("If-None-Match", "The entity tag that is known: where it still holds, the answer is 304. It is heeded where stored columns alone are read."))
		case k == single:
			add(header("If-Match", "The entity tag that the row must have, or else the answer is 412."))
		}
	}
	if op.Method == http.MethodGet {
		for i := range out {
			word := "Get"
			if k == one {
				word = "GetByKey"
			}
			name, _ := out[i].get("name").(string)
			out[i] = b.sharedParameter(r, word+"-"+name, out[i])
		}
	}
	return out
}

// flag is a parameter without a value.
func flag(name, says string) object {
	return object{{"name", name}, {"in", "query"}, {"description", says + " It is a flag: its value is left out."}, {"allowEmptyValue", true},
		{"schema", typed("string").with("enum", []any{"", "true"})}}
}

func header(name, says string) object {
	return object{{"name", name}, {"in", "header"}, {"description", says}, {"schema", typed("string")}}
}

// flags are the ways to say which caller one is.
func flags(callers []outline.Caller) (out []object) {
	var words []string
	for i := range callers {
		if f := callers[i].Flag; f != "" && !slices.Contains(words, f) {
			words = append(words, f)
			out = append(out, flag(f, "Asks as "+callers[i].Who+"."))
		}
	}
	if len(words) > 1 {
		out = append(out, flag(strings.Join(words, "|"), "Asks as the first of them that may; any two or three of them in any order are a flag."))
	}
	return out
}

// pages describes the parameters of resources that are made of tags.
func pages(r *outline.Resource, callers []outline.Caller) (out []object) {
	for i := range r.Flat {
		out = append(out, flat(&r.Flat[i]))
	}
	if !r.Pages {
		return out
	}
	number := typed("integer").with("minimum", 1)
	size := number
	if most := callers[0].Shape.Take.Max; most > 0 {
		size = size.with("maximum", most)
	}
	if def := callers[0].Shape.Take.Default; def > 0 {
		size = size.with("default", def)
	}
	parameter := func(name, says string, s object) {
		out = append(out, object{{"name", name}, {"in", "query"}, {"description", says}, {"schema", s}})
	}
	if skip := callers[0].Shape.Skip; skip > 0 {
		page := number
		if most := callers[0].Shape.Take.Max; most > 0 {
			page = page.with("maximum", skip/int64(most)+1)
		}
		parameter("pageCount", "The page to read, from 1 on. It excludes paginationCursor.", page)
	}
	parameter("recordsPerPage", "The most rows of a page.", size)
	parameter("paginationCursor", "The cursor of the page to read; empty for the first one.", typed("string").with("format", "cursor"))
	return out
}

// flat describes a parameter that filters.
func flat(p *outline.Parameter) object {
	value := column(&p.OutlineColumn, compared, false)
	out := object{{"name", p.Name}, {"in", "query"}}
	var says []string
	for _, w := range p.Words {
		switch w {
		case "bool":
			value = typed("string").with("enum", []any{"true", "false", "1", "0"})
		case "prefix", "contains":
			value = typed("string")
		case "zeronull":
			w += " (0 is null)"
		}
		says = append(says, w)
	}
	joined := " and "
	if p.Any {
		joined = " or "
	}
	words := "Compares " + p.OutlineColumn.Name + " by " + strings.Join(says, joined) + "."
	if p.List {
		return append(out, object{{"description", words + " Values are joined with commas, or the parameter is repeated."}, {"style", "form"}, {"explode", false}, {"schema", listOf(value)}}...)
	}
	return append(out, object{{"description", words}, {"schema", value}}...)
}

// options describes the OPTIONS of a path.
func (b *builder) options(r *outline.Resource, word string) object {
	allow := members("Allow", object{{"description", "The methods that the caller may use."}, {"schema", typed("string")}})
	return object{{"operationId", b.operationID(r, list, "options"+word)}, {"tags", []string{r.Name}}, {"summary", "Tells the methods of " + r.Name},
		{"responses", members("204", object{{"description", "The methods."}, {"headers", allow}})}, {"security", []object{{}, members(scheme, []string{})}}}
}
