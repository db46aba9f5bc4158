package guard

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Tags says how FromTags makes a shape. Its zero value reads the tags alone.
type Tags[T any] struct {
	// Relations are paths of relations that come with every row, as in "Author.Profile", which implies "Author". Others are
	// neither read nor shown.
	Relations []string
	// VersionDates shows the times that the library keeps (default=now, update=now, softdelete) and the version. They are left out
	// unless it is said.
	VersionDates bool
	// Keys lets a new row be given its primary key although the library would make one.
	Keys bool
	// OmitResult, OmitCreate, OmitUpdate and OmitQuery take fields, by their Go names, away from what may be read, given to a new
	// row, changed, and filtered and sorted by.
	OmitResult, OmitCreate, OmitUpdate, OmitQuery []string
	// Filters adds columns that may be filtered by, beside those whose tags say filter=.
	Filters []TagFilter
	// Where adds what holds always.
	Where []Filter[T]
	Take  Take
	Skip  Skip
}

// TagFilter is a filter that stands in no tag.
type TagFilter struct {
	Field  string // by its Go name
	Filter model.Filter
}

// FromTags makes the shape that the tags of a model say: what is not hidden may be read; what is neither readonly, nor made by
// the library or the source, nor kept by a scope may be given, createonly and updateonly heeded; what says filter= may be
// filtered and sorted by, with the operators of these words, and noquery wins over it. Computed fields come where the relations
// that they need do. The primary key names a row.
func FromTags[T any](t Tags[T]) (Shape[T], error) {
	var s Shape[T]
	m, err := model.For[T]()
	if err != nil {
		return s, err
	}
	g := &tagReader{m: m, dates: t.VersionDates}
	g.names("OmitResult", t.OmitResult)
	g.names("OmitCreate", t.OmitCreate)
	g.names("OmitUpdate", t.OmitUpdate)
	g.names("OmitQuery", t.OmitQuery)
	tree := g.paths(t.Relations)
	if err := fault.Join(g.errs); err != nil {
		return s, err
	}
	for _, f := range shownOf(m, tree, t.VersionDates) {
		if !slices.Contains(t.OmitResult, f.Name) {
			s.Select.c.fields = append(s.Select.c.fields, f)
		}
	}
	for _, b := range branches(m, tree, t.VersionDates) {
		s.With = append(s.With, Branch[T]{b})
	}
	s.Where = append(s.Where, t.Where...)
	for _, f := range m.Fields {
		ops := g.filter(f, t.Filters)
		if len(ops) == 0 || slices.Contains(t.OmitQuery, f.Name) {
			continue
		}
		s.Where = append(s.Where, Allow(builder.ColumnOf[T](f), ops...))
		if sorts(f) {
			s.OrderBy.c.fields = append(s.OrderBy.c.fields, f)
		}
	}
	sortable(&s.OrderBy.c, m)
	for _, f := range m.Fields {
		if givable(f, t.Keys) && !f.UpdateOnly && !slices.Contains(t.OmitCreate, f.Name) {
			s.Create = append(s.Create, Accept(builder.ColumnOf[T](f)))
		}
		if givable(f, false) && !f.Primary && !f.CreateOnly && !slices.Contains(t.OmitUpdate, f.Name) {
			s.Update = append(s.Update, Accept(builder.ColumnOf[T](f)))
		}
	}
	if keyNamed(m) {
		cols := make([]orm.Selectable[T], len(m.Key))
		for i, f := range m.Key {
			cols[i] = builder.ColumnOf[T](f)
		}
		s.Unique = Uniques[T]{By(cols...)}
	}
	s.Logic, s.Take, s.Skip = And|Or|Not, t.Take, t.Skip
	return s, nil
}

// branch of relations by name.
type relationTree map[*model.Relation]relationTree

type tagReader struct {
	m     *model.Model
	dates bool
	errs  []error
}

func (g *tagReader) wrong(detail string) {
	g.errs = append(g.errs, &orm.Error{Op: "guard", Model: g.m.Name, Err: orm.ErrInvalid, Detail: detail})
}

// names checks that fields exist.
func (g *tagReader) names(where string, names []string) {
	for _, name := range names {
		known := slices.ContainsFunc(g.m.Fields, func(f *model.Field) bool { return f.Name == name }) ||
			slices.ContainsFunc(g.m.Computed, func(f *model.Field) bool { return f.Name == name })
		if !known {
			all := make([]string, 0, len(g.m.Fields))
			for _, f := range g.m.Fields {
				all = append(all, f.Name)
			}
			g.wrong(where + ": there is no field " + name + meant(name, all))
		}
	}
}

// paths reads relations with their parents.
func (g *tagReader) paths(paths []string) relationTree {
	tree := relationTree{}
	for _, path := range paths {
		at, m := tree, g.m
		for name := range strings.SplitSeq(path, ".") {
			r, err := m.Relation(name)
			if err != nil {
				g.wrong("Relations: " + path + ": " + detailOf(err))
				break
			}
			if at[r] == nil {
				at[r] = relationTree{}
			}
			at, m = at[r], r.Target
		}
	}
	return tree
}

// shownOf gives the fields of a model that its tags let be read.
func shownOf(m *model.Model, tree relationTree, dates bool) (out []*model.Field) {
	for _, f := range m.Fields {
		if _, wired := wireOf(f); wired && !f.Hidden && (dates || !kept(f)) {
			out = append(out, f)
		}
	}
	for _, f := range m.Computed {
		if _, wired := wireOf(f); wired && !f.Hidden && tree.holds(f) {
			out = append(out, f)
		}
	}
	return out
}

// kept reports whether the library keeps a column by itself.
func kept(f *model.Field) bool {
	return f.Default == model.FillNow || f.Update == model.FillNow || f == f.Model.SoftDelete || f == f.Model.Version
}

// branches makes the shapes of relations, each of which comes by itself.
func branches(m *model.Model, tree relationTree, dates bool) (out []branch) {
	for _, r := range m.Relations {
		below, ok := tree[r]
		if !ok {
			continue
		}
		s := &shape{model: r.Target, always: true, take: Take{Max: NoLimit}}
		s.selects.fields = shownOf(r.Target, below, dates)
		s.with = branches(r.Target, below, dates)
		out = append(out, branch{relation: r, shape: s})
	}
	return out
}

// sortable adds the key, by which every list can be sorted.
func sortable(c *columns, m *model.Model) {
	if !keyNamed(m) {
		return
	}
	for _, f := range m.Key {
		if !slices.Contains(c.fields, f) {
			c.fields = append(c.fields, f)
		}
	}
}

// keyNamed reports whether requests can name the primary key.
func keyNamed(m *model.Model) bool {
	return len(m.Key) > 0 && !slices.ContainsFunc(m.Key, func(f *model.Field) bool {
		_, wired := wireOf(f)
		return !wired || f.Hidden || f.NoQuery || !readable(f)
	})
}

// givable reports whether a request may give a column. keys includes a primary key that the library makes.
func givable(f *model.Field, keys bool) bool {
	_, wired := wireOf(f)
	switch {
	case !wired, f.Auto, f.Generated, f.ReadOnly, f.IsComputed, scopeOf(f) != "", kept(f), !readable(f):
		return false
	case f.Primary:
		return keys || f.Default == model.NoFill
	}
	return true
}

// detailOf gives what an error of the model says.
func detailOf(err error) string {
	text := err.Error()
	if _, detail, ok := strings.Cut(text, ": "); ok {
		return detail
	}
	return text
}

// filter gives the operators that the words of a column's filter= mean, and those of filters that are added.
func (g *tagReader) filter(f *model.Field, added []TagFilter) (ops []Op) {
	add := func(words []model.FilterWord) {
		for _, w := range words {
			op := filterOp(w)
			if !slices.Contains(ops, op) {
				ops = append(ops, op)
			}
			if w == model.FilterZeroNull && !slices.Contains(ops, IsNull) {
				ops = append(ops, IsNull)
			}
		}
	}
	if f.Filter != nil {
		add(f.Filter.Words)
	}
	for _, x := range added {
		if x.Field == f.Name {
			add(x.Filter.Words)
		}
	}
	return ops
}

func filterOp(w model.FilterWord) Op {
	switch w {
	case model.FilterNe:
		return Ne
	case model.FilterGt:
		return Gt
	case model.FilterGte:
		return Gte
	case model.FilterLt:
		return Lt
	case model.FilterLte:
		return Lte
	case model.FilterPrefix:
		return StartsWith
	case model.FilterContains:
		return Contains
	case model.FilterIn:
		return In
	case model.FilterNotIn:
		return NotIn
	}
	return Eq
}

// sorts reports whether a shape may sort by a column.
func sorts(f *model.Field) bool {
	return f.Kind != model.JSON && f.Kind != model.Array && (f.Kind != model.Scanner || f.Decimal != nil || f.CivilTime())
}

// holds reports whether every relation that a computed field needs is read.
func (t relationTree) holds(f *model.Field) bool {
	for _, path := range f.Needs {
		at := t
		for _, r := range path {
			if at[r] == nil {
				return false
			}
			at = at[r]
		}
	}
	return true
}
