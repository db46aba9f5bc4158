package engine

import (
	"context"

	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Keys that are texts are equal as their database says, which need not be where their bytes are: citext, nondeterministic
// collations, NOCASE. The rule is that of the database that holds the rows that are asked for, and inside one database the
// rule by which it compares the two columns. Where bytes do not decide, a load has the database tell whose a row is.

// Bytewise reports kinds of columns whose equal values are equal here too, whatever the database makes of text.
func Bytewise(f *model.Field) bool {
	switch f.Kind {
	case model.String, model.Text, model.Scanner:
		return false
	}
	return true
}

// KeyType gives what the database tells of a column, asked once.
func (s *Session) KeyType(ctx context.Context, f *model.Field) (source.KeyType, error) {
	plain := source.KeyType{Exact: true, Known: true}
	if Bytewise(f) {
		return plain, nil
	}
	if k, ok := s.keyTypes.Load(f); ok {
		return k.(source.KeyType), nil
	}
	src, ok := s.Bound[f.Model].(source.Collated)
	if !ok {
		return plain, nil
	}
	if f.Decimal != nil { // 7.0 is 7
		return source.KeyType{Known: true}, nil
	}
	ex, _, err := s.Included(ctx, f.Model)
	if err != nil {
		return plain, err
	}
	raw, ok := ex.(source.RawExecutor)
	if _, single := ex.(source.Source); !ok || single { // outside of transactions a search path is set with each statement
		raw = src
		if ctx, _, err = s.WithSettings(ctx, src); err != nil {
			return plain, err
		}
	}
	rows := source.Rows{Slab: source.SlabOf[string](0)}
	if rows.Resolve, err = entity.Resolver(rows.Elem(), true); err != nil {
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

// Collated reports whether one of the columns compares otherwise than byte by byte.
func (s *Session) Collated(ctx context.Context, fields []*model.Field) (bool, error) {
	for _, f := range fields {
		k, err := s.KeyType(ctx, f)
		if err != nil || !k.Exact {
			return !k.Exact, err
		}
	}
	return false, nil
}
