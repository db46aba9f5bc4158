package reading

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// execute runs a statement of the include and notes whether it was the source that failed.
func (b *branch) execute(ctx context.Context, ex source.Executor, src source.Source, st *builder.Select, rows *source.Rows) error {
	err := b.r.s.Execute(ctx, ex, src, st, rows)
	if err != nil {
		_, outside := ex.(source.Tx) // a statement that fails may have ended its transaction
		b.failed = !outside
	}
	return err
}

// degrades reports err as an issue and gives true where the call may go without the include.
func (b *branch) degrades(ctx context.Context, err error) bool {
	if !b.failed || !b.r.lenient || ctx.Err() != nil || !missing(err) {
		return false
	}
	rel := b.inc.Relation
	i := source.Issue{Model: rel.Target.Name, Path: b.path, Cause: err, Keys: b.keys.anys(nil)}
	if src, e := b.r.s.SourceOf(rel.Target); e == nil {
		i.Source = src.Name()
	}
	return source.Degrade(ctx, i)
}

// missing reports whether err says that a source could not give its rows, and not that they were refused, or asked
// for in a wrong way.
func missing(err error) bool {
	for _, never := range []error{fault.ErrDenied, fault.ErrNoActor, fault.ErrActorSwitch, fault.ErrAuth, fault.ErrInvalid, fault.ErrUnsupported,
		fault.ErrClosed, fault.ErrStale, fault.ErrConflict, fault.ErrReference, fault.ErrCommitUnknown, context.Canceled} {
		if errors.Is(err, never) {
			return false
		}
	}
	return errors.Is(err, fault.ErrUpstream) || errors.Is(err, fault.ErrLimit) || errors.Is(err, context.DeadlineExceeded)
}

// partly makes what the source reports by itself an issue of this include.
func (b *branch) partly(ctx context.Context) context.Context {
	if !b.r.lenient {
		return ctx
	}
	b.gaps = &gaps{}
	return source.WithIssues(ctx, func(i source.Issue) {
		i.Path = b.path
		if i.Model == "" {
			i.Model = b.inc.Relation.Target.Name
		}
		b.gaps.add(i, b.inc.Relation)
		source.Degrade(ctx, i)
	})
}

// gaps are the parents' keys whose children a source said that it could not give.
type gaps struct {
	mu   sync.Mutex
	keys map[string]bool
	all  bool // it did not say which
}

func (g *gaps) add(i source.Issue, rel *model.Relation) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(i.Keys) == 0 || len(rel.Remote) != 1 || rel.Through != nil {
		g.all = true
		return
	}
	if g.keys == nil {
		g.keys = map[string]bool{}
	}
	for _, k := range i.Keys {
		v, err := rel.Remote[0].ValueOf(k)
		if err != nil {
			g.all = true
			continue
		}
		g.keys[string(model.AppendKey(nil, v))] = true
	}
}

// unknown reports whether the children of the key at are not known: a parent without children may only be shown as
// one where its source did answer.
func (b *branch) unknown(at int, children int) bool {
	if b.gaps == nil || at < 0 {
		return false
	}
	b.gaps.mu.Lock()
	defer b.gaps.mu.Unlock()
	if b.gaps.all && children == 0 {
		return true
	}
	return len(b.gaps.keys) > 0 && b.gaps.keys[string(model.AppendKey(nil, b.keys.values[0][at]))]
}

// truncated reports the parents that have more children than MaxFanOut, of which they keep the first.
func (b *branch) truncated(ctx context.Context, over []int32) error {
	if len(over) == 0 {
		return nil
	}
	rel := b.inc.Relation
	err := tooManyChildren(rel, b.r.s.Limits.MaxFanOut)
	i := source.Issue{Model: rel.Target.Name, Path: b.path, Cause: err, Keys: b.keys.anys(over)}
	if src, e := b.r.s.SourceOf(rel.Target); e == nil {
		i.Source = src.Name()
		i.Cause = fault.Fill(err, "include "+b.path, "", i.Source)
	}
	if b.r.lenient && source.Degrade(ctx, i) {
		return nil
	}
	return err
}

func tooManyChildren(rel *model.Relation, limit int) *fault.Error {
	return fault.New(fault.ErrLimit, rel.Model.Name, rel.Name, fmt.Sprintf("a parent has more than MaxFanOut (%d) children: say Take, or raise the limit", limit))
}

// anys gives the keys as the caller knows them, those at the places given or all: a value, or a []any of the columns.
func (k *keySet) anys(at []int32) []any {
	if k.values == nil { // rows that came inside their parents
		return nil
	}
	if at == nil {
		for i := range k.n {
			at = append(at, int32(i))
		}
	}
	out := make([]any, 0, len(at))
	for _, i := range at {
		if len(k.values) == 1 {
			out = append(out, k.values[0][i].Any())
			continue
		}
		row := make([]any, len(k.values))
		for c := range row {
			row[c] = k.values[c][i].Any()
		}
		out = append(out, row)
	}
	return out
}
