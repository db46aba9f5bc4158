package hook

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"
	"unsafe"

	"golang.org/x/sync/errgroup"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

// ComputedOption is an option of Computed and ComputedEach.
type ComputedOption func(*computed)

// ComputedTimeout bounds the time that the rows of one operation may take; the default is ten seconds. A resolver that
// is late makes the operation fail with ErrUpstream, found by errors.Is as context.DeadlineExceeded too.
func ComputedTimeout(d time.Duration) ComputedOption { return func(c *computed) { c.timeout = d } }

// ComputedConcurrency bounds how many rows ComputedEach resolves at once; the default is four.
func ComputedConcurrency(n int) ComputedOption { return func(c *computed) { c.most = n } }

type computed struct {
	target  *model.Model
	field   string
	inputs  []string
	timeout time.Duration
	most    int
	resolve func(ctx context.Context, c *computed, rows reflect.Value) error
	err     error
}

// Computed fills a field of T tagged computed in every row that is read or written, included ones too: resolve is given
// the rows of one operation at once and sets the field in each. inputs are the fields it reads. A Select that names the
// computed field reads its inputs and shows only what it names; one that names neither it nor all of its inputs leaves
// it zero. The field cannot be written, filtered or sorted by. A resolver that fails, panics or is late fails the
// operation. It must not keep the rows.
func Computed[T any](field string, inputs []string, resolve func(ctx context.Context, rows []*T) error, opts ...ComputedOption) Extension {
	return newComputed[T](field, inputs, opts, func(ctx context.Context, _ *computed, rows reflect.Value) error {
		return resolve(ctx, pointers[T](rows))
	}, resolve == nil)
}

// ComputedEach is Computed with a resolver for one row, called for several rows at once; see [ComputedConcurrency].
func ComputedEach[T any](field string, inputs []string, resolve func(ctx context.Context, row *T) error, opts ...ComputedOption) Extension {
	return newComputed[T](field, inputs, opts, func(ctx context.Context, c *computed, rows reflect.Value) error {
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(c.most)
		for _, p := range pointers[T](rows) {
			g.Go(func() error { return unpanicked(func() error { return resolve(ctx, p) }) })
		}
		return g.Wait()
	}, resolve == nil)
}

func newComputed[T any](field string, inputs []string, opts []ComputedOption, resolve func(context.Context, *computed, reflect.Value) error, empty bool) Extension {
	c := computed{field: field, inputs: inputs, timeout: 10 * time.Second, most: 4, resolve: resolve}
	c.target, c.err = model.For[T]()
	for _, o := range opts {
		if o == nil {
			empty = true
			continue
		}
		o(&c)
	}
	if c.err == nil && (empty || c.timeout <= 0 || c.most < 1) {
		c.err = fault.New(fault.ErrInvalid, c.target.Name, field, "a computed field needs a resolver, a timeout and a concurrency that are positive, and no nil option")
	}
	return c
}

func pointers[T any](rows reflect.Value) []*T {
	list := unsafe.Slice((*T)(rows.UnsafePointer()), rows.Len())
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}

// Extend adds the hook.
func (c computed) Extend(r *Registrar) error {
	if c.err != nil {
		return c.err
	}
	if !slices.Contains(r.Models(), c.target) {
		return fault.New(fault.ErrInvalid, c.target.Name, c.field, "the model is not registered: its rows would never be resolved")
	}
	f, err := c.target.Field(c.field)
	if err != nil {
		return err
	}
	if !f.IsComputed {
		return fault.New(fault.ErrInvalid, c.target.Name, f.Name, `the field is stored: tag it "computed" to resolve it`)
	}
	var inputs []*model.Field
	for _, name := range c.inputs {
		in, err := c.target.Field(name)
		if err != nil {
			return err
		}
		if in.IsComputed {
			return fault.New(fault.ErrInvalid, c.target.Name, in.Name, "an input of a computed field must be stored")
		}
		inputs = append(inputs, in)
	}
	r.Event(Hook{
		Name:  "computed " + c.target.Name + "." + f.Name,
		Model: c.target,
		Before: func(_ context.Context, op *Op) error {
			pull(op, f, inputs)
			return nil
		},
		After: func(ctx context.Context, op *Op) error { return c.after(ctx, op, f, inputs) },
	})
	return nil
}

// pulled is what a Select reads for a computed field and does not show.
type pulled struct {
	field  *model.Field
	hidden []*model.Field
}

// pull turns the field in a Select into its inputs.
func pull(op *Op, f *model.Field, inputs []*model.Field) {
	if op.Select == nil || !slices.Contains(op.Select.Columns, f) {
		return
	}
	if op.pulled == nil {
		op.asked = op.Select.Columns
	}
	columns := slices.DeleteFunc(slices.Clone(op.Select.Columns), func(x *model.Field) bool { return x == f })
	p := pulled{field: f}
	for _, in := range inputs {
		if !slices.Contains(columns, in) {
			columns, p.hidden = append(columns, in), append(p.hidden, in)
		}
	}
	op.Select.Columns = columns
	op.pulled = append(op.pulled, p)
}

func (c computed) after(ctx context.Context, op *Op, f *model.Field, inputs []*model.Field) error {
	if !op.Rows.IsValid() || op.Rows.Len() == 0 || op.Rows.Type().Elem() != c.target.Type {
		return nil
	}
	var hidden []*model.Field
	var columns []*model.Field
	if op.Select != nil {
		columns = op.Select.Columns
	}
	if op.pulled != nil {
		columns = op.asked
	}
	for _, p := range op.pulled {
		if p.field == f {
			columns, hidden = nil, p.hidden
		}
	}
	for _, in := range inputs {
		if columns != nil && !slices.Contains(columns, in) {
			return nil
		}
	}
	for i := range op.Rows.Len() { // a resolver finds where to put it
		f.Place(op.Rows.Index(i).Addr().UnsafePointer())
	}
	if err := c.run(ctx, op.Rows, f); err != nil {
		return err
	}
	for i := range op.Rows.Len() {
		if len(hidden) > 0 {
			c.target.Hide(op.Rows.Index(i).Addr().UnsafePointer(), op.asked, hidden)
		}
	}
	return nil
}

// run waits for the resolver, but no longer than the timeout: one that does not heed its context is left behind, and
// the rows it still writes to are given to nobody.
func (c computed) run(ctx context.Context, rows reflect.Value, f *model.Field) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- unpanicked(func() error { return c.resolve(ctx, &c, rows) }) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	var own *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.ErrUpstream, c.target.Name, f.Name, fmt.Sprintf("the computed field took longer than %s", c.timeout)).WithCause(context.DeadlineExceeded)
	}
	return fault.New(fault.ErrUpstream, c.target.Name, f.Name, "the computed field could not be resolved").WithCause(err)
}

// unpanicked turns a panic of a resolver, on whatever goroutine, into an error that denies.
func unpanicked(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.ErrDenied, "", "", fmt.Sprintf("the resolver of a computed field panicked (%T)", p))
		}
	}()
	return fn()
}
