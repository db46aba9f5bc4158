package orm

import (
	"context"
	"log/slog"

	"github.com/multi-orm/orm/internal/engine"
	"github.com/multi-orm/orm/internal/fault"
	"github.com/multi-orm/orm/source"
)

// Logger logs every statement at debug level, as "orm statement": source, model, SQL text, rows and time; and every step of a
// transaction, as "orm transaction": begin, savepoint, commit and so on, its attempt, and how long the connection was held. Arguments are logged only
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
func LogArgs() LogOption { return func(l *engine.Logging) { l.Args = true } }

// Statement is one statement that ran, as an Observer sees it. It holds no arguments.
type Statement = engine.Statement

// Observer is called after every statement, on the goroutine that ran it. It must be quick and safe for
// concurrent use.
func Observer(fn func(ctx context.Context, s Statement)) Option {
	return optionFunc(func(o *options) error {
		if fn == nil {
			return fault.New(fault.ErrInvalid, "", "", "Observer was given nil")
		}
		o.Observers = append(o.Observers, fn)
		return nil
	})
}

// TxStep is one step of a transaction, as a TxObserver sees it: begin, commit, rollback, and those of nested ones.
type TxStep = engine.TxStep

// TxObserver is called after every step of a transaction that the database was asked for, those of the library's own
// transactions and of CreateTables included, on the goroutine that ran it. A transaction that Retry runs again begins again, with
// the next Attempt. It must be quick and safe for concurrent use. Statements inside go to Observer as always.
func TxObserver(fn func(ctx context.Context, s TxStep)) Option {
	return optionFunc(func(o *options) error {
		if fn == nil {
			return fault.New(fault.ErrInvalid, "", "", "TxObserver was given nil")
		}
		o.TxObservers = append(o.TxObservers, fn)
		return nil
	})
}

// TxTracer is what a Tracer implements that follows transactions too; that of package hook/otelorm does.
type TxTracer = engine.TxTracer

// Tracer follows statements from start to end, so that spans and metrics can be made of them; it is itself an
// option of Open. Package hook/otelorm, a module of its own, has one for OpenTelemetry.
type Tracer = engine.Tracer

// Location is where the database of a Statement is.
type Location = source.Location

// Stats tells how one source is used: the compiled statements kept, how often they served, and its connections.
type Stats struct {
	Source string
	source.Stats
}

// Stats gives the numbers of every source that keeps any, in the order of Open. It is cheap enough for a metrics endpoint.
func (db DB) Stats() []Stats {
	if db.s == nil {
		return nil
	}
	var out []Stats
	for _, src := range db.s.Sources() {
		if m, ok := src.(source.Measured); ok {
			out = append(out, Stats{src.Name(), m.Stats()})
		}
	}
	return out
}
