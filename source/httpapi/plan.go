package httpapi

import (
	"slices"
	"strings"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/filter"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// reading is a Select as this source will serve it.
type reading struct {
	mp     *mapping
	st     *builder.Select
	conds  conditions
	pass   *filter.Predicate // every condition and every scope
	told   *filter.Predicate // the scopes that the API is sent, nil for none
	order  *filter.Order
	fields []*model.Field // to decode

	ep    *endpoint
	match match
	sent  []bool // which conjuncts the API is told
	limit int64  // rows that the API is asked for, 0 for all
	skip  int64  // rows that the API is asked to leave out
	pages int64  // whole pages that the API is asked to leave out, which are those rows
	say   say

	resume   *builder.Resume   // where the page before ended, if the API's pages tell that
	after    *filter.Predicate // the rows of a page that follows another; nil where the conditions say it
	from     position
	resuming bool // the walk begins at from

	exact   bool  // the API must do all filtering and cutting
	local   bool  // the API did not keep to what it was sent, so the page is cut here
	fanOut  int64 // the most children of a parent; a Take above it is the engine's bound
	filters bool  // rows are filtered here
	sorts   bool  // rows are sorted here
	cuts    bool  // the page is cut here
}

// plan decides how st is read. local forbids to leave the page to the API.
func (d *DataSource) plan(st *builder.Select, local bool) (*reading, error) {
	mp, err := d.mapping(st.Model)
	if err != nil {
		return nil, err
	}
	r := &reading{mp: mp, st: st, local: local, fanOut: int64(d.limits.MaxFanOut)}
	if err := r.sound(); err != nil {
		return nil, err
	}
	r.conds = conditionsOf(st.Scopes, &st.Where, st.Group)
	if r.order, err = filter.NewOrder(st.Model, &st.Order); err != nil {
		return nil, err
	}
	r.needed()
	if err := r.choose(); err != nil {
		return nil, err
	}
	r.page()
	if r.exact = d.exact && r.ep.items != nil; r.exact {
		return r, r.whole()
	}
	return r, nil
}

// sound refuses what this source cannot do, and compiles the conditions.
func (r *reading) sound() (err error) {
	st, m := r.st, r.st.Model
	refuse := func(detail string) error { return fault.New(fault.ErrUnsupported, m.Name, "", detail) }
	switch {
	case st.Err != nil:
		return st.Err
	case st.Skip < 0 || st.HasTake && st.Take < 0:
		return fault.New(fault.ErrInvalid, m.Name, "", "Skip and Take must not be negative")
	case st.Extra != nil:
		return refuse("an HTTP API reads nothing beside the columns of a row: aggregates, counts of relations and joins need a SQL source")
	case st.Lock != builder.NoLock:
		return refuse("an HTTP API locks no rows")
	case st.Group != nil && st.Group.Link != nil:
		return refuse("an HTTP API has no link tables: include the link model instead")
	case st.Group != nil && (len(st.Group.Columns) == 0 || len(st.Group.Columns) != len(st.Group.Keys)):
		return fault.New(fault.ErrInvalid, m.Name, "", "the load of an include is malformed")
	}
	if err := r.distinct(); err != nil {
		return err
	}
	all := make([]builder.Expr, 0, len(st.Scopes)+1)
	for i := range st.Scopes {
		all = append(all, st.Scopes[i].Expr)
	}
	if r.pass, err = filter.Compile(m, append(all, st.Where.Expr())...); err != nil {
		return err
	}
	return nil
}

// distinct refuses to sort distinct rows by what they do not hold, as databases do.
func (r *reading) distinct() error {
	st := r.st
	if !st.Distinct || st.Want != builder.WantRows || st.Columns == nil {
		return nil
	}
	for i := range st.Order.Len() {
		if f := st.Order.At(i).Field; f != nil && !slices.Contains(st.Columns, f) {
			return fault.New(fault.ErrInvalid, st.Model.Name, f.Name, "a sort key of Distinct must be selected")
		}
	}
	return nil
}

// needed gathers the columns that the answer, the conditions, the order and the key need.
func (r *reading) needed() {
	m := r.st.Model
	if r.st.Columns == nil {
		r.fields = m.Fields
		return
	}
	want := make([]bool, len(m.Fields))
	add := func(fs ...*model.Field) {
		for _, f := range fs {
			want[f.Index] = true
		}
	}
	add(r.st.Columns...)
	add(m.Key...)
	for i := range r.st.Order.Len() {
		add(r.st.Order.At(i).Field)
	}
	if r.st.Group != nil {
		add(r.st.Group.Columns...)
	}
	var walk func(e *builder.Expr)
	walk = func(e *builder.Expr) {
		if e.Field != nil {
			add(e.Field)
		}
		if e.Ext != nil {
			add(e.Ext.Columns...)
			for i := range e.Ext.Kids {
				walk(&e.Ext.Kids[i])
			}
		}
	}
	for i := range r.st.Scopes {
		walk(&r.st.Scopes[i].Expr)
	}
	for i := range r.st.Where.Len() {
		walk(r.st.Where.At(i))
	}
	for _, f := range m.Fields {
		if want[f.Index] {
			r.fields = append(r.fields, f)
		}
	}
}

// choose takes the first endpoint that can serve: the row by its key, the rows of many keys at once, a list that
// takes the keys, one request for each key, then the whole list.
func (r *reading) choose() error {
	listed := -1 // the condition that would else be asked for one by one
	for i := range r.conds.list {
		if x := &r.conds.list[i]; x.op == builder.OpIn && (x.group || x.field.Primary && len(r.mp.model.Key) == 1) && len(x.value.List()) != 1 {
			listed = i
			break
		}
	}
	type try struct {
		ep *endpoint
		ok func(m match) bool
	}
	all := func(match) bool { return true }
	whole := func(m match) bool { return m.split < 0 || !m.one }
	covers := func(m match) bool { return whole(m) && m.used[listed] }
	mp, tries := r.mp, []try(nil)
	switch {
	case listed >= 0:
		tries = []try{{mp.bulk, covers}, {mp.many, covers}, {mp.unique, all}, {mp.bulk, all}, {mp.many, all}}
	case r.keyEqual():
		tries = []try{{mp.unique, whole}, {mp.bulk, whole}, {mp.first, r.firstOnly}, {mp.many, all}}
	default:
		tries = []try{{mp.first, r.firstOnly}, {mp.many, whole}, {mp.bulk, whole}, {mp.unique, all}, {mp.many, all}, {mp.bulk, all}}
	}
	var missing []string
	for _, t := range tries {
		if t.ep == nil {
			continue
		}
		m := t.ep.match(&r.conds)
		if m.missing != "" {
			if say := t.ep.role + " needs " + m.missing; len(missing) == 0 || !strings.Contains(strings.Join(missing, "; "), say) {
				missing = append(missing, say)
			}
			continue
		}
		if t.ok(m) {
			r.ep, r.match, r.sent = t.ep, m, r.conds.sent(m.used)
			return r.toldScopes()
		}
	}
	if r.local { // only FindFirst could serve, and what it gave is not what was asked for
		return upstream(mp.model, nil, errIgnored.Error()+", and no endpoint gives the rows to check here: map FindMany")
	}
	if r.numbered() {
		return nil
	}
	detail := "no endpoint reads lists: map FindMany"
	if len(missing) > 0 {
		detail = "the API cannot be asked this: " + strings.Join(missing, "; ")
	}
	return fault.New(fault.ErrUnsupported, r.mp.model.Name, "", detail)
}

// numbered takes Count where nothing reads the rows and the number is all that is asked for. What a scope forbids
// could not be seen in a number.
func (r *reading) numbered() bool {
	ep := r.mp.count
	if ep == nil || r.st.Want != builder.WantCount {
		return false
	}
	m := ep.match(&r.conds)
	if m.missing != "" {
		return false
	}
	r.ep, r.match, r.sent = ep, m, r.conds.sent(m.used)
	r.page()
	return r.counts()
}

// toldScopes compiles the scopes that the API is sent, so that a row outside of them shows that it ignores them.
func (r *reading) toldScopes() (err error) {
	var told []builder.Expr
	for i, c := range r.conds.conjuncts {
		if c.scope && r.sent[i] {
			told = append(told, *c.expr)
		}
	}
	if len(told) > 0 {
		r.told, err = filter.Compile(r.st.Model, told...)
	}
	return err
}

func (r *reading) keyEqual() bool {
	for _, f := range r.mp.model.Key {
		if _, at := r.conds.find(f, builder.OpEq); at < 0 {
			return false
		}
	}
	return len(r.mp.model.Key) > 0
}

// firstOnly reports whether FindFirst gives exactly the row that is asked for.
func (r *reading) firstOnly(m match) bool {
	st := r.st
	if r.local || m.split >= 0 || st.Want != builder.WantRows || !st.HasTake || st.Take != 1 || st.Skip > 0 || st.Distinct || st.Group != nil {
		return false
	}
	for _, sent := range r.conds.sent(m.used) {
		if !sent {
			return false
		}
	}
	_, ok := r.ordered(r.mp.first)
	return ok
}

// page decides who sorts and who cuts.
func (r *reading) page() {
	st := r.st
	for _, sent := range r.sent {
		r.filters = r.filters || !sent
	}
	paged := st.Want == builder.WantRows && (st.HasTake || st.Skip > 0)
	r.sorts = st.Want == builder.WantRows && (!r.order.Empty() || st.Group != nil)
	if r.cuts = paged; st.Group != nil { // its Take is the bound on children, which cuts nothing that is asked for
		r.cuts = st.Group.Skip > 0 || st.Group.HasTake && st.Group.Take <= r.fanOut
	}
	if r.ep.uses[columns] {
		var names []string
		for _, f := range r.fields {
			names = append(names, f.Column)
		}
		r.say.columns = strings.Join(names, ",")
	}
	if r.local || r.filters || st.Distinct || st.Group != nil || r.match.split >= 0 {
		return
	}
	if st.Want == builder.WantExists {
		r.limit = 1
	}
	if !paged {
		return
	}
	text, ok := r.ordered(r.ep)
	if !ok {
		return
	}
	r.say.order, r.sorts = text, false
	if st.HasTake {
		r.limit = max(st.Take, 1)
	}
	if st.Skip > 0 && r.ep.uses[skip] {
		r.skip = st.Skip
	} else if st.Skip > 0 && r.ep.tiles(st.Take) && st.Skip%st.Take == 0 {
		r.skip, r.pages = st.Skip, st.Skip/st.Take
	} else if st.HasTake {
		r.limit += st.Skip
	}
}

// whole refuses to fetch rows that the caller would not get.
func (r *reading) whole() error {
	switch m := r.st.Model; {
	case r.local:
		return upstream(m, nil, errIgnored.Error())
	case r.filters:
		detail := "a condition would be filtered here, which NoFiltering forbids: map it in " + r.ep.role
		for i, c := range r.conds.conjuncts {
			if !r.sent[i] && !c.scope && c.expr != nil && c.expr.Field != nil {
				return fault.New(fault.ErrUnsupported, m.Name, c.expr.Field.Name, detail)
			}
		}
		return fault.New(fault.ErrUnsupported, m.Name, "", detail)
	case r.cuts && r.limit == 0:
		return fault.New(fault.ErrUnsupported, m.Name, "", "the page would be cut here, which NoFiltering forbids: map $take and the order in "+r.ep.role)
	}
	return nil
}

// ordered gives what $orderBy says for the statement's order; ok is false where the API cannot give that order.
func (r *reading) ordered(ep *endpoint) (order string, ok bool) {
	o := &r.st.Order
	if o.Len() == 0 {
		return "", true
	}
	natural, text := len(ep.sorted) >= o.Len(), false
	var says strings.Builder
	for i := range o.Len() {
		k := o.At(i)
		if k.Fold || k.Field.Nullable {
			return "", false
		}
		text = text || lettered(k.Field)
		natural = natural && ep.sorted[i].field == k.Field && ep.sorted[i].desc == k.Desc
		if i > 0 {
			says.WriteByte(',')
		}
		if k.Desc {
			says.WriteByte('-')
		}
		says.WriteString(k.Field.Column)
	}
	if natural {
		return "", true
	}
	return says.String(), ep.uses[orderBy] && (!text || ep.byteOrder)
}

// tiles reports whether the endpoint's pages can be of so many rows.
func (e *endpoint) tiles(rows int64) bool {
	return e.uses[page] && rows > 0 && (rows == e.rows() || e.uses[take] && rows < e.rows())
}

// lettered reports whether values of f are text, whose order hangs on an alphabet.
func lettered(f *model.Field) bool { return f.Kind == model.String || f.Kind == model.Text }

// alphabetic reports whether a comparison of text leaves out rows that another alphabet, or one without case, would not.
func alphabetic(op builder.Op) bool {
	switch op {
	case builder.OpGt, builder.OpGte, builder.OpLt, builder.OpLte, builder.OpNe, builder.OpNotIn:
		return true
	}
	return false
}

// counts reports whether the number of rows that the API tells is the answer: nothing is filtered here, and no
// scope has to be checked row by row.
func (r *reading) counts() bool {
	return r.st.Want == builder.WantCount && !r.filters && !r.st.Distinct && r.st.Group == nil && len(r.st.Scopes) == 0 && r.match.split < 0
}

// bounded reports whether rows are read that the caller does not get.
func (r *reading) bounded() bool {
	return r.filters || r.cuts && r.limit == 0 || r.st.Want != builder.WantRows || r.st.Distinct
}

// takesAll reports whether every row of a reply is taken into memory, so that one with too many fails.
func (r *reading) takesAll() bool {
	return !r.bounded() && (r.sorts || !r.st.HasTake || r.st.Group != nil)
}

// streams reports whether rows can be handed on as they come.
func (r *reading) streams(rows *source.Rows) bool {
	return rows.Each != nil && r.order.Empty() && !r.sorts && !r.st.Distinct && r.match.split < 0 && r.limit == 0 && r.st.Want == builder.WantRows
}
