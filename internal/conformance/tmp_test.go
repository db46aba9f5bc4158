package conformance

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/source/postgres"
)

type a struct {
	ID   int64 `orm:"id,auto"`
	Name string
}

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }
func TestTime(t *testing.T) {
	for i := 0; i < 5; i++ {
		t.Run("x", func(t *testing.T) {
			s := time.Now()
			dsn := testkit.Postgres(t)
			t.Log("db", time.Since(s))
			s = time.Now()
			db, err := orm.Open(context.Background(), postgres.Source("main", dsn), orm.Models(a{}))
			t.Log("open", err, time.Since(s))
			s = time.Now()
			t.Log(orm.CreateTables(context.Background(), db), time.Since(s))
			s = time.Now()
			db.Close()
			t.Log("close", time.Since(s))
		})
	}
}
