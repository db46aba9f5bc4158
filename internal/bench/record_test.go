package bench

import (
	"flag"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/multi-orm/orm/internal/replay"
	"github.com/multi-orm/orm/internal/testkit"
)

const tapePath = "testdata/postgres.gz"

var record = flag.Bool("record", false, "record the conversations that the benchmarks play, with the server of the test kit")

// TestRecord makes the recordings anew: go test ./internal/bench -run TestRecord -record
func TestRecord(t *testing.T) {
	if !*record {
		t.Skip("only with -record")
	}
	dsn := testkit.Postgres(t)
	plain := func(c *pgx.ConnConfig) { c.TLSConfig, c.Fallbacks = nil, nil }
	(&pgServer{dsn, func(c *pgx.ConnConfig, _ string) { plain(c) }}).seed(t, "")
	var r replay.Recorder
	e := &pgServer{dsn, func(c *pgx.ConnConfig, _ string) {
		plain(c)
		c.DialFunc = r.DialContext
	}}
	agreed := map[string]string{}
	for _, c := range e.contenders() {
		t.Run(c.Workload+"/"+c.Name, func(t *testing.T) {
			agreed[c.Workload] = agree(t, agreed[c.Workload], c.Open(t))
		})
	}
	if t.Failed() {
		t.Fatal("nothing is written: the contenders do not agree")
	}
	tape, err := r.Tape()
	if err != nil {
		t.Fatal(err)
	}
	if err := tape.Save(tapePath); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(tapePath)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d exchanges, %d bytes", tapePath, tape.Len(), info.Size())
}
