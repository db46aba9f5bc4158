package openapitest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/multi-orm/orm/rls/guard"
	"github.com/multi-orm/orm/rls/rest/outline"
)

// names holds what a document says against an outline.
type names struct {
	*site
	t     *testing.T
	place string // what is looked at, for messages
}

// member gives where a schema says what stands under a name, in one of its alternatives or in the items of a list.
func (n names) member(pointers []string, name string) (out []string) {
	n.t.Helper()
	seen := map[string]bool{}
	var look func(pointer string)
	look = func(pointer string) {
		s, pointer := n.follow(pointer)
		if seen[pointer] {
			return
		}
		seen[pointer] = true
		if _, ok := mapped(s["properties"])[name]; ok {
			out = append(out, pointer+"/properties/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
		}
		for i := range anys(s["anyOf"]) {
			look(fmt.Sprintf("%s/anyOf/%d", pointer, i))
		}
		if s["items"] != nil {
			look(pointer + "/items")
		}
	}
	for _, p := range pointers {
		look(p)
	}
	if len(out) == 0 {
		n.t.Errorf("%s: the document does not say %s", n.place, name)
	}
	return out
}

func (n names) below(name string) names {
	n.place += " " + name
	return n
}

func (n names) row(at []string, o *guard.Outline) {
	for _, c := range o.Columns {
		n.member(at, c.Name)
	}
	for _, r := range o.Relations {
		n.below(r.Name).row(n.member(at, r.Name), r.Shape)
	}
	for _, c := range o.Counts {
		n.member(n.member(at, "_count"), c.Name)
	}
}

func (n names) where(at []string, w *guard.OutlineWhere) {
	for _, c := range w.Columns {
		column := n.member(at, c.Name)
		for _, op := range c.Ops {
			for _, word := range op.Words() {
				n.below(c.Name).member(column, word)
			}
		}
	}
	for _, r := range w.Related {
		of := n.member(at, r.Name)
		for kind, word := range map[guard.Quantifier]string{guard.Some: "some", guard.None: "none", guard.Every: "every", guard.Is: "is", guard.IsNot: "isNot"} {
			if r.Kinds&kind != 0 {
				n.below(r.Name).where(n.below(r.Name).member(of, word), r.Where)
			}
		}
	}
	for logic, word := range map[guard.Logic]string{guard.And: "AND", guard.Or: "OR", guard.Not: "NOT"} {
		if w.Logic&logic != 0 {
			n.member(at, word)
		}
	}
}

func (n names) asked(at []string, o *guard.Outline, forbid outline.Part, page, counts bool) {
	if page {
		for part, word := range map[outline.Part]string{outline.ForbidOrderBy: "orderBy", outline.ForbidLimit: "take", outline.ForbidOffset: "skip"} {
			if forbid&part != 0 || part == outline.ForbidOrderBy && len(o.OrderBy) == 0 || part == outline.ForbidOffset && o.Skip == 0 {
				continue
			}
			of := n.member(at, word)
			if part == outline.ForbidOrderBy {
				for _, c := range o.OrderBy {
					n.below(word).member(of, c.Name)
				}
			}
		}
	}
	if forbid&outline.ForbidColumns == 0 {
		chosen := n.member(at, "select")
		for _, c := range o.Columns {
			n.below("select").member(chosen, c.Name)
		}
		if forbid&outline.ForbidWith == 0 {
			n.below("select").relations(chosen, o, counts)
		}
	}
	if forbid&outline.ForbidWith == 0 && (len(o.Relations) > 0 || counts && len(o.Counts) > 0) {
		n.below("include").relations(n.member(at, "include"), o, counts)
	}
}

func (n names) relations(at []string, o *guard.Outline, counts bool) {
	for _, r := range o.Relations {
		of := n.member(at, r.Name)
		n.below(r.Name).asked(of, r.Shape, 0, r.Of.Many, counts)
		n.below(r.Name).where(n.below(r.Name).member(of, "where"), &r.Shape.Where)
	}
	if counts && len(o.Counts) > 0 {
		all := n.member(at, "_count")
		for _, c := range o.Counts {
			of := n.below("_count").member(all, c.Name)
			n.below("_count").where(n.below(c.Name).member(of, "where"), &c.Where)
		}
	}
}

func (n names) data(at []string, d *guard.OutlineData, nests bool, besides ...guard.OutlineColumn) {
	for _, c := range d.Columns {
		named := false
		for _, b := range besides {
			named = named || b.Name == c.Name
		}
		if !named {
			n.member(at, c.Name)
		}
	}
	if !nests {
		return
	}
	for _, x := range d.Nests {
		of := n.member(at, x.Name)
		for _, op := range x.Ops {
			for _, word := range op.Words {
				n := n.below(x.Name).below(word)
				at := n.member(of, word)
				var unique []guard.OutlineColumn
				if len(op.Unique) > 0 {
					unique = op.Unique[0]
				}
				within := func(word string) []string {
					if word == "" {
						return at
					}
					return n.member(at, word)
				}
				switch op.Words[0] {
				case "link", "unlink", "set", "delete":
					for _, c := range unique {
						n.member(at, c.Name)
					}
				case "create":
					n.data(at, op.Create, false)
				case "createMany":
					n.data(within("data"), op.Create, false)
					n.member(at, "skipDuplicates")
				case "linkOrCreate", "upsert":
					n.data(within("create"), op.Create, false, unique...)
					for _, c := range unique {
						n.member(within("where"), c.Name)
					}
					if op.Change != nil {
						n.data(within("update"), op.Change, false)
					}
				case "update":
					data := ""
					if unique != nil {
						data = "data"
					}
					n.data(within(data), op.Change, false)
				case "updateMany":
					n.data(within("data"), op.Change, false)
					n.where(within("where"), op.Where)
				case "deleteMany":
					n.where(at, op.Where)
				}
			}
		}
	}
}

// N30: every name that an outline says stands in the document where requests and answers have it.
func TestEveryNameIsInTheDocument(t *testing.T) {
	for who, actor := range callers() {
		s := newSite(t, who, onSQLite)
		for _, r := range s.api.Outline(actor, who != "").Resources {
			for _, op := range r.Operations {
				verb := strings.ToLower(op.Method)
				for _, c := range op.Callers {
					n := names{s, t, fmt.Sprintf("%q %s %s %s", who, verb, r.Name, c.Who)}
					if op.List || verb == "post" {
						n.operation(&r, verb, "/"+r.Name, &c)
					}
					if op.Row && len(c.Shape.Unique) > 0 {
						n.operation(&r, verb, "/"+r.Name+"/{key}", &c)
					}
				}
			}
		}
	}
}

func (n names) operation(r *outline.Resource, verb, path string, c *outline.Caller) {
	op := "/paths/" + strings.ReplaceAll(path, "/", "~1") + "/" + verb
	row := strings.HasSuffix(path, "}")
	if n.site.at(op) == nil {
		n.t.Errorf("%s: the document does not know %s", n.place, op)
		return
	}
	status := "200"
	if verb == "post" {
		status = "201"
	}
	answer := []string{op + "/responses/" + status + "/content/application~1json/schema"}
	switch r.Envelope {
	case outline.Default:
		n.row(n.member(answer, r.Name), c.Shape)
	case outline.Nicot:
		n.row(n.member(answer, "data"), c.Shape)
	case outline.Bare:
		n.row(answer, c.Shape)
	}
	var ask []string
	for i := range anys(n.site.at(op + "/parameters")) {
		p, at := n.follow(fmt.Sprintf("%s/parameters/%d", op, i))
		if p["name"] == "query" {
			ask = []string{at + "/content/application~1json/schema"}
		}
	}
	list := verb == "get" && !row
	forbid := r.Forbid
	if r.Single == outline.Always {
		forbid |= outline.ForbidLimit
	}
	n.asked(ask, c.Shape, forbid, list, verb != "delete")
	if forbid&outline.ForbidWhere == 0 && !row && verb != "post" {
		n.where(n.member(ask, "where"), &c.Shape.Where)
	}
	body := []string{op + "/requestBody/content/application~1json/schema"}
	switch verb {
	case "post":
		n.data(body, c.Shape.Create, true)
	case "patch":
		n.data(body, c.Shape.Update, row)
	}
}
