package hook

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/identity"
	"github.com/multi-orm/orm/model"
)

// Extension is anything db.Use takes: a Hook, a Scope, or a value of package rls.
type Extension interface {
	Extend(r *Registrar) error
}

// Registrar collects what an extension adds.
type Registrar struct {
	models []*model.Model
	hooks  []Hook
	scopes []Scope
	global map[*model.Model]bool

	concealed   map[*model.Field]bool
	emptied     map[*model.Field]bool
	settings    []func(ctx context.Context) ([]Setting, error)
	rawIsolated bool
}

// Conceal says that people must not learn what a column holds: no read and no write of theirs finds or sorts rows by it.
func (r *Registrar) Conceal(f *model.Field) { r.concealed[f] = true }

// Empty says that a column comes out empty in results, searchable or not: sub-selects of SQL text leave it out.
func (r *Registrar) Empty(f *model.Field) { r.emptied[f] = true }

// Global declares that a model has no tenant.
func (r *Registrar) Global(m *model.Model) { r.global[m] = true }

// IsGlobal reports whether Global was said of m, in this registration or an earlier one.
func (r *Registrar) IsGlobal(m *model.Model) bool { return r.global[m] }

// Setting is a transaction-local variable of the database that row policies read.
type Setting struct{ Name, Value string }

// Settings adds variables to every transaction and every single statement of sources with row policies.
func (r *Registrar) Settings(fn func(ctx context.Context) ([]Setting, error)) {
	r.settings = append(r.settings, fn)
}

// RowPolicies says that the database isolates rows by itself, so that SQL text needs no bypass where every scope that
// secures a model of the source is Native and the source shows that the policies bind its role.
func (r *Registrar) RowPolicies() { r.rawIsolated = true }

// Models gives every model the DB knows.
func (r *Registrar) Models() []*model.Model { return r.models }

// Event adds an event hook.
func (r *Registrar) Event(h Hook) { r.hooks = append(r.hooks, h) }

// Scope adds a scope.
func (r *Registrar) Scope(s Scope) { r.scopes = append(r.scopes, s) }

// Registry is the hooks of a DB at one moment. It never changes; Extended makes a new one.
type Registry struct {
	hooks  []Hook
	scopes []Scope
	of     []concern // what concerns each model, by the model's number; 0 for raw SQL

	secured     bool
	rawIsolated bool
	settings    []func(ctx context.Context) ([]Setting, error)
	global      map[*model.Model]bool
	concealed   map[*model.Field]bool
	emptied     map[*model.Field]bool
}

type bound struct {
	name string
	rule *Rule
}

// concern is what is registered for one model. It is found by number: every read asks several times.
type concern struct {
	rules    []bound
	events   []Hook
	verified bool   // a rule verifies the rows that were written
	guarded  bool   // a rule keeps rows from people
	foreign  string // the scope that keeps rows from people and is not Native, "" for none
}

// at gives what concerns m, nil for nothing.
func (r *Registry) at(m *model.Model) *concern {
	var id uint32
	if m != nil {
		id = m.ID
	}
	if r == nil || int(id) >= len(r.of) || m != nil && id == 0 { // a type of rows that is no model has no number
		return nil
	}
	return &r.of[id]
}

// rules gives the rules for m.
func (r *Registry) rules(m *model.Model) []bound {
	if c := r.at(m); c != nil {
		return c.rules
	}
	return nil
}

// Extended gives a registry with more extensions, or every error of theirs joined.
func (r *Registry) Extended(models []*model.Model, exts ...Extension) (*Registry, error) {
	reg := &Registrar{models: models, global: map[*model.Model]bool{}, concealed: map[*model.Field]bool{}, emptied: map[*model.Field]bool{}}
	if r != nil {
		reg.hooks = append(reg.hooks, r.hooks...)
		reg.scopes = append(reg.scopes, r.scopes...)
		reg.settings = append(reg.settings, r.settings...)
		reg.rawIsolated = r.rawIsolated
		maps.Copy(reg.global, r.global)
		maps.Copy(reg.concealed, r.concealed)
		maps.Copy(reg.emptied, r.emptied)
	}
	var errs []error
	for _, e := range globalsFirst(exts) {
		if e == nil {
			errs = append(errs, fault.New(fault.ErrInvalid, "", "", "Use was given a nil extension"))
			continue
		}
		errs = append(errs, e.Extend(reg))
	}
	errs = append(errs, nameHooks(reg.hooks))
	out := &Registry{hooks: reg.hooks, scopes: reg.scopes, global: reg.global, concealed: reg.concealed, emptied: reg.emptied, settings: reg.settings, rawIsolated: reg.rawIsolated,
		of: make([]concern, 1)}
	for _, m := range models {
		for len(out.of) <= int(m.ID) {
			out.of = append(out.of, concern{})
		}
	}
	seen := map[string]bool{}
	for _, s := range reg.scopes {
		if s.Name == "" || seen[s.Name] {
			errs = append(errs, fault.New(fault.ErrInvalid, "", "", fmt.Sprintf("scope %q is registered twice or has no name", s.Name)))
		}
		seen[s.Name] = true
		out.secured = out.secured || s.Secures
		for _, m := range models {
			rule, err := s.bind(m)
			if err != nil && s.Name == TenantScope && m.Tenant == nil && out.global[m] { // declared since the scope was registered
				err = nil
			}
			errs = append(errs, err)
			if rule != nil {
				c := out.at(m)
				c.rules = append(c.rules, bound{s.Name, rule})
				c.verified = c.verified || rule.Verify
				c.guarded = c.guarded || s.Secures
				if s.Secures && !s.Native {
					c.foreign = s.Name
				}
			}
		}
	}
	for _, m := range models {
		for _, o := range m.Order {
			if out.concealed[o.Field] && !o.Field.Primary {
				errs = append(errs, fault.New(fault.ErrInvalid, m.Name, o.Field.Name,
					`the field is emptied in results and says "order", so the order of the rows would tell what it holds: leave "order" out, or say hook.Sanitize(…).Searchable()`))
			}
		}
	}
	names := make([]string, len(reg.hooks))
	for i := range reg.hooks {
		names[i] = reg.hooks[i].Name
	}
	for _, h := range reg.hooks {
		h.beside = &names
		if h.Model == nil {
			out.of[0].events = append(out.of[0].events, h)
		}
		for _, m := range models {
			if h.Model == nil || h.Model == m {
				out.of[m.ID].events = append(out.of[m.ID].events, h)
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return out, nil
}

// globalsFirst lets a model be declared global in any place of one call of Use.
func globalsFirst(exts []Extension) []Extension {
	var first, rest []Extension
	for _, e := range exts {
		if _, ok := e.(interface{ DeclaresGlobal() }); ok {
			first = append(first, e)
		} else {
			rest = append(rest, e)
		}
	}
	return append(first, rest...)
}

// nameHooks names the nameless and refuses a name that is given twice.
func nameHooks(hooks []Hook) error {
	seen := map[string]bool{}
	for i := range hooks {
		if hooks[i].Name == "" {
			hooks[i].Name = "hook " + strconv.Itoa(i+1)
		}
		if seen[hooks[i].Name] {
			return fault.New(fault.ErrInvalid, "", "", fmt.Sprintf("hook %q is registered twice: give each its own Name", hooks[i].Name))
		}
		seen[hooks[i].Name] = true
	}
	return nil
}

// Secured reports whether a scope that keeps rows from people concerns m.
func (r *Registry) Secured(m *model.Model) bool {
	c := r.at(m)
	return c != nil && c.guarded
}

// Verified reports whether rows of m that were written must be read again through the scopes.
func (r *Registry) Verified(m *model.Model) bool {
	c := r.at(m)
	return c != nil && c.verified
}

// HasConcealed reports whether any column is concealed.
func (r *Registry) HasConcealed() bool { return r != nil && len(r.concealed) > 0 }

// Empties reports whether f comes out empty in results.
func (r *Registry) Empties(f *model.Field) bool { return r != nil && (r.emptied[f] || r.concealed[f]) }

// Conceals reports whether people must not learn what f holds.
func (r *Registry) Conceals(f *model.Field) bool { return r != nil && r.concealed[f] }

// HasSettings reports whether row policies of the database are relied upon.
func (r *Registry) HasSettings() bool { return r != nil && len(r.settings) > 0 }

// Settings gives the variables for a statement or transaction under ctx.
func (r *Registry) Settings(ctx context.Context) ([]Setting, error) {
	if r == nil {
		return nil, nil
	}
	var out []Setting
	for _, fn := range r.settings {
		s, err := fn(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, s...)
	}
	return out, nil
}

// Names lists what is registered, in order: event hooks, then scopes.
func (r *Registry) Names() []string {
	var out []string
	for _, h := range r.hooks {
		out = append(out, h.Name)
	}
	for _, s := range r.scopes {
		out = append(out, s.Name)
	}
	return out
}

// ScopeNames lists the scopes, in order.
func (r *Registry) ScopeNames() []string {
	if r == nil {
		return nil
	}
	out := make([]string, len(r.scopes))
	for i, s := range r.scopes {
		out[i] = s.Name
	}
	return out
}

// Events gives the event hooks that see operations of m; nil stands for raw SQL.
func (r *Registry) Events(m *model.Model) []Hook {
	if c := r.at(m); c != nil {
		return c.events
	}
	return nil
}

// HasScopes reports whether any scope is registered.
func (r *Registry) HasScopes() bool { return r != nil && len(r.scopes) > 0 }

// HasEvents reports whether any event hook is registered.
func (r *Registry) HasEvents() bool { return r != nil && len(r.hooks) > 0 }

// The names of the scopes that fill columns of new rows: TenantScope keeps tenants apart, OwnerScope owners.
const (
	TenantScope = "tenant"
	OwnerScope  = "owner"
)

// Tenanted reports whether tenants are kept apart.
func (r *Registry) Tenanted() bool {
	if r == nil {
		return false
	}
	for i := range r.scopes {
		if r.scopes[i].Name == TenantScope {
			return true
		}
	}
	return false
}

// Holds reports whether a scope keeps f to one value for each caller.
func (r *Registry) Holds(f *model.Field) bool {
	for _, b := range r.rules(f.Model) {
		if b.rule.Holds == f {
			return true
		}
	}
	return false
}

// AppendValues appends to b what scopes hold the caller to beside what the actor says, for keys of what is handed from
// call to call. A value that a scope cannot give counts as one: its statements are refused.
func (r *Registry) AppendValues(ctx context.Context, b []byte) (_ []byte, err error) {
	if r == nil {
		return b, nil
	}
	if BypassFrom(ctx) != nil {
		return append(b, '*'), nil
	}
	defer safely(nil, &err)
	for i := range r.scopes {
		if s := &r.scopes[i]; s.Value != nil {
			v, err := s.Value(ctx)
			b = identity.Key(b, s.Name, err == nil, v)
		}
	}
	return b, nil
}

// Scoped reports whether any scope concerns m.
func (r *Registry) Scoped(m *model.Model) bool { return len(r.rules(m)) > 0 }

// safely turns a panic of a scope into an error that denies.
func safely(m *model.Model, err *error) {
	if p := recover(); p != nil {
		name := ""
		if m != nil {
			name = m.Name
		}
		*err = fault.New(fault.ErrDenied, name, "", fmt.Sprintf("a scope panicked (%T)", p))
	}
}

// Filters gives what the scopes demand of the rows that t touches, in the memory of buf where it is enough.
func (r *Registry) Filters(ctx context.Context, t Touch, buf []builder.Scope) ([]builder.Scope, error) {
	if r == nil {
		return nil, nil
	}
	rules := r.rules(t.Model)
	if len(rules) == 0 {
		return nil, nil
	}
	out := buf[:0:cap(buf)]
	if len(rules) > cap(out) {
		out = make([]builder.Scope, 0, len(rules))
	}
	for i := range rules {
		b := &rules[i]
		if b.rule.Filter == nil {
			continue
		}
		e, err := b.rule.Filter(ctx, t)
		if err != nil {
			return nil, err
		}
		if e.Op == 0 { // forgotten, not meant: a scope that lets every row pass says builder.True
			return nil, fault.New(fault.ErrDenied, t.Model.Name, "", fmt.Sprintf("scope %q gave no predicate", b.name))
		}
		if e.Op != builder.OpTrue {
			out = append(out, builder.Scope{Name: b.name, Expr: e})
		}
	}
	return out, nil
}

// Insert runs the scopes' checks of new rows.
func (r *Registry) Insert(ctx context.Context, m *model.Model, rows NewRows) (err error) {
	if r == nil {
		return nil
	}
	defer safely(m, &err)
	for _, b := range r.rules(m) {
		if b.rule.Insert != nil {
			if err := b.rule.Insert(ctx, rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// Assign runs the scopes' checks of assignments.
func (r *Registry) Assign(ctx context.Context, m *model.Model, sets []builder.Set) (err error) {
	if r == nil {
		return nil
	}
	defer safely(m, &err)
	for _, b := range r.rules(m) {
		if b.rule.Assign == nil {
			continue
		}
		for i := range sets {
			if err := b.rule.Assign(ctx, &sets[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Delete asks the scopes whether a delete of m is to become an update.
func (r *Registry) Delete(ctx context.Context, m *model.Model) (out []builder.Set, err error) {
	if r == nil {
		return nil, nil
	}
	defer safely(m, &err)
	for _, b := range r.rules(m) {
		if b.rule.Delete == nil {
			continue
		}
		sets, err := b.rule.Delete(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, sets...)
	}
	return out, nil
}

// SoftDeletes reports whether a delete of m is to become an update.
func (r *Registry) SoftDeletes(m *model.Model) bool {
	if r != nil {
		for _, b := range r.rules(m) {
			if b.rule.Delete != nil {
				return true
			}
		}
	}
	return false
}

// Raw asks the scopes whether SQL text may run under ctx on a source that has these models: text cannot be scoped, so
// with any scope registered it needs a bypass. On a source with row policies it may go by them alone (byPolicies) where
// they stand for every scope; whether they hold is for the caller to prove.
func (r *Registry) Raw(ctx context.Context, policies bool, models []*model.Model) (byPolicies bool, err error) {
	if r == nil || !r.secured {
		return false, nil
	}
	if out, err := Bypassed(ctx); out || err != nil {
		return false, fault.Fill(err, "raw", "", "")
	}
	if !r.rawIsolated || !policies {
		return false, &fault.Error{Op: "raw", Err: fault.ErrDenied, Detail: "SQL text goes round the scopes: use rls.Bypass with a reason, or native row policies"}
	}
	for _, m := range models {
		if c := r.at(m); c != nil && c.foreign != "" {
			return false, &fault.Error{Op: "raw", Model: m.Name, Err: fault.ErrDenied,
				Detail: "SQL text goes round the scope " + strconv.Quote(c.foreign) + ", for which no row policy stands: use rls.Bypass with a reason"}
		}
	}
	return true, nil
}

// HasScope reports whether a scope of that name has been added.
func (r *Registrar) HasScope(name string) bool {
	for _, s := range r.scopes {
		if s.Name == name {
			return true
		}
	}
	return false
}
