package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/multi-orm/orm/model"
)

// simple runs the statement through the simple protocol. pgx quotes the arguments and checks that the server
// agrees on encoding and string syntax. Everything comes back as text.
func (r *run) simple(ctx context.Context) (int64, error) {
	args := make([]any, 1, len(r.args)+1)
	args[0] = pgx.QueryExecModeSimpleProtocol
	for i := range r.args {
		a, err := simpleArgument(r.args[i])
		if err != nil {
			name := ""
			if r.model != nil {
				name = r.model.Name
			}
			r.scratch.bad = i + 1
			return 0, r.d.fail(ctx, r.model, argumentFault(err, name, i))
		}
		args = append(args, a)
	}
	r.sent = true
	result, err := r.conn.Query(ctx, r.statement.sql, args...)
	if err != nil {
		return 0, r.d.fail(ctx, r.model, err)
	}
	defer result.Close()
	if r.rows != nil {
		if stop := r.decodeText(ctx, result); stop != nil {
			r.abandon(ctx, result.Close)
			return 0, stop
		}
	}
	result.Close()
	if err := result.Err(); err != nil {
		return 0, r.d.fail(ctx, r.model, err)
	}
	r.statement.last.Store(r.read)
	return result.CommandTag().RowsAffected(), nil
}

func (r *run) decodeText(ctx context.Context, result pgx.Rows) error {
	var p *plan
	for result.Next() {
		if p == nil {
			var err error
			if p, err = r.statement.planFor(result.FieldDescriptions(), r.model, true); err != nil {
				return r.d.fail(ctx, r.model, err)
			}
		}
		if err := p.row(result.RawValues(), r.rows); err != nil {
			return r.d.fail(ctx, r.model, err)
		}
		r.read++
		if err := r.rows.Done(); err != nil {
			r.stopped = true
			return err
		}
	}
	return nil
}

// simpleArgument gives a value as pgx's quoting takes it. What it does not know goes as text, whose type the
// server finds as it does for a quoted constant.
func simpleArgument(v model.Value) (any, error) {
	switch v.Kind() {
	case model.NullValue:
		return nil, nil
	case model.BoolValue:
		return v.Bool(), nil
	case model.IntValue:
		return v.Int(), nil
	case model.FloatValue:
		return string(appendFloatText(nil, v.Float(), v.Bits())), nil
	case model.StringValue, model.BytesValue:
		if v.Kind() == model.BytesValue {
			return v.Bytes(), nil
		}
		text, err := appendText(nil, v)
		return string(text), err
	}
	e := encoder{}
	switch v.Kind() {
	case model.ListValue:
		text, _, err := e.list(0, v.List())
		return string(text), err
	case model.AnyValue:
		if _, ok := v.Any().(model.JSONText); !ok {
			return settled(v)
		}
	}
	text, err := appendText(nil, v)
	return string(text), err
}

// settled asks a Valuer; pgx has no other way to a value without knowing its type.
func settled(v model.Value) (any, error) {
	l, err := settle(model.List{v})
	if err != nil {
		return nil, err
	}
	if l[0].Kind() == model.AnyValue {
		return nil, unknownType
	}
	return simpleArgument(l[0])
}
