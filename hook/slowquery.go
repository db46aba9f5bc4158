package hook

import (
	"context"
	"log/slog"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Slow is one operation that took longer than a SlowQuery hook allows.
type Slow struct {
	Model  string
	Op     string // the method the caller used
	Source string
	Took   time.Duration // includes and hooks counted in
	Rows   int64
	Caller string // file:line of the call, outside this library
	Err    error
}

// SlowOption changes a SlowQuery hook.
type SlowOption func(*slowQuery)

type slowQuery struct {
	report func(context.Context, Slow)
	now    func() time.Time
}

// SlowTo reports to fn instead of the log.
func SlowTo(fn func(context.Context, Slow)) SlowOption {
	return func(s *slowQuery) { s.report = fn }
}

// SlowClock reads the time from now; for tests.
func SlowClock(now func() time.Time) SlowOption {
	return func(s *slowQuery) { s.now = now }
}

// SlowQuery reports operations that take d or longer, failed ones too, with the caller's line; by default as
// a warning of slog's default logger. Arguments are never reported.
func SlowQuery(d time.Duration, opts ...SlowOption) Hook {
	s := slowQuery{now: time.Now, report: logSlow}
	for _, o := range opts {
		o(&s)
	}
	check := func(ctx context.Context, op *Op, err error) {
		if op.Path != "" || op.Partial {
			return
		}
		if took := s.now().Sub(op.Start); took >= d {
			m := ""
			if op.Model != nil {
				m = op.Model.Name
			}
			defer func() {
				if p := recover(); p != nil { // the operation is done: a report that fails must not deny it
					slog.Default().LogAttrs(ctx, slog.LevelError, "orm slow operation: the report panicked", slog.String("op", op.Name))
				}
			}()
			s.report(ctx, Slow{Model: m, Op: op.Name, Source: op.Source, Took: took, Rows: op.Affected, Caller: caller(), Err: err})
		}
	}
	return Hook{
		Name:     "slow query",
		Optional: true,
		watches:  true,
		Before:   func(_ context.Context, op *Op) error { op.Start = s.now(); return nil },
		After:    func(ctx context.Context, op *Op) error { check(ctx, op, nil); return nil },
		Error:    func(ctx context.Context, op *Op, err error) error { check(ctx, op, err); return err },
	}
}

func logSlow(ctx context.Context, s Slow) {
	slog.Default().LogAttrs(ctx, slog.LevelWarn, "orm slow operation", slog.String("model", s.Model), slog.String("op", s.Op),
		slog.String("source", s.Source), slog.Duration("took", s.Took), slog.Int64("rows", s.Rows), slog.String("caller", s.Caller))
}

// module is the import path whose frames are the library's own.
const module = "github.com/multi-orm/orm"

// caller finds the first frame outside the library.
func caller() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		if !internalFrame(f.Function) {
			return filepath.Base(f.File) + ":" + strconv.Itoa(f.Line)
		}
		if !more {
			return ""
		}
	}
}

func internalFrame(fn string) bool {
	rest, ok := strings.CutPrefix(fn, module)
	if !ok {
		return strings.HasPrefix(fn, "runtime.")
	}
	for _, room := range []string{".", "/builder.", "/hook.", "/internal/engine.", "/internal/entity.", "/internal/scoping.", "/internal/rawsql.", "/internal/reading.", "/internal/writing.", "/internal/related.", "/source", "/rls."} {
		if strings.HasPrefix(rest, room) {
			return true
		}
	}
	return false
}
