package engine

import (
	"context"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Keys that are texts are equal as their database says, which need not be where their bytes are: citext, nondeterministic
// collations, NOCASE. The rule is that of the database that holds the rows that are asked for, and inside one database the
// rule by which it compares the two columns. Where bytes do not decide, a load has the database tell whose a row is.

// bytewise reports kinds of columns whose equal values are equal here too, whatever the database makes of text.
func bytewise(f *model.Field) bool {
	switch f.Kind {
	case model.String, model.Text, model.Scanner:
		return false
	}
	return true
}

// keyType gives what the database tells of a column, asked once.
func (s *Session) keyType(ctx context.Context, f *model.Field) (source.KeyType, error) {
	plain := source.KeyType{Exact: true, Known: true}
	if bytewise(f) {
		return plain, nil
	}
	if k, ok := s.keyTypes.Load(f); ok {
		return k.(source.KeyType), nil
	}
	src, ok := s.bound[f.Model].(source.Collated)
	if !ok {
		return plain, nil
	}
	if f.Decimal != nil { // 7.0 is 7
		return source.KeyType{Known: true}, nil
	}
	ex, _, err := s.included(ctx, f.Model)
	if err != nil {
		return plain, err
	}
	raw, ok := ex.(source.RawExecutor)
	if _, single := ex.(source.Source); !ok || single { // outside of transactions a search path is set with each statement
		raw = src
		if ctx, _, err = s.withSettings(ctx, src); err != nil {
			return plain, err
		}
	}
	rows := source.Rows{Slab: source.SlabOf[string](0)}
	if rows.Resolve, err = resolver(rows.Elem(), true); err != nil {
		return plain, err
	}
	text, args := src.KeyType(f.Model, f)
	if err := raw.Query(ctx, text, args, &rows); err != nil {
		return plain, fault.Fill(err, "", f.Model.Name, src.Name())
	}
	for _, answer := range source.Take[string](&rows.Slab) {
		k := source.ParseKeyType(answer)
		if k.Known {
			s.keyTypes.Store(f, k)
		}
		return k, nil
	}
	return plain, nil
}

// collated reports whether one of the columns compares otherwise than byte by byte.
func (s *Session) collated(ctx context.Context, fields []*model.Field) (bool, error) {
	for _, f := range fields {
		k, err := s.keyType(ctx, f)
		if err != nil || !k.Exact {
			return !k.Exact, err
		}
	}
	return false, nil
}

// numbering is how a load tells which key a row was found by.
type numbering struct {
	on bool     // by the number of the key, which the database tells
	as []string // the types that keys are compared as, where the database has some for them
}

// numbering says how rows are found whose columns equal keys that came from the columns given.
func (s *Session) numbering(ctx context.Context, columns, from []*model.Field) (n numbering, err error) {
	for i, f := range columns {
		if bytewise(f) {
			continue
		}
		have, err := s.keyType(ctx, f)
		if err != nil {
			return n, err
		}
		as := have
		if o := from[i]; have.Text && s.bound[o.Model] == s.bound[f.Model] && o.Decimal == nil {
			if of, err := s.keyType(ctx, o); err != nil {
				return n, err
			} else if of.Text {
				as = of
			}
		}
		n.on = n.on || !have.Exact || !as.Exact
		if n.as == nil {
			n.as = make([]string, len(columns))
		}
		if n.as[i] = as.As; as.As == "" {
			n.as[i] = have.As
		}
	}
	if !n.on {
		n.as = nil
	}
	return n, nil
}

// number has g tell rows by the numbers of their keys, which begin with first.
func (n *numbering) number(g *builder.Group, first int) {
	if n.on {
		g.Numbers, g.As, g.First = true, n.as, int64(first)
	}
}
