package otelorm_test

import (
	"context"
	"fmt"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/hook/otelorm"
	"github.com/multi-orm/orm/source/sqlite"
)

// A Tracer is an option of Open. Without options it uses the global providers.
func ExampleNew() {
	spans := tracetest.NewInMemoryExporter()
	tracer, err := otelorm.New(otelorm.Traces(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))))
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	db, err := orm.Open(ctx, sqlite.Source("main", ":memory:"), orm.Models(Author{}), tracer)
	if err != nil {
		panic(err)
	}
	defer db.Close()
	if err := orm.CreateTables(ctx, db); err != nil {
		panic(err)
	}
	spans.Reset()
	_, err = orm.Repo[Author](db).All(ctx)
	fmt.Println(spans.GetSpans()[0].Name, err)
	// Output: SELECT otel_authors <nil>
}
