package hook

import (
	"context"
	"reflect"

	"github.com/multi-orm/orm/model"
)

// The methods that Methods calls. They may have value or pointer receivers; only a pointer receiver can change the row.
type (
	// BeforeCreator is asked before a row is created or upserted, one by one or in bulk.
	BeforeCreator interface {
		BeforeCreate(ctx context.Context, op *Op) error
	}
	// AfterCreator is told of a row that was created or upserted, inside the transaction.
	AfterCreator interface {
		AfterCreate(ctx context.Context, op *Op) error
	}
	// BeforeUpdater is asked once before an update; the row it is called on is empty, the change is in op.Update.
	BeforeUpdater interface {
		BeforeUpdate(ctx context.Context, op *Op) error
	}
	// AfterUpdater is told of each row that an update changed, as it then is, inside the transaction.
	AfterUpdater interface {
		AfterUpdate(ctx context.Context, op *Op) error
	}
	// BeforeGetter is asked once before rows are read or counted, included rows too; the row it is called on is empty, the
	// query is in op.Select.
	BeforeGetter interface {
		BeforeGet(ctx context.Context, op *Op) error
	}
	// AfterLoader is told of every row that a read gives, included rows too, and of those that updates, deletes and
	// upserts give back.
	AfterLoader interface {
		AfterLoad(ctx context.Context) error
	}
)

// Methods makes the methods of models events: BeforeCreate, AfterCreate, BeforeUpdate, AfterUpdate, BeforeGet and
// AfterLoad, each on the models that have it. An error denies as any hook's does.
func Methods() Extension { return methods{} }

type methods struct{}

// Extend adds one hook for each model that has a method.
func (methods) Extend(r *Registrar) error {
	for _, m := range r.Models() {
		row := reflect.New(m.Type).Interface()
		h := Hook{Name: "methods of " + m.Name, Model: m}
		_, beforeCreate := row.(BeforeCreator)
		_, beforeUpdate := row.(BeforeUpdater)
		_, beforeGet := row.(BeforeGetter)
		_, afterCreate := row.(AfterCreator)
		_, afterUpdate := row.(AfterUpdater)
		_, afterLoad := row.(AfterLoader)
		if beforeCreate || beforeUpdate || beforeGet || afterUpdate {
			h.Before = beforeMethods(m)
		}
		if afterCreate || afterUpdate || afterLoad {
			h.After = afterMethods
		}
		if h.Before != nil || h.After != nil {
			r.Event(h)
		}
	}
	return nil
}

func beforeMethods(m *model.Model) func(context.Context, *Op) error {
	return func(ctx context.Context, op *Op) error {
		switch op.Kind {
		case Create, Upsert:
			return eachRow(op.Rows, func(row any) error {
				if x, ok := row.(BeforeCreator); ok {
					return x.BeforeCreate(ctx, op)
				}
				return nil
			})
		case Update:
			row := m.NewRow().Interface()
			if _, ok := row.(AfterUpdater); ok {
				op.NeedRows()
			}
			if x, ok := row.(BeforeUpdater); ok {
				return x.BeforeUpdate(ctx, op)
			}
		case Read, Count:
			if x, ok := m.NewRow().Interface().(BeforeGetter); ok {
				return x.BeforeGet(ctx, op)
			}
		}
		return nil
	}
}

func afterMethods(ctx context.Context, op *Op) error {
	return eachRow(op.Rows, func(row any) error {
		var err error
		switch op.Kind {
		case Create, Upsert:
			if x, ok := row.(AfterCreator); ok {
				err = x.AfterCreate(ctx, op)
			}
		case Update:
			if x, ok := row.(AfterUpdater); ok {
				err = x.AfterUpdate(ctx, op)
			}
		}
		if x, ok := row.(AfterLoader); ok && err == nil && op.Kind != Create { // a new row is the caller's own
			err = x.AfterLoad(ctx)
		}
		return err
	})
}

func eachRow(rows reflect.Value, fn func(row any) error) error {
	if !rows.IsValid() {
		return nil
	}
	for i := range rows.Len() {
		if err := fn(rows.Index(i).Addr().Interface()); err != nil {
			return err
		}
	}
	return nil
}
