package engine

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"unicode/utf8"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

// Bounds of what a log entry shows of arguments.
const (
	maxLoggedArgs  = 100
	maxLoggedList  = 20
	maxLoggedRunes = 200
)

// Redacted stands in a log for an argument that must not be seen.
const Redacted = "[redacted]"

// Logging are the options of a logger.
type Logging struct{ Args bool }

// logsArgs reports whether the statement's arguments are wanted, so that nothing is spelt out for nobody.
func (e *Engine) logsArgs(ctx context.Context) bool {
	return e.logging.Args && e.logger != nil && e.logger.Enabled(ctx, slog.LevelDebug)
}

// seenArgs gives the arguments of st as the log shows them, in the order of its text.
func (e *Engine) seenArgs(ctx context.Context, src source.Source, st builder.Statement) []any {
	sql, ok := src.(source.SQL)
	if !ok || !e.logsArgs(ctx) {
		return nil
	}
	values, shown, err := builder.Shown(sql.Dialect(), st, e.mayShow)
	if err != nil { // the statement fails for the same reason, and says so
		return nil
	}
	return listed(len(values), maxLoggedArgs, func(i int) any {
		if !shown[i] {
			return Redacted
		}
		return shownValue(values[i])
	})
}

// RawArgs gives the arguments of SQL text: no column is known of any.
func (e *Engine) RawArgs(ctx context.Context, args []model.Value) []any {
	if !e.logsArgs(ctx) {
		return nil
	}
	return listed(len(args), maxLoggedArgs, func(int) any { return Redacted })
}

func (e *Engine) mayShow(f *model.Field) bool { return !f.Hidden && !e.secret[f] }

// secrets finds the columns that relations tie to a hidden one, and so hold the same values.
func (e *Engine) secrets() map[*model.Field]bool {
	out := map[*model.Field]bool{}
	for grown := true; grown; {
		grown = false
		tie := func(a, b *model.Field) {
			for range 2 {
				if (a.Hidden || out[a]) && !b.Hidden && !out[b] {
					out[b], grown = true, true
				}
				a, b = b, a
			}
		}
		for _, m := range e.models {
			for _, r := range m.Relations {
				ends := e.LinkEnds[r]
				if ends == nil {
					ends = &LinkEnds{Local: r.Remote}
				}
				for i, f := range ends.Local {
					tie(r.Local[i], f)
				}
				for i, f := range ends.Remote {
					tie(r.Remote[i], f)
				}
			}
		}
	}
	return out
}

// listed gives n things, those beyond most as their number.
func listed(n, most int, at func(int) any) []any {
	out := make([]any, 0, min(n, most+1))
	for i := range min(n, most) {
		out = append(out, at(i))
	}
	if n > most {
		out = append(out, fmt.Sprintf("[%d more]", n-most))
	}
	return out
}

// shownValue gives a value as the log shows it: short, and never through code of the value's own type.
func shownValue(v model.Value) any {
	switch v.Kind() {
	case model.StringValue:
		return short(v.Str())
	case model.BytesValue:
		return fmt.Sprintf("[%d bytes]", len(v.Bytes()))
	case model.FloatValue:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) { // JSON has no such numbers
			return fmt.Sprint(f)
		}
	case model.UUIDValue:
		u := v.UUID()
		return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
	case model.ListValue:
		l := v.List()
		return listed(len(l), maxLoggedList, func(i int) any { return shownValue(l[i]) })
	case model.AnyValue:
		if text, ok := v.Any().(model.JSONText); ok {
			return short(string(text))
		}
		return fmt.Sprintf("[%T]", v.Any())
	}
	return v.Any()
}

func short(s string) string {
	n := 0
	for i := range s {
		if n == maxLoggedRunes {
			return fmt.Sprintf("%s… [%d runes]", s[:i], utf8.RuneCountInString(s))
		}
		n++
	}
	return s
}
