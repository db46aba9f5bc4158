package rest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// flat is what a tagged resource has beside others: its ways and the parameters of its URLs. nil is a resource of Rules.
type flat struct {
	routes Route
	ignore bool // unknown parameters
	offers bool // an import
	or     bool // create or update
	list   []flatParameter
	whole  map[string]bool // methods and callers whose shapes the tags make: their relations come whole or not at all, as MaxFanOut says
}

// flatParameter is a parameter of the URL that filters a list.
type flatParameter struct {
	name   string
	column string // on the wire
	field  *model.Field
	filter model.Filter
	own    bool // of the column's own tag; else declared by Parameter
	decode func(string) (guard.Node, error)
}

// The parameters of pages.
const (
	paramPage   = "pageCount"
	paramSize   = "recordsPerPage"
	paramCursor = "paginationCursor"
)

// reserved reports whether a parameter is one of every tagged resource.
func reserved(name string) bool {
	switch name {
	case "select", "query", "countTotal", "findFirst", paramPage, paramSize, paramCursor:
		return true
	}
	return kinds(name) != nil
}

// declare reads the parameters that options name.
func (f *flat) declare(m *model.Model, t *tagging, wrong func(detail string)) {
	for _, p := range t.parameters {
		field, err := m.Field(p.field)
		if err != nil || field.IsComputed {
			wrong("Parameter " + p.name + ": there is no column " + p.field)
			continue
		}
		filter, err := model.ParseFilter(field, p.filter)
		if err != nil {
			wrong("Parameter " + p.name + ": " + err.Error())
			continue
		}
		f.list = append(f.list, flatParameter{name: p.name, field: field, filter: filter})
	}
}

// finish names the parameters as the compiled shape does.
func (f *flat) finish(r *resource, t *tagging, wrong func(detail string)) {
	get := r.methods[http.MethodGet]
	if get == nil || len(get.callers) == 0 {
		return
	}
	for _, c := range get.callers {
		for _, x := range c.outline.Where.Columns {
			for i := range f.list {
				if f.list[i].field == x.Field {
					f.list[i].column = x.Name
				}
			}
			if x.Field.Filter != nil && !slices.ContainsFunc(f.list, func(p flatParameter) bool { return p.own && p.field == x.Field }) {
				f.list = append(f.list, flatParameter{name: x.Name, column: x.Name, field: x.Field, filter: *x.Field.Filter, own: true})
			}
		}
	}
	seen := map[string]bool{}
	for i := range f.list {
		p := &f.list[i]
		switch {
		case reserved(p.name):
			wrong("the parameter " + p.name + " is one of every resource: give the column another json name")
		case seen[p.name]:
			wrong("two parameters are called " + p.name)
		}
		seen[p.name] = true
		p.decode = t.decoders[p.name]
	}
	for name := range t.decoders {
		if !seen[name] {
			wrong("Decode: there is no parameter " + name)
		}
	}
	slices.SortFunc(f.list, func(a, b flatParameter) int { return strings.Compare(a.name, b.name) })
}

func (f *flat) named(name string) *flatParameter {
	for i := range f.list {
		if f.list[i].name == name {
			return &f.list[i]
		}
	}
	return nil
}

// known tells which parameters a request may have beside those of every resource: those that filter are of lists only.
func (f *flat) known(method string, key bool) func(string) bool {
	if f == nil {
		return nil
	}
	reads := method == http.MethodGet || method == http.MethodHead
	list := reads && !key
	return func(name string) bool {
		switch {
		case f.ignore && reads:
			return true
		case !list:
			return false
		}
		return name == paramPage || name == paramSize || name == paramCursor || f.named(name) != nil
	}
}

func (f *flat) imports() bool { return f != nil && f.offers }

func (f *flat) upserts() bool { return f != nil && f.or }

// serves reports whether the resource has the way: lists and rows by key are two.
func (f *flat) serves(verb string, key bool) bool {
	return f == nil || verb != http.MethodGet || key && f.routes&RouteGet != 0 || !key && f.routes&RouteList != 0
}

func (f *flat) outline(x *outline.Resource) {
	if f == nil {
		return
	}
	x.Import, x.Pages = f.offers, true
	for i := range f.list {
		p := &f.list[i]
		x.Flat = append(x.Flat, outline.Parameter{Name: p.name, OutlineColumn: guard.OutlineColumn{Name: p.column, Field: p.field}, Words: p.words(), Any: p.filter.Any, List: p.listed() || p.decode != nil})
	}
}

func (p *flatParameter) words() []string {
	out := make([]string, len(p.filter.Words))
	for i, w := range p.filter.Words {
		out[i] = string(w)
	}
	return out
}

func (p *flatParameter) listed() bool {
	return slices.Contains(p.filter.Words, model.FilterIn) || slices.Contains(p.filter.Words, model.FilterNotIn)
}

// read adds what the flat parameters of a request say.
func (f *flat) read(c *call, n *guard.Node) error {
	if f == nil {
		return nil
	}
	values := map[string][]string{}
	var order []string
	for _, p := range c.asked.flat {
		if values[p.name] == nil && f.named(p.name) != nil {
			order = append(order, p.name)
		}
		values[p.name] = append(values[p.name], p.value)
	}
	var all []guard.Node
	for _, name := range order {
		p := f.named(name)
		x, err := p.condition(values[name])
		if err != nil {
			return err
		}
		all = append(all, x)
	}
	if len(all) > 0 {
		if w := n.Member("where"); w != nil {
			all = append(all, *w)
			drop(n, "where")
		}
		n.Members = append(n.Members, guard.Member{Name: "where", Value: guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: "AND", Value: guard.Node{Kind: guard.List, Items: all}}}}})
		c.flat = order
	}
	return f.pages(c, n, values)
}

// unflat gives a path of package guard in the words of flat parameters, which stand first in its where.AND.
func unflat(path string, parameters []string) string {
	rest, ok := strings.CutPrefix(path, "where.AND[")
	if !ok || parameters == nil {
		return path
	}
	index, rest, _ := strings.Cut(rest, "]")
	i, err := strconv.Atoi(index)
	switch {
	case err != nil:
		return path
	case i < len(parameters):
		return parameters[i]
	}
	return "where" + rest
}

// pages reads the parameters of pages.
func (f *flat) pages(c *call, n *guard.Node, values map[string][]string) error {
	whole := func(name string) (int64, bool, error) {
		v, ok := values[name]
		if !ok {
			return 0, false, nil
		}
		if len(v) != 1 || !plainNumber(v[0]) || v[0][0] == '-' || v[0] == "0" {
			return 0, false, refuse(name, "it is a whole number from 1 on")
		}
		k, err := strconv.ParseInt(v[0], 10, 64)
		if err != nil {
			return 0, false, tooLarge("the page is out of range")
		}
		return k, true, nil
	}
	size, sized, err := whole(paramSize)
	if err != nil {
		return err
	}
	page, paged, err := whole(paramPage)
	if err != nil {
		return err
	}
	cursor, byCursor := values[paramCursor]
	switch {
	case byCursor && paged:
		return refuse(paramPage, "a page is named by its number or by a cursor")
	case len(cursor) > 1:
		return refuse(paramCursor, "the parameter stands twice")
	case (sized || paged || byCursor) && (n.Member("take") != nil || n.Member("skip") != nil || n.Member("cursor") != nil):
		return refuse(paramSize, "select says the page already")
	}
	if most := int64(c.caller.outline.Take.Max); c.res.over == Clamp && most > 0 && size > most {
		size = most
	}
	if sized {
		n.Members = append(n.Members, guard.Member{Name: "take", Value: number(size)})
	}
	if byCursor {
		n.Members = append(n.Members, guard.Member{Name: "cursor", Value: guard.Node{Kind: guard.String, Text: cursor[0]}})
		c.paged = true
		return nil
	}
	list := c.key == nil && c.caller != nil && (c.http.Method == http.MethodGet || c.http.Method == http.MethodHead) && !c.single() && !c.rowless && !c.paged
	if !paged && !(list && c.res.format.is(NicotEnvelope) && n.Member("skip") == nil && n.Member("take") == nil || list && sized && c.res.format.is(NicotEnvelope)) {
		return nil
	}
	if !sized {
		size = int64(c.caller.outline.Take.Default)
	}
	if !paged {
		page = 1
	}
	if page > 1 && (page-1) > int64(c.caller.outline.Skip)/size {
		return &Error{Status: http.StatusRequestEntityTooLarge, Path: paramPage, Detail: fmt.Sprintf("a page begins at row %d at most: turn pages by %s", c.caller.outline.Skip, paramCursor)}
	}
	if page > 1 {
		n.Members = append(n.Members, guard.Member{Name: "skip", Value: number((page - 1) * size)})
	}
	c.number = &NumberedPage{Number: page, Size: size}
	return nil
}

// condition compares the column with what the parameter says.
func (p *flatParameter) condition(values []string) (guard.Node, error) {
	if len(values) > 1 && !p.listed() {
		return guard.Node{}, refuse(p.name, "the parameter stands twice")
	}
	var kids []guard.Node
	for _, w := range p.filter.Words {
		op, v, err := p.value(w, values)
		if err != nil {
			return v, err
		}
		v.At = p.name
		of := guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: op, Value: v}}, At: p.name}
		kids = append(kids, guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: p.column, Value: of}}})
	}
	if len(kids) == 1 {
		return kids[0], nil
	}
	word := "AND"
	if p.filter.Any {
		word = "OR"
	}
	return guard.Node{Kind: guard.Object, Members: []guard.Member{{Name: word, Value: guard.Node{Kind: guard.List, Items: kids}}}}, nil
}

// value reads what the parameter says for one word of its filter.
func (p *flatParameter) value(w model.FilterWord, values []string) (op string, v guard.Node, err error) {
	switch w {
	case model.FilterIn, model.FilterNotIn:
		op = "in"
		if w == model.FilterNotIn {
			op = "notIn"
		}
		v, err = p.values(values)
		return op, v, err
	}
	if v, err = p.read(values[0]); err != nil {
		return "", v, err
	}
	switch w {
	case model.FilterBool:
		switch {
		case v.Kind == guard.True, v.Kind == guard.False:
			return "equals", v, nil
		case v.Text == "true", v.Text == "1":
			return "equals", guard.Node{Kind: guard.True}, nil
		case v.Text == "false", v.Text == "0":
			return "equals", guard.Node{Kind: guard.False}, nil
		}
		return "", v, refuse(p.name, "it is true, false, 1 or 0")
	case model.FilterZeroNull:
		if v.Text == "0" {
			return "isNull", guard.Node{Kind: guard.True}, nil
		}
		return "equals", v, nil
	case model.FilterPrefix:
		return "startsWith", v, nil
	case model.FilterContains:
		return "contains", v, nil
	case model.FilterEq:
		return "equals", v, nil
	case model.FilterNe:
		return "not", v, nil
	}
	return string(w), v, nil
}

// read reads one text of the parameter.
func (p *flatParameter) read(text string) (guard.Node, error) {
	if p.decode == nil {
		return guard.Node{Kind: guard.String, Text: text}, nil
	}
	v, err := p.decode(text)
	if err != nil {
		return v, &Error{Status: http.StatusBadRequest, Path: p.name, Detail: "the value cannot be read", Err: err}
	}
	return v, nil
}

// values reads a list: with a function of the program's, what it makes of each time that the parameter stands there.
func (p *flatParameter) values(values []string) (guard.Node, error) {
	if p.decode == nil {
		return listOf(values), nil
	}
	out := guard.Node{Kind: guard.List}
	for _, text := range values {
		v, err := p.read(text)
		switch {
		case err != nil:
			return v, err
		case v.Kind == guard.List:
			out.Items = append(out.Items, v.Items...)
		default:
			out.Items = append(out.Items, v)
		}
	}
	return out, nil
}

// listOf splits a list: a parameter that is repeated says one value each time, one that is not says them with commas between,
// where \, is a comma of a value.
func listOf(values []string) guard.Node {
	if len(values) == 1 {
		values = splitCommas(values[0])
	}
	out := guard.Node{Kind: guard.List}
	for _, v := range values {
		out.Items = append(out.Items, guard.Node{Kind: guard.String, Text: v})
	}
	return out
}

func splitCommas(s string) []string {
	var out []string
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == ',' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == ',':
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteByte(s[i])
		}
	}
	return append(out, b.String())
}
