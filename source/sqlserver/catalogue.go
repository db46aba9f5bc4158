package sqlserver

import (
	"context"
	"errors"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/rawtext"
	"github.com/multi-orm/orm/source"
	"github.com/multi-orm/orm/source/catalogue"
)

var _ source.Catalogue = (*DataSource)(nil)

// The rows of the catalogue.
type (
	foundCatalogue struct {
		Named    []struct{ Default string }
		Tables   []foundTable
		Columns  []foundColumn
		Indexes  []foundIndex
		Parts    []foundPart
		Foreign  []foundForeign
		Pairs    []foundPair
		Aliases  []foundAlias
		Comments []foundComment
	}
	foundTable struct {
		ID                             int64
		Schema, Name, Kind, Definition string
	}
	foundColumn struct {
		Table, Alias                           int64
		Number, Length, Precision, Scale       int
		Period                                 int
		Name, Type, Collation, Generated, Said string
		Nullable, Identity, Persisted          bool
	}
	foundIndex struct {
		Table, ID                                 int64
		Method                                    int
		Name, Called, Where                       string
		IsUnique, IsKey, IsConstraint, IsDisabled bool
	}
	foundPart struct {
		Table, Index   int64
		Column, Place  int
		Desc, Included bool
	}
	foundForeign struct {
		ID, Table                  int64
		Name, TargetSchema, Target string
		Delete, Update             int
		Unchecked                  int
		Disabled                   bool
	}
	foundPair struct {
		Key       int64
		Column    int
		Reference string
	}
	foundAlias struct {
		ID                       int64
		Schema, Name, Type       string
		Length, Precision, Scale int
		Nullable                 bool
	}
	foundComment struct {
		Object, Part int64
		Class        int
		Text         string
	}
	foundCheck struct {
		Table            int64
		Column           int
		Name, Expression string
		Unchecked        int
		Disabled         bool
	}
	foundDetails struct {
		Holders  []foundHolder
		Settings []foundSetting
	}
	foundHolder struct {
		Table                      int64
		Column, Kind, Schema, Name string
	}
	foundSetting struct {
		Table                                    int64
		Index, Space, Compression                string
		Ignoring, Padded, RowsLocked, PageLocked bool
		Filled                                   int
	}
)

// Catalogue reads every schema but the system's, in one statement for the tables, one for the conditions that rows satisfy, and one for what
// keeps columns from changes and how indexes are kept, which servers that only speak the protocol do not tell. The login
// needs VIEW DEFINITION on what it shall see the conditions, defaults and views of.
func (d *DataSource) Catalogue(ctx context.Context, x source.RawExecutor) (*catalogue.Schema, error) {
	found, err := rawtext.JSON[foundCatalogue](ctx, x, catalogueQuery)
	if err != nil {
		return nil, err
	}
	checks, err := rawtext.JSON[[]foundCheck](ctx, x, checksQuery)
	if errors.Is(err, fault.ErrInvalid) { // the server knows of a condition and cannot write it down
		checks, err = rawtext.JSON[[]foundCheck](ctx, x, checkNamesQuery)
	}
	if err != nil {
		return nil, err
	}
	details, err := rawtext.JSON[foundDetails](ctx, x, detailsQuery)
	if err != nil && !errors.Is(err, fault.ErrInvalid) {
		return nil, err
	}
	r := catalogueReader{found: &found, at: map[int64]int{}, columns: map[int64]map[int]string{}, aliases: map[int64]*foundAlias{},
		out: &catalogue.Schema{Source: d.Name(), Dialect: d.Dialect().Name()}}
	if len(found.Named) == 1 {
		r.out.Default = found.Named[0].Default
	}
	r.read(checks, &details)
	return r.out, nil
}

type catalogueReader struct {
	found   *foundCatalogue
	out     *catalogue.Schema
	at      map[int64]int            // tables, by their object ids
	columns map[int64]map[int]string // of a table, by their numbers
	aliases map[int64]*foundAlias
}

// in gives the schema as the catalogue names it: "" for the default one.
func (r *catalogueReader) in(schema string) string {
	if schema == r.out.Default {
		return ""
	}
	return schema
}

func (r *catalogueReader) table(id int64) *catalogue.Table {
	if i, ok := r.at[id]; ok {
		return &r.out.Tables[i]
	}
	return nil
}

func (r *catalogueReader) read(checks []foundCheck, details *foundDetails) {
	f := r.found
	for i := range f.Aliases {
		a := &f.Aliases[i]
		r.aliases[a.ID] = a
		r.out.Domains = append(r.out.Domains, catalogue.Domain{Schema: r.in(a.Schema), Name: a.Name, DBType: typeText(a.Type, a.Length, a.Precision, a.Scale), Nullable: a.Nullable})
	}
	for i := range f.Tables {
		t := &f.Tables[i]
		r.at[t.ID], r.columns[t.ID] = i, map[int]string{}
		out := catalogue.Table{Schema: r.in(t.Schema), Name: t.Name, Kind: catalogue.BaseTable, Definition: t.Definition}
		if t.Kind == "V" {
			out.Kind, out.View = catalogue.View, true
		}
		r.out.Tables = append(r.out.Tables, out)
	}
	for i := range f.Columns {
		c := &f.Columns[i]
		r.columns[c.Table][c.Number] = c.Name
		t := r.table(c.Table)
		t.Columns = append(t.Columns, r.column(c))
	}
	for i := range f.Indexes {
		r.index(&f.Indexes[i])
	}
	for i := range f.Foreign {
		r.foreign(&f.Foreign[i])
	}
	for i := range checks {
		r.check(&checks[i])
	}
	r.comments()
	r.details(details)
	r.out.Sort()
}

func (r *catalogueReader) index(x *foundIndex) {
	t := r.table(x.Table)
	out := catalogue.Index{Name: x.Name, Unique: x.IsUnique, Constraint: x.IsConstraint, Where: unwrapped(x.Where), Invalid: x.IsDisabled, Clustered: x.Method == 1 || x.Method == 5}
	if x.Method > 2 { // neither CLUSTERED nor NONCLUSTERED
		out.Method = strings.ToLower(x.Called)
	}
	for _, p := range r.found.Parts {
		if p.Table != x.Table || p.Index != x.ID {
			continue
		}
		name := r.columns[p.Table][p.Column]
		switch {
		case p.Included:
			out.Include = append(out.Include, name)
		case p.Place > 0 || x.Method > 2: // others are the partition's
			out.Parts = append(out.Parts, catalogue.Part{Column: name, Desc: p.Desc})
			if c := t.Column(name); c != nil && c.Nullable && x.IsUnique && !strings.Contains(x.Where, "["+name+"] IS NOT NULL") {
				out.NullsEqual = true // one NULL is the other's equal here
			}
		}
	}
	switch {
	case x.IsKey:
		t.Key = catalogue.Key{Name: x.Name, Columns: out.Columns()}
	case out.Unique && out.Where == "" && !out.Invalid:
		t.Uniques = append(t.Uniques, out)
	default:
		t.Indexes = append(t.Indexes, out)
	}
}

func (r *catalogueReader) foreign(f *foundForeign) {
	key := catalogue.ForeignKey{Name: f.Name, Schema: r.in(f.TargetSchema), Table: f.Target, OnDelete: action(f.Delete), OnUpdate: action(f.Update), NotValid: f.Unchecked == 1, Disabled: f.Disabled}
	for _, p := range r.found.Pairs {
		if p.Key == f.ID {
			key.Columns, key.References = append(key.Columns, r.columns[f.Table][p.Column]), append(key.References, p.Reference)
		}
	}
	t := r.table(f.Table)
	t.ForeignKeys = append(t.ForeignKeys, key)
}

func action(number int) catalogue.Action {
	switch number {
	case 1:
		return catalogue.Cascade
	case 2:
		return catalogue.SetNull
	case 3:
		return catalogue.SetDefault
	}
	return catalogue.NoAction
}

func (r *catalogueReader) check(k *foundCheck) {
	t := r.table(k.Table)
	if t == nil {
		return
	}
	valid := k.Unchecked == 0
	t.Checks = append(t.Checks, catalogue.Check{Name: k.Name, Expression: unwrapped(k.Expression), NotValid: !valid, Disabled: k.Disabled})
	if !valid {
		return
	}
	if c := t.Column(documentIn(k.Expression)); c != nil && c.Type == catalogue.Text {
		c.Type, c.Size = catalogue.JSON, 0
		return
	}
	name, values, ok := listed(k.Expression)
	if c := t.Column(name); ok && c != nil && c.Type == catalogue.Text && c.Enum == nil {
		c.Enum = values
	}
}

func (r *catalogueReader) comments() {
	for _, k := range r.found.Comments {
		t := r.table(k.Object)
		if t == nil {
			continue
		}
		name := r.columns[k.Object][int(k.Part)]
		switch c := t.Column(name); {
		case k.Class == 1 && k.Part == 0:
			t.Comment = k.Text
		case k.Class == 1 && c != nil:
			c.Comment = k.Text
		case k.Class == 7:
			r.indexComment(t, k)
		}
	}
}

func (r *catalogueReader) indexComment(t *catalogue.Table, k foundComment) {
	for _, x := range r.found.Indexes {
		if x.Table != k.Object || x.ID != k.Part {
			continue
		}
		for _, list := range [][]catalogue.Index{t.Uniques, t.Indexes} {
			for i := range list {
				if list[i].Name == x.Name {
					list[i].Comment = k.Text
				}
			}
		}
	}
}
