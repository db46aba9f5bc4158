package engine

import (
	"github.com/multi-orm/orm/internal/entity"
	"github.com/multi-orm/orm/model"
	"slices"
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
	return out
}
