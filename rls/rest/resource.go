package rest

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sort"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/rls/guard"
)

// resource is a compiled resource, without its type.
type resource struct {
	name        string
	description string
	m           *model.Model
	methods     map[string]*method
	countTotal  bool
	everyRow    bool
	single      Single
	forbid      Part
	over        OverLimit
	transacts   bool // its source has transactions
	nameJSON    []byte
	extras      []string // their names, sorted

	before, after func(ctx context.Context, op *Op) error
	afterCommit   func(ctx context.Context, op *Op)
	onError       func(ctx context.Context, op *Op, err error) error
	format        Format
	formatted     bool // by a function of the program's

	flat *flat // of tagged resources
}

// method is who may do something, in the order in which they count.
type method struct{ callers []*caller }

// caller is a rule.
type caller struct {
	who     string
	shape   shaped
	outline *guard.Outline
	narrow  bool // a forced condition or the owner scope narrows a write without a condition
	local   bool // every relation of the shape lives in the source of the rows
	tagged  bool // one row has an entity tag
	extras  []extra
}

// shaped is a compiled shape of any model.
type shaped interface {
	read(c *call) error
	create(c *call) error
	update(c *call) error
	remove(c *call) error
	imports(c *call) error
}

// typed is a compiled shape of T.
type typed[T any] struct {
	shape   *guard.Compiled[T]
	version orm.Selectable[T] // nil where there is none that may be shown
}

func compileResource[T any](name string, rules Rules[T], f *flat, db orm.DB, l Limits) (*resource, []error) {
	var errs []error
	m, err := model.For[T]()
	wrong := func(where, detail string) {
		e := &orm.Error{Op: "rest", Err: orm.ErrInvalid, Detail: "resource " + name + ": " + where + detail}
		if m != nil {
			e.Model = m.Name
		}
		errs = append(errs, e)
	}
	if err != nil {
		return nil, []error{fmt.Errorf("rest: resource %s: %w", name, err)}
	}
	r := &resource{name: name, flat: f, description: rules.Description, m: m, methods: map[string]*method{}, countTotal: rules.CountTotal, everyRow: rules.EveryRow,
		single: rules.Single, forbid: rules.Forbid, over: rules.OverLimit, transacts: orm.Repo[T](db).Transactional(), nameJSON: member(name), extras: slices.Sorted(maps.Keys(rules.Extras)),
		before: rules.Before, after: rules.After, afterCommit: rules.AfterCommit, onError: rules.OnError, format: rules.Format}
	if r.format == nil {
		r.format = Envelope
	}
	for extraName, of := range rules.Extras {
		if of == nil || extraName == "" {
			wrong("Extras: ", "an entry is empty")
			return nil, errs
		}
	}
	if r.single > Never || r.over > Clamp || r.forbid >= ForbidOffset<<1 {
		wrong("", "Single, OverLimit or Forbid is none of the constants of this package")
	}
	for _, x := range []struct {
		method string
		by     By[T]
	}{{http.MethodGet, rules.Get}, {http.MethodPost, rules.Post}, {http.MethodPatch, rules.Patch}, {http.MethodDelete, rules.Delete}} {
		if x.by == nil {
			continue
		}
		set := &method{}
		for who, shape := range x.by {
			c, err := compileCaller(r, x.method, who, shape, rules.Extras, db, l)
			if err != nil {
				errs = append(errs, err...)
				continue
			}
			set.callers = append(set.callers, c)
		}
		sort.Slice(set.callers, func(i, j int) bool { return rank(set.callers[i].who) < rank(set.callers[j].who) })
		r.methods[x.method] = set
	}
	if len(r.methods) == 0 {
		wrong("", "it has no rule: say Get, Post, Patch or Delete")
	}
	return r, errs
}

// rank orders callers as they count, roles by name.
func rank(who string) string {
	switch who {
	case Mine:
		return "1"
	case All:
		return "2"
	case Guest:
		return "3"
	}
	return "0" + who
}

func compileCaller[T any](r *resource, verb, who string, s guard.Shape[T], extras map[string]guard.Aggregate, db orm.DB, l Limits) (*caller, []error) {
	at := fmt.Sprintf("resource %s: %s for %q: ", r.name, verb, who)
	wrong := func(detail string) []error {
		return []error{&orm.Error{Op: "rest", Model: r.m.Name, Err: orm.ErrInvalid, Detail: at + detail}}
	}
	if who == "" {
		return nil, wrong("a caller has a name: rest.Guest, rest.Mine, rest.All or a role")
	}
	s = keyed(s)
	owned := r.m.Owner != nil && slices.Contains(db.Scopes(), hook.OwnerScope)
	if who == Mine && owned && (verb != http.MethodPost || r.flat.upserts()) {
		s.Where = append(s.Where[:len(s.Where):len(s.Where)], theirs[T](r.m.Owner))
	}
	var computed []extra
	if len(extras) > 0 && verb == http.MethodGet {
		names := slices.Sorted(maps.Keys(extras))
		var err error
		if computed, err = extrasOf(s, extras, names); err != nil {
			return nil, []error{fmt.Errorf("rest: %s%w", at, err)}
		}
		s.Groups = guard.Groups[T]{}
		for _, name := range names {
			if !slices.Contains(s.Groups.Aggregates, extras[name]) {
				s.Groups.Aggregates = append(s.Groups.Aggregates, extras[name])
			}
		}
	}
	shape, err := guard.Compile(s)
	if err != nil {
		return nil, []error{fmt.Errorf("rest: %s%w", at, err)}
	}
	o, err := shape.Outline(context.Background())
	if err != nil {
		return nil, []error{fmt.Errorf("rest: %s%w", at, err)}
	}
	t := &typed[T]{shape: shape}
	if v := r.m.Version; v != nil && !v.Hidden && o.ByKey() {
		t.version = builder.ColumnOf[T](v)
	}
	c := &caller{who: who, shape: t, outline: o, narrow: o.Where.Forced, local: local(r.m, o), tagged: t.version != nil, extras: computed}
	switch {
	case who == Mine && !o.Where.Forced && verb != http.MethodPost:
		return nil, wrong("nothing makes the rows theirs: Force a condition of the actor's, or register rls.Owner")
	case verb == http.MethodPost && o.Create == nil:
		return nil, wrong("the shape has no Create")
	case verb == http.MethodPatch && o.Update == nil:
		return nil, wrong("the shape has no Update")
	case verb == http.MethodPost && o.Where.Forced && (!r.transacts || len(r.m.Key) == 0):
		return nil, wrong("a new row that its conditions do not admit could not be undone, since the source has no transactions or the model has no key: leave Force out of the shape")
	}
	if r.flat != nil && r.flat.whole[verb+" "+who] {
		l.MaxTake = guard.NoLimit
	}
	if why := bounded(o, l, 0); why != "" {
		return nil, wrong(why)
	}
	return c, nil
}

// theirs narrows rows to the actor's own. The owner scope does so too, but not for the roles that it lets see all.
func theirs[T any](owner *model.Field) guard.Filter[T] {
	return guard.ForceFor(func(_ context.Context, a orm.Actor) (orm.Pred[T], error) {
		v, err := owner.ValueOf(a.ID)
		if err != nil || v.Kind() == model.NullValue {
			return orm.Pred[T]{}, &orm.Error{Op: "rest", Model: owner.Model.Name, Err: orm.ErrNoActor, Detail: "the actor's ID is none of an owner's"}
		}
		return builder.PredOf[T](builder.Compare(builder.OpEq, owner, v)), nil
	})
}

// keyed lets one row be asked for by its primary key where the shape shows the key and says no Unique of its own.
func keyed[T any](s guard.Shape[T]) guard.Shape[T] {
	m, err := model.For[T]()
	if err != nil || len(s.Unique) > 0 || len(m.Key) == 0 {
		return s
	}
	probe := guard.Shape[T]{Select: s.Select}
	shape, err := guard.Compile(probe)
	if err != nil {
		return s
	}
	o, err := shape.Outline(context.Background())
	if err != nil {
		return s
	}
	cols := make([]orm.Selectable[T], len(m.Key))
	for i, f := range m.Key {
		if f.NoQuery || !slices.ContainsFunc(o.Columns, func(c guard.OutlineColumn) bool { return c.Field == f }) {
			return s
		}
		cols[i] = builder.ColumnOf[T](f)
	}
	s.Unique = guard.Uniques[T]{guard.By(cols...)}
	return s
}

// bounded holds a shape against the limits of the API.
func bounded(o *guard.Outline, l Limits, depth int) string {
	if l.MaxTake > 0 && (o.Take.Max == guard.NoLimit || o.Take.Max > l.MaxTake) {
		return fmt.Sprintf("Take.Max of %s is larger than Limits.MaxTake, which is %d", o.Model.Name, l.MaxTake)
	}
	for i := range o.Relations {
		if l.MaxDepth > 0 && depth == l.MaxDepth {
			return fmt.Sprintf("With.%s nests deeper than Limits.MaxDepth, which is %d", o.Relations[i].Of.Name, l.MaxDepth)
		}
		if why := bounded(o.Relations[i].Shape, l, depth+1); why != "" {
			return why
		}
	}
	return ""
}

// local reports whether every relation that a shape reads, counts or filters by lives in the source of m.
func local(m *model.Model, o *guard.Outline) bool {
	for i := range o.Counts {
		if o.Counts[i].Of.Target.Source != m.Source || !filtersLocally(m, &o.Counts[i].Where) {
			return false
		}
	}
	if !filtersLocally(m, &o.Where) {
		return false
	}
	for i := range o.Relations {
		if o.Relations[i].Of.Target.Source != m.Source || !local(m, o.Relations[i].Shape) {
			return false
		}
	}
	return true
}

func filtersLocally(m *model.Model, w *guard.OutlineWhere) bool {
	for i := range w.Related {
		if w.Related[i].Of.Target.Source != m.Source || !filtersLocally(m, w.Related[i].Where) {
			return false
		}
	}
	return true
}
