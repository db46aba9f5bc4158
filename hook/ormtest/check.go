package ormtest

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unsafe"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/model"
)

// foreign looks for what belongs to other in a row of m and in everything that hangs below it: a tenant that is
// not mine, a key of theirs, or their text.
func (s *suite) foreign(m *model.Model, row reflect.Value, me, other *side) string {
	return s.search(m, row, me, other, m.Name, map[any]bool{})
}

func (s *suite) search(m *model.Model, row reflect.Value, me, other *side, path string, seen map[any]bool) string {
	p := row.Addr().UnsafePointer()
	if seen[p] {
		return ""
	}
	seen[p] = true
	if m.Tenant != nil {
		mine, theirs := s.tenant(m, me), s.tenant(m, other)
		if v := load(row, m.Tenant); !m.Tenant.IsZero(p) && !equal(v, mine) {
			return fmt.Sprintf("gave a row of another tenant at %s", path)
		}
		if key := keyOf(m, p); !equal(mine, theirs) && !zero(m, row) {
			for _, r := range other.rows[m] {
				if keyOf(m, r.row.Addr().UnsafePointer()) == key {
					return fmt.Sprintf("gave the key of another tenant's row at %s", path)
				}
			}
		}
		for _, f := range m.Fields {
			if v := load(row, f); strings.Contains(v.Str()+string(v.Bytes()), other.marker()) {
				return fmt.Sprintf("gave another tenant's %s at %s", f.Name, path)
			}
		}
	}
	for _, r := range m.Relations {
		for _, kid := range rowsIn(reflect.NewAt(r.Type, unsafe.Add(p, r.Offset)).Elem()) {
			if found := s.search(r.Target, kid, me, other, path+"."+r.Name, seen); found != "" {
				return found
			}
		}
	}
	return ""
}

func rowsIn(f reflect.Value) []reflect.Value {
	var out []reflect.Value
	switch f.Kind() {
	case reflect.Pointer:
		if !f.IsNil() {
			out = append(out, f.Elem())
		}
	case reflect.Slice:
		for i := range f.Len() {
			kid := f.Index(i)
			if kid.Kind() == reflect.Pointer {
				kid = kid.Elem()
			}
			out = append(out, kid)
		}
	}
	return out
}

func zero(m *model.Model, row reflect.Value) bool {
	for _, f := range m.Key {
		if f.IsZero(row.Addr().UnsafePointer()) {
			return true
		}
	}
	return false
}

func (s *suite) tenant(m *model.Model, me *side) model.Value {
	v, err := m.Tenant.ValueOf(me.actor.TenantID)
	if err != nil {
		s.t.Fatalf("ormtest: the tenant of %s: %v", m.Name, err)
	}
	return v
}

func equal(a, b model.Value) bool {
	return string(model.AppendKey(nil, a)) == string(model.AppendKey(nil, b))
}

// check looks through the rows that a path gave.
func check[T any](s *suite, k *kit[T], rows []T, me, other *side) {
	s.t.Helper()
	for i := range rows {
		if found := s.foreign(k.m, reflect.ValueOf(&rows[i]).Elem(), me, other); found != "" {
			s.leak("%s", found)
			return
		}
	}
}

// calm accepts success and the refusals that a path may meet; anything else is reported, and so is an error that
// tells what is in a row.
func (s *suite) calm(err error, other *side, allowed ...error) bool {
	s.t.Helper()
	if err == nil {
		return true
	}
	if strings.Contains(err.Error(), other.marker()) {
		s.leak("the error tells another tenant's value: %v", err)
	}
	for _, a := range allowed {
		if errors.Is(err, a) {
			return false
		}
	}
	if errors.Is(err, orm.ErrUnsupported) || errors.Is(err, orm.ErrDenied) && s.mayDeny {
		return false
	}
	s.leak("failed: %v", err)
	return false
}

// refused wants an error, one of those given.
func (s *suite) refused(err error, other *side, want ...error) {
	s.t.Helper()
	if err == nil {
		s.leak("was not refused")
		return
	}
	s.calm(err, other, want...)
}

// alike wants the error for a foreign row to be that for a row that is not there.
func (s *suite) alike(foreign, absent error) {
	s.t.Helper()
	if foreign == nil || absent == nil || foreign.Error() != absent.Error() {
		s.leak("a foreign row can be told from an absent one: %v, %v", foreign, absent)
	}
}

// owned is every row of the second tenant as a bypass sees them, by model and key.
func (s *suite) owned() map[*model.Model]map[string]string {
	out := map[*model.Model]map[string]string{}
	for _, x := range s.subjects {
		m := x.model()
		if m.Tenant == nil {
			continue // nobody owns its rows
		}
		rows, err := x.all(bypass(), s.db)
		if err != nil {
			s.t.Errorf("ormtest: looking after %s: %v", m.Name, err)
		}
		out[m] = map[string]string{}
		for _, row := range rows {
			if !equal(load(row, m.Tenant), s.tenant(m, s.sides[1])) {
				continue
			}
			var b []byte
			for _, f := range m.Fields {
				b = model.AppendKey(b, load(row, f))
			}
			out[m][keyOf(m, row.Addr().UnsafePointer())] = string(b)
		}
	}
	return out
}

// same fails when a row of the second tenant is not as it was, or when it has rows that it did not make.
func (s *suite) same(before, after map[*model.Model]map[string]string) {
	for m, rows := range before {
		if m.Tenant == nil {
			continue
		}
		for key, row := range rows {
			if after[m][key] != row {
				s.t.Errorf("ormtest: %s: a planted row was changed or removed by the attack", m.Name)
				break
			}
		}
		if len(after[m]) != len(rows) {
			s.t.Errorf("ormtest: %s: %d rows before the attack, %d after it", m.Name, len(rows), len(after[m]))
		}
	}
}
