package introspect_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/source/introspect"
)

// A thousand tables take as many statements as one.
func TestThousandTables(t *testing.T) {
	for _, e := range engines() {
		t.Run(e.name, func(t *testing.T) {
			var ddl strings.Builder
			for i := range 1000 {
				fmt.Fprintf(&ddl, "CREATE TABLE t%d (id bigint PRIMARY KEY NOT NULL, other bigint REFERENCES t%d, a bigint NOT NULL, b integer, c bigint DEFAULT 7, d boolean, e date, f real);\nCREATE INDEX t%d_c ON t%d (c);\n",
					i, max(0, i-1), i, i)
			}
			address := e.make(t)
			e.load(t, address, "BEGIN;\n"+ddl.String()+"COMMIT;")
			var statements atomic.Int64
			db := open(t, e.open(address), orm.Observer(func(context.Context, orm.Statement) { statements.Add(1) }))
			start := time.Now()
			s, err := introspect.Read(t.Context(), db)
			took := time.Since(start)
			if err != nil {
				t.Fatal(err)
			}
			if n := statements.Load(); len(s.Tables) != 1000 || n == 0 || n > 3 {
				t.Errorf("%d tables by %d statements", len(s.Tables), n)
			}
			if x := s.Table("", "t999"); len(x.Columns) != 8 || len(x.ForeignKeys) != 1 || len(x.Indexes) != 1 {
				t.Errorf("%+v", x)
			}
			start = time.Now()
			text := structs(t, s)
			t.Logf("read in %v; %d bytes of Go twice in %v", took, len(text), time.Since(start))
		})
	}
}

// Inside a transaction the schema is that of the transaction.
func TestReadInsideATransaction(t *testing.T) {
	for _, e := range engines() {
		t.Run(e.name, func(t *testing.T) {
			db := open(t, e.open(e.make(t)))
			err := db.Tx(t.Context(), func(tx orm.DB) error {
				if _, err := tx.Exec(t.Context(), "CREATE TABLE made_here (id bigint PRIMARY KEY)"); err != nil {
					return err
				}
				s, err := introspect.Read(t.Context(), tx)
				if err == nil && s.Table("", "made_here") == nil {
					t.Error("the table is not seen")
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
