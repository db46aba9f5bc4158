package orm

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"

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
		return fault.New(fault.ErrInvalid, "", "", fmt.Sprintf("%T is no option: give sources, orm.Limits, orm.Models, orm.Logger, orm.Observer or an orm.Tracer", opt))
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

// Logger logs every statement at debug level: source, model, SQL text, rows and time. Arguments are logged only
// with LogArgs.
func Logger(l *slog.Logger, opts ...LogOption) Option {
	return optionFunc(func(o *options) error {
		o.Config.Logger, o.Logging = l, engine.Logging{}
		for _, opt := range opts {
			if opt == nil {
				return fault.New(fault.ErrInvalid, "", "", "an option of Logger is nil")
			}
			opt(&o.Logging)
		}
		return nil
	})
}

// LogOption is an option of Logger: LogArgs.
type LogOption func(*engine.Logging)

// LogArgs logs the arguments of SQL statements too, as args: a list in the order of the placeholders. Personal data
// gets into the log that way, so it suits development more than production.
//
// An argument of a field tagged hidden is [redacted], and so is one of a column that a relation ties to a hidden
// field, and one whose column is not known: those of SQL text and of Raw. Tag a field hidden before its values are logged,
// not after. Text is cut after 200 characters, lists after 20 values and a statement's arguments after 100; of
// bytes the length is told, of values that only the driver understands the type. Observers and tracers see no arguments.
func LogArgs(l *engine.Logging) { l.Args = true }

// Statement is one statement that ran, as an Observer sees it. It holds no arguments.
type Statement = engine.Statement

// Observer is called after every statement, on the goroutine that ran it. It must be quick and safe for
// concurrent use.
func Observer(fn func(ctx context.Context, s Statement)) Option {
	return optionFunc(func(o *options) error {
		o.Observers = append(o.Observers, fn)
		return nil
	})
}

// Tracer follows statements from start to end, so that spans and metrics can be made of them; it is itself an
// option of Open. Package hook/otelorm, a module of its own, has one for OpenTelemetry.
type Tracer = engine.Tracer

// Location is where the database of a Statement is.
type Location = source.Location
