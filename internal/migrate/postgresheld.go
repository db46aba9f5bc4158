package migrate

import (
	"slices"

	"github.com/multi-orm/orm/internal/sqltokens"
	"github.com/multi-orm/orm/source/catalogue"
)

// refused is the note on a step that PostgreSQL would refuse, "" where it takes it.
func (w postgresWriter) refused(p *pair, e *edit) string {
	var holders []string
	switch e.kind {
	case AlterType:
		_, to := alteredType(e)
		if text := castless(e.was.DBType, to); text != "" {
			return text
		}
		holders = w.holding(p, e, to)
	case AddColumn:
		for _, h := range p.live.Holders {
			if h.Kind == "type" || h.Kind == "column" && (e.fill != "" || e.column.Made) { // to fill what is kept of rows elsewhere
				holders = append(holders, heldBy(p.live, h))
			}
		}
	}
	if len(holders) == 0 {
		return ""
	}
	c := w.change(p, e)[0]
	return byHand("PostgreSQL", &c, holders)
}

// holding are the words for what PostgreSQL does not change the type of a column under.
func (w postgresWriter) holding(p *pair, e *edit, to string) (out []string) {
	t, name := p.live, e.was.Name
	is := func(c string) bool { return c == name }
	names := func(text string) bool { return sqltokens.Names(text, name, exactly) }
	for _, h := range t.Holders {
		if h.Column == name || h.Column == "" {
			out = append(out, heldBy(t, h))
		}
	}
	if names(t.Partition) && !slices.Contains(out, partitioned) {
		out = append(out, partitioned)
	}
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Generated != "" && names(c.Generated) {
			out = append(out, "the column "+c.Name+" is made of it")
		}
	}
	if kind, _ := postgresType(to); e.was.Identity != catalogue.NoIdentity && kind != "smallint" && kind != "integer" && kind != "bigint" {
		out = append(out, "the database numbers it")
	}
	out = append(out, w.keys(p, e, to)...)
	if a, b := family(e.was.DBType), family(to); a == b && a != "" {
		return out
	}
	for _, set := range [][]catalogue.Index{t.Uniques, t.Indexes} {
		for i := range set {
			x := &set[i]
			switch written := slices.ContainsFunc(x.Parts, func(part catalogue.Part) bool {
				return names(part.Expression) || is(part.Column) && (part.Class != "" || part.Collation != "")
			}); {
			case written, names(x.Where), x.Method != "" && slices.ContainsFunc(x.Parts, func(part catalogue.Part) bool { return is(part.Column) }):
				out = append(out, "the index "+x.Name+" is written for its type")
			}
		}
	}
	for _, k := range t.Checks {
		if names(k.Expression) {
			out = append(out, "the check "+k.Name+" is written for its type")
		}
	}
	for _, k := range t.Exclusions {
		if names(k.Expression) {
			out = append(out, "the exclusion "+k.Name+" is written for its type")
		}
	}
	return out
}

// keys are the foreign keys of a column, and those that lead to it, whose other end is of a type that does not go with the new one.
func (w postgresWriter) keys(p *pair, e *edit, to string) (out []string) {
	t := p.live
	for i := range t.ForeignKeys {
		f := &t.ForeignKeys[i]
		for j, c := range f.Columns {
			target := w.live.Table(f.Schema, f.Table)
			if c != e.was.Name || j >= len(f.References) || target == nil {
				continue
			}
			if other := target.Column(f.References[j]); other != nil && !refers(to, other.DBType) {
				out = append(out, "its foreign key leads to "+target.FullName()+"."+other.Name+", which is "+other.DBType)
			}
		}
	}
	for i := range w.live.Tables {
		o := &w.live.Tables[i]
		for j := range o.ForeignKeys {
			f := &o.ForeignKeys[j]
			if f.Table != t.Name || f.Schema != t.Schema {
				continue
			}
			for k, c := range f.References {
				if c != e.was.Name || k >= len(f.Columns) {
					continue
				}
				if other := o.Column(f.Columns[k]); other != nil && !refers(other.DBType, to) {
					out = append(out, "the foreign key of "+o.FullName()+"."+other.Name+", which is "+other.DBType+", leads to it")
				}
			}
		}
	}
	return out
}

// castless is the note on a change of type that no cast does, "" where one does.
func castless(from, to string) string {
	if castable(from, to) {
		return ""
	}
	return ", and no cast leads from " + from + " to " + to + ": change it by hand, with ALTER COLUMN … TYPE … USING an expression"
}
