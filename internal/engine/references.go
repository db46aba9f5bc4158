package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
)

func (e *Engine) refer(k ForeignKey) {
	m, target := k.From[0].Model, k.To[0].Model
	for _, r := range e.Refs[m] {
		if r.Target == target && slices.Equal(r.Fields, k.From) && slices.Equal(r.Remote, k.To) {
			return
		}
	}
	e.Refs[m] = append(e.Refs[m], Reference{k.From, target, k.To})
}

// Reference says that columns of a model hold the key of another.
type Reference struct {
	Fields []*model.Field
	Target *model.Model
	Remote []*model.Field
}

// references finds, for every model, whose keys its columns hold: by its own to-one relations, by the
// to-many relations of others, and by the many-to-many relations whose link table it is.
func (e *Engine) references() map[*model.Model][]Reference {
	out := map[*model.Model][]Reference{}
	add := func(m *model.Model, fields []*model.Field, target *model.Model, remote []*model.Field) {
		if slices.Equal(fields, m.Key) && slices.Equal(remote, target.Key) && m == target {
			return
		}
		for _, r := range out[m] {
			if r.Target == target && slices.Equal(r.Fields, fields) && slices.Equal(r.Remote, remote) {
				return
			}
		}
		out[m] = append(out[m], Reference{fields, target, remote})
	}
	for _, m := range e.models {
		for _, r := range m.Relations {
			switch {
			case r.Through != nil:
				link := e.LinkModel(r)
				if link == nil {
					continue
				}
				if fs := entity.ByColumn(link, r.Through.Local); fs != nil {
					add(link, fs, m, r.Local)
				}
				if fs := entity.ByColumn(link, r.Through.Remote); fs != nil {
					add(link, fs, r.Target, r.Remote)
				}
			case r.Many || m.IsKey(r.Local) && !r.Target.IsKey(r.Remote):
				add(r.Target, r.Remote, m, r.Local)
			case !m.IsKey(r.Local):
				add(m, r.Local, r.Target, r.Remote)
			}
		}
	}
	known := func(m, o *model.Model) {
		for _, r := range out[m] {
			if fs := entity.ByColumn(o, columnsOf(r.Fields)); fs != nil {
				add(o, fs, r.Target, r.Remote)
			}
		}
	}
	e.eachPair(func(first, second *model.Model) { known(first, second); known(second, first) })
	return out
}

// halfReferences finds models that could write a part of a key of several columns which another model of the table knows: where it
// would lead cannot be checked.
func (e *Engine) halfReferences() error {
	var errs []error
	half := func(m, o *model.Model) {
		for _, r := range e.Refs[m] {
			var there, writes int
			for _, name := range columnsOf(r.Fields) {
				if fs := entity.ByColumn(o, []string{name}); fs != nil {
					there++
					if !fs[0].ReadOnly && fs[0] != o.Tenant {
						writes++
					}
				}
			}
			if writes > 0 && there < len(r.Fields) {
				errs = append(errs, &fault.Error{Op: "open", Model: o.Name, Err: fault.ErrInvalid, Detail: fmt.Sprintf(
					"%s of the same table refers to %s by %s, and %s has only a part of these columns: map them all, or tag those it has readonly",
					m.Name, r.Target.Name, strings.Join(columnsOf(r.Fields), ", "), o.Name)})
			}
		}
	}
	e.eachPair(func(first, second *model.Model) { half(first, second); half(second, first) })
	return errors.Join(errs...)
}

// eachPair calls do with every two models of one table, in the order of the models.
func (e *Engine) eachPair(do func(first, second *model.Model)) {
	before := map[linkTable][]*model.Model{} // by table alone: sameTable compares the rest
	for _, m := range e.models {
		src := e.Bound[m]
		if src == nil {
			continue
		}
		at := linkTable{source: src.Name(), table: strings.ToLower(m.Table)}
		for _, o := range before[at] {
			if sameTable(src, o, m) {
				do(o, m)
			}
		}
		before[at] = append(before[at], m)
	}
}

func columnsOf(fs []*model.Field) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = f.Column
	}
	return out
}
