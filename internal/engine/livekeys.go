package engine

import (
	"context"

	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/internal/schemafit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// askKeys gives relations whose tags leave the columns out those of foreign keys. Nothing is decided unless all of it is told
// and sound: the models are those of every database of the program.
func (e *Engine) askKeys(ctx context.Context) error {
	var errs []error
	all := map[*model.Relation]model.Ends{}
	for _, src := range e.sources {
		ends, err := e.endsIn(ctx, src)
		errs = append(errs, err)
		for r, end := range ends {
			all[r] = end
		}
	}
	if err := fault.Join(errs); err != nil {
		return err
	}
	if err := e.checkRelations(all); err != nil {
		return err
	}
	for r, ends := range all {
		if err := r.Decide(ends); err != nil { // another Open came between
			return fault.Fill(err, "open", "", "")
		}
	}
	return e.relate()
}

// endsIn gives what the keys of a source tell of the relations of its models, if they leave anything to be told.
func (e *Engine) endsIn(ctx context.Context, src source.Source) (map[*model.Relation]model.Ends, error) {
	models := e.ModelsOf(src)
	if !leaveColumnsOut(models) {
		return nil, nil
	}
	if _, ok := src.(source.Catalogue); !ok { // it has no foreign keys; names of columns tell there, or nothing does
		return nil, nil
	}
	live, err := (&Session{Engine: e, Only: src}).Catalogue(ctx)
	if err != nil {
		return nil, fault.Fill(err, "open", "", src.Name())
	}
	ends, err := schemafit.NewLive(live).Decide(models)
	return ends, fault.Fill(err, "open", "", src.Name())
}

func leaveColumnsOut(models []*model.Model) bool {
	for _, m := range models {
		for _, r := range m.Relations {
			if r.Inferred || r.Unsaid() != nil {
				return true
			}
		}
	}
	return false
}
