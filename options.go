package orm

import (
	"fmt"
	"reflect"

	"github.com/multi-orm/orm/hook"
	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Option is what Open takes: a source (postgres.Source, sqlite.Source, …), Limits, Models, Logger,
// Observer, a Tracer or introspect.Relations. Anything else is refused with ErrInvalid.
type Option any

type options struct{ engine.Config }

type optionFunc func(*options) error

func (o *options) apply(opt Option) error {
	switch x := opt.(type) {
	case source.Source:
		o.Sources = append(o.Sources, x)
	case Limits:
		o.Limits = x
	case Tracer:
		o.Tracers = append(o.Tracers, x)
	case optionFunc:
		return x(o)
	case engine.Option:
		return x(&o.Config)
	default:
		hint := ""
		if _, ok := opt.(hook.Extension); ok {
			hint = "; hooks and scopes go to DB.Use"
		}
		return fault.New(fault.ErrInvalid, "", "", fmt.Sprintf("%T is no option: give sources, orm.Limits, orm.Models, orm.Logger, orm.Observer or an orm.Tracer%s", opt, hint))
	}
	return nil
}

// Limits bound what one call may cost; a zero field means its default:
// MaxIncludeDepth 5 levels, MaxFanOut 1,000 children per parent and relation, MaxConcurrentRequests 10
// and RequestTimeout 10 s for HTTP sources, PostFilterRows 10,000.
type Limits = engine.Limits

// Models registers models by a value of each struct type. Models that their relations lead to come along.
func Models(values ...any) Option {
	return optionFunc(func(o *options) error {
		var errs []error
		told := map[string]bool{} // models that are wrong may be reached from several
		for _, v := range values {
			if v == nil {
				errs = append(errs, fault.New(fault.ErrInvalid, "", "", "Models was given nil: give a value of the struct type, such as User{}"))
				continue
			}
			m, err := model.Of(reflect.TypeOf(v))
			if err == nil {
				o.Config.Models = append(o.Config.Models, m)
				continue
			}
			for _, e := range fault.All(err) {
				if text := e.Error(); !told[text] {
					told[text] = true
					errs = append(errs, fault.Fill(e, "open", "", ""))
				}
			}
		}
		return fault.Join(errs)
	})
}
