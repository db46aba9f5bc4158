package bench

import (
	"bytes"
	"context"
	_ "embed" // the recordings
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm"
	"github.com/multi-orm/orm/internal/replay"
	"github.com/multi-orm/orm/source/postgres"
)

// recorded is the conversations of every contender, gzip'd.
//
//go:embed testdata/postgres.gz
var recorded []byte

const replayDSN = "postgres://bench@127.0.0.1:1/bench?sslmode=disable"

// Postgres gives the contenders for every workload that asks a database, by hand first. They ask the server that
// ORM_BENCH_POSTGRES names, the recordings when it names none.
func Postgres(tb testing.TB) []Contender {
	tb.Helper()
	return live(tb).contenders()
}

// pgServer is where the contenders connect.
type pgServer struct {
	dsn    string
	change func(c *pgx.ConnConfig, workload string)
}

// replayed plays the recordings.
func replayed(tb testing.TB) *pgServer {
	tb.Helper()
	tape, err := replay.Read(bytes.NewReader(recorded))
	if err != nil {
		tb.Fatalf("%v: record it with go test ./internal/bench -run TestRecord -record", err)
	}
	return &pgServer{replayDSN, func(c *pgx.ConnConfig, workload string) { c.DialFunc = tape.Dial("Postgres/" + workload) }}
}

// live is the server that ORM_BENCH_POSTGRES names, with the tables in a schema of their own that goes when
// tb ends; the recordings when it names none.
func live(tb testing.TB) *pgServer {
	tb.Helper()
	dsn := os.Getenv("ORM_BENCH_POSTGRES")
	if dsn == "" {
		return replayed(tb)
	}
	schema := fmt.Sprintf("orm_bench_%d", os.Getpid())
	e := &pgServer{dsn, func(c *pgx.ConnConfig, _ string) { c.RuntimeParams["search_path"] = schema }}
	e.seed(tb, "CREATE SCHEMA "+schema)
	tb.Cleanup(func() {
		e.admin(tb, func(ctx context.Context, c *pgx.Conn) error {
			_, err := c.Exec(ctx, "DROP SCHEMA "+schema+" CASCADE")
			return err
		})
	})
	return e
}

func (e *pgServer) admin(tb testing.TB, do func(ctx context.Context, c *pgx.Conn) error) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cfg, err := pgx.ParseConfig(e.dsn)
	if err != nil {
		tb.Fatal("ORM_BENCH_POSTGRES is not a connection string") // which may hold a password
	}
	if e.change != nil {
		e.change(cfg, "seed")
	}
	c, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	defer c.Close(ctx) //nolint:errcheck // errors before it are told
	if err := do(ctx, c); err != nil {
		tb.Fatal(err)
	}
}

// seed makes the tables and their rows.
func (e *pgServer) seed(tb testing.TB, before string) {
	tb.Helper()
	const people = `(id bigserial PRIMARY KEY, email text NOT NULL, name text, role text NOT NULL, tenant_id bigint NOT NULL, is_active bool NOT NULL,
		balance float8 NOT NULL, created_at timestamptz NOT NULL, deleted_at timestamptz);`
	const schema = `CREATE TABLE users ` + people + `CREATE TABLE scans ` + people + `CREATE TABLE news ` + people + `
		CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint NOT NULL, order_number text NOT NULL, total_amount float8, status text NOT NULL,
			tenant_id bigint NOT NULL, created_at timestamptz NOT NULL);
		CREATE INDEX ON orders (user_id)`
	columns := []string{"id", "email", "name", "role", "tenant_id", "is_active", "balance", "created_at", "deleted_at"}
	e.admin(tb, func(ctx context.Context, c *pgx.Conn) error {
		if before != "" {
			if _, err := c.Exec(ctx, before); err != nil {
				return err
			}
		}
		if _, err := c.Exec(ctx, schema); err != nil {
			return err
		}
		fill := func(table string, columns []string, n int, row func(i int) []any) error {
			_, err := c.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(n, func(i int) ([]any, error) { return row(i + 1), nil }))
			return err
		}
		scan := func(i int) []any {
			r := ScanAt(i)
			return []any{r.ID, r.Email, r.Name, r.Role, r.TenantID, r.Active, r.Balance, r.CreatedAt, r.DeletedAt}
		}
		user := func(i int) []any {
			r := UserAt(i)
			return []any{r.ID, r.Email, r.Name, r.Role, r.TenantID, r.Active, r.Balance, r.CreatedAt, r.DeletedAt}
		}
		order := func(i int) []any {
			o := OrderAt(i)
			return []any{o.ID, o.UserID, o.Number, o.Total, o.Status, o.TenantID, o.CreatedAt}
		}
		if err := fill("users", columns, userRows, user); err != nil {
			return err
		}
		if err := fill("orders", []string{"id", "user_id", "order_number", "total_amount", "status", "tenant_id", "created_at"}, userRows*orderRows, order); err != nil {
			return err
		}
		if err := fill("scans", columns, scanRows, scan); err != nil {
			return err
		}
		if err := fill("news", columns[1:], 1, func(int) []any { return scan(1)[1:] }); err != nil {
			return err
		}
		_, err := c.Exec(ctx, "ANALYZE")
		return err
	})
}

// pool is a pool as people make it.
func (e *pgServer) pool(tb testing.TB, workload string) *pgxpool.Pool {
	tb.Helper()
	cfg, err := pgxpool.ParseConfig(e.dsn)
	if err != nil {
		tb.Fatal("the connection string is not valid")
	}
	e.change(cfg.ConnConfig, workload)
	pool, err := pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return pool
}

func (e *pgServer) orm(tb testing.TB, workload string, hooks bool) (context.Context, orm.DB) {
	tb.Helper()
	return opened(tb, hooks, postgres.Source("main", e.dsn, postgres.Configure(func(c *pgxpool.Config) { e.change(c.ConnConfig, workload) })), models())
}

// byHand is a contender with pgx alone.
func byHand[R any](e *pgServer, workload, name string, do func(ctx context.Context, pool *pgxpool.Pool) (R, error)) Contender {
	return Contender{workload, name, func(tb testing.TB) Runner {
		pool := e.pool(tb, workload+"/"+name)
		var got R
		return Runner{
			Run: func(ctx context.Context) (err error) {
				got, err = do(ctx, pool)
				return err
			},
			Result: func() any { return got },
		}
	}}
}

func (e *pgServer) contenders() []Contender {
	row, rows := NewcomerAt(1), rowsOf(1000, NewcomerAt)
	out := []Contender{
		byHand(e, "Key", "rawpgx", rawKey),
		byHand(e, "List100", "rawpgx", rawList100), byHand(e, "List100", "rawtuned", tunedList100),
		byHand(e, "List10k", "rawpgx", rawList10k), byHand(e, "List10k", "rawtuned", tunedList10k),
		byHand(e, "Include", "rawpgx", rawInclude),
		byHand(e, "Load100k", "rawpgx", rawLoad100k), byHand(e, "Load100k", "rawtuned", tunedLoad100k),
		byHand(e, "Stream100k", "rawpgx", rawStream100k), byHand(e, "Stream100k", "rawtuned", tunedStream100k),
		byHand(e, "Insert", "rawpgx", rawInsert(row)),
		byHand(e, "Bulk1000", "rawpgx", rawBulk(rows)),
		byHand(e, "Update", "rawpgx", rawUpdate),
	}
	for _, hooks := range []bool{false, true} {
		name := "orm"
		if hooks {
			name = "orm-hooks"
		}
		out = append(out,
			ormContender("Key", name, e.orm, hooks, ormKey),
			ormContender("List100", name, e.orm, hooks, ormList100),
			ormContender("List10k", name, e.orm, hooks, ormList10k),
			ormContender("Include", name, e.orm, hooks, ormInclude),
			ormContender("Load100k", name, e.orm, hooks, ormLoad100k),
			ormContender("Stream100k", name, e.orm, hooks, ormStream100k),
			ormContender("Insert", name, e.orm, hooks, ormInsert(row)),
			ormContender("Bulk1000", name, e.orm, hooks, ormBulk(rows)),
			ormContender("Update", name, e.orm, hooks, ormUpdate),
		)
	}
	return out
}
