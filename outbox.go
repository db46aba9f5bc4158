package orm

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// OutboxEntry is an audit entry waiting for delivery. Register it with Models, and declare it with
// rls.Global where tenants are kept apart: the outbox is the application's own.
type OutboxEntry struct {
	ID        int64           `orm:"id,auto,table=orm_outbox"`
	Entry     json.RawMessage `orm:"entry,json"`
	CreatedAt time.Time       `orm:"created_at,default=now"`
}

// AuditExempt keeps the upkeep of the outbox out of the audit.
func (OutboxEntry) AuditExempt() {}

// Outbox is a sink for hook.Audit that keeps entries in the table orm_outbox, in the transaction of the write
// they tell of: either both are there or neither. A write's entries are kept by one statement for each 500 rows.
// DrainOutbox delivers them to where they belong.
func Outbox(db DB) func(ctx context.Context, all []hook.Entry) error {
	return func(ctx context.Context, all []hook.Entry) error {
		rows := make([]OutboxEntry, len(all))
		for i, e := range all {
			text, err := entryText(e)
			if err != nil {
				return err
			}
			rows[i].Entry = text
		}
		return keep(ctx, db, rows)
	}
}

func entryText(e hook.Entry) (json.RawMessage, error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, &Error{Op: "audit", Model: e.Model, Err: ErrInvalid, Detail: "the entry has no JSON form"}
	}
	return text, nil
}

// keep writes the rows of an outbox.
func keep[T any](ctx context.Context, db DB, rows []T) error {
	ctx = hook.WithOwnBypass(ctx, "audit outbox")
	if len(rows) == 1 {
		return Repo[T](db).Create(ctx, &rows[0])
	}
	_, err := Repo[T](db).CreateMany(ctx, rows)
	return err
}

// DrainOutbox hands up to limit entries to deliver, oldest first, and removes those that were delivered. It
// stops at the first failure of deliver and gives it back; what was delivered before stays delivered. An
// entry is delivered at least once: again after a crash between delivery and removal. Several processes
// may drain at once; on sources with row locks they share the work. Numbers are json.Number, so that none
// loses digits.
func DrainOutbox(ctx context.Context, db DB, limit int, deliver func(ctx context.Context, e hook.Entry) error) (delivered int, err error) {
	return drain(ctx, db, deliver, func(tx DB) (q, all Query[OutboxEntry]) {
		all = Repo[OutboxEntry](tx).Query()
		q = all.Sort("ID").Take(limit)
		if can(tx, q.st.Model).SkipLocked {
			q = q.Lock(ForUpdate, SkipLocked)
		}
		return q, all
	}, func(e OutboxEntry) (id any, text json.RawMessage) { return e.ID, e.Entry })
}

// can gives what the source of m can do.
func can(tx DB, m *model.Model) source.Capabilities {
	if m == nil {
		return source.Capabilities{}
	}
	src, err := tx.s.SourceOf(m)
	if err != nil {
		return source.Capabilities{}
	}
	return src.Capabilities()
}

// drain delivers the rows that the first query of which gives, in its order, and removes those that were delivered from the second.
func drain[T any](ctx context.Context, db DB, deliver func(context.Context, hook.Entry) error, which func(DB) (q, all Query[T]), of func(T) (any, json.RawMessage)) (delivered int, err error) {
	outer := ctx
	ctx = hook.WithOwnBypass(ctx, "audit outbox")
	var failed error
	err = db.Tx(ctx, func(tx DB) error {
		q, all := which(tx)
		rows, err := q.All(ctx)
		if err != nil {
			return err
		}
		var done []any
		for _, r := range rows {
			id, text := of(r)
			var e hook.Entry
			dec := json.NewDecoder(bytes.NewReader(text))
			dec.UseNumber()
			if failed = dec.Decode(&e); failed == nil {
				failed = deliver(outer, e)
			}
			if failed != nil {
				break
			}
			done = append(done, id)
		}
		if len(done) == 0 {
			return nil
		}
		_, err = all.Where(Repo[T](tx).F("ID").In(done...)).DeleteMany(ctx)
		delivered = len(done)
		return err
	})
	if err != nil {
		return 0, err
	}
	return delivered, failed
}
