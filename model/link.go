package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/fault"
)

// link resolves the relations of one model; every model it can reach has been read.
func (g *graph) link(d *draft) (errs []error) {
	if !g.sound(d.model.Type) {
		return nil
	}
	for _, rd := range d.relations {
		if !g.sound(rd.target) {
			continue
		}
		rd.relation.Target = g.model(rd.target)
		if err := rd.resolve(); err != nil {
			errs = append(errs, rd.fail(err))
		}
	}
	if len(errs) == 0 {
		errs = append(errs, d.ambiguous())
	}
	return errs
}

func (rd *relationDraft) fail(err error) error {
	r := rd.relation
	return fault.New(fault.ErrInvalid, r.Model.Name, r.Name, fmt.Sprintf("tag %q: %s", r.Tag, err))
}

func (rd *relationDraft) resolve() error {
	r := rd.relation
	spec, _ := rd.tag.find("relation")
	switch {
	case spec != "" && r.Through == nil && !strings.Contains(spec, ":"):
		return rd.leave(spec)
	case spec != "":
		if err := rd.explicit(spec); err != nil {
			return err
		}
	case r.Through != nil:
		r.Local, r.Remote = r.Model.Key, r.Target.Key
	default:
		r.Inferred = true
		if err := r.infer(); err != nil {
			r.undecided = &undecided{why: rd.fail(err)}
			return fault.Join([]error{r.unjoinable(), r.keyUnsaid()})
		}
	}
	if err := r.unjoinable(); err != nil {
		return err
	}
	r.keepShard()
	if err := r.fits(); err != nil {
		return err
	}
	return r.keyed()
}

// leave leaves the relation to the foreign key of the columns that relation=column names.
func (rd *relationDraft) leave(spec string) error {
	r := rd.relation
	named := strings.Split(spec, "+")
	for i, c := range named {
		if err := checkName("column of the key", c); err != nil {
			return err
		}
		if slices.Contains(named[:i], c) {
			return fmt.Errorf("column %q is said twice", c)
		}
	}
	r.undecided = &undecided{named: named, why: rd.fail(fmt.Errorf("word %q: write relation=local:remote"+AskKeys, "relation="+spec))}
	return fault.Join([]error{r.unjoinable(), r.keyUnsaid()})
}

func (r *Relation) unjoinable() error {
	if r.Strategy == Join && r.Model.Source != "" && r.Target.Source != "" && r.Model.Source != r.Target.Source {
		return fmt.Errorf("strategy=join needs one source, but %s lives in %q and %s in %q: use strategy=lookup", r.Model.Name, r.Model.Source, r.Target.Name, r.Target.Source)
	}
	return nil
}

func (rd *relationDraft) explicit(spec string) error {
	r := rd.relation
	local, remote, ok := pairs(spec)
	if !ok {
		return fmt.Errorf("word %q: write relation=local:remote", "relation="+spec)
	}
	var err error
	if r.Local, err = r.Model.columns(local); err != nil {
		return err
	}
	r.Remote, err = r.Target.columns(remote)
	return err
}
