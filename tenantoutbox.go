package orm

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/multi-orm/orm/hook"
)

// TenantOutboxEntry is an OutboxEntry that belongs to a tenant, whose id is a K: the type of the tenant columns of the models
// whose writes it tells of. Its tenant is its shard key and part of its key, so that a cluster keeps it on the machine of those
// writes: distribute orm_tenant_outbox by tenant_id as they are. Register it with Models.
type TenantOutboxEntry[K comparable] struct {
	ID        [16]byte        `orm:"id,id,default=uuid,table=orm_tenant_outbox"`
	TenantID  K               `orm:"tenant_id,id,tenant,shardkey"`
	Entry     json.RawMessage `orm:"entry,json"`
	CreatedAt time.Time       `orm:"created_at"`
	Position  int64           `orm:"position"` // among the entries that its process kept
}

// AuditExempt keeps the upkeep of the outbox out of the audit.
func (TenantOutboxEntry[K]) AuditExempt() {}

// TenantOutbox is Outbox with an entry in the tenant's own part of the table orm_tenant_outbox: that of the row it tells of, else
// the actor's. What belongs to no tenant, such as a read under a Bypass, is ErrInvalid and fails what it tells of, unless
// OutboxEntry is registered too, which then keeps it. DrainTenantOutbox delivers the entries of one tenant.
func TenantOutbox[K comparable](db DB) func(ctx context.Context, all []hook.Entry) error {
	var position atomic.Int64
	plain := Outbox(db)
	return func(ctx context.Context, all []hook.Entry) error {
		rows := make([]TenantOutboxEntry[K], 0, len(all))
		var others []hook.Entry
		at := time.Now().UTC().Truncate(time.Microsecond)
		for _, e := range all {
			tenant, ok := tenantOf[K](db, e)
			if !ok && hasOutbox(db) {
				others = append(others, e)
				continue
			}
			if !ok {
				return &Error{Op: "audit", Model: e.Model, Err: ErrInvalid,
					Detail: fmt.Sprintf("the entry belongs to no tenant that is a %T: register orm.OutboxEntry too, which keeps such entries", tenant)}
			}
			text, err := entryText(e)
			if err != nil {
				return err
			}
			rows = append(rows, TenantOutboxEntry[K]{TenantID: tenant, Entry: text, CreatedAt: at, Position: position.Add(1)})
		}
		if len(others) > 0 {
			if err := plain(ctx, others); err != nil {
				return err
			}
		}
		if len(rows) == 0 {
			return nil
		}
		return keep(ctx, db, rows)
	}
}

// OutboxTenants gives the tenants that have entries to be delivered.
func OutboxTenants[K comparable](ctx context.Context, db DB) ([]K, error) {
	rows, err := Repo[TenantOutboxEntry[K]](db).Select(Repo[TenantOutboxEntry[K]](db).F("TenantID")).Distinct().All(hook.WithOwnBypass(ctx, "audit outbox"))
	if err != nil {
		return nil, err
	}
	out := make([]K, len(rows))
	for i := range rows {
		out[i] = rows[i].TenantID
	}
	return out, nil
}

// DrainTenantOutbox is DrainOutbox for the entries of one tenant, by statements that name no other. They come in the order in
// which they were kept, those of several processes by the clocks of these. Where several processes drain the same tenant, one
// waits for the other on sources with row locks, so that the order holds.
func DrainTenantOutbox[K comparable](ctx context.Context, db DB, tenant K, limit int, deliver func(ctx context.Context, e hook.Entry) error) (delivered int, err error) {
	return drain(ctx, db, deliver, func(tx DB) (q, all Query[TenantOutboxEntry[K]]) {
		r := Repo[TenantOutboxEntry[K]](tx)
		all = r.Where(r.F("TenantID").Eq(tenant))
		q = all.Sort("CreatedAt", "Position", "ID").Take(limit)
		if can(tx, q.st.Model).RowLocks {
			q = q.Lock(ForUpdate)
		}
		return q, all
	}, func(e TenantOutboxEntry[K]) (id any, text json.RawMessage) { return e.ID, e.Entry })
}

// tenantOf gives the tenant of the row that an entry tells of, else that of the actor; a zero tenant is none.
func tenantOf[K comparable](db DB, e hook.Entry) (tenant K, ok bool) {
	var zero K
	for _, m := range db.s.Models() {
		if m.Name != e.Model || m.Tenant == nil {
			continue
		}
		for _, row := range []map[string]any{e.New, e.Old} {
			if k, fits := asTenant[K](row[m.Tenant.Name]); fits && k != zero {
				return k, true
			}
		}
	}
	k, fits := asTenant[K](e.TenantID)
	return k, fits && k != zero
}

// asTenant gives v as a K: a K, or a whole number that K holds.
func asTenant[K comparable](v any) (k K, ok bool) {
	if k, ok = v.(K); ok || v == nil {
		return k, ok
	}
	from, to := reflect.ValueOf(v), reflect.ValueOf(&k).Elem()
	switch {
	case from.CanInt() && to.CanInt() && !to.OverflowInt(from.Int()):
		to.SetInt(from.Int())
	case from.CanInt() && to.CanUint() && from.Int() >= 0 && !to.OverflowUint(uint64(from.Int())):
		to.SetUint(uint64(from.Int()))
	case from.CanUint() && to.CanUint() && !to.OverflowUint(from.Uint()):
		to.SetUint(from.Uint())
	case from.CanUint() && to.CanInt() && from.Uint() <= 1<<63-1 && !to.OverflowInt(int64(from.Uint())):
		to.SetInt(int64(from.Uint()))
	case from.Kind() == reflect.String && to.Kind() == reflect.String:
		to.SetString(from.String())
	default:
		return k, false
	}
	return k, true
}

func hasOutbox(db DB) bool {
	for _, m := range db.s.Models() {
		if m.Type == reflect.TypeFor[OutboxEntry]() {
			return true
		}
	}
	return false
}
