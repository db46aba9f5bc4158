package otelorm_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook/otelorm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/postgres"
	"github.com/multi-orm/orm/source/sqlite"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

type Author struct {
	ID    int64  `orm:"id,auto,table=otel_authors"`
	Name  string `orm:"name,unique"`
	Notes []Note `orm:"relation=id:author_id"`
}

type Note struct {
	ID       int64 `orm:"id,auto,table=otel_notes"`
	AuthorID int64 `orm:"author_id"`
}

// withArgs logs arguments, of which spans and metrics must still know nothing.
var withArgs = orm.Logger(slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelDebug})), orm.LogArgs())

type rig struct {
	db     orm.DB
	spans  *tracetest.InMemoryExporter
	reader *sdkmetric.ManualReader
	tracer trace.Tracer
}

func start(t *testing.T, src orm.Option, opts ...otelorm.Option) *rig {
	t.Helper()
	r := &rig{spans: tracetest.NewInMemoryExporter(), reader: sdkmetric.NewManualReader()}
	traces := sdktrace.NewTracerProvider(sdktrace.WithSyncer(r.spans))
	r.tracer = traces.Tracer("test")
	tracer, err := otelorm.New(append(opts, otelorm.Traces(traces), otelorm.Metrics(sdkmetric.NewMeterProvider(sdkmetric.WithReader(r.reader))))...)
	check(t, err)
	r.db, err = orm.Open(t.Context(), src, orm.Models(Author{}, Note{}), tracer, withArgs)
	check(t, err)
	t.Cleanup(func() { check(t, r.db.Close()) })
	check(t, orm.CreateTables(t.Context(), r.db))
	r.spans.Reset()
	return r
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func attrs(s tracetest.SpanStub) map[string]any {
	out := map[string]any{}
	for _, a := range s.Attributes {
		out[string(a.Key)] = a.Value.AsInterface()
	}
	return out
}

func TestSpans(t *testing.T) {
	r := start(t, sqlite.Source("main", ":memory:"))
	ctx, outer := r.tracer.Start(t.Context(), "request")
	check(t, orm.Repo[Author](r.db).Create(ctx, &Author{Name: "secret"}))
	_, err := orm.Repo[Author](r.db).Include("Notes").All(ctx)
	check(t, err)
	if orm.Repo[Author](r.db).Create(ctx, &Author{Name: "secret"}) == nil {
		t.Fatal("no conflict")
	}
	_, err = orm.Raw[int64](ctx, r.db, "SELECT count(*) FROM otel_authors WHERE name = 'secret'")
	check(t, err)
	for range orm.Repo[Author](r.db).Rows(ctx) {
		break
	}
	outer.End()
	spans := r.spans.GetSpans()
	var names []string
	for _, s := range spans {
		names = append(names, s.Name)
		if s.Name == "request" {
			continue
		}
		if s.Parent.SpanID() != outer.SpanContext().SpanID() || s.SpanKind != trace.SpanKindClient {
			t.Errorf("%s: kind %v, parent %v", s.Name, s.SpanKind, s.Parent.SpanID())
		}
		for k, v := range attrs(s) {
			if text, ok := v.(string); ok && strings.Contains(text, "secret") {
				t.Errorf("%s: %s holds a value: %s", s.Name, k, text)
			}
		}
		if strings.Contains(s.Status.Description, "secret") {
			t.Error(s.Status.Description)
		}
	}
	want := []string{"INSERT otel_authors", "SELECT otel_authors", "SELECT otel_notes", "INSERT otel_authors", "sqlite", "SELECT otel_authors", "request"}
	if !reflect.DeepEqual(names, want) {
		t.Fatalf("%q", names)
	}
	a := attrs(spans[1])
	text, _ := a["db.query.text"].(string)
	delete(a, "db.query.text")
	if !strings.HasPrefix(text, "SELECT ") || !reflect.DeepEqual(a, map[string]any{"db.system.name": "sqlite", "db.operation.name": "SELECT", "db.collection.name": "otel_authors",
		"db.query.summary": "SELECT otel_authors", "db.response.returned_rows": int64(1)}) {
		t.Errorf("%q %v", text, a)
	}
	if spans[3].Status.Code != codes.Error || attrs(spans[3])["error.type"] != "orm.ErrConflict" {
		t.Errorf("%+v %v", spans[3].Status, spans[3].Attributes)
	}
	if raw := attrs(spans[4]); len(raw) != 1 {
		t.Errorf("raw: %v", raw)
	}
}

func TestTransactionSpans(t *testing.T) {
	r := start(t, sqlite.Source("main", ":memory:"))
	failed := errors.New("secret")
	err := r.db.Tx(t.Context(), func(tx orm.DB) error {
		check(t, orm.Repo[Author](tx).Create(t.Context(), &Author{Name: "Ann"}))
		if err := tx.Tx(t.Context(), func(in orm.DB) error {
			check(t, orm.Repo[Author](in).Create(t.Context(), &Author{Name: "Ben"}))
			return failed
		}); !errors.Is(err, failed) {
			t.Error(err)
		}
		return nil
	})
	check(t, err)
	var names []string
	for _, s := range r.spans.GetSpans() {
		names = append(names, s.Name)
		if a := attrs(s); a["db.system.name"] != "sqlite" || a["db.operation.name"] == nil || s.Status.Code == codes.Error || s.SpanKind != trace.SpanKindClient {
			t.Errorf("%s: %v %v", s.Name, a, s.Status)
		}
	}
	want := []string{"BEGIN", "INSERT otel_authors", "SAVEPOINT", "INSERT otel_authors", "ROLLBACK TO", "RELEASE", "COMMIT"}
	if !reflect.DeepEqual(names, want) {
		t.Fatalf("%q", names)
	}
}

func TestRawText(t *testing.T) {
	r := start(t, sqlite.Source("main", ":memory:"), otelorm.RawText())
	_, err := orm.Raw[int64](t.Context(), r.db, "SELECT 1")
	check(t, err)
	if a := attrs(r.spans.GetSpans()[0]); a["db.query.text"] != "SELECT 1" {
		t.Error(a)
	}
}

func TestMetrics(t *testing.T) {
	r := start(t, sqlite.Source("main", ":memory:"))
	for range 3 {
		_, err := orm.Repo[Author](r.db).All(t.Context())
		check(t, err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := orm.Repo[Author](r.db).All(done); err == nil {
		t.Fatal("cancelled")
	}
	var got metricdata.ResourceMetrics
	check(t, r.reader.Collect(t.Context(), &got))
	counts := map[string]uint64{}
	for _, sm := range got.ScopeMetrics {
		for _, m := range sm.Metrics {
			h, ok := m.Data.(metricdata.Histogram[float64])
			if m.Name != "db.client.operation.duration" || m.Unit != "s" || !ok {
				t.Fatalf("%s %s %T", m.Name, m.Unit, m.Data)
			}
			for _, p := range h.DataPoints {
				if !reflect.DeepEqual(p.Bounds, []float64{0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10}) {
					t.Error(p.Bounds)
				}
				if _, ok := p.Attributes.Value("db.query.text"); ok {
					t.Error("the text is in the metric")
				}
				summary, _ := p.Attributes.Value("db.query.summary")
				kind, _ := p.Attributes.Value(attribute.Key("error.type"))
				counts[summary.AsString()+" "+kind.AsString()] += p.Count
			}
		}
	}
	if counts["SELECT otel_authors "] != 3 || counts["SELECT otel_authors context.Canceled"] != 1 {
		t.Error(counts)
	}
}

func TestPostgres(t *testing.T) {
	r := start(t, postgres.Source("main", testkit.Postgres(t)))
	_, err := orm.Repo[Author](r.db).Count(t.Context())
	check(t, err)
	a := attrs(r.spans.GetSpans()[0])
	if a["db.system.name"] != "postgresql" || a["db.namespace"] == "" || a["server.address"] == "" || a["server.port"] == int64(0) {
		t.Error(a)
	}
}
