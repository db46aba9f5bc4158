package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/rawtext"
	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/catalogue"
)

var _ source.Catalogue = (*DataSource)(nil)

// The rows of the catalogue.
type (
	foundCatalogue struct {
		Default             string
		Path                []string
		Extensions          []struct{ Schema, Name string }
		Tables              []foundTable
		Columns             []foundColumn
		Constraints         []foundConstraint
		Indexes             []foundIndex
		Parents             []foundParent
		Types               []foundType
		Holders             []foundHolder
		Classes, Collations map[int64]string // by their object ids; of the classes, those that are not the default of their type
	}
	foundTable struct {
		ID                                                 int64
		Schema, Name, Kind, Comment, Definition, Partition string
		Filling                                            []string // by rows, before an insert
	}
	foundColumn struct {
		Table, Type, Collating                                         int64
		Number, Modifier, Depth                                        int
		Name, DBType, Identity, Generated, Default, Comment, Collation string
		NotNull                                                        bool
	}
	foundConstraint struct {
		Table, Target, Index                                 int64
		Name, Kind, TargetSchema, TargetName, Delete, Update string
		Match, Expression, Comment                           string
		Columns                                              []int
		References                                           []string
		Deferrable, Deferred, Valid                          bool
	}
	foundIndex struct {
		ID, Table                          int64
		Name, Method, Where, Comment       string
		Unique, Primary, Valid, NullsEqual bool
		Keys                               int
		Columns, Options                   []int
		Expressions                        []string
		Collations, Classes                []int64
	}
	foundParent struct {
		Child, Parent int64
		Part          bool
		Schema, Name  string
	}
	foundHolder struct {
		Table                                    int64
		Column, Kind, Schema, Name, OfSchema, Of string
	}
	foundType struct {
		ID, Elem, Base                                           int64
		Schema, Name, Kind, Category, BaseType, Default, Comment string
		Modifier                                                 int
		NotNull, Ours                                            bool
		Labels                                                   []string
		Checks                                                   []catalogue.Check
	}
)

// Catalogue reads every schema but the system's, in one statement.
func (d *DataSource) Catalogue(ctx context.Context, x source.RawExecutor) (*catalogue.Schema, error) {
	found, err := rawtext.JSON[foundCatalogue](ctx, x, catalogueQuery)
	if err != nil {
		return nil, err
	}
	r := catalogueReader{found: &found, types: map[int64]*foundType{}, at: map[int64]int{}, columns: map[int64]map[int]string{}, collating: map[int64]map[int]int64{},
		out: &catalogue.Schema{Source: d.name, Dialect: d.Dialect().Name(), Default: found.Default}}
	r.read()
	return r.out, nil
}

type catalogueReader struct {
	found     *foundCatalogue
	out       *catalogue.Schema
	types     map[int64]*foundType
	at        map[int64]int            // tables, by their object ids
	columns   map[int64]map[int]string // of a table, by their numbers
	collating map[int64]map[int]int64  // the collations of columns
}

// in gives the schema as the catalogue names it: "" for the default one.
func (r *catalogueReader) in(schema string) string {
	if schema == r.found.Default {
		return ""
	}
	return schema
}

func (r *catalogueReader) read() {
	f := r.found
	if len(f.Path) > 1 {
		r.out.Path = f.Path
	}
	for _, x := range f.Extensions {
		r.out.Extensions = append(r.out.Extensions, catalogue.FullName(r.in(x.Schema), x.Name))
	}
	r.readTypes()
	for i := range f.Tables {
		t := &f.Tables[i]
		r.at[t.ID] = i
		r.columns[t.ID], r.collating[t.ID] = map[int]string{}, map[int]int64{}
		r.out.Tables = append(r.out.Tables, catalogue.Table{Schema: r.in(t.Schema), Name: t.Name, Kind: tableKind(t.Kind), View: t.Kind == "v" || t.Kind == "m",
			Comment: t.Comment, Definition: t.Definition, Partition: t.Partition, Filling: t.Filling})
	}
	for i := range f.Columns {
		c := &f.Columns[i]
		t := &r.out.Tables[r.at[c.Table]]
		r.columns[c.Table][c.Number], r.collating[c.Table][c.Number] = c.Name, c.Collating
		t.Columns = append(t.Columns, r.column(c))
	}
	constrained := map[int64]*foundConstraint{} // the constraints, by the indexes that hold them
	for i := range f.Constraints {
		c := &f.Constraints[i]
		if c.Kind == "p" || c.Kind == "u" || c.Kind == "x" {
			constrained[c.Index] = c
		}
		r.constraint(&r.out.Tables[r.at[c.Table]], c)
	}
	for i := range f.Indexes {
		x := &f.Indexes[i]
		if c := constrained[x.ID]; c == nil || c.Kind == "u" {
			r.index(&r.out.Tables[r.at[x.Table]], x, c)
		}
	}
	for i := range f.Holders {
		h := &f.Holders[i]
		out := catalogue.Holder{Column: h.Column, Kind: h.Kind, Name: catalogue.FullName(r.in(h.Schema), h.Name)}
		if h.Schema == "" {
			out.Name = h.Name
		}
		if h.Of != "" {
			out.Table = catalogue.FullName(r.in(h.OfSchema), h.Of)
		}
		t := &r.out.Tables[r.at[h.Table]]
		t.Holders = append(t.Holders, out)
	}
	r.parents()
	r.out.Sort()
}

func tableKind(relkind string) catalogue.TableKind {
	switch relkind {
	case "v":
		return catalogue.View
	case "m":
		return catalogue.MaterializedView
	case "f":
		return catalogue.ForeignTable
	}
	return catalogue.BaseTable
}

func (r *catalogueReader) column(c *foundColumn) catalogue.Column {
	out := catalogue.Column{Name: c.Name, DBType: c.DBType, Nullable: !c.NotNull, Comment: c.Comment, Collation: c.Collation}
	r.kind(&out, c.Type, c.Modifier)
	if out.Type == catalogue.Array {
		out.Depth = max(1, c.Depth)
	}
	switch {
	case c.Generated != "":
		out.Generated, out.Virtual = c.Default, c.Generated == "v"
	case c.Default != "NULL" && !strings.HasPrefix(c.Default, "NULL::"):
		out.Default = c.Default
	}
	switch {
	case c.Identity == "a":
		out.Identity = catalogue.IdentityAlways
	case c.Identity == "d", strings.HasPrefix(c.Default, "nextval(") && c.Generated == "":
		out.Identity = catalogue.IdentityByDefault
	}
	return out
}

func (r *catalogueReader) constraint(t *catalogue.Table, c *foundConstraint) {
	columns := r.names(c.Table, c.Columns)
	switch c.Kind {
	case "p":
		t.Key = catalogue.Key{Name: c.Name, Columns: columns, Deferrable: c.Deferrable}
	case "f":
		t.ForeignKeys = append(t.ForeignKeys, catalogue.ForeignKey{Name: c.Name, Columns: columns, Schema: r.in(c.TargetSchema), Table: c.TargetName, References: c.References,
			OnDelete: action(c.Delete), OnUpdate: action(c.Update), Deferrable: c.Deferrable, Deferred: c.Deferred, Full: c.Match == "f", NotValid: !c.Valid, Comment: c.Comment})
	case "c":
		t.Checks = append(t.Checks, catalogue.Check{Name: c.Name, Expression: c.Expression, NotValid: !c.Valid})
		name, values, ok := sqltokens.Listed(c.Expression)
		if col := t.Column(name); ok && c.Valid && col != nil && col.Type == catalogue.Text && col.Enum == nil {
			col.Enum = values
		}
	case "x":
		t.Exclusions = append(t.Exclusions, catalogue.Check{Name: c.Name, Expression: c.Expression})
	}
}

func (r *catalogueReader) names(table int64, numbers []int) []string {
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = r.columns[table][n]
	}
	return out
}

func action(letter string) catalogue.Action {
	switch letter {
	case "r":
		return catalogue.Restrict
	case "c":
		return catalogue.Cascade
	case "n":
		return catalogue.SetNull
	case "d":
		return catalogue.SetDefault
	}
	return catalogue.NoAction
}

// index adds an index; c is the constraint that it is of, if any.
func (r *catalogueReader) index(t *catalogue.Table, x *foundIndex, c *foundConstraint) {
	out := catalogue.Index{Name: x.Name, Unique: x.Unique, Where: x.Where, NullsEqual: x.NullsEqual, Invalid: !x.Valid, Comment: x.Comment}
	if x.Method != "btree" {
		out.Method = x.Method
	}
	if c != nil {
		out.Constraint, out.Deferrable = true, c.Deferrable
	}
	for i, n := range x.Columns {
		name := r.columns[x.Table][n]
		if i >= x.Keys {
			out.Include = append(out.Include, name)
			continue
		}
		part := catalogue.Part{Column: name}
		if i < len(x.Classes) {
			part.Class = r.found.Classes[x.Classes[i]]
		}
		if n <= 0 && i < len(x.Expressions) {
			part.Expression = x.Expressions[i]
		}
		if n > 0 && i < len(x.Collations) && x.Collations[i] != r.collating[x.Table][n] {
			part.Collation = r.found.Collations[x.Collations[i]]
		}
		if i < len(x.Options) {
			first := x.Options[i]&2 != 0
			part.Desc = x.Options[i]&1 != 0
			part.NullsFirst, part.NullsLast = first && !part.Desc, part.Desc && !first
		}
		out.Parts = append(out.Parts, part)
	}
	if out.Unique && out.Where == "" && !out.Invalid && out.Columns() != nil {
		t.Uniques = append(t.Uniques, out)
		return
	}
	t.Indexes = append(t.Indexes, out)
}

// parents takes away the children that are parts in all but name, those that add no column to their one parent, and
// notes whose rows the others are among.
func (r *catalogueReader) parents() {
	gone := map[int]bool{}
	of := map[int64]int{}
	for _, p := range r.found.Parents {
		of[p.Child]++
	}
	for _, p := range r.found.Parents {
		parent := &r.out.Tables[r.at[p.Parent]]
		name := catalogue.FullName(r.in(p.Schema), p.Name)
		child, listed := r.at[p.Child]
		if p.Part || listed && of[p.Child] == 1 && len(r.columns[p.Child]) == len(r.columns[p.Parent]) {
			parent.Partitions = append(parent.Partitions, name)
			if listed {
				gone[child] = true
			}
			continue
		}
		if listed {
			r.out.Tables[child].Inherits = append(r.out.Tables[child].Inherits, parent.FullName())
		}
	}
	kept := r.out.Tables[:0:0]
	for i := range r.out.Tables {
		if !gone[i] {
			kept = append(kept, r.out.Tables[i])
		}
	}
	r.out.Tables = kept
}

func (r *catalogueReader) readTypes() {
	for i := range r.found.Types {
		y := &r.found.Types[i]
		r.types[y.ID] = y
		if !y.Ours {
			continue
		}
		if y.Kind == "e" {
			r.out.Enums = append(r.out.Enums, catalogue.Enum{Schema: r.in(y.Schema), Name: y.Name, Values: slices.Clone(y.Labels), Comment: y.Comment})
			continue
		}
		r.out.Domains = append(r.out.Domains, catalogue.Domain{Schema: r.in(y.Schema), Name: y.Name, DBType: y.BaseType, Nullable: !y.NotNull, Default: y.Default, Checks: y.Checks, Comment: y.Comment})
	}
}
