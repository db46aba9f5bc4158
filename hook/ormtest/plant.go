package ormtest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unsafe"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
)

// reference says that columns of a model hold the key of a row of another.
type reference struct {
	from   *model.Model
	fields []*model.Field
	to     *model.Model
	remote []*model.Field
}

// references finds them by every relation, link models included.
func (s *suite) references(from *model.Model) []reference {
	var out []reference
	add := func(m *model.Model, fields []*model.Field, to *model.Model, remote []*model.Field) {
		if m != from || m == to && same(fields, remote) {
			return
		}
		for _, r := range out {
			if r.to == to && same(r.fields, fields) {
				return
			}
		}
		out = append(out, reference{m, fields, to, remote})
	}
	for _, x := range s.subjects {
		for _, r := range x.model().Relations {
			switch {
			case r.Through != nil:
				if link := s.linkModel(r); link != nil {
					add(link, columns(link, r.Through.Local), r.Model, r.Local)
					add(link, columns(link, r.Through.Remote), r.Target, r.Remote)
				}
			case r.Many || same(r.Local, r.Model.Key) && !same(r.Remote, r.Target.Key):
				add(r.Target, r.Remote, r.Model, r.Local)
			case !same(r.Local, r.Model.Key):
				add(r.Model, r.Local, r.Target, r.Remote)
			}
		}
	}
	return out
}

func (s *suite) linkModel(r *model.Relation) *model.Model {
	for _, x := range s.subjects {
		if m := x.model(); r.Through != nil && m.Table == r.Through.Table && m.Schema == r.Through.Schema {
			return m
		}
	}
	return nil
}

func columns(m *model.Model, names []string) []*model.Field {
	var out []*model.Field
	for _, n := range names {
		f, err := m.Field(n)
		if err != nil {
			return nil
		}
		out = append(out, f)
	}
	return out
}

func same(a, b []*model.Field) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// plant puts rows of both tenants into every model, parents first, and then rows that are tied to the other
// tenant: what a bug, a migration or a hand at a console may leave behind.
func (s *suite) plant() bool {
	if !s.tenants() {
		return false
	}
	order, ok := s.order()
	if !ok {
		return false
	}
	for _, x := range order {
		for _, me := range s.sides {
			for range 2 {
				if !s.put(x, me, "plain", nil) {
					return false
				}
			}
			if x.model().SoftDelete != nil && !s.put(x, me, "deleted", nil) {
				return false
			}
		}
	}
	for _, x := range order {
		for _, ref := range s.references(x.model()) {
			if x.model().Tenant == nil || ref.to.Tenant == nil || holds(ref.fields, x.model().Tenant) {
				continue
			}
			for _, me := range s.sides {
				if !s.put(x, me, "crossed", &ref) {
					return false
				}
			}
		}
	}
	return s.plantLinks() && s.plantLoose()
}

func holds(fs []*model.Field, f *model.Field) bool {
	for _, x := range fs {
		if x == f {
			return true
		}
	}
	return false
}

// tenants settles who the two actors are. Where a model is the table of tenants, its rows come first.
func (s *suite) tenants() bool {
	var tenant, owner *model.Field
	for _, x := range s.subjects {
		m := x.model()
		if m.Tenant != nil && (tenant == nil || root(m)) {
			tenant = m.Tenant
		}
		if m.Owner != nil {
			owner = m.Owner
		}
	}
	if tenant == nil {
		s.t.Errorf("ormtest: no model has a tenant column")
		return false
	}
	for i, me := range s.sides {
		me.rows = map[*model.Model][]planted{}
		if me.actor.ID == nil {
			me.actor.ID = s.identity(owner, i)
		}
		if me.actor.TenantID == nil {
			me.actor.TenantID = s.identity(tenant, i)
		}
		for _, x := range s.subjects {
			if m := x.model(); root(m) {
				row := s.make(x, me)
				if !m.Tenant.Auto {
					s.set(row, m.Tenant, me.actor.TenantID)
				}
				if err := x.create(bypass(), s.db, row); err != nil {
					s.t.Errorf("ormtest: planting a tenant in %s: %v", m.Name, err)
					return false
				}
				me.actor.TenantID = load(row, m.Tenant).Any()
				me.rows[m] = append(me.rows[m], planted{row: row, what: "plain"})
			}
		}
		me.ctx = orm.WithActor(context.Background(), me.actor)
	}
	return true
}

// root reports whether m is the table of tenants.
func root(m *model.Model) bool {
	return m.Tenant != nil && len(m.Key) == 1 && m.Key[0] == m.Tenant
}

// identity makes up an id of the type of f.
func (s *suite) identity(f *model.Field, i int) any {
	if f == nil {
		return int64(9_000_001 + i)
	}
	switch f.Kind {
	case model.String:
		return "ormtest-" + s.sides[i].name + "-" + fmt.Sprint(time.Now().UnixNano())
	case model.UUID:
		return uuid(byte(i))
	}
	if f.Bits > 0 && f.Bits < 32 {
		return int64(101 + i)
	}
	return int64(9_000_001 + i)
}

func uuid(n byte) [16]byte {
	var u [16]byte
	t := time.Now().UnixNano()
	for i := range 8 {
		u[i] = byte(t >> (8 * i))
	}
	u[6] = u[6]&0x0f | 0x70
	u[8] = 0x80
	u[15] = n + 1
	return u
}

// order sorts the models so that required parents come first.
func (s *suite) order() ([]subject, bool) {
	var out []subject
	done := map[*model.Model]bool{}
	left := append([]subject(nil), s.subjects...)
	for len(left) > 0 {
		var wait []subject
		for _, x := range left {
			ready := true
			for _, ref := range s.references(x.model()) {
				ready = ready && (ref.to == x.model() || done[ref.to] || nullable(ref.fields))
			}
			if ready {
				done[x.model()] = true
				out = append(out, x)
			} else {
				wait = append(wait, x)
			}
		}
		if len(wait) == len(left) {
			s.t.Errorf("ormtest: models need each other's rows first, %s among them: make one of the keys nullable", wait[0].model().Name)
			return nil, false
		}
		left = wait
	}
	return out, true
}

func nullable(fs []*model.Field) bool {
	for _, f := range fs {
		if f.Nullable {
			return true
		}
	}
	return false
}

func (s *suite) put(x subject, me *side, what string, crossed *reference) bool {
	m := x.model()
	if root(m) {
		return true // a tenant has one row there
	}
	row := s.make(x, me)
	if what == "deleted" {
		s.set(row, m.SoftDelete, time.Now())
	}
	if crossed != nil {
		parents := s.other(me).rows[crossed.to]
		if len(parents) == 0 {
			return true
		}
		tie(row, crossed, parents[0].row)
	}
	err := x.create(bypass(), s.db, row)
	if errors.Is(err, orm.ErrConflict) && len(me.rows[m]) > 0 {
		return true // the key is a parent's, and every parent has its row
	}
	if m.Tenant == nil && errors.Is(err, orm.ErrUnsupported) {
		return true // its source is read only, and it is nobody's
	}
	if err != nil {
		s.t.Errorf("ormtest: planting a row in %s: %v; give values that fit with ormtest.Model[%s](func(row *%s) { … })", m.Name, err, m.Name, m.Name)
		return false
	}
	me.rows[m] = append(me.rows[m], planted{row: row, what: what, crossed: crossed})
	return true
}

func (s *suite) other(me *side) *side {
	if me == s.sides[0] {
		return s.sides[1]
	}
	return s.sides[0]
}

// tie lets row refer to parent.
func tie(row reflect.Value, ref *reference, parent reflect.Value) {
	for i, f := range ref.fields {
		if err := f.Store(row.Addr().UnsafePointer(), load(parent, ref.remote[i])); err != nil {
			panic(err)
		}
	}
}

// make makes up a row of the tenant, below rows of the same tenant.
func (s *suite) make(x subject, me *side) reflect.Value {
	m := x.model()
	s.serial++
	row := reflect.New(m.Type).Elem()
	for _, f := range m.Fields {
		s.value(row, f, me)
	}
	// every row takes another combination of parents, since a link row's key is nothing else; a key that holds
	// another one comes after it
	refs := s.references(m)
	slices.SortStableFunc(refs, func(a, b reference) int { return len(a.fields) - len(b.fields) })
	n := len(me.rows[m])
	for _, ref := range refs {
		var parents []planted
		for _, p := range me.rows[ref.to] {
			if p.what == "plain" {
				parents = append(parents, p)
			}
		}
		if len(parents) > 0 {
			tie(row, &ref, parents[n%len(parents)].row)
			n /= len(parents)
			continue
		}
		for _, f := range ref.fields {
			if f.Nullable {
				_ = f.SetNull(row.Addr().UnsafePointer())
			}
		}
	}
	if m.Tenant != nil && !(root(m) && m.Tenant.Auto) {
		s.set(row, m.Tenant, me.actor.TenantID)
	}
	if m.Owner != nil {
		s.set(row, m.Owner, me.actor.ID)
	}
	x.prepare(row)
	return row
}

// marker stands in every text of a tenant's rows.
func (me *side) marker() string { return "canary-" + me.name + "-" }

func (s *suite) value(row reflect.Value, f *model.Field, me *side) {
	if f.Auto || f == f.Model.SoftDelete || f == f.Model.Version {
		return
	}
	var v any
	switch {
	case f.Decimal != nil:
		if d := f.Decimal; d.Precision == 0 || d.Precision > d.Scale {
			s.set(row, f, strconv.Itoa(s.serial%10))
		}
		return
	case f.Civil != model.NotCivil && f.Kind != model.Array:
		s.set(row, f, s.civil(f))
		return
	}
	switch f.Kind {
	case model.Bool:
		v = true
	case model.Int, model.Uint:
		v = int64(s.serial)
		if f.Bits < 16 {
			v = int64(s.serial % 100)
		}
	case model.Float:
		v = float64(s.serial) + 0.5
	case model.String:
		v = text(me.marker()+fmt.Sprint(s.serial), f.Size)
		if len(f.Enum) > 0 {
			v = f.Enum[s.serial%len(f.Enum)]
		}
	case model.Bytes:
		v = []byte(text(me.marker()+fmt.Sprint(s.serial), f.Size))
	case model.Time:
		v = time.Now().UTC().Truncate(time.Second).Add(time.Duration(s.serial) * time.Second)
	case model.UUID:
		u := uuid(byte(s.serial))
		u[14] = byte(s.serial >> 8)
		v = u
	case model.Array:
		v = reflect.MakeSlice(f.Base, 0, 0).Interface()
	default: // documents, addresses: their zero value, unless fill knows better
		return
	}
	s.set(row, f, v)
}

// civil makes up a day or a time of day.
func (s *suite) civil(f *model.Field) any {
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, s.serial)
	switch {
	case f.Kind == model.Time:
		return at
	case f.Civil == model.Day:
		return at.Format(time.DateOnly)
	}
	return at.Add(time.Duration(s.serial) * time.Second).Format(time.TimeOnly)
}

// text shortens from the left, where the serial number is not.
func text(t string, size int) string {
	if size > 0 && len(t) > size {
		return t[len(t)-size:]
	}
	return t
}

func (s *suite) set(row reflect.Value, f *model.Field, v any) {
	x, err := f.ValueOf(v)
	if err == nil {
		err = f.Store(row.Addr().UnsafePointer(), x)
	}
	if err != nil {
		s.t.Fatalf("ormtest: %s.%s: %v", f.Model.Name, f.Name, err)
	}
}

func load(row reflect.Value, f *model.Field) model.Value {
	v, err := f.Load(row.Addr().UnsafePointer())
	if err != nil {
		return model.Null()
	}
	return v
}

func keyOf(m *model.Model, row unsafe.Pointer) string {
	var b []byte
	for _, f := range m.Key {
		v, err := f.Load(row)
		if err != nil {
			return ""
		}
		b = model.AppendKey(b, v)
	}
	return string(b)
}

// equals names a row by its key.
func equals[T any](m *model.Model, row reflect.Value) orm.Pred[T] {
	var e []builder.Expr
	for _, f := range m.Key {
		e = append(e, builder.Compare(builder.OpEq, f, load(row, f)))
	}
	return builder.PredOf[T](builder.AllOf(e...))
}
