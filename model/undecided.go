package model

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/multi-orm/orm/internal/fault"
)

// undecided is what a relation has whose tag leaves its columns to the foreign keys of a database. Models are read before
// any database is known and shared by all that are opened, so the columns are written once, under the lock, and stay.
type undecided struct {
	why   error    // what is told where no database is asked
	named []string // by relation=a or relation=a+b: the columns of the key

	mu      sync.Mutex
	decided atomic.Bool
}

// Ends are the columns of a relation: its Local, Remote and Through.
type Ends struct {
	Local, Remote []*Field
	Through       *Through
}

// AskKeys is what is said of a relation whose columns only the database could tell.
const AskKeys = ", or have the database's foreign keys tell by the option introspect.Relations()"

// Unsaid gives the error of a relation whose tag leaves the columns to the foreign keys of a database, because it names none, or those
// of one side only, and the names of the columns do not tell. It is nil for the others.
func (r *Relation) Unsaid() error {
	if r.undecided == nil {
		return nil
	}
	return r.undecided.why
}

// KeyColumns are the columns of the foreign key that relation=column names, nil for none.
func (r *Relation) KeyColumns() []string {
	if r.undecided == nil {
		return nil
	}
	return r.undecided.named
}

// Undecided gives the error of a relation whose columns are not known yet, nil where they are.
func (r *Relation) Undecided() error {
	if r.undecided == nil || r.undecided.decided.Load() {
		return nil
	}
	return r.undecided.why
}

// Resolve gives the ends that a relation would have by columns of both tables, checked as those of a tag are. It changes nothing.
func (r *Relation) Resolve(local, remote []string, through *Through) (Ends, error) {
	try := &Relation{Model: r.Model, Target: r.Target, Name: r.Name, Many: r.Many, Through: through}
	var err error
	if try.Local, err = r.Model.columns(local); err != nil {
		return Ends{}, err
	}
	if try.Remote, err = r.Target.columns(remote); err != nil {
		return Ends{}, err
	}
	if through != nil { // the shard key may be added to its columns
		own := *through
		own.Local, own.Remote = slices.Clone(own.Local), slices.Clone(own.Remote)
		try.Through = &own
	}
	try.keepShard()
	if err := try.fits(); err != nil {
		return Ends{}, err
	}
	return Ends{try.Local, try.Remote, try.Through}, nil
}

// Decide writes the ends of a relation that is undecided, for every database of the program. Where another database decided
// otherwise it fails: the tag has to say the columns then. The ends are those that Resolve gave.
func (r *Relation) Decide(e Ends) error {
	u := r.undecided
	if u == nil {
		return fault.New(fault.ErrInvalid, r.Model.Name, r.Name, "the tag says the columns of the relation")
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.decided.Load() {
		return r.Against(e)
	}
	r.Local, r.Remote, r.Through = e.Local, e.Remote, e.Through
	u.decided.Store(true)
	return nil
}

// Against gives the error of Decide for ends that differ from those that were decided before, nil where there are none.
func (r *Relation) Against(e Ends) error {
	if r.Undecided() != nil {
		return nil
	}
	if have := (Ends{r.Local, r.Remote, r.Through}); !have.equal(e) {
		return fault.New(fault.ErrInvalid, r.Model.Name, r.Name, fmt.Sprintf("by the keys of this database the tag would say %q and by those of one that was opened before it %q: write it in the tag", e, have))
	}
	return nil
}

// With gives a copy of the relation that has the ends, to be looked at before they are decided.
func (r *Relation) With(e Ends) *Relation {
	return &Relation{Model: r.Model, Name: r.Name, Index: r.Index, Tag: r.Tag, Type: r.Type, Offset: r.Offset, Many: r.Many, Pointers: r.Pointers, Strategy: r.Strategy,
		Target: r.Target, Local: e.Local, Remote: e.Remote, Through: e.Through, Inferred: r.Inferred}
}

func (e Ends) equal(o Ends) bool {
	if !slices.Equal(e.Local, o.Local) || !slices.Equal(e.Remote, o.Remote) || (e.Through == nil) != (o.Through == nil) {
		return false
	}
	a, b := e.Through, o.Through
	return a == nil || a.Table == b.Table && a.Schema == b.Schema && slices.Equal(a.Local, b.Local) && slices.Equal(a.Remote, b.Remote)
}

// String is the words of a tag that say the ends.
func (e Ends) String() string {
	names := func(fs []*Field) []string {
		out := make([]string, len(fs))
		for i, f := range fs {
			out[i] = f.Column
		}
		return out
	}
	s := "relation=" + strings.Join(names(e.Local), "+") + ":" + strings.Join(names(e.Remote), "+")
	if t := e.Through; t != nil {
		table := t.Table
		if t.Schema != "" {
			table = t.Schema + "." + table
		}
		s += ",through=" + table + "(" + strings.Join(t.Local, "+") + ":" + strings.Join(t.Remote, "+") + ")"
	}
	return s
}
