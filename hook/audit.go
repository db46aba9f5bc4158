package hook

import (
	"bytes"
	"context"
	"reflect"
	"time"
	"unsafe"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// Redacted stands in an Entry for the value of a hidden field.
const Redacted = "[redacted]"

// Entry is one row that a write changed, or one read that stepped out of the scopes.
type Entry struct {
	Op     Kind // create, update, delete, upsert, raw, link, unlink; read for a read under a bypass
	Model  string
	Source string
	Key    map[string]any // by Go field name
	Old    map[string]any // nil for a create
	New    map[string]any // nil for a delete
	Time   time.Time      // UTC

	Relation string         // of Model, for link and unlink through a table without a model
	Linked   map[string]any // the key of the related row, by Go field name

	ActorID   any
	TenantID  any
	Role      string
	RequestID string
	IP        string
	Bypass    string // the reason given to rls.Bypass, "" when there was none
}

// AuditExempt is a model whose own rows are not audited: the table that audit entries are kept in.
type AuditExempt interface{ AuditExempt() }

func exempt(op *Op) bool {
	if op.Model == nil {
		return false
	}
	_, ok := reflect.Zero(op.Model.Type).Interface().(AuditExempt)
	return ok
}

type auditingKey struct{}

// Sink takes the entries of a write: one after another, or up to 500 at once, so that it can keep them by one statement.
type Sink interface {
	func(ctx context.Context, e Entry) error | func(ctx context.Context, all []Entry) error
}

// mostEntries bounds the entries that a sink is given at once.
const mostEntries = 500

// entries gathers what a sink is given.
type entries struct {
	sink func(context.Context, []Entry) error
	all  []Entry
}

func (s *entries) add(ctx context.Context, e Entry) error {
	if s.all = append(s.all, e); len(s.all) < mostEntries {
		return nil
	}
	return s.flush(ctx)
}

func (s *entries) flush(ctx context.Context) error {
	if len(s.all) == 0 {
		return nil
	}
	all := s.all
	s.all = nil // the sink may keep what it was given
	return s.sink(ctx, all)
}

// many gives a sink that takes several entries; nil for no sink.
func many[S Sink](sink S) func(context.Context, []Entry) error {
	switch sink := any(sink).(type) {
	case func(context.Context, []Entry) error:
		return sink
	case func(context.Context, Entry) error:
		if sink == nil {
			return nil
		}
		return func(ctx context.Context, all []Entry) error {
			for _, e := range all {
				if err := sink(ctx, e); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return nil
}

// Audit gives sink an entry for every row that is created, updated, deleted or upserted, one by one or in
// bulk, with what it held before and after; hidden fields are redacted. The sink runs inside the write's
// transaction: a DB used with the sink's context joins it, and when the sink fails the write fails and is
// rolled back. What the sink writes itself is not audited. Raw SQL and every operation under a bypass are
// entries too. A row of a link table is an entry of the table's model; where it has none, of the model whose relation
// was written: its key, the relation and the key of the related row.
func Audit[S Sink](sink S) Hook {
	take := many(sink)
	if take == nil {
		return Hook{Name: "audit", err: fault.New(fault.ErrInvalid, "", "", "Audit was given no sink")}
	}
	return Hook{
		Name: "audit",
		Before: func(ctx context.Context, op *Op) error {
			if op.Kind.Writes() && ctx.Value(auditingKey{}) == nil && !exempt(op) {
				op.NeedOld()
				op.NeedRows()
			}
			return nil
		},
		After: func(ctx context.Context, op *Op) error {
			if ctx.Value(auditingKey{}) != nil || exempt(op) {
				return nil
			}
			bypass := BypassFrom(ctx)
			if !op.Kind.Writes() && op.Kind != Raw && (bypass == nil || op.Path != "" || op.Partial) {
				return nil
			}
			ctx = context.WithValue(ctx, auditingKey{}, true)
			base := Entry{Op: op.Kind, Source: op.Source, Time: time.Now().UTC().Truncate(time.Microsecond)}
			if op.Model != nil {
				base.Model = op.Model.Name
			}
			if a := op.Actor; a != nil {
				base.ActorID, base.TenantID, base.Role, base.RequestID, base.IP = a.ID, a.TenantID, a.Role, a.RequestID, a.IP
			}
			if bypass != nil {
				base.Bypass = bypass.Reason
			}
			if op.Links != nil {
				return auditLinks(ctx, op, base, take)
			}
			if !op.Kind.Writes() || bypass != nil && (!op.Rows.IsValid() || op.Rows.Len() == 0) {
				return take(ctx, []Entry{base})
			}
			return auditRows(ctx, op, base, take)
		},
	}
}

func auditRows(ctx context.Context, op *Op, base Entry, sink func(context.Context, []Entry) error) error {
	out := entries{sink: sink}
	old := map[string]unsafe.Pointer{}
	err := each(op.Old, func(row unsafe.Pointer) error {
		k, err := keyOf(op.Model, row)
		old[k] = row
		return err
	})
	if err != nil {
		return err
	}
	emit := func(was, is unsafe.Pointer) error {
		e := base
		row := is
		if row == nil {
			row = was
		}
		e.Key = snapshot(op.Model.Key, row)
		if was != nil {
			e.Old = snapshot(op.Model.Fields, was)
		}
		if is != nil && op.Kind != Delete {
			e.New = snapshot(op.Model.Fields, is)
		}
		return out.add(ctx, e)
	}
	err = each(op.Rows, func(row unsafe.Pointer) error {
		k, err := keyOf(op.Model, row)
		if err != nil {
			return err
		}
		return emit(old[k], row)
	})
	if err != nil {
		return err
	}
	return out.flush(ctx)
}

// each calls fn with the address of every row of a slice of structs.
func each(rows reflect.Value, fn func(row unsafe.Pointer) error) error {
	if !rows.IsValid() {
		return nil
	}
	for i := range rows.Len() {
		if err := fn(rows.Index(i).Addr().UnsafePointer()); err != nil {
			return err
		}
	}
	return nil
}

func keyOf(m *model.Model, row unsafe.Pointer) (string, error) {
	var b []byte
	for _, f := range m.Key {
		v, err := f.Load(row)
		if err != nil {
			return "", err
		}
		b = model.AppendKey(b, v)
	}
	return string(b), nil
}

func snapshot(fields []*model.Field, row unsafe.Pointer) map[string]any {
	out := make(map[string]any, len(fields))
	for _, f := range fields {
		if f.Hidden {
			out[f.Name] = Redacted
			continue
		}
		if v, err := f.Load(row); err == nil {
			out[f.Name] = shown(f, v)
		}
	}
	return out
}

// shown gives a value as an entry keeps it.
func shown(f *model.Field, v model.Value) any {
	if f.Hidden {
		return Redacted
	}
	if b, ok := v.Any().([]byte); ok { // the row's own memory, which may change before the sink is done with it
		return bytes.Clone(b)
	}
	return v.Any()
}
