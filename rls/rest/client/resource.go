package client

import (
	"net/url"
	"strings"
	"sync"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/jsonrow"
	"github.com/multi-orm/orm/internal/jsonstream"
	"github.com/multi-orm/orm/internal/wire"
	"github.com/multi-orm/orm/model"
)

// resource is a model as the service serves it.
type resource struct {
	model     *model.Model
	name      string
	path      string   // escaped, below the base
	columns   []string // names on the wire in step with the model's fields; "" for those without one
	relations []string // the same of the model's relations
	rows      *jsonrow.Plan
	counts    int // the place of the counts beside the columns of a row

	list   replyOf // of replies with a list
	single replyOf // of those with one row

	learned
}

// replyOf is where a reply has what is asked of it.
type replyOf struct {
	outline                          jsonstream.Outline
	rows, count, affected, next, row int
}

// learned is what refusals have taught of a resource. A service that is replaced by one that allows more is asked for less
// until the source is opened again; the answers are the same.
type learned struct {
	mu      sync.Mutex
	noPath  bool             // rows cannot be named in the path
	refused int64            // the smallest limit that was refused; 0 for none
	insets  map[string]int64 // the limits of related rows, by their paths
	long    map[string]bool  // the paths of links to more rows than are asked for at first
	noKey   bool             // the key is no sort key, so the service breaks ties itself
	unmade  map[string]bool  // columns that the service fills itself, by method and name
}

func (d *DataSource) resourceOf(m *model.Model) (*resource, error) {
	bad := func(detail string) error {
		return &fault.Error{Model: m.Name, Source: d.name, Err: fault.ErrInvalid, Detail: detail}
	}
	r := &resource{model: m, name: m.Table, columns: make([]string, len(m.Fields)), relations: make([]string, len(m.Relations))}
	for _, n := range d.named {
		if n.model == m {
			r.name = n.name
		}
	}
	if !plain(r.name) {
		return nil, bad("the table's name cannot be that of a resource: say client.Resource")
	}
	if _, err := newNames(m); err != nil {
		return nil, bad(err.Error())
	}
	texted, any := make([]bool, len(m.Fields)), false
	for i, f := range m.Fields {
		if name, ok := wire.Column(f); ok {
			r.columns[i], texted[i] = name, wire.AsText(f)
			any = any || texted[i]
		}
	}
	if !any {
		texted = nil
	}
	for i, rel := range m.Relations {
		if name, ok := wire.Relation(rel); ok {
			r.relations[i] = name
		}
	}
	r.counts = len(r.relations)
	r.rows = jsonrow.NewWirePlan(m, r.columns, texted, append(r.relations[:len(r.relations):len(r.relations)], wordCount)...)
	r.path = "/" + url.PathEscape(r.name)
	r.list.rows = r.list.outline.Add(true, jsonstream.Step{Name: r.name})
	for _, x := range []*replyOf{&r.list, &r.single} {
		x.count = x.outline.Add(false, jsonstream.Step{Name: "count"})
		x.affected = x.outline.Add(false, jsonstream.Step{Name: "rowsAffected"})
		x.next = x.outline.Add(false, jsonstream.Step{Name: "next"})
	}
	r.single.row = r.single.outline.Add(false, jsonstream.Step{Name: r.name})
	return r, nil
}

// plain reports whether a name can be that of a resource.
func plain(name string) bool {
	for i := range len(name) {
		if c := name[i]; c != '_' && c != '-' && c != '.' && (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return name != "" && len(name) <= 64 && strings.Trim(name, ".") != ""
}

// validWho reports whether s is a flag that says who asks.
func validWho(s string) bool {
	seen := map[string]bool{}
	for kind := range strings.SplitSeq(s, "|") {
		if kind != "mine" && kind != "guest" && kind != "all" || seen[kind] {
			return false
		}
		seen[kind] = true
	}
	return true
}

// column gives the name of a field on the wire.
func (r *resource) column(f *model.Field) (string, error) {
	if name := r.columns[f.Index]; name != "" {
		return name, nil
	}
	return "", fault.New(fault.ErrUnsupported, r.model.Name, f.Name, `the column has no name on the wire: its tag says json:"-"`)
}

// relation gives the name of a relation on the wire.
func (r *resource) relation(rel *model.Relation) (string, error) {
	if name := r.relations[rel.Index]; name != "" {
		return name, nil
	}
	return "", fault.New(fault.ErrUnsupported, r.model.Name, rel.Name, `the relation has no name on the wire: its tag says json:"-"`)
}

// pageMost gives the largest limit that is worth asking for.
func (l *learned) pageMost() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused > 0 {
		return min(l.refused-1, maxLimit)
	}
	return maxLimit
}

func (l *learned) refuseLimit(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused == 0 || n < l.refused {
		l.refused = n
	}
}

// insetMost gives the limit that related rows at a path have: all that are wanted where nothing was learned, but for those
// behind a link table, which are few as a rule, so that what every shape gives is asked for first.
func (l *learned) insetMost(in *inset) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n, ok := l.insets[in.path]; ok {
		return min(n, in.most)
	}
	if in.relation.Through != nil && in.whole && !l.long[in.path] {
		return min(in.most, firstInset)
	}
	return in.most
}

// lengthens reports whether more rows behind a link table can be asked for than the limit that was sent. What other readings learned
// counts only once this one was refused too: its actor's rule may give more than theirs.
func (l *learned) lengthens(in *inset, sent int64, refused bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !in.whole {
		return false
	}
	most := in.most
	if n, ok := l.insets[in.path]; ok && refused {
		most = min(most, n)
	} else {
		delete(l.insets, in.path)
	}
	if l.long == nil {
		l.long = map[string]bool{}
	}
	l.long[in.path] = true
	return most > sent
}

// lowerInset gives a limit of related rows below one that was refused; ok is false where there is no smaller one.
func (l *learned) lowerInset(path string, refused int64) (limit int64, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n, ok := l.insets[path]; ok && n < refused {
		return n, true
	}
	if l.insets == nil {
		l.insets = map[string]int64{}
	}
	for _, n := range [...]int64{1000, 500, 200, 100, 50, 25, 10, 5, 1} {
		if n < refused {
			l.insets[path] = n
			return n, true
		}
	}
	return 0, false
}

// flag sets a thing that was learned and reports whether it is news.
func (l *learned) flag(b *bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	news := !*b
	*b = true
	return news
}

func (l *learned) is(b *bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return *b
}

// fills notes that the service fills a column of a write itself, and reports whether it is news.
func (l *learned) fills(method, column string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.unmade == nil {
		l.unmade = map[string]bool{}
	}
	key := method + " " + column
	news := !l.unmade[key]
	l.unmade[key] = true
	return news
}

func (l *learned) filled(method, column string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unmade[method+" "+column]
}
