// Package otelorm makes OpenTelemetry spans and metrics of the statements that package orm runs. It is a module of
// its own, so that only those who want OpenTelemetry depend on it.
//
// Each statement is a span of kind client with the attributes of the stable semantic conventions for databases:
// db.system.name, db.namespace, db.collection.name, db.operation.name, db.query.summary, db.query.text,
// server.address, server.port and, where it failed, error.type. Its time is recorded in seconds in the histogram
// db.client.operation.duration. Arguments are nowhere. Raw SQL, which may hold values, is shown only with RawText.
//
// Each step of a transaction is a span and a measurement too, with db.operation.name BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE or
// ROLLBACK TO; that of a transaction that Retry ran again has the attribute orm.transaction.attempt. A rollback is no error: what
// the transaction failed with is the error.type of the statement.
//
// A statement of a source without SQL is a span of kind internal without these attributes and is not counted: its
// requests belong to the instrumentation of the HTTP client.
package otelorm

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/multi-orm/orm"
)

// scope names the instrumentation.
const scope = "github.com/multi-orm/orm/hook/otelorm"

// Tracer is an orm.Tracer, and so an option of orm.Open. New makes it.
type Tracer struct {
	o        options
	tracer   trace.Tracer
	duration metric.Float64Histogram
}

var (
	_ orm.Tracer   = (*Tracer)(nil)
	_ orm.TxTracer = (*Tracer)(nil)
)

// Option changes a Tracer.
type Option func(*options)

type options struct {
	traces  trace.TracerProvider
	metrics metric.MeterProvider
	rawText bool
}

// Traces sends the spans to p in place of the global provider.
func Traces(p trace.TracerProvider) Option { return func(o *options) { o.traces = p } }

// Metrics sends the metrics to p in place of the global provider.
func Metrics(p metric.MeterProvider) Option { return func(o *options) { o.metrics = p } }

// RawText shows the text of raw SQL too. Say it where no value is ever written into such text.
func RawText() Option { return func(o *options) { o.rawText = true } }

// New makes a Tracer. It fails when the meter refuses the histogram.
func New(opts ...Option) (*Tracer, error) {
	t := &Tracer{o: options{traces: otel.GetTracerProvider(), metrics: otel.GetMeterProvider()}}
	for _, opt := range opts {
		opt(&t.o)
	}
	t.tracer = t.o.traces.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL))
	var err error
	t.duration, err = t.o.metrics.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL)).Float64Histogram("db.client.operation.duration",
		metric.WithUnit("s"), metric.WithDescription("Duration of database client operations."),
		metric.WithExplicitBucketBoundaries(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10))
	return t, err
}

// StatementStart implements orm.Tracer.
func (t *Tracer) StatementStart(ctx context.Context, s orm.Statement) context.Context {
	if s.System == "" {
		ctx, _ = t.tracer.Start(ctx, s.Verb+" "+s.Model)
		return ctx
	}
	attrs := describe(s)
	if s.Text != "" && (s.Verb != raw || t.o.rawText) {
		attrs = append(attrs, semconv.DBQueryText(s.Text))
	}
	ctx, _ = t.tracer.Start(ctx, name(s), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attrs...))
	return ctx
}

// StatementEnd implements orm.Tracer.
func (t *Tracer) StatementEnd(ctx context.Context, s orm.Statement) {
	span := trace.SpanFromContext(ctx)
	if s.Err == nil && s.Verb == "select" {
		span.SetAttributes(semconv.DBResponseReturnedRows(int(s.Rows)))
	}
	finish(span, s.Err)
	if s.System != "" {
		t.measure(ctx, s.Duration, describe(s), s.Err)
	}
}

// TxStepStart implements orm.TxTracer.
func (t *Tracer) TxStepStart(ctx context.Context, s orm.TxStep) context.Context {
	attrs := describeStep(s)
	if s.Attempt > 1 {
		attrs = append(attrs, attribute.Int("orm.transaction.attempt", s.Attempt))
	}
	ctx, _ = t.tracer.Start(ctx, strings.ToUpper(s.Step), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attrs...))
	return ctx
}

// TxStepEnd implements orm.TxTracer.
func (t *Tracer) TxStepEnd(ctx context.Context, s orm.TxStep) {
	finish(trace.SpanFromContext(ctx), s.Err)
	t.measure(ctx, s.Duration, describeStep(s), s.Err)
}

func finish(span trace.Span, err error) {
	if err != nil {
		span.SetAttributes(semconv.ErrorTypeKey.String(errorType(err)))
		span.SetStatus(codes.Error, err.Error())
	}
	span.End()
}

func (t *Tracer) measure(ctx context.Context, took time.Duration, attrs []attribute.KeyValue, err error) {
	if err != nil {
		attrs = append(attrs, semconv.ErrorTypeKey.String(errorType(err)))
	}
	t.duration.Record(ctx, took.Seconds(), metric.WithAttributes(attrs...))
}

const raw = "raw"

// describe gives the attributes that spans and metrics share; each has few values.
func describe(s orm.Statement) []attribute.KeyValue {
	attrs := place(s.System, s.Location)
	if s.Table != "" {
		attrs = append(attrs, semconv.DBOperationName(operation(s)), semconv.DBCollectionName(s.Table), semconv.DBQuerySummary(operation(s)+" "+s.Table))
	}
	return attrs
}

func describeStep(s orm.TxStep) []attribute.KeyValue {
	return append(place(s.System, s.Location), semconv.DBOperationName(strings.ToUpper(s.Step)))
}

func place(dialect string, l orm.Location) []attribute.KeyValue {
	attrs := append(make([]attribute.KeyValue, 0, 9), system(dialect))
	if l.Database != "" {
		attrs = append(attrs, semconv.DBNamespace(l.Database))
	}
	if l.Host != "" {
		attrs = append(attrs, semconv.ServerAddress(l.Host), semconv.ServerPort(l.Port))
	}
	return attrs
}

func operation(s orm.Statement) string { return strings.ToUpper(s.Verb) }

// name is the summary, or where there is none the database.
func name(s orm.Statement) string {
	switch {
	case s.Table != "":
		return operation(s) + " " + s.Table
	case s.Verb != raw:
		return operation(s)
	case s.Location.Database != "":
		return s.Location.Database
	}
	return system(s.System).Value.AsString()
}

func system(dialect string) attribute.KeyValue {
	switch dialect {
	case "postgres":
		return semconv.DBSystemNamePostgreSQL
	case "sqlite":
		return semconv.DBSystemNameSQLite
	case "sqlserver":
		return semconv.DBSystemNameMicrosoftSQLServer
	}
	return semconv.DBSystemNameOtherSQL
}

// errorType names the kind of an error: a fixed set of words.
func errorType(err error) string {
	for _, k := range []struct {
		err  error
		name string
	}{
		{context.Canceled, "context.Canceled"},
		{context.DeadlineExceeded, "context.DeadlineExceeded"},
		{orm.ErrNotFound, "orm.ErrNotFound"},
		{orm.ErrConflict, "orm.ErrConflict"},
		{orm.ErrReference, "orm.ErrReference"},
		{orm.ErrStale, "orm.ErrStale"},
		{orm.ErrDenied, "orm.ErrDenied"},
		{orm.ErrLimit, "orm.ErrLimit"},
		{orm.ErrAuth, "orm.ErrAuth"},
		{orm.ErrUnsupported, "orm.ErrUnsupported"},
		{orm.ErrCommitUnknown, "orm.ErrCommitUnknown"},
		{orm.ErrUpstream, "orm.ErrUpstream"},
		{orm.ErrClosed, "orm.ErrClosed"},
		{orm.ErrInvalid, "orm.ErrInvalid"},
	} {
		if errors.Is(err, k.err) {
			return k.name
		}
	}
	return semconv.ErrorTypeOther.Value.AsString()
}
