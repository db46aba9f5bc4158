package postgres

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/multi-orm/orm/builder"
	"github.com/multi-orm/orm/internal/testkit"
	"github.com/multi-orm/orm/model"
	"github.com/multi-orm/orm/source"
)

type moment struct {
	ID int64 `orm:"id,auto,table=moments"`
	At time.Time
	On *time.Time
}

// withParam gives a connection string with one more parameter.
func withParam(tb testing.TB, dsn, name, value string) string {
	tb.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		tb.Fatal(err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	return u.String()
}

// momentWrites are the ways that a time gets into a row. Each leaves one or more rows, all of them at the time.
func momentWrites(m *model.Model) map[string]func(ctx context.Context, ex access, at time.Time) error {
	fill := func(ex access) error {
		_, err := ex.Exec(context.Background(), "INSERT INTO moments (id, at) VALUES (1, '2000-01-01'), (2, '2000-01-01')", nil)
		return err
	}
	insert := func(at time.Time, rows int) *builder.Insert {
		st := &builder.Insert{Model: m, Fields: m.Fields, Rows: rows, Scoped: true}
		for i := range rows {
			st.Values = append(st.Values, model.IntOf(int64(i+1)), model.TimeOf(at), model.TimeOf(at))
		}
		return st
	}
	return map[string]func(context.Context, access, time.Time) error{
		"insert": func(ctx context.Context, ex access, at time.Time) error {
			_, err := ex.Insert(ctx, insert(at, 1), nil)
			return err
		},
		"bulk": func(ctx context.Context, ex access, at time.Time) error {
			_, err := ex.Insert(ctx, insert(at, 3), nil)
			return err
		},
		"upsert": func(ctx context.Context, ex access, at time.Time) error {
			if err := fill(ex); err != nil {
				return err
			}
			_, _ = ex.Exec(ctx, "DELETE FROM moments WHERE id = 2", nil)
			st := insert(at, 1)
			st.Conflict = &builder.Conflict{Target: m.Key, Set: []builder.Set{{Field: m.Fields[1], Value: model.TimeOf(at)}}, FromRow: m.Fields[2:]}
			_, err := ex.Insert(ctx, st, nil)
			return err
		},
		"update": func(ctx context.Context, ex access, at time.Time) error {
			if err := fill(ex); err != nil {
				return err
			}
			st := &builder.Update{Model: m, Set: []builder.Set{{Field: m.Fields[1], Value: model.TimeOf(at)}, {Field: m.Fields[2], Value: model.TimeOf(at)}}, Scoped: true}
			_, err := ex.Update(ctx, st, nil)
			return err
		},
		"update of many": func(ctx context.Context, ex access, at time.Time) error {
			if err := fill(ex); err != nil {
				return err
			}
			set := &builder.RowSet{Match: m.Key, Set: m.Fields[1:], Rows: 2}
			for i := range 2 {
				set.Values = append(set.Values, model.IntOf(int64(i+1)), model.TimeOf(at), model.TimeOf(at))
			}
			n, err := ex.Update(ctx, &builder.Update{Model: m, From: set, Scoped: true}, nil)
			if err == nil && n != 2 {
				err = fmt.Errorf("%d rows", n)
			}
			return err
		},
		"raw": func(ctx context.Context, ex access, at time.Time) error {
			_, err := ex.Exec(ctx, "INSERT INTO moments (id, at, \"on\") VALUES (1, $1, $2)", []model.Value{model.TimeOf(at), model.TimeOf(at)})
			return err
		},
	}
}

// A time that is written is the same instant whatever zone the session has, and whatever the column became since the
// statement was prepared.
func TestTimesKeepTheirInstant(t *testing.T) {
	m := modelOf[moment](t)
	at := time.Date(2024, 2, 29, 23, 30, 0, 123456000, time.UTC)
	with, without := "ALTER TABLE moments ALTER at TYPE timestamptz USING at AT TIME ZONE 'UTC', ALTER \"on\" TYPE timestamptz USING \"on\" AT TIME ZONE 'UTC'",
		"ALTER TABLE moments ALTER at TYPE timestamp USING at AT TIME ZONE 'UTC', ALTER \"on\" TYPE timestamp USING \"on\" AT TIME ZONE 'UTC'"
	for _, zone := range []string{"", "America/New_York", "Asia/Kolkata"} {
		for mode, opts := range modes() {
			dsn := testkit.Postgres(t)
			if zone != "" {
				dsn = withParam(t, dsn, "timezone", zone)
			}
			d := openAt(t, dsn, nil, append(opts, one())...)
			if zone == "" { // what the server would choose by itself
				mustExec(t, d, "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Europe/Paris'); END $$")
				d = openAt(t, dsn, nil, append(opts, one())...)
			}
			for name, write := range momentWrites(m) {
				t.Run(zone+"/"+mode+"/"+name, func(t *testing.T) {
					mustExec(t, d, "DROP TABLE IF EXISTS moments; CREATE TABLE moments (id bigint PRIMARY KEY, at timestamp, \"on\" timestamp)")
					for step, change := range []string{"", with, without, with} {
						if change != "" {
							mustExec(t, d, "DELETE FROM moments")
							mustExec(t, d, change)
						}
						for _, inside := range []bool{false, true} {
							mustExec(t, d, "DELETE FROM moments")
							var err error
							if inside {
								tx := begun(t, d, source.TxOptions{})
								if err = write(t.Context(), tx, at); err == nil {
									err = tx.Commit(t.Context())
								} else {
									_ = tx.Rollback(t.Context())
								}
							} else {
								err = write(t.Context(), d, at)
							}
							if err != nil {
								t.Fatalf("step %d: %v %v", step, err, inner(err))
							}
							eq := builder.Compare(builder.OpEq, m.Fields[1], model.TimeOf(at))
							if n := len(all[moment](t, d, selectOf(m, eq))); n == 0 {
								t.Errorf("step %d: the time does not find its row", step)
							}
							in := builder.Compare(builder.OpIn, m.Fields[2], model.ListOf(model.List{model.TimeOf(at)}))
							if n := len(all[moment](t, d, selectOf(m, in))); n == 0 {
								t.Errorf("step %d: a list with the time does not find its row", step)
							}
							for _, row := range all[moment](t, d, selectOf(m)) {
								if !row.At.Equal(at) || !row.On.Equal(at) {
									t.Errorf("step %d, inside %v: %v and %v, want %v", step, inside, row.At, row.On, at)
								}
							}
						}
					}
				})
			}
		}
	}
}

// Sessions are in UTC where nobody says otherwise.
func TestSessionsAreInUTC(t *testing.T) {
	dsn := testkit.Postgres(t)
	for want, d := range map[string]*DataSource{
		"UTC":          openAt(t, dsn, nil),
		"Asia/Kolkata": openAt(t, withParam(t, dsn, "TimeZone", "Asia/Kolkata"), nil),
		"Asia/Tokyo":   openAt(t, withParam(t, dsn, "options", "-c timezone=Asia/Tokyo"), nil),
		"Europe/Oslo": openAt(t, dsn, nil, Configure(func(cfg *pgxpool.Config) {
			cfg.ConnConfig.RuntimeParams["timezone"] = "Europe/Oslo"
		})),
	} {
		conn, err := d.acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if have := conn.Conn().PgConn().ParameterStatus("TimeZone"); have != want || zoned(conn.Conn()) != (want != "UTC") {
			t.Errorf("%s, want %s", have, want)
		}
		conn.Release()
	}
}
