package httpapi

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"unsafe"

	"golang.org/x/sync/errgroup"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

func newRow(m *model.Model) unsafe.Pointer { return reflect.New(m.Type).UnsafePointer() }

// calls sends the reading's requests: one, or one for each chunk of a list, beside each other.
func (x *reader) calls() error {
	r := x.r
	if r.match.split < 0 {
		return x.list(x.ctx, &r.conds, nil)
	}
	split := r.conds.list[r.match.split]
	values, n := distinct(split.value.List()), r.ep.keys()
	if r.match.one {
		n, values = 1, r.ep.askable(split.field, values)
	}
	g, ctx := errgroup.WithContext(x.ctx)
	g.SetLimit(x.d.limits.MaxConcurrentRequests)
	for from := 0; from < len(values) && ctx.Err() == nil; from += n {
		part := values[from:min(from+n, len(values))]
		g.Go(func() error { return x.degrade(part, x.chunk(ctx, split, part)) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return x.ctx.Err()
}

// askable leaves out what no row of the API can be asked for: an empty text as a segment of the path.
func (e *endpoint) askable(f *model.Field, values model.List) model.List {
	if !slices.Contains(e.fields, f) {
		return values
	}
	return slices.DeleteFunc(values, func(v model.Value) bool { return v.Kind() == model.StringValue && v.Str() == "" })
}

// chunk reads the rows of some values of the list.
func (x *reader) chunk(ctx context.Context, split condition, part model.List) error {
	only, err := filter.Compile(x.r.st.Model, builder.Within(split.field, false, part))
	if err != nil {
		return err
	}
	op, v := builder.OpIn, model.ListOf(part)
	if x.r.match.one {
		op, v = builder.OpEq, part[0]
	}
	c := x.r.conds.with(x.r.match.split, op, v)
	return x.list(ctx, &c, only)
}

// degrade turns the failure of a chunk into an issue where the call is best effort. What protects data, what the
// caller did wrong and what a limit forbids still fails.
func (x *reader) degrade(part model.List, err error) error {
	if err == nil || !errors.Is(err, fault.ErrUpstream) || x.ctx.Err() != nil {
		return err
	}
	keys := make([]any, len(part))
	for i := range part {
		keys[i] = part[i].Any()
	}
	err = fault.Fill(err, "", x.r.st.Model.Name, x.d.name)
	if source.Degrade(x.ctx, source.Issue{Source: x.d.name, Model: x.r.st.Model.Name, Cause: err, Keys: keys}) {
		return nil
	}
	return err
}

// distinct leaves out what the list has already.
func distinct(l model.List) model.List {
	seen := make(map[string]bool, len(l))
	out := make(model.List, 0, len(l))
	var b []byte
	for _, v := range l {
		b = model.AppendKey(b[:0], v)
		if !seen[string(b)] {
			seen[string(b)] = true
			out = append(out, v)
		}
	}
	return out
}
